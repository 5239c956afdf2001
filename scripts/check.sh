#!/usr/bin/env bash
# What `make check` looks at. Every check runs, so that one call shows everything; fails if any did.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=()

look() {  # look NAME COMMAND…
    local name=$1
    shift
    printf '== %s\n' "$name"
    "$@" || failed+=("$name")
}

look "ruff check" "$bin/ruff" check --output-format concise .
look "ruff format" "$bin/ruff" format --check --output-format concise .
look "mypy" "$bin/mypy"
look "import table" "$bin/lint-imports" --no-cache
look "policy packs" "$bin/shouwang" packs check --mutate
look "yamllint" "$bin/yamllint" --strict .

if ((${#failed[@]})); then
    printf 'make check: failed: %s\n' "$(IFS=,; echo "${failed[*]}")" >&2
    exit 1
fi
echo "make check: all passed"
