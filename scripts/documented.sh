#!/usr/bin/env bash
# Runs the doc tests, then writes the documentation and refuses what rustdoc warns of: for RUSTDOC, which
# `cargo test --doc` calls. `cargo doc` would go through all other crates once more for that.
set -euo pipefail

rustdoc "$@"
document=() tests=
while [ $# -gt 0 ]; do
  case $1 in
    --test) tests=1 ;;
    --test-args | --test-run-directory) shift ;;
    --test-*) ;;
    *) document+=("$1") ;;
  esac
  shift
done
[ -n "$tests" ] || exit 0
rustdoc "${document[@]}" -D warnings --out-dir target/doc
