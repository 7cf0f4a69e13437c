#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the packages of packages.txt that are missing: install-packages.sh WHO... (build, test, browser, node, develop,
# neon). Where none is missing it asks neither network nor root.
set -eu

list=$(dirname "$0")/../packages.txt

if ! command -v dpkg-query >/dev/null; then
    echo "install-packages: this system has no dpkg; the build will say what it misses (packages.txt names it)" >&2
    exit 0
fi

missing=
for who in "$@"; do
    for package in $(awk -v who="$who" '$1 == who { print $2 }' "$list"); do
        status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) || status=absent
        [ "$status" = installed ] || missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null; then
    as_root=sudo
else
    echo "install-packages: packages are missing and only root can install them; run as root:" >&2
    echo "    apt-get update && apt-get install$missing" >&2
    exit 1
fi
echo "install-packages: installing$missing" >&2
# What is installed here is for building; its documentation and suggestions are not wanted. Standard output is left to
# whoever called.
$as_root apt-get -q update >&2
# shellcheck disable=SC2086 # a list of names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $missing >&2
