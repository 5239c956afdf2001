#!/usr/bin/env bash
# Writes requirements/*.txt anew from the *.in files: pinned, hashed, and without the address they came from.
# Versions that are already pinned stay; `bash scripts/lock.sh --upgrade` takes the newest.
set -euo pipefail
cd "$(dirname "$0")/.."

lock() {  # lock NAME PYTHON [uv options…]
    local name=$1 python=$2
    shift 2
    echo "locking requirements/$name.txt" >&2
    .uv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --python-version "$python" \
        "$@" "requirements/$name.in" --output-file "requirements/$name.txt"
}

lock uv 3.10 "$@"
lock node 3.10 "$@"
lock core 3.11 "$@"
lock dev 3.11 --constraint requirements/core.txt "$@"
lock rasa 3.10 "$@"
lock eval 3.11 "$@"
