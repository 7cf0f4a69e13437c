#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every example works: compiles and runs the C examples in the comments of neardup.h and in README.md, and runs the
shell examples of README.md with the built command, in one folder, as a reader would.

A text block of README.md is what `neardup scan` of the articles prints, in parts: every line of it must stand in
golden/text-80.txt, in that order.

In the header an example is a run of indented comment lines one of which ends in a semicolon; what follows a statement
after two spaces is a remark. In README.md it is a block marked c or sh (a console block, with prompts, is only shown).
Unless it has a main() of its own, a C example becomes the body of one, where `text` and `size` are some document."""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

PROGRAM = """#include <neardup.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {{
    const char *text = "It is a truth universally acknowledged that two copies of one sentence are one too many.";
    size_t size = strlen(text);
    (void)size;
{body}
    return 0;
}}
"""


def header_examples(path):
    block = []
    for line in path.read_text(encoding="utf-8").splitlines() + [""]:
        match = re.match(r" \* {5,}(\S.*)$", line)
        if match:
            block.append(re.sub(r";  +\S.*$", ";", match.group(1)))
        elif line.strip() != "*":
            if any(part.endswith(";") for part in block):
                yield "\n".join(block)
            block = []


def readme_examples(path, language):
    blocks = re.findall(rf"^ *```{language}\n(.*?)^ *```$", path.read_text(encoding="utf-8"), re.M | re.S)
    return [textwrap.dedent(block) for block in blocks]


def run_c(options, example, folder):
    program = example if re.search(r"\bmain\s*\(", example) else PROGRAM.format(body=example)
    (folder / "example.c").write_text(program, encoding="utf-8")
    command = [options.compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", *options.flag, f"-I{options.header.parent}",
               "example.c", "-o", "example", f"-L{options.library.parent}", "-lneardup",
               f"-Wl,-rpath,{options.library.parent}"]
    compiled = subprocess.run(command, cwd=folder)
    return compiled.returncode or subprocess.run(["./example"], cwd=folder, stdout=subprocess.DEVNULL).returncode


def run_sh(options, example, folder):
    """Runs it in the folder, where what earlier examples made is found."""
    if not (folder / "fixtures").exists():
        (folder / "fixtures").symlink_to(options.readme.parent / "fixtures")
    path = f"{options.binary.parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(["sh", "-euc", example], cwd=folder, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                          env={**os.environ, "PATH": path}).returncode


def output_is_real(options):
    """Whether the lines of README.md's text blocks stand in the golden output in their order."""
    golden = iter((pathlib.Path(__file__).parent / "golden/text-80.txt").read_text(encoding="utf-8").splitlines())
    for block in readme_examples(options.readme, "text"):
        for line in block.splitlines():
            if line != "..." and line not in golden:
                print(f"{options.readme}: the report has no such line, or not here: {line}")
                return False
    return True


def main():
    parser = argparse.ArgumentParser()
    for name in ("header", "readme", "library", "binary"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--compiler", default="cc")
    parser.add_argument("--flag", action="append", default=[], help="of the compiler")
    options = parser.parse_args()

    examples = [(run_c, example) for example in header_examples(options.header)]
    if not examples:
        print(f"{options.header}: no example found")
        return 1
    examples += [(run_c, example) for example in readme_examples(options.readme, "c")]
    examples += [(run_sh, example) for example in readme_examples(options.readme, "sh")]
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for run, example in examples:
            if run(options, example, pathlib.Path(folder)):
                failed += 1
                print(f"it fails, this example:\n{example}\n")
    failed += not output_is_real(options)
    print(f"{len(examples)} examples, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
