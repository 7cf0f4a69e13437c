#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws what neardup prints on a terminal, as pictures for README.md: terminal.py [--check] NEARDUP. Each picture is a
command that is run in fixtures/newswire with colours, and the lines of its output that are shown. --check writes nothing
and says which picture is not what would be drawn."""
import html
import os
import pathlib
import re
import subprocess
import sys
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"

# File, columns, command, first and last line that are shown.
PICTURES = (
    ("terminal-scan.svg", 100, "neardup scan --exclude truth.json newswire", 1, 40),
    ("terminal-compare.svg", 100, "neardup compare newswire/harbour-post/2031-03-05-bridge-closed.txt "
     "newswire/tessel-evening-star/2031-03-06-cracked-pin.txt", 1, 36),
)

CELL, LINE, SIZE, MARGIN = 8.4, 19, 14, 16  # width and height of a cell, of letters, and of what is around them

# Colours of a light and a dark terminal, by the codes the command uses: both have a contrast of 4.5 and more.
STYLE = """
text { font: %dpx ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #1f2328; white-space: pre; }
rect { fill: #f6f8fa; stroke: #d0d7de; }
.c1 { font-weight: bold; } .c2 { fill: #59636e; }
.c31 { fill: #b02a37; } .c32 { fill: #116329; } .c33 { fill: #7d4e00; } .c36 { fill: #0a5c70; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; } rect { fill: #0d1117; stroke: #30363d; } .c2 { fill: #9198a1; }
  .c31 { fill: #ff8d85; } .c32 { fill: #56d364; } .c33 { fill: #e3b341; } .c36 { fill: #56c8dd; }
}
""" % SIZE


def cells(text):
    """How many cells of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def runs(line):
    """The stretches of one style in a line: (code, text)."""
    code = ""
    for part in re.split(r"(\x1b\[\d*m)", line):
        if match := re.fullmatch(r"\x1b\[(\d*)m", part):
            code = "" if match[1] in ("", "0") else match[1]
        elif part:
            yield code, part


def draw_line(line, number):
    at = 0
    for code, text in runs(line):
        width = cells(text)
        if text.strip():
            style = f' class="c{code}"' if code else ""
            yield (f'<text x="{MARGIN + at * CELL:.1f}" y="{MARGIN + SIZE + number * LINE}" '
                   f'textLength="{width * CELL:.1f}"{style} xml:space="preserve">{html.escape(text, quote=False)}</text>')
        at += width


def draw(columns, lines):
    width, height = columns * CELL + 2 * MARGIN, len(lines) * LINE + 2 * MARGIN
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" '
           f'height="{height}">')
    yield f"<style>{STYLE}</style>"
    yield f'<rect x=".5" y=".5" width="{width - 1:.0f}" height="{height - 1}" rx="8"/>'
    for number, line in enumerate(lines):
        yield from draw_line(line, number)
    yield "</svg>"


def picture(binary, columns, command, first, last):
    words = command.split()
    environment = {**os.environ, "COLUMNS": str(columns)}
    done = subprocess.run([binary, words[1], "--color", "always", *words[2:]], cwd=FIXTURES, env=environment,
                          capture_output=True, text=True)
    if done.returncode > 1 or done.stderr:
        sys.exit(f"{command}: exit {done.returncode}: {done.stderr}")
    shown = command if cells(command) + 2 <= columns else command.replace(" newswire/", " \\\n    newswire/")
    prompt = [f"\x1b[2m$\x1b[0m \x1b[1m{line}\x1b[0m" if not i else f"\x1b[1m{line}\x1b[0m"
              for i, line in enumerate(shown.split("\n"))]
    return "\n".join(draw(columns, prompt + [""] + done.stdout.splitlines()[first - 1:last])) + "\n"


def main():
    check = "--check" in sys.argv
    binary = pathlib.Path(sys.argv[-1]).resolve()
    stale = 0
    for name, *what in PICTURES:
        drawn = picture(binary, *what)
        if check and (HERE / name).read_text(encoding="utf-8") != drawn:
            print(f"{HERE / name}: not what would be drawn now; make pictures draws it anew")
            stale = 1
        elif not check:
            (HERE / name).write_text(drawn, encoding="utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main())
