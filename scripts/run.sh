#!/usr/bin/env bash
# Builds the app and runs it with a local S3 server and three buckets, until Ctrl-C.
source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"
need_npm_build
need_seaweedfs
scripts/build.sh

mkdir -p -m 700 .demo
# Held by the demo and its server for as long as either lives: two servers on one folder would spoil the data.
exec 9>.demo/lock
flock -n 9 || die "the demo of this folder is running already"
exec node scripts/demo.mjs
