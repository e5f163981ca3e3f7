#!/usr/bin/env bash
# Installs the Debian packages of one purpose: demo, build, test, check or bench. Prints what it installs; does nothing when all are there.
set -euo pipefail

# What the demo needs: everything but approximate search (FAISS with its BLAS), training (libtorch) and tests.
demo=(g++ cmake ninja-build make pkg-config curl ca-certificates libdnnl-dev libeigen3-dev nlohmann-json3-dev libcli11-dev
      libfmt-dev libjpeg-dev libpng-dev libtiff-dev zlib1g-dev libssl-dev libcpp-httplib-dev)
build=("${demo[@]}" libgtest-dev libgmock-dev libfaiss-dev libblas-dev liblapack-dev libopenblas0-openmp libtorch-dev)
# Peers that tests compare with; on a machine without them those tests would skip.
tests=(python3-numpy python3-pil python3-sklearn python3-torch python3-torchvision)
check=(clang-format clang-tidy)
# What bench/compare measures against. The OpenMP build of OpenBLAS shares its threads with PyTorch and FAISS.
bench=(python3-numpy python3-pil python3-sklearn python3-scipy python3-matplotlib python3-torch python3-torchvision python3-faiss
       libopenblas0-openmp)
command -v node >/dev/null || bench+=(nodejs)
command -v npm >/dev/null || bench+=(npm)

case "${1:-build}" in
  demo)  wanted=("${demo[@]}") ;;
  build) wanted=("${build[@]}") ;;
  test)  wanted=("${build[@]}" "${tests[@]}") ;;
  check) wanted=("${build[@]}" "${check[@]}") ;;
  bench) wanted=("${build[@]}" "${bench[@]}") ;;
  *) echo "usage: $0 [demo|build|test|check|bench]" >&2; exit 2 ;;
esac

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi

echo "installing from Debian: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "error: not root and no sudo; install by hand: apt-get install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "error: apt-get could not install: ${missing[*]}" >&2
  exit 1
fi
