#!/usr/bin/env bash
# Runs the test programs that cargo has built, some at a time: each waits much for the processes that it starts.
# Those that take longest begin.
set -euo pipefail
cd "$(dirname "$0")/.."
at_once=${TESTS_AT_ONCE:-2}
longest=(figures clients crash units report formats import_refusals query)

built=$(cargo test --profile tested --locked --no-run --quiet --message-format json)
programs=$(sed -n '/"overflow_checks":[a-z]*,"test":true/s/.*"executable":"\([^"]*\)".*/\1/p' <<<"$built")
[ -n "$programs" ] || { echo "test: cargo has built no test program" >&2; exit 1; }
first=$(for name in "${longest[@]}"; do grep -E "/$name-[0-9a-f]+\$" <<<"$programs" || true; done)

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
run() { # run LOGS PROGRAM
  local name log started=$SECONDS
  name=$(basename "$2" | sed 's/-[0-9a-f]*$//')
  log=$1/$(basename "$2")
  if "$2" >"$log" 2>&1; then
    # One line a program; whoever wants all runs it alone.
    echo "$name: $(grep '^test result' "$log") ($((SECONDS - started)) s)"
  else
    cat "$log"
    echo "$name: FAILED; alone: cargo test --profile tested --locked --test $name"
    return 1
  fi
}
export -f run
{ echo "$first"; grep -vxF "$first" <<<"$programs"; } | xargs -P "$at_once" -I {} bash -c 'run "$@"' - "$logs" {}
