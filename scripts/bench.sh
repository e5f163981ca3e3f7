#!/usr/bin/env bash
# Measures speed: vigie's parts, then the same work beside PyTorch, ONNX Runtime and FAISS, whose tables go into
# docs/performance.md; with VIGIE_SHARED also beside busy programs; with data sets at hand (DATA=a,b) also the benchmark
# of methods on them.   scripts/bench.sh build-folder
set -euo pipefail
build=$1
cd "$(dirname "$0")/.."

"$build"/bench/vigie_bench
npm ci --ignore-scripts --no-audit --no-fund --prefix bench/compare
/usr/bin/python3 bench/compare/run.py --build "$build" --out out/bench --docs docs/performance.md --images docs/images
if [ -n "${VIGIE_SHARED:-}" ]; then  # beside busy programs, on its MVTec AD bottle
  /usr/bin/python3 bench/compare/busy.py --build "$build" --out out/bench --docs docs/performance.md
fi
if [ -n "${DATA:-}" ]; then
  "$build"/src/vigie/cli/vigie benchmark --data "$DATA" --detectors padim,patchcore,subspace,gaussian,knn --out out/bench
fi
