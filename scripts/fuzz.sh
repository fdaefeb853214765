#!/usr/bin/env bash
# Gives each target of fuzz/ inputs of a fuzzer's making for so many seconds, beginning with fuzz/seeds.
#   scripts/fuzz.sh [SECONDS [TARGET…]]
# What is found lies in target/fuzz/TARGET: inputs worth going on with, and one that fails as crash-…, timeout-… or oom-….
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || for file in fuzz/*.rs; do
  name=$(basename "$file" .rs)
  case $name in support | filter) ;; *) targets+=("$name") ;; esac
done

examples=()
for name in "${targets[@]}"; do examples+=(--example "fuzz_$name"); done
RUSTC_WORKSPACE_WRAPPER=$PWD/scripts/covered.sh \
  cargo build --profile tested --locked --features fuzz "${examples[@]}"

failed=()
for name in "${targets[@]}"; do
  kept=target/fuzz/$name
  mkdir -p "$kept"
  options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=3000 -print_final_stats=1 -artifact_prefix="$kept/")
  [ -f "fuzz/$name.dict" ] && options+=(-dict="fuzz/$name.dict")
  seeds=()
  [ -d "fuzz/seeds/$name" ] && seeds=("fuzz/seeds/$name")
  echo "== $name, $seconds s"
  "target/tested/examples/fuzz_$name" "$kept" "${seeds[@]}" "${options[@]}" >"$kept.log" 2>&1 || failed+=("$name")
  tail -n 12 "$kept.log" | grep -E '^(stat|Done|SUMMARY|#|.*panicked)' || true
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]} (target/fuzz/*.log)" >&2
  exit 1
fi
