#!/usr/bin/env bash
# Builds vigie for arm64 with Debian's cross compiler and runs unit tests of the modules that hold processor-dependent
# code under QEMU. Everything lies in a bare Debian below one folder: the host's packages stay as they are. Needs root
# and debootstrap. A second run only builds what changed.   scripts/try_arm64.sh [folder [module...]]
set -euo pipefail
root=${1:-/tmp/roots/arm64}
shift || true
modules=("$@")
[ ${#modules[@]} -gt 0 ] || modules=(core imaging search metrics)
cd "$(dirname "$0")/.."

if [ ! -e "$root/etc/debian_version" ]; then
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root"
fi

# In the root, with the system's folders, which go away with the command.
inside() {
  unshare --mount --propagation private bash -euc '
    root=$1; shift
    mount --bind /proc "$root/proc"; mount --bind /dev "$root/dev"
    exec chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"' \
    inside "$root" "$@"
}

of_host=(cmake ninja-build pkg-config g++-aarch64-linux-gnu qemu-user-static libeigen3-dev nlohmann-json3-dev libcli11-dev)
of_target=(libdnnl-dev libfmt-dev libjpeg-dev libpng-dev libtiff-dev zlib1g-dev libssl-dev libcpp-httplib-dev libgtest-dev
           libgmock-dev libstdc++6 libgomp1)
if [ ! -e "$root/ready" ]; then
  inside dpkg --add-architecture arm64
  inside apt-get update
  inside apt-get install -y --no-install-recommends "${of_host[@]}" "${of_target[@]/%/:arm64}"
  touch "$root/ready"
fi

mkdir -p "$root/vigie"
git ls-files -z | tar --null --ignore-failed-read -cf - -T - | tar -xf - -C "$root/vigie"  # older files keep their times
targets=("${modules[@]/#/vigie_}")
inside cmake -S /vigie -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_TOOLCHAIN_FILE=/vigie/cmake/arm64.cmake \
       -DVIGIE_BUILD_TESTS=ON -DVIGIE_LEARN=OFF -DVIGIE_FAISS=OFF
inside cmake --build /build -j "$(nproc)" --target "${targets[@]/%/_test}"
status=0
for module in "${modules[@]}"; do
  echo "$module:"
  inside qemu-aarch64-static "/build/src/vigie/$module/vigie_${module}_test" --gtest_brief=1 || status=1
done
exit "$status"
