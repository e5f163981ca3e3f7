#!/usr/bin/env bash
# Format and clang-tidy over the project's sources.
set -euo pipefail
mapfile -t sources < <(git ls-files '*.cpp' '*.h')
clang-format --dry-run --Werror "${sources[@]}"
cmake --preset tidy >/dev/null
cmake --build --preset tidy
echo "format and tidy: clean"
