#!/usr/bin/env bash
# Runs the test programs that cargo has built, unit tests and tests/all.rs beside each other. Tests wait much for the
# processes that they start: more of them at a time than there are processors.
set -euo pipefail
cd "$(dirname "$0")/.."
at_once=${TESTS_AT_ONCE:-$((2 * $(nproc)))}

built=$(cargo test --profile tested --locked --no-run --quiet --message-format json)
programs=$(sed -n '/"overflow_checks":[a-z]*,"test":true/s/.*"executable":"\([^"]*\)".*/\1/p' <<<"$built")
[ -n "$programs" ] || { echo "test: cargo has built no test program" >&2; exit 1; }

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
run() { # run LOGS AT_ONCE PROGRAM
  local name log failed= started=$SECONDS
  name=$(basename "$3" | sed 's/-[0-9a-f]*$//')
  log=$1/$(basename "$3")
  "$3" --test-threads="$2" >"$log" 2>&1 || failed=1
  # In one piece, as cargo tells it: programs that run beside each other would mix.
  { echo "     Running $name ($3), $((SECONDS - started)) s"; cat "$log"; } >"$log.told"
  cat "$log.told"
  [ -z "$failed" ] || { echo "error: test failed, alone: cargo test --profile tested --locked --test $name"; return 1; }
}
export -f run
xargs -P 0 -I {} bash -c 'run "$@"' - "$logs" "$at_once" {} <<<"$programs"
