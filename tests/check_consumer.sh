#!/bin/sh
# SPDX-License-Identifier: MIT
# The installed library serves a project outside the tree: check_consumer.sh BUILD CONSUMER VERSION CC. Installs
# BUILD under a DESTDIR, then builds and runs CONSUMER against what lies there: by CMake and by pkg-config, with the
# shared and with the static library.
set -eu

build=$1 consumer=$2 version=$3 cc=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
    echo "check_consumer: $*" >&2
    exit 1
}

expect_version() { # COMMAND...
    said=$("$@") || fail "$* failed"
    [ "$said" = "$version" ] || fail "$* said '$said', not $version"
}

# Installed below a prefix that is not the configured one, and moved by DESTDIR: nothing may depend on where it was.
DESTDIR=$work cmake --install "$build" --prefix /moved/neardup >"$work/log" || fail "cmake --install failed"
prefix=$work/moved/neardup
for file in bin/neardup include/neardup.h share/bash-completion/completions/neardup \
    share/zsh/site-functions/_neardup share/fish/vendor_completions.d/neardup.fish; do
    [ -f "$prefix/$file" ] || fail "$file was not installed"
done
library=$(dirname "$(find "$prefix" -name libneardup.a)")
soname=$(readelf -d "$library/libneardup.so" | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
[ "$soname" = "libneardup.so.${version%.*}" ] || fail "the soname is '$soname'"
[ -e "$library/$soname" ] || fail "$soname was not installed"
LC_ALL=C grep -rlF "$build" "$prefix/include" "$library/cmake" "$library/pkgconfig" && fail "it names the build folder"
case $("$prefix/bin/neardup" --version | head -n 1) in
*"$version"*) ;;
*) fail "the installed command is not of version $version" ;;
esac

for kind in shared static; do
    cmake -S "$consumer" -B "$work/$kind" -DKIND=$kind -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$prefix" \
        >"$work/log" 2>&1 && cmake --build "$work/$kind" >>"$work/log" 2>&1 || {
        cat "$work/log"
        fail "the $kind library does not serve a CMake project"
    }
    expect_version "$work/$kind/consumer"
done

export PKG_CONFIG_PATH="$library/pkgconfig"
[ "$(pkg-config --modversion neardup)" = "$version" ] || fail "pkg-config has another version"
$cc "$consumer/consumer.c" -o "$work/by-shared" $(pkg-config --cflags --libs neardup) || fail "pkg-config, shared"
expect_version env LD_LIBRARY_PATH="$library" "$work/by-shared"
rm "$library"/libneardup.so*
$cc "$consumer/consumer.c" -o "$work/by-static" $(pkg-config --static --cflags --libs neardup) ||
    fail "pkg-config, static"
expect_version "$work/by-static"
