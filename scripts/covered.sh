#!/usr/bin/env bash
# Compiles this program's own crates so that a fuzzer sees which branches an input takes: for RUSTC_WORKSPACE_WRAPPER.
# Other people's crates are taken as they were compiled for the tests. Overflows end the program.
set -euo pipefail

for argument in "$@"; do
  case $argument in
    # A question about the compiler is none to change, and what runs while building is no target.
    --print* | -vV | build_script_build) exec "$@" ;;
  esac
done
exec "$@" -C passes=sancov-module -C llvm-args=-sanitizer-coverage-level=4 \
  -C llvm-args=-sanitizer-coverage-inline-8bit-counters -C llvm-args=-sanitizer-coverage-pc-table \
  -C llvm-args=-sanitizer-coverage-trace-compares -C overflow-checks=on
