#!/usr/bin/env bash
# Checks licences and bans of all crates by deny.toml, without the advisory database, which needs the internet.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.tools/bin:$PATH"
if ! command -v cargo-deny >/dev/null; then
  # Unoptimised and without lines: it runs for a second and builds in half the time.
  echo "licences: building cargo-deny into .tools" >&2
  CARGO_PROFILE_DEV_DEBUG=0 cargo install cargo-deny --debug --locked --version 0.20.2 --root .tools --quiet
fi
# Crates of other platforms are looked at too, and were not needed for building.
cargo fetch --locked --quiet
cargo deny --offline check licenses bans sources
