#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs every fuzz target, or those that are named, for so many minutes each: tools/fuzz.sh [-m MINUTES] [TARGET...]
# What is found is written to build/fuzz/findings; inputs that reach something new are kept in build/fuzz/corpus/TARGET.
# A finding that was mended belongs in fixtures/fuzz/TARGET, where the usual tests replay it.
set -euo pipefail
cd "$(dirname "$0")/.."

minutes=20
if [ "${1:-}" = -m ]; then
    minutes=$2
    shift 2
fi
if ! command -v clang >/dev/null; then
    echo "tools/fuzz.sh: needs clang and its libFuzzer: apt-get install clang" >&2
    exit 2
fi

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -j "${JOBS:-2}"
mkdir -p build/fuzz/findings
[ $# -gt 0 ] || set -- $(cd fixtures/fuzz && ls)
failed=0
for target in "$@"; do
    mkdir -p "build/fuzz/corpus/$target"
    log=build/fuzz/$target.log
    if "build/fuzz/tests/fuzz_$target" -max_total_time=$((60 * minutes)) -print_final_stats=1 -timeout=30 -max_len=8192 \
        -artifact_prefix="build/fuzz/findings/$target-" "build/fuzz/corpus/$target" "fixtures/fuzz/$target" \
        2>"$log"; then
        found="nothing found"
    else
        found="FOUND: see $log"
        failed=1
    fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    echo "$target: ${executions:-?} executions in $minutes minutes, $found"
done
exit $failed
