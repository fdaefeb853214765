#!/usr/bin/env bash
# Compiles and lints in one go: for RUSTC_WORKSPACE_WRAPPER, which cargo sets before its calls of rustc for this
# program's own crates. Clippy is the compiler with more lints. The product itself is compiled without them: its unit
# tests are the same sources once more. `cargo clippy` would go through all other crates as well.
set -euo pipefail

name='' compiles='' tests=''
for argument in "$@"; do
  case $argument in
    --emit=*) compiles=1 ;;
    --test) tests=1 ;;
    matbang) name=matbang ;;
  esac
done
# A question about the compiler.
[ -n "$compiles" ] || exec "$@"
[ "$name" != matbang ] || [ -n "$tests" ] || exec "$@" -D warnings
exec clippy-driver "$@" -D warnings
