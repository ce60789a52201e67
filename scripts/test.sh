#!/usr/bin/env bash
# Every test, headless: native, in a browser, end to end. The last line sums them up: `N passed, N failed`.
# Some of them only: scripts/test.sh native|wasm|e2e …
source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"

suites=("$@")
((${#suites[@]})) || suites=(native wasm e2e)
logs=$root/target/test-logs
mkdir -p "$logs"
passed=0
failed=0

# suite NAME COMMAND…: runs it, shows and keeps its output, and adds its counts. A run that fails without a failed test,
# or succeeds without a test, counts as one failure.
suite() {
  local name=$1
  shift
  local log=$logs/$name.log status=0
  say "tests: $name"
  "$@" </dev/null 2>&1 | tee "$log" || status=$?
  local good bad
  # cargo: `test result: ok. 3 passed; 0 failed; …`; node: `ℹ pass 3`, `ℹ fail 0`.
  good=$(sed -nE 's/^test result: .* ([0-9]+) passed;.*/\1/p; s/^ℹ pass ([0-9]+)$/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
  bad=$(sed -nE 's/^test result: .* ([0-9]+) failed;.*/\1/p; s/^ℹ (fail|cancelled) ([0-9]+)$/\2/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
  if ((bad == 0 && (status != 0 || good == 0))); then
    say "$name: ended with status $status after $good tests: counted as a failure"
    bad=1
  fi
  passed=$((passed + good))
  failed=$((failed + bad))
}

native() {
  need_rust
  suite native cargo test --locked --no-fail-fast
}

wasm() {
  need_wasm_target
  need_wasm_bindgen
  need_chromium
  export CHROMEDRIVER WASM_BINDGEN_USE_BROWSER=1 WASM_BINDGEN_TEST_TIMEOUT=180 WASM_BINDGEN_TEST_DRIVER_TIMEOUT=30
  CHROMEDRIVER=$(command -v chromedriver)
  suite wasm cargo test --locked --no-fail-fast --target wasm32-unknown-unknown --lib --test web --test web_worker
}

e2e() {
  scripts/build.sh
  need_npm_build
  need_npm tests/e2e "drivers for Chromium and Firefox"
  need_seaweedfs
  need_esdk_peer
  want_ruby_peer
  need_rclone
  want_ceph
  need_chromium
  need_firefox
  # Two files at a time: most of what one does is waiting, for its server and its browser, for the network, for a timer.
  suite e2e node --test --test-reporter=spec --test-concurrency=2 tests/e2e/*.test.mjs
}

for name in "${suites[@]}"; do
  case $name in
  native | wasm | e2e) "$name" ;;
  *) die "no such suite: $name" ;;
  esac
done

echo
echo "$passed passed, $failed failed"
((failed == 0))
