#!/usr/bin/env bash
# Runs a command beside a Postgres server of its own: scripts/with-postgres.sh COMMAND [ARGUMENT]...
# The server lives in a temporary folder and listens on a free port of 127.0.0.1, which the command finds in
# SHOWRUNNER_TEST_POSTGRES. Both are gone when the command ends, however it ends. Answers the command's exit code.
set -euo pipefail

bin=$("$(dirname "$0")/postgres-bin.sh")
folder=$(mktemp -d /tmp/showrunner-postgres.XXXXXX) # not TMPDIR: a socket's path must be short
server=

stop() {
  if [ -n "$server" ]; then
    kill -INT "$server" 2>/dev/null || true # closes the command's forgotten connections, if any
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Postgres refuses to run as root.
unprivileged=()
if [ "$(id -u)" = 0 ]; then
  user=postgres
  id "$user" >/dev/null 2>&1 || user=nobody
  chown "$user" "$folder"
  unprivileged=(setpriv --reuid "$(id -u "$user")" --regid "$(id -g "$user")" --clear-groups)
fi
# Gives up the shell that calls it, so that the process that the shell knows is the program itself.
become() { cd "$folder" && exec "${unprivileged[@]}" "$@"; }

# Sorted by a language and not by bytes, as most servers are: a query that forgets its collation is noticed.
(become "$bin/initdb" --pgdata "$folder/data" --username postgres --auth trust --no-sync \
  --encoding UTF8 --locale C --locale-provider icu --icu-locale en) >"$folder/initdb.log" 2>&1 ||
  { cat "$folder/initdb.log" >&2; exit 1; }

ready() { grep -q '^ready' "$folder/data/postmaster.pid" 2>/dev/null; }
start() {
  become "$bin/postgres" -D "$folder/data" -c listen_addresses=127.0.0.1 -c port="$1" \
    -c unix_socket_directories="$folder" -c max_connections=300 -c shared_buffers=128MB >"$folder/server.log" 2>&1 &
  server=$!
  until ready; do
    kill -0 "$server" 2>/dev/null || return 1
    sleep 0.05
  done
}

# Below the range that the system takes outgoing ports from; another port where one is taken.
for attempt in 1 2 3 4 5; do
  port=$((20000 + RANDOM % 12000))
  start "$port" && break
  server=
  if [ "$attempt" = 5 ]; then
    cat "$folder/server.log" >&2
    exit 1
  fi
done

# The command gets a process group of its own, so that a signal to this script ends all of it before the server.
export SHOWRUNNER_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres"
set -m
"$@" <&0 &
command=$!
set +m
trap 'kill -TERM -- "-$command" 2>/dev/null || true' INT TERM HUP
code=0
wait "$command" || code=$?
while kill -0 "$command" 2>/dev/null; do
  code=0
  wait "$command" || code=$?
done
exit "$code"
