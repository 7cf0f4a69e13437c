#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the tests on a build that counts executed lines, prints the count for each file of src/, and fails below 90 %.
set -eu

cd "$(dirname "$0")/.."
jobs=${JOBS:-2}
build=build/coverage
tools/install-packages.sh develop

cmake --preset coverage
cmake --build --preset coverage -j "$jobs"
# Counts of earlier runs go; those of make_tables stay, because the build runs it and no test does.
find "$build" -name '*.gcda' ! -path '*/make_tables.dir/*' -delete
ctest --preset coverage -j "$jobs"
gcovr --root . --filter src/ --object-directory "$build" --print-summary --fail-under-line 90 "$build"
