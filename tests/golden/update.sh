#!/bin/sh
# SPDX-License-Identifier: MIT
# Writes anew what the command prints in every golden case: update.sh path/to/neardup
set -eu
here=$(cd "$(dirname "$0")" && pwd)
NEARDUP=$(realpath "$1")
export NEARDUP TERM=dumb
unset COLUMNS NO_COLOR || true
cd "$here/../../fixtures"
grep -v '^#' "$here/cases" | while IFS= read -r line; do
    sh -c "${line#*: }" >"$here/${line%%: *}" </dev/null
done
