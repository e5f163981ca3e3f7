#!/usr/bin/env bash
# Tries the project on a Debian release from nothing: bare root, its packages, build, `make demo` or every test. Prints
# versions and seconds; docs/platforms.md keeps them.   scripts/try_platform.sh SUITE [--tests] [--keep]
#   SUITE     bookworm, trixie, forky, testing …
#   --tests   `make test` instead of `make demo`, with the folder of test data (VIGIE_SHARED, or ../shared) beside it
#   --keep    leave the root and say where (under TMPDIR)
# Needs root and the package debootstrap; takes mirror, proxies and certificates from this machine.
set -euo pipefail
cd "$(dirname "$0")/.."

give_up() { echo "error: $*" >&2; exit 2; }

suite='' goal=demo keep=
for word in "$@"; do
  case $word in
    --tests) goal=test ;;
    --keep) keep=1 ;;
    -*) give_up "unknown option '$word'; usage: $0 SUITE [--tests] [--keep]" ;;
    *) [ -z "$suite" ] || give_up "one suite at a time, got '$suite' and '$word'"; suite=$word ;;
  esac
done
[ -n "$suite" ] || give_up "no suite given; usage: $0 SUITE [--tests] [--keep]"
[ "$(id -u)" -eq 0 ] || give_up "a root for another release can only be made as root"
command -v debootstrap >/dev/null || give_up "debootstrap is missing; apt-get install debootstrap"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
[ -n "$mirror" ] || give_up "apt has no list of a Debian mirror on this machine; run apt-get update"
shared=${VIGIE_SHARED:-../shared}

top=$(mktemp -d "${TMPDIR:-/tmp}/vigie-$suite.XXXXXX")
chmod 755 "$top"  # apt fetches as a user of its own
# Mounts live in a namespace of their own and go with it, so that only files are left to remove.
clean_up() { if [ -n "$keep" ]; then echo "kept: $top"; else rm -rf --one-file-system "$top"; fi; }
trap clean_up EXIT
trap 'exit 130' INT TERM

lap() { echo "$1: $((SECONDS - lap_start)) s"; lap_start=$SECONDS; }
lap_start=$SECONDS

# The script "sid" serves every release since 2011, also those younger than this debootstrap.
if ! why=$(debootstrap --variant=minbase --include=make,ca-certificates "$suite" "$top" "$mirror" \
    /usr/share/debootstrap/scripts/sid 2>&1); then
  give_up "no bare root of '$suite' from $mirror: ${why##*$'\n'}"
fi
{ apt-config dump | grep -iE '^Acquire::(https?::(proxy|cainfo)|check-(date|valid-until)|retries)' || true; } \
  >"$top/etc/apt/apt.conf.d/90host"
cp -r /usr/local/share/ca-certificates/. "$top/usr/local/share/ca-certificates/"
chroot "$top" update-ca-certificates >/dev/null 2>&1
mkdir -p "$top/src/vigie" "$top/src/shared"
git archive HEAD | tar -x -C "$top/src/vigie"
lap 'bare root'

# In the root with nothing of this machine but its proxies and, for reading, the test data.
inside() {
  unshare --mount --pid --fork --kill-child --mount-proc="$top/proc" bash -c '
    set -e
    mount -t tmpfs none "$1/dev/shm"
    if [ -d "$2/data" ]; then mount --bind -o ro "$2" "$1/src/shared"; fi
    exec chroot "$1" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
      ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
      bash -c "cd /src/vigie; $3"' _ "$top" "$shared" "$1"
}

if [ "$goal" = demo ]; then
  inside 'make deps-demo'; lap install
  inside 'make build-demo'; lap build
  inside 'make demo'; lap demo
else
  inside 'make deps-test'; lap install
  inside 'make test'; lap 'build and tests'
fi
inside 'dpkg-query -W -f "\${Package} \${Version}\n" g++ cmake libdnnl-dev libfaiss-dev libtorch-dev 2>/dev/null' || true
