#!/usr/bin/env bash
# Composes a thumbnail for the newest episode, has it rendered, and fetches it: docs/samples/thumbnail.sh FILE
# TOKEN holds the access token of an editor; URL the server where it is not the usual one. Stops at the first failure.
set -euo pipefail

file=${1:?name the file to write, such as thumbnail.jpg}
: "${TOKEN:?set TOKEN to an access token of an editor}"
api=${URL:-http://127.0.0.1:3002}/api/v1

ask() { curl --silent --show-error --fail --header "Authorization: Bearer $TOKEN" --header 'Content-Type: application/json' "$@"; }
# The first value of this name in a JSON text.
value() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }

episode=$(ask "$api/episodes?limit=1" | value id)
composition=$(ask "$api/compositions" --data '{"name": "Thumbnail", "episode_id": "'"$episode"'", "layers": [
  {"role": "ground", "kind": "shape", "fill": "#0b3d2e"},
  {"role": "sun", "kind": "shape", "fill": "#ffd166", "radius": 0.5, "frame": {"x": 0.62, "y": 0.12, "w": 0.27, "h": 0.48}},
  {"role": "title", "source": {"text": "{title}"}},
  {"role": "line", "source": {"text": "Episode {episode_number}"}}]}' | value id)
ask "$api/compositions/$composition/primary" --data '' >/dev/null
job=$(ask "$api/compositions/$composition/render" --data '{}' | value id)

for _ in $(seq 300); do
  status=$(ask "$api/jobs/$job" | value status)
  case $status in
    completed) break ;;
    failed | cancelled) echo "The job is $status: see $api/jobs/$job" >&2; exit 1 ;;
  esac
  sleep 0.1
done
ask "${URL:-http://127.0.0.1:3002}$(ask "$api/episodes/$episode" | value thumbnail_url)" --output "$file"
echo "Rendered $file, $(wc -c <"$file") bytes."
