#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the tests of the HTML report in a browser: run.sh NEARDUP MODULES. Where the browser or what drives it is not
# there it says so and exits with 77, which ctest counts as skipped.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
NEARDUP_BINARY=$1
NEARDUP_BROWSER_MODULES=$2
NEARDUP_BROWSER=$(command -v chromium || true)
export NEARDUP_BINARY NEARDUP_BROWSER_MODULES NEARDUP_BROWSER

skip() {
    echo "browser tests: NOT RUN: $1 (tools/install-browser.sh installs it)"
    exit 77
}
command -v node >/dev/null || skip "there is no node"
[ -n "$NEARDUP_BROWSER" ] || skip "there is no chromium"
cmp -s "$here/package-lock.json" "$NEARDUP_BROWSER_MODULES/package-lock.json" ||
    skip "there is no playwright-core of the wanted version"

exec node --test --test-concurrency=1 "$here"/*.test.mjs
