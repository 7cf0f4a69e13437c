#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Includes point only downward: check_floors.py SRC

Each folder of src/ is a floor and may include from itself, from the folders its line below names, and neardup.h,
which includes nothing of ours. A path in quotes is always written from src/, so that it shows where it leads."""
import pathlib
import re
import sys

MAY_INCLUDE = {
    "base": (),
    "text": ("base",),
    "sketch": ("base", "text"),
    "match": ("base", "text", "sketch"),
    "passage": ("base", "text", "sketch"),
    "engine": ("base", "text", "sketch", "match", "passage"),
    # The library ends here: what follows sees the engine through neardup.h alone.
    "io": ("base", "text"),
    "report": ("base", "text", "io"),
    "filter": ("base", "text", "io", "report"),
    "cli": ("base", "io", "report", "filter"),
}
# Made at build time, by the program in text/tables.
GENERATED = {"unicode_tables.h": "text"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]*)"|<([^>]*)>)', re.M)


def complaints(src):
    for folder in sorted(path.name for path in src.iterdir() if path.is_dir()):
        if folder not in MAY_INCLUDE:
            yield f"{src / folder}: not a floor; say in check_floors.py what it may include"
    for path in sorted(src.rglob("*.[ch]")):
        relative = path.relative_to(src)
        floor = relative.parts[0] if len(relative.parts) > 1 else None
        for match in INCLUDE.finditer(path.read_text(encoding="utf-8")):
            line = path.read_text(encoding="utf-8").count("\n", 0, match.start()) + 1
            ours, system = match.groups()
            problem = judge(src, floor, relative, ours) if ours is not None else judge_system(src, relative, system)
            if problem:
                yield f"{path}:{line}: {problem}"


def judge(src, floor, relative, target):
    """What is wrong with #include "target" in a file of `floor`, or None."""
    if floor is None:
        return f'{relative} may include nothing of ours, but includes "{target}"'
    if target == "neardup.h":
        return None
    if target in GENERATED:
        return None if floor == GENERATED[target] else f'only {GENERATED[target]}/ may include "{target}"'
    if not (src / target).is_file():
        return f'"{target}" is not a path from src/'
    below = target.split("/")[0]
    if below == floor or below in MAY_INCLUDE.get(floor, ()):
        return None
    return f'{floor}/ may not include "{target}"'


def judge_system(src, relative, target):
    if (src / target).is_file():
        return f"<{target}> is ours: write it in quotes"
    return None


def main():
    src = pathlib.Path(sys.argv[1])
    found = list(complaints(src))
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
