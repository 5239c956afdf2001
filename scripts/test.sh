#!/usr/bin/env bash
# The whole test suite: first what stands alone, on every core; then, one by one, what talks with the real Rasa and
# a real browser, which need the machine for themselves. With arguments: one plain run of pytest with them.
set -uo pipefail
cd "$(dirname "$0")/.."

pytest() { .venv/bin/python -m pytest "$@"; }

if (($#)) && [[ $* != --durations=* ]]; then
    pytest "$@"
    exit
fi

alone=0 together=0
pytest "$@" -m "not rasa and not browser" --numprocesses auto --dist loadfile || alone=$?
pytest "$@" -m "rasa or browser" || together=$?
((alone == 0 && together == 0))
