#!/usr/bin/env bash
# Measures speed: vigie's parts, then the same work beside PyTorch, ONNX Runtime and FAISS, whose table goes into
# docs/performance.md; with data sets at hand (DATA=a,b) also the benchmark of methods on them.   scripts/bench.sh build-folder
set -euo pipefail
build=$1
cd "$(dirname "$0")/.."

"$build"/bench/vigie_bench
npm ci --ignore-scripts --no-audit --no-fund --prefix bench/compare
/usr/bin/python3 bench/compare/run.py --build "$build" --out out/bench --docs docs/performance.md --images docs/images
if [ -n "${DATA:-}" ]; then
  "$build"/src/vigie/cli/vigie benchmark --data "$DATA" --detectors padim,patchcore,subspace,gaussian,knn --out out/bench
fi
