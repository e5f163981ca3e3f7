#!/usr/bin/env bash
# The whole study of docs/thresholds.md, one JSON line a run, then its table and plot. Hours on two cores, most of them
# in spade and patchcore.   VIGIE_SHARED=… bench/thresholds/run.sh build/release out/thresholds
set -euo pipefail
build=$1 out=$2
: "${VIGIE_SHARED:?the folder that holds data/ and weights/}"
export VIGIE_WEIGHTS=${VIGIE_WEIGHTS:-$VIGIE_SHARED/weights}
mkdir -p "$out"
seeds=0,1,2,3,4

study() { "$build/bench/vigie_thresholds" "$VIGIE_SHARED/data/$1" "${@:2}" >>"$out/runs.jsonl"; }

: >"$out/runs.jsonl"
for backbone in scout resnet18; do
  for product in mvtec_ad/bottle mvtec_ad/screw magnetic_tile; do
    study "$product" "$backbone" gaussian,knn,subspace,padim 20,40,80,all "$seeds" previous=0
    study "$product" "$backbone" patchcore 20,40,80 "$seeds" coreset_ratio=0.05 previous=0
    study "$product" "$backbone" patchcore all "$seeds" coreset_ratio=0.01 previous=0
    study "$product" "$backbone" spade 20,40,80 "$seeds" previous=0 test_every=4
  done
done
/usr/bin/python3 "$(dirname "$0")/table.py" "$out/runs.jsonl" "$out/thresholds.png"
