#!/usr/bin/env bash
# Builds dist/ and says how large it is.
source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"
scripts/build.sh
need_command brotli brotli "to tell the size of dist as a static host would send it"

size() { find dist -type f -print0 | sort -z | xargs -0 -n1 "$@" | wc -c; }
printf 'dist/ is ready: %d bytes, %d with gzip, %d with Brotli\n' \
  "$(size cat)" "$(size gzip -9 -c -n)" "$(size brotli -q 11 -c)"
