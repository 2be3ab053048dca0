#!/usr/bin/env bash
# Removes each protection once, in a copy of the working tree, and expects the drill that the patch names to fail:
# scripts/with-postgres.sh scripts/drill-unprotected.sh [PATCH]... (all of tests/unprotected where none is given).
# A patch says in its first lines what is missing with it, and after "Drill:" which test target and test must notice.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- tests/unprotected/*.patch
patches=$(realpath "$@")

work=$PWD/target/unprotected
tree=$work/tree
log=$work/log
export CARGO_TARGET_DIR=$work/target
rm -rf "$tree"
mkdir -p "$tree"
tar --create --exclude ./target --exclude ./.git --exclude ./data . | tar --extract --touch --directory "$tree"
cd "$tree"

drill_of() { sed -n 's/^Drill: //p' "$1"; }

# Builds first, so that a drill fails for no other reason than what it sees. Migrations are embedded, which Cargo
# does not notice by itself.
run() { # TARGET TEST
  touch crates/store/src/lib.rs
  cargo test --quiet --test "$1" --no-run >"$log" 2>&1 || { cat "$log" >&2; echo "It does not build." >&2; exit 1; }
  timeout 900 cargo test --quiet --test "$1" -- --exact "$2" >"$log" 2>&1
}

# The repository around the copy is none of git's business: patches apply to the copy.
apply() { GIT_CEILING_DIRECTORIES=$work git apply "$@"; }

for drill in $(for patch in $patches; do drill_of "$patch"; done | sort -u | tr ' ' '/'); do
  if ! run ${drill/\// } || ! grep -q '^test result: ok. 1 passed' "$log"; then
    cat "$log" >&2
    echo "$drill must be there and succeed while everything is protected." >&2
    exit 1
  fi
done

unnoticed=0
for patch in $patches; do
  name=$(basename "$patch" .patch)
  apply "$patch" || { echo "$name: the patch no longer applies: write it anew" >&2; exit 1; }
  read -r target drill <<<"$(drill_of "$patch")"
  if run "$target" "$drill"; then
    echo "$name: NOT NOTICED by $drill"
    unnoticed=1
  else
    echo "$name: noticed by $drill:"
    grep -m 1 -A 1 'panicked at' "$log" | tail -n 1 | cut -c 1-200 | sed 's/^/    /'
  fi
  apply --reverse "$patch"
done
exit "$unnoticed"
