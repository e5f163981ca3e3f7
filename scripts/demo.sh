#!/usr/bin/env bash
# The main job from end to end: parts, fit, evaluate, report.   scripts/demo.sh path/to/vigie [data set]
set -euo pipefail
vigie=$1
data=${2:-}
out=out/demo

run() { echo "\$ vigie ${*}"; "$vigie" "$@"; }

mkdir -p "$out"
if [ -n "$data" ]; then
  run dataset check "$data" || [ $? -eq 1 ]
  run fit "$data" --out "$out/model.vigie"
  run evaluate "$out/model.vigie" "$data" --report "$out/report.html"
else
  run dataset make-demo "$out/parts" --train 100 --seed 0
  run dataset check "$out/parts/turned_part"
  run benchmark --data "$out/parts/turned_part,$out/parts/woven_fabric,$out/parts/circuit_board" \
      --detectors padim,patchcore --backbones scout --keep-models --out "$out"
fi
echo "Open $PWD/$out/report.html in a browser."
