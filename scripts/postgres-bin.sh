#!/usr/bin/env bash
# Prints the folder that holds Postgres's server programs: the newest of the distribution's, else what PATH offers.
set -euo pipefail

newest=$(find /usr/lib/postgresql -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
initdb=${newest:-$(command -v initdb || true)}
if [ -z "$initdb" ]; then
  echo "Postgres's server programs (initdb, postgres) are not installed: run make tools" >&2
  exit 1
fi
dirname "$initdb"
