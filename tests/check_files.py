#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files are small, say their licence in one line, and explain what is public: check_files.py ROOT"""
import pathlib
import re
import sys

MOST_LINES = 600  # of a file of src/
MOST_HEADER_LINES = 560  # of neardup.h: a reader takes it in at one sitting
LICENCE = "SPDX-License-Identifier: MIT"
SOURCES = ("*.c", "*.h", "*.py", "*.sh", "*.cmake", "CMakeLists.txt", "*.js", "*.mjs", "*.css", "*.html")


def sources(root):
    for folder in ("src", "tests", "bench", "tools", "cmake"):
        for pattern in SOURCES:
            yield from sorted((root / folder).rglob(pattern))


def unexplained(header):
    """Line numbers of public functions without a comment: neither before them nor at the head of their group, the
    declarations that follow each other without an empty line."""
    explained = in_comment = False
    for number, line in enumerate(header.read_text(encoding="utf-8").splitlines(), 1):
        if in_comment or line.startswith("/*"):
            in_comment = "*/" not in line
            explained = True
        elif not line.strip():
            explained = False
        elif line.startswith("NEARDUP_API") and not explained:
            yield number


def complaints(root):
    for path in sources(root):
        lines = path.read_text(encoding="utf-8").splitlines()
        most = MOST_HEADER_LINES if path == root / "src/neardup.h" else MOST_LINES
        if root / "src" in path.parents and len(lines) > most:
            yield f"{path}: {len(lines)} lines, {most} are the most"
        licences = sum(LICENCE in line for line in lines[:3])
        if licences != 1:
            yield f"{path}: {licences} licence lines ({LICENCE}) at its head, should be 1"
    for number in unexplained(root / "src/neardup.h"):
        yield f"{root / 'src/neardup.h'}:{number}: public, without a comment"


def main():
    found = list(complaints(pathlib.Path(sys.argv[1])))
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
