#!/usr/bin/env bash
# Renders the same fifty scenes as this processor does and as older ones would, without their vector instructions, in an
# emulator; fails where a byte differs. Run by `make drill-processors`.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v qemu-x86_64 >/dev/null; then
  echo 'This needs qemu-x86_64. On Debian and Ubuntu: sudo apt-get install qemu-user' >&2
  exit 1
fi
binary=$(cargo test --workspace --test render --no-run --message-format json |
  sed -n 's/.*"executable":"\([^"]*\/render-[^"]*\)".*/\1/p' | tail -n 1)
digests() { # COMMAND: how to run the binary
  (cd crates/render && "$@" "$binary" --ignored --exact --nocapture repeats::digests_of_fifty_scenes) \
    2> >(grep -v 'warning: TCG' >&2) | grep '^digest ' || { echo "nothing was rendered by: $*" >&2; exit 1; }
}

native=$(digests env)
echo "this processor: $(wc -l <<<"$native") pictures"
# Without SSE4.1, with SSE4.2 but not AVX, and with AVX2.
for processor in Conroe Nehalem Haswell; do
  [ "$(digests qemu-x86_64 -cpu "$processor")" = "$native" ] || { echo "$processor renders other bytes" >&2; exit 1; }
  echo "$processor: the same"
done
