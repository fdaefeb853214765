#!/usr/bin/env bash
# Builds the product and tells how far it is and for how long still: cargo tells only the former, and its last crate takes
# half as long as the hundreds before it.
#   scripts/build.sh [OPTIONS OF cargo build]
set -euo pipefail
cd "$(dirname "$0")/.."

# Of the time that all other crates take, per cent (docs/dependencies.md).
own=90
shown=0
began=$SECONDS
others=0

# Says how far it is: on a terminal in one line that is written again, elsewhere every half minute.
tell() { # tell DONE ALL NAMES
  local done=$1 all=$2 gone=$((SECONDS - began)) left
  # Little is left to be built: it is not worth an estimate.
  [ "$all" -ge 100 ] && [ $((done * 10)) -ge "$all" ] || return 0
  if [ "$done" -lt $((all - 3)) ]; then
    others=$((gone * all / done))
    left=$((others - gone + others * own / 100))
  else
    [ "$others" -gt 0 ] || others=$gone
    left=$((others + others * own / 100 - gone))
  fi
  if [ "$left" -gt 90 ]; then left="about $(((left + 30) / 60)) min still"; else left="a minute still"; fi
  if [ -t 2 ]; then
    printf '\r\033[K%s of %s crates, %s: %.40s' "$done" "$all" "$left" "$3" >&2
  elif [ $((SECONDS - shown)) -ge 30 ]; then
    shown=$SECONDS
    echo "$done of $all crates, $left: $3" >&2
  fi
}

status=$(mktemp)
trap 'rm -f "$status"' EXIT
{
  CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=120 CARGO_TERM_COLOR=never \
    cargo build --release --locked "$@" 2>&1 || echo $? >"$status"
} | stdbuf -oL tr '\r' '\n' | while IFS= read -r line; do
  if [[ $line =~ Building\ \[.*\]\ ([0-9]+)/([0-9]+):\ (.*) ]]; then
    [ "${BASH_REMATCH[1]}" -gt 0 ] && tell "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]%%  *}"
  elif [[ ! $line =~ ^\ *(Compiling|Downloading|Downloaded|Fresh)\  && -n ${line//[[:space:]]/} ]]; then
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
    echo "$line" >&2
  fi
done
exit "$(cat "$status" | grep . || echo 0)"
