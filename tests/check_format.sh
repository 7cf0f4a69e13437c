#!/bin/sh
# SPDX-License-Identifier: MIT
# The C code is laid out as .clang-format says: check_format.sh ROOT. Versions of clang-format disagree in details, so
# that only one is asked; where it is absent the check is skipped (77), but on CI that is a failure.
set -eu

version=14
for tool in clang-format-$version clang-format; do
    if "$tool" --version 2>/dev/null | grep -q "version $version\."; then
        cd "$1"
        for folder in src tests bench; do
            [ ! -d $folder ] || find $folder -name '*.[ch]' -exec "$tool" --dry-run -Werror {} +
        done
        exit 0
    fi
done
echo "clang-format $version is not installed"
[ "${CI:-}" = true ] && exit 1
exit 77
