#!/usr/bin/env bash
# Counts the lines that the tests run, the server's own among them, and fails below what the project promises: 90 % of the
# domain, 85 % of everything. Tests themselves and the example do not count. Run by `make coverage`.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! cargo llvm-cov --version >/dev/null 2>&1; then
  echo 'This needs cargo-llvm-cov: cargo install --locked cargo-llvm-cov' >&2
  exit 1
fi
# LLVM's tools come with rustup's component llvm-tools, or from the system in the version that rustc was built with.
llvm=$(rustc --version --verbose | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
if command -v "llvm-cov-$llvm" "llvm-profdata-$llvm" >/dev/null; then
  export LLVM_COV="llvm-cov-$llvm" LLVM_PROFDATA="llvm-profdata-$llvm"
fi
not_counted='(^|/)(tests|crates/example|crates/[a-z]+/tests)/'
cargo llvm-cov test --no-report --workspace
cargo llvm-cov report --summary-only --ignore-filename-regex "$not_counted|^/.*/\.cargo/" --fail-under-lines 85
echo 'The domain alone:'
cargo llvm-cov report --summary-only --ignore-filename-regex "$not_counted|crates/(app|bench|blobs|calendar|csv|http|identity|live|media|render|store|web)/" \
  --fail-under-lines 90 | tail -1
