#!/usr/bin/env bash
# How fast and how large: a table on screen, and target/bench.json. Ratios within one run; absolute values drift.
source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"
scripts/build.sh
need_npm_build
need_npm tests/e2e "drivers for Chromium and Firefox"
need_seaweedfs
need_rclone
need_aws
need_chromium
need_firefox
node tests/e2e/bench.mjs
