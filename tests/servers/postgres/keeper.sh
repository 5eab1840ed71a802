# Keeps a private PostgreSQL server for a test process. Orders come in through a pipe, one a line; each is answered with
# `done` or `failed`. The pipe ends with the process, however that ends: then the server and its folder go too.
#
# Arguments: the folder of the programs, the server's folder, its port, and what runs a program without privileges.
trap '' HUP INT TERM PIPE
programs=$1 folder=$2 port=$3
shift 3
data=$folder/data

make() {
    # Texts sort in Italian where nothing else is said: a column that forgets to say so is found out.
    "$@" "$programs/initdb" --pgdata "$data" --username traccia --auth trust --encoding UTF8 --no-sync \
        --locale C.UTF-8 --locale-provider icu --icu-locale it >"$folder/made" 2>&1
}

start() {
    # What was killed may take a moment to let go of its memory.
    for try in 1 2 3 4 5 6 7 8 9 10; do
        "$@" "$programs/pg_ctl" start --silent --wait --timeout 60 --pgdata "$data" --log "$folder/log" \
            --options "-p $port -k $folder -c listen_addresses=127.0.0.1 -c max_connections=200" >/dev/null 2>&1 && return
        [ -e "$data/postmaster.pid" ] || return 1
        sleep 0.2
    done
    return 1
}

stop() {
    "$@" "$programs/pg_ctl" stop --silent --wait --timeout 30 --mode "$mode" --pgdata "$data" >/dev/null 2>&1
}

slay() {
    process=$(head -n 1 "$data/postmaster.pid") && kill -9 "$process" || return
    # Whoever inherits the dead may be slow to bury them.
    while kill -0 "$process" && ! grep -q '^State:.*Z' "/proc/$process/status"; do sleep 0.01; done
    return 0
}

# Not in the folder: its disk may be taken out while the server is dead.
cd / || exit 1
while read -r order; do
    mode=fast
    case $order in
    make) make "$@" && start "$@" ;;
    start) start "$@" ;;
    stop) stop "$@" ;;
    kill) slay ;;
    *) false ;;
    esac 2>/dev/null && echo done || echo failed
done
mode=immediate
[ -e "$data/postmaster.pid" ] && { stop "$@" || slay; } 2>/dev/null
cd / && rm -rf "$folder"
