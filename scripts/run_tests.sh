#!/usr/bin/env bash
# Runs every test of a build folder. In CI (CI=true) a skipped test is a failure: CI has every asset.
set -uo pipefail
build=$1
log=$(mktemp)
trap 'rm -f "$log"' EXIT

ctest --test-dir "$build" --output-on-failure -j 2 | tee "$log"
status=${PIPESTATUS[0]}

skipped=$(grep -cE '\*\*\*Skipped' "$log")
failed=$(grep -cE '\*\*\*(Failed|Timeout|Exception)|\*\*\*Not Run|Subprocess aborted' "$log")
passed=$(grep -cE '^ *[0-9]+/[0-9]+ Test .* Passed ' "$log")
# Int8 tests can only run where the processor has the instructions.
if ! grep -qw avx512_vnni /proc/cpuinfo; then
  echo "this processor lacks AVX512-VNNI: tests of int8 may skip"
elif [ "${CI:-}" = true ] && [ "$skipped" -gt 0 ]; then
  echo "CI has every asset, so these skips are failures:"
  grep -E '\*\*\*Skipped' "$log"
  status=1
fi
[ "$passed" -gt 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
