#!/usr/bin/env bash
# Sourced by .ci/run: a PostgreSQL for the tests. One that runs already is used; otherwise a throw-away one is started.

postgres_ready() {  # exports SHOUWANG_TEST_POSTGRES when a server answers
    local url
    for url in "${SHOUWANG_TEST_POSTGRES:-}" postgresql://postgres@127.0.0.1:5432/{test,postgres}; do
        if [[ -n $url ]] && .venv/bin/python -c 'import sys, psycopg; psycopg.connect(sys.argv[1], connect_timeout=3)' \
            "$url" >/dev/null 2>&1; then
            export SHOUWANG_TEST_POSTGRES=$url
            return 0
        fi
    done
    return 1
}

postgres_start() {  # a server of our own in a temporary folder, on a free port, stopped when the script ends
    local bin folder port
    bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
    [[ -n $bin ]] || return 0
    folder=$(mktemp -d)
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    local as=()
    if [[ $(id -u) == 0 ]]; then
        chown postgres "$folder"
        as=(runuser -u postgres --)
    fi
    (cd "$folder" && "${as[@]}" "$bin/initdb" --auth=trust --username=postgres --encoding=UTF8 "$folder/data") >/dev/null
    (cd "$folder" && "${as[@]}" "$bin/pg_ctl" --pgdata "$folder/data" --wait --log "$folder/log" \
        --options "-p $port -k $folder -h 127.0.0.1" start) >/dev/null
    # shellcheck disable=SC2064  # the folder and the user of now
    trap "${as[*]} '$bin/pg_ctl' --pgdata '$folder/data' --mode immediate stop >/dev/null; rm -rf '$folder'" EXIT
    export SHOUWANG_TEST_POSTGRES=postgresql://postgres@127.0.0.1:$port/postgres
}
