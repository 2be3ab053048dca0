#!/usr/bin/env bash
# Finds what the tests need besides Rust, and installs what is missing: with apt as root, otherwise it says what to
# install and fails. The Python package goes into an environment of its own in target/python.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=()
need() { # a Debian package, then a command that succeeds where it is installed
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || packages+=("$package")
}
need postgresql scripts/postgres-bin.sh
need postgresql-client command -v psql
need sqlite3 command -v sqlite3     # the runbook's questions
need strace command -v strace       # counts the fdatasyncs of a batch
need faketime command -v faketime   # runs a node with its clock behind
need ffmpeg command -v ffmpeg       # videos
need curl command -v curl
need nginx env PATH="$PATH:/usr/sbin" nginx -v # the proxy of docs/deployment.md
need chromium command -v chromium # shows the SVG of scenes as browsers do
need python3 command -v python3
need python3-venv python3 -c 'import venv, ensurepip'

if [ "${#packages[@]}" -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "The tests need more than is installed. On Debian and Ubuntu: sudo apt-get install ${packages[*]}" >&2
    exit 1
  fi
  apt-get update --quiet --quiet
  DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --quiet --no-install-recommends "${packages[@]}" >/dev/null
fi

# The stock WebSocket client of docs/samples/watch.py.
if ! target/python/bin/python -c 'import websockets.sync.client' 2>/dev/null; then
  python3 -m venv target/python
  target/python/bin/pip install --quiet --disable-pip-version-check 'websockets>=13,<17'
fi
