#!/usr/bin/env bash
# Creates an episode for every line of a file of JSON bodies, in order: docs/samples/load.sh FILE
# TOKEN holds the access token of an editor; URL the server where it is not the usual one. Stops at the first failure.
set -euo pipefail

file=${1:?name a file of JSON bodies, one a line}
: "${TOKEN:?set TOKEN to an access token of an editor}"
url=${URL:-http://127.0.0.1:3002}/api/v1/episodes

created=0
while IFS= read -r body; do
  answer=$(curl --silent --show-error --write-out '\n%{http_code}' --header "Authorization: Bearer $TOKEN" \
    --header 'Content-Type: application/json' --data-binary "$body" "$url") ||
    { echo "No answer from $url after $created episodes: is the server running?" >&2; exit 1; }
  if [ "${answer##*$'\n'}" != 201 ]; then
    echo "The server refused line $((created + 1)), $body:" >&2
    echo "$answer" >&2
    exit 1
  fi
  created=$((created + 1))
done <"$file"
echo "Created $created episodes."
