#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what the tests of the HTML report need and what is missing of it: install-browser.sh FOLDER. Chromium and node are
# Debian's; playwright-core and axe-core, in the versions of tests/browser/package-lock.json, go to FOLDER. Where they cannot
# be had it says so in one line and succeeds: those tests are then skipped.
set -eu
folder=$1
tools=$(dirname "$0")
wanted=$tools/../tests/browser

skip() {
    echo "install-browser: $1; the tests of the HTML report will be skipped" >&2
    exit 0
}

# Programs that are there, from wherever, need no package.
missing=
command -v chromium >/dev/null || missing="$missing browser"
command -v node >/dev/null && command -v npm >/dev/null || missing="$missing node"
# shellcheck disable=SC2086 # a list of names
[ -z "$missing" ] || "$tools/install-packages.sh" $missing || skip "its packages could not be installed"
command -v npm >/dev/null || skip "there is no npm"

cmp -s "$wanted/package-lock.json" "$folder/package-lock.json" && exit 0
mkdir -p "$folder"
cp "$wanted/package.json" "$folder/package.json"
cp "$wanted/package-lock.json" "$folder/wanted.json"
# The lock comes last: where it is, the rest is.
rm -f "$folder/package-lock.json"
mv "$folder/wanted.json" "$folder/npm-shrinkwrap.json"
(cd "$folder" && npm ci --silent --no-audit --no-fund >&2) || skip "npm could not install playwright-core and axe-core"
mv "$folder/npm-shrinkwrap.json" "$folder/package-lock.json"
