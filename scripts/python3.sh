#!/usr/bin/env bash
# Runs a Python script of ours with a Python that can make environments (3.10 or newer, with venv and pip).
# The first `python3` on the path need not work: a pyenv shim answers only where a version is chosen.
set -euo pipefail

usable() {
    "$1" -c 'import sys, venv, ensurepip; raise SystemExit(sys.version_info < (3, 10))' >/dev/null 2>&1
}

for candidate in python3 python3.{13,12,11,10} /usr/bin/python3 /usr/local/bin/python3 \
    "${PYENV_ROOT:-${HOME:-/nowhere}/.pyenv}"/versions/*/bin/python3; do
    if command -v "$candidate" >/dev/null 2>&1 && usable "$candidate"; then
        exec "$candidate" "$@"
    fi
done
echo "No usable Python found: set-up needs python3, 3.10 or newer, with venv and pip" \
    "(Debian, Ubuntu: apt-get install python3 python3-venv)." >&2
exit 1
