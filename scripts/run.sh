#!/usr/bin/env bash
# Builds the app and runs it with a local S3 server and three buckets, until Ctrl-C.
source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"
need_npm_build
need_seaweedfs
scripts/build.sh
exec node scripts/demo.mjs
