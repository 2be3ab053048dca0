#!/usr/bin/env bash
# Sends the running server what its OpenAPI document allows and what it forbids, as an administrator, an editor and a
# viewer, on SQLite and on Postgres: scripts/with-postgres.sh scripts/schemathesis.sh [SECONDS], 240 for all six runs
# where nothing is said. Answers 1 where the server did anything that the document does not say.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-240}
: "${SHOWRUNNER_TEST_POSTGRES:?run me through scripts/with-postgres.sh}"

if ! target/python-schemathesis/bin/schemathesis --version >/dev/null 2>&1; then
  python3 -m venv target/python-schemathesis
  target/python-schemathesis/bin/pip install --quiet --disable-pip-version-check 'schemathesis>=4.32,<5'
fi
cargo build --quiet --workspace
program=target/debug/showrunner

folder=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  server=
}
trap 'stop; rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Ends only with the server: what is written into a pipe that nobody reads any more would end the server too.
serve() { # STORE URL
  "$program" serve --data-dir "$folder/$1" --database-url "$2" --listen 127.0.0.1:0 >"$folder/$1.out" 2>"$folder/$1.log" &
  server=$!
  until grep -q 'listens on' "$folder/$1.out"; do
    kill -0 "$server" 2>/dev/null || { cat "$folder/$1.log" >&2; exit 1; }
    sleep 0.05
  done
  SHOWRUNNER_URL=$(sed -n 's/^Showrunner listens on //p' "$folder/$1.out")
  export SHOWRUNNER_URL
}

failed=0
for store in sqlite postgres; do
  case $store in
    sqlite) url=sqlite: ;;
    postgres) url=$SHOWRUNNER_TEST_POSTGRES ;;
  esac
  serve "$store" "$url"
  for role in admin editor viewer; do
    echo "== $role on $store"
    SHOWRUNNER_TOKEN=$("$program" token --data-dir "$folder/$store" --database-url "$url" --email "$role@example.com" --role "$role")
    export SHOWRUNNER_TOKEN
    target/python-schemathesis/bin/schemathesis run "$SHOWRUNNER_URL/api/v1/openapi.json" \
      --checks all --max-time "$((seconds / 6))" || failed=1
  done
  stop
done
exit "$failed"
