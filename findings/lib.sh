# Shared by the scripts of this folder; sourced, never run.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$PWD
cd "$work"

# give_up WHY: the finding could not be tried (2), which is not the same as "it changed" (1).
give_up() {
  echo "not tried: $1" >&2
  exit 2
}

# with_python PACKAGE==VERSION …: a fresh virtual environment in $work; `python` is its interpreter from then on.
with_python() {
  "${PYTHON:-python3}" -m venv venv || give_up "python3-venv is missing"
  venv/bin/pip install --quiet --disable-pip-version-check "$@" || give_up "pip could not install: $*"
  PATH=$work/venv/bin:$PATH
  write_check
}

# with_node PACKAGE@VERSION …
with_node() {
  command -v npm >/dev/null || give_up "Debian package npm is missing"
  npm install --silent --no-save --no-audit --no-fund --prefix "$work" "$@" >/dev/null || give_up "npm could not install: $*"
}

# with_debian COMMAND PACKAGE …: the command must be there; the packages are named, not installed.
with_debian() {
  command -v "$1" >/dev/null || give_up "needs the Debian packages ${*:2}"
}

# What Python scripts import: says what holds, and ends with 1 if anything recorded no longer does.
write_check() {
  cat > recorded.py <<'P'
import atexit
import os
import sys

_changed = []


def recorded(holds, what):
    print(("as recorded: " if holds else "CHANGED: ") + what)
    if not holds:
        _changed.append(what)


def _end():
    sys.stdout.flush()
    if _changed:
        os._exit(1)


atexit.register(_end)
P
}
