#!/usr/bin/env bash
# Tries out a running server: scripts/smoke.sh [URL]. It lives one episode's life, hears of it live and erases it again.
# SHOWRUNNER_TOKEN holds an administrator's token. Says what works; answers 1 and says what does not at the first failure.
set -euo pipefail

url=${1:-http://127.0.0.1:3002}
url=${url%/}
token=${SHOWRUNNER_TOKEN:?an administrator\'s token is needed: showrunner token --email admin@example.com --role admin}
folder=$(mktemp -d)
printf 'Authorization: Bearer %s\n' "$token" >"$folder/token" # command lines are visible to all users
episode=
listener=

# curl with the usual arguments; the answer's body goes to $folder/body, its head to $folder/head, its status is printed.
call() { # METHOD PATH [ARGUMENT]...
  local method=$1 path=$2
  shift 2
  curl --silent --max-time 20 --header "@$folder/token" --request "$method" --output "$folder/body" \
    --dump-header "$folder/head" --write-out '%{http_code}' "$@" "$url$path" || true
}
finish() {
  [ -z "$listener" ] || kill "$listener" 2>/dev/null || true
  [ -z "$episode" ] || call DELETE "$episode?permanent=true" >/dev/null
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
  echo "FAILED  $1" >&2
  exit 1
}
expect() { # WHAT STATUS METHOD PATH [JSON]
  local what=$1 status=$2 answered
  shift 2
  : >"$folder/body"
  if [ $# -gt 2 ]; then
    answered=$(call "$1" "$2" --header 'Content-Type: application/json' --data "$3")
  else
    answered=$(call "$1" "$2")
  fi
  [ "$answered" != 000 ] || fail "$what: $1 $url$2 was not answered"
  [ "$answered" = "$status" ] || fail "$what: $1 $url$2 answered $answered instead of $status: $(head -c 500 "$folder/body")"
  echo "ok      $what"
}
await() { # WHAT COMMAND [ARGUMENT]...
  local what=$1
  shift
  for _ in $(seq 200); do
    "$@" && return
    sleep 0.1
  done
  fail "$what did not come within 20 s"
}

expect 'the server is up' 200 GET /health
expect 'it is ready' 200 GET /readyz
expect 'the token is accepted' 200 GET '/api/v1/notifications?limit=1'

curl --silent --no-buffer --header "@$folder/token" --header 'Accept: text/event-stream' \
  --dump-header "$folder/listening" "$url/api/v1/events?topics=episodes" >"$folder/events" &
listener=$!
await 'the stream of events' grep -qs '^HTTP/1.1 200' "$folder/listening"

expect 'an episode is created' 201 POST /api/v1/episodes '{"title": "Smoke test", "episode_number": 0}'
episode=$(sed -n 's/^location: *\([^[:space:]]*\).*/\1/Ip' "$folder/head")
[ -n "$episode" ] || fail 'the answer to a new episode has no Location'
id=${episode##*/}
expect 'it is read' 200 GET "$episode"
expect 'it is updated' 200 PATCH "$episode" '{"title": "Smoke test, updated"}'
expect 'it is deleted' 200 DELETE "$episode"
expect 'it is gone' 404 GET "$episode"
expect 'its activities are listed' 200 GET "/api/v1/activities?resource_id=$id"
for action in CREATE UPDATE DELETE; do
  grep -q "\"action\":\"$action\"" "$folder/body" || fail "the activity $action is missing"
done
expect 'it is erased for good' 200 DELETE "$episode?permanent=true"
episode=

heard() { [ "$(grep -A1 "^event: $1" "$folder/events" | grep -c "$id")" -ge 1 ]; }
for event in episode_created episode_updated episode_deleted; do
  await "the live event $event" heard "$event"
  echo "ok      $event was heard live"
done
echo "All is well at $url."
