#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Three readers of the source that do not run it: cppcheck, gcc -fanalyzer and clang-tidy (.clang-tidy says what it looks
# for). Each is silent; what one is wrong about says so at its place, or below. tools/analyse.sh [FILE...]
set -euo pipefail
cd "$(dirname "$0")/.."

jobs=${JOBS:-2}
cmake --preset dev >/dev/null
cmake --build --preset dev -j "$jobs" --target neardup >/dev/null # tables and page are made by the build
# The NEON kernels are another machine's; a table is made by a program of its own.
[ $# -gt 0 ] || set -- $(git ls-files 'src/*.c' | grep -v -e _neon -e tables/)
failed=0

echo "cppcheck, $# files"
# internalAstError: version 2.10 does not parse compound literals behind a question mark.
cppcheck --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 --quiet -j "$jobs" \
    --suppress=missingIncludeSystem --suppress=internalAstError -D__linux__ -D__x86_64__ -I src -I build/dev/src \
    --template='{file}:{line}: {id}: {message}' "$@" || failed=1

echo "gcc -fanalyzer"
analyser() {
    gcc -std=c11 -O1 -fanalyzer -Werror -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -DNEARDUP_VERSION='"0"' \
        -Isrc -Ibuild/dev/src -S -o /dev/null "$1"
}
export -f analyser
printf '%s\0' "$@" | xargs -0 -P "$jobs" -n 1 bash -c 'analyser "$0"' || failed=1

echo "clang-tidy"
printf '%s\0' "$@" | xargs -0 -P "$jobs" -n 8 clang-tidy -p build/dev --quiet 2>/dev/null || failed=1

[ $failed = 0 ] && echo "nothing found"
exit $failed
