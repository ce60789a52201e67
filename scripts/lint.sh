#!/usr/bin/env bash
# Formatting and lints, native and wasm; warnings are errors.
source "$(dirname "${BASH_SOURCE[0]}")/tools.sh"
need_wasm_target
have cargo-fmt && have cargo-clippy || die "rustfmt and clippy are needed: rustup component add rustfmt clippy"
cargo fmt --check
cargo clippy --locked --all-targets -- -D warnings
cargo clippy --locked --all-targets --target wasm32-unknown-unknown -- -D warnings
