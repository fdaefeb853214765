#!/usr/bin/env bash
# Compiles, and beside it lints what is compiled: for RUSTC_WORKSPACE_WRAPPER, which cargo sets before its calls of
# rustc for this program's own crates. `cargo clippy` would go through all other crates once more for that.
set -uo pipefail

all=() lint=() compiles=
while [ $# -gt 0 ]; do
  case $1 in
    --emit=*) compiles=1; lint+=(--emit=metadata) ;;
    # Who waits for what was compiled must not take this for it.
    --json=*) lint+=("${1/artifacts,/}") ;;
    --out-dir) lint+=("$1" "$(dirname "$2")/lint"); all+=("$1"); shift ;;
    *) lint+=("$1") ;;
  esac
  all+=("$1")
  shift
done
# A question about the compiler.
[ -n "$compiles" ] || exec "${all[@]}"

found=$(mktemp)
trap 'rm -f "$found"' EXIT
clippy-driver "${lint[@]}" -D warnings 2>"$found" &
linter=$!
"${all[@]}"
compiled=$?
wait $linter
linted=$?
# What the compiler refuses, it has told itself.
[ $compiled -eq 0 ] || exit $compiled
cat "$found" >&2
exit $linted
