#!/usr/bin/env bash
# Runs the test programs that cargo has built, some at a time: each waits much for the processes that it starts.
# Those that take longest begin.
set -euo pipefail
cd "$(dirname "$0")/.."
at_once=${TESTS_AT_ONCE:-2}
longest=(failover figures clients crash units report formats import_refusals query)

built=$(cargo test --profile tested --locked --no-run --quiet --message-format json)
programs=$(sed -n '/"overflow_checks":[a-z]*,"test":true/s/.*"executable":"\([^"]*\)".*/\1/p' <<<"$built")
[ -n "$programs" ] || { echo "test: cargo has built no test program" >&2; exit 1; }
first=$(for name in "${longest[@]}"; do grep -E "/$name-[0-9a-f]+\$" <<<"$programs" || true; done)

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
run() { # run LOGS PROGRAM
  local name log failed= started=$SECONDS
  name=$(basename "$2" | sed 's/-[0-9a-f]*$//')
  log=$1/$(basename "$2")
  "$2" >"$log" 2>&1 || failed=1
  # In one piece, as cargo tells it: programs that run beside each other would mix.
  { echo "     Running $name ($2), $((SECONDS - started)) s"; cat "$log"; } >"$log.told"
  cat "$log.told"
  [ -z "$failed" ] || { echo "error: test failed, alone: cargo test --profile tested --locked --test $name"; return 1; }
}
export -f run
{ echo "$first"; grep -vxF "$first" <<<"$programs"; } | xargs -P "$at_once" -I {} bash -c 'run "$@"' - "$logs" {}
