#!/bin/sh
# SPDX-License-Identifier: MIT
# Unpacks the arm64 packages of packages.txt into a folder of their own: arm64-libraries.sh FOLDER. It needs neither root
# nor changes what is installed here. Where the folder has them already it asks no network.
set -eu

folder=$1
list=$(dirname "$0")/../packages.txt
packages=$(awk '$1 == "arm64" { print $2 }' "$list")
[ "$(cat "$folder/packages" 2>/dev/null)" != "$packages" ] || exit 0

if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "arm64-libraries: this system has no apt to get arm64 packages with (packages.txt names them)" >&2
    exit 1
fi

rm -rf "$folder"
mkdir -p "$folder/apt/state/lists/partial" "$folder/apt/cache/archives/partial"
cd "$folder/apt"

# apt as it would be on an arm64 machine with nothing installed; only the sources are those of this one.
arm64_apt() {
    apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User= -o Dir::State="$PWD/state" \
        -o Dir::State::status=/dev/null -o Dir::Cache="$PWD/cache" "$@" >&2
}
echo "arm64-libraries: fetching" $packages >&2
arm64_apt update
# shellcheck disable=SC2086 # a list of names
arm64_apt download $packages
for package in *.deb; do
    dpkg-deb --extract "$package" ..
done
cd ..
rm -r apt
echo "$packages" >packages
