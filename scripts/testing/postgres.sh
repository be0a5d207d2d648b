# shellcheck shell=bash
# A PostgreSQL of the tests' own: a new cluster in the temporary folder, on a free port of the loopback address, with durability
# switched on because the tests judge it. It dies with this script, even when that is killed.

readonly POSTGRES_START_SECONDS=30
POSTGRES_PID=

# Where this machine keeps the server programs; nothing when there are none.
postgres_programs() {
    local folder
    folder=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    if [[ -x $folder/postgres ]]; then
        echo "$folder"
    elif command -v initdb >/dev/null && command -v postgres >/dev/null; then
        dirname "$(command -v initdb)"
    fi
}

# Replaces the calling shell, so that signals reach the program and it hears of this script's end. PostgreSQL refuses to run as
# root, so root lends it to the account that Debian's package makes.
as_postgres_user() {
    local account=()
    ((EUID != 0)) || account=(--reuid postgres --regid postgres --init-groups)
    exec setpriv "${account[@]}" --pdeathsig INT -- "$@"
}

# Starts the cluster once and exports CHANCERY_TEST_POSTGRES; leaves it unset when that fails, which `require` reports.
start_postgres() {
    [[ -z $POSTGRES_PID ]] || return 0
    local programs cluster="$WORKSPACE/postgres" attempt
    programs=$(postgres_programs)
    [[ -n $programs ]] || return 0
    chmod 755 "$WORKSPACE"
    mkdir -p "$cluster"
    ((EUID != 0)) || chown postgres "$cluster"
    create_cluster "$programs" "$cluster" || return 0
    for attempt in 1 2 3 4 5; do
        if try_port "$programs" "$cluster" $((20000 + RANDOM % 12000)); then
            return
        fi
        echo "scripts/test: PostgreSQL did not start (attempt $attempt)" >&2
        tail -n 5 "$WORKSPACE/postgres.log" >&2
    done
}

# The default collation is on purpose not byte order, so that a text column that forgot COLLATE "C" shows.
create_cluster() {
    local programs=$1 cluster=$2
    (as_postgres_user "$programs/initdb" --pgdata "$cluster/data" --username postgres --auth trust --encoding UTF8 \
        --locale C.UTF-8 --locale-provider icu --icu-locale en-US --no-sync) >"$WORKSPACE/postgres.log" 2>&1 && return
    cat "$WORKSPACE/postgres.log" >&2
    return 1
}

try_port() {
    local programs=$1 cluster=$2 port=$3 waited
    as_postgres_user "$programs/postgres" -D "$cluster/data" -p "$port" -k "$cluster" \
        -c listen_addresses=127.0.0.1 -c max_connections=300 \
        -c fsync=on -c synchronous_commit=on -c full_page_writes=on >"$WORKSPACE/postgres.log" 2>&1 &
    POSTGRES_PID=$!
    for ((waited = 0; waited < POSTGRES_START_SECONDS * 10; waited++)); do
        # Asked through the socket, which is surely this server's: the port might be another's.
        if "$programs/pg_isready" --quiet --host "$cluster" --port "$port"; then
            export CHANCERY_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port"
            return 0
        fi
        kill -0 "$POSTGRES_PID" 2>/dev/null || break
        sleep 0.1
    done
    stop_postgres
    return 1
}

# Ends the server by its process id and waits for it.
stop_postgres() {
    [[ -n $POSTGRES_PID ]] || return 0
    # Once more after a while: a server that is still starting may miss the first signal.
    local signal
    for signal in INT QUIT KILL; do
        kill -"$signal" "$POSTGRES_PID" 2>/dev/null
        timeout 10 tail --pid "$POSTGRES_PID" -f /dev/null && break
    done
    wait "$POSTGRES_PID" 2>/dev/null
    POSTGRES_PID=
}
