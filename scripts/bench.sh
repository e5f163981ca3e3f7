#!/usr/bin/env bash
# Measures speed; with data sets at hand (DATA=a,b) also the benchmark of methods on them.   scripts/bench.sh build-folder
set -euo pipefail
"$1"/bench/vigie_bench
if [ -n "${DATA:-}" ]; then
  "$1"/src/vigie/cli/vigie benchmark --data "$DATA" --detectors padim,patchcore,subspace,gaussian,knn --out out/bench
fi
