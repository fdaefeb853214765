#!/usr/bin/env bash
# Prints what the program is made of as CycloneDX 1.5: crates and packages of the web app.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# The target's own crates, without those of tests and of other systems.
target=$(rustc -vV | sed -n 's/^host: //p')
cargo metadata --locked --format-version 1 --filter-platform "$target" >"$folder/crates.json"
python3 scripts/components.py "$folder/crates.json"
