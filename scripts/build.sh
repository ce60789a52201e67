#!/usr/bin/env bash
# Builds the release app into dist/, or leaves it alone when nothing it is made of has changed.
# CONNECT_SRC="https://s3.example …" bakes in the only origins the page may talk to besides its own.
source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"

stamp=target/dist.stamp
made_of=(src static index.html Trunk.toml Cargo.toml Cargo.lock .cargo scripts/finish-dist.mjs)
if [[ -f dist/index.html && -f $stamp && $(<"$stamp") == "${CONNECT_SRC:-}" ]] &&
  [[ -z $(find "${made_of[@]}" -newer "$stamp" -print -quit) ]]; then
  exit 0
fi

need_wasm_target
need_trunk
need_wasm_bindgen
need_npm_build

say "building the release app into dist/"
mkdir -p target
started=$(mktemp target/dist.stamp.XXXXXX)
printf '%s' "${CONNECT_SRC:-}" >"$started"
trap 'rm -f "$started"' EXIT
# Trunk takes only true or false for NO_COLOR, and stops at anything else.
env -u NO_COLOR trunk build --release --locked --log warn
mv "$started" "$stamp"
