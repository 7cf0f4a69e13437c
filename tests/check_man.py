#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The manual page tells of every option that the commands' help tells of, and its examples work; help fits a screen:
check_man.py NEARDUP FIXTURES"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SCREEN = 50  # lines of a terminal that is not made small

# What the examples find: records and shards of them, of which some are copies, and articles.
INPUTS = r"""record() { printf '{"id":"%s","text":"%s"}\n' "$1" "$(seq -s ' ' $2 $3)"; }
mkdir shards articles
record a 1 99 >news.jsonl
record b 1 99 >>news.jsonl
record c 300 399 >>news.jsonl
cp news.jsonl yesterday.jsonl
record d 1 99 >today.jsonl
record e 500 599 >>today.jsonl
cp news.jsonl shards/1.jsonl
cp today.jsonl shards/2.jsonl
cp "$FIXTURES"/newswire/*/*03-12* articles
if command -v duckdb >/dev/null; then mkdir crawl; duckdb -c "COPY (FROM 'news.jsonl') TO 'crawl/1.parquet'"; fi
"""
REQUESTS = {".B", ".EE", ".EX", ".PP", ".RE", ".RS", ".SH", ".SS", ".TH", ".TP", ".br"}  # that the page makes use of
CONVERTER = "duckdb"  # not in Debian: its example is run where it is installed


def examples(page):
    """The blocks between .EX and .EE, as a terminal shows them."""
    for block in re.findall(r"^\.EX\n(.*?)^\.EE$", page, re.M | re.S):
        yield block.replace(r"\-", "-").replace(r"\&", "").replace(r"\e", "\\")


def complaints(binary, fixtures):
    def neardup(*words):
        return subprocess.run([binary, *words], capture_output=True, text=True, check=True).stdout
    page = neardup("--man")
    sections = dict(re.findall(r'^\.SH "NEARDUP (\w+)"\n(.*?)(?=^\.SH)', page, re.M | re.S))
    commands = re.findall(r"^  neardup ([a-z]+) \[", neardup("--help"), re.M)
    for command in commands:
        shown = {name.replace(r"\-", "-") for name in re.findall(r"\\fB\\-\\-([a-z\\-]+)\\fR", sections.get(command, ""))}
        every = neardup(command, "--help-all" if command in ("scan", "dedup") else "--help")
        for option in re.findall(r"^  (?:-\w, |    )--([a-z-]+)", every, re.M):
            if option not in shown:
                yield f"the manual page lacks --{option} of {command}"
    for command in ((), *((name,) for name in commands)):
        lines = neardup(*command, "--help").splitlines()
        if len(lines) > SCREEN or any(len(line) > 80 for line in lines):
            yield f"--help of {' '.join(command) or 'neardup'} does not fit a screen: {len(lines)} lines"
    for line in re.findall(r"^[.'].*", page, re.M):
        if line.split()[0] not in REQUESTS:
            yield f"the manual page has a line that would be taken for a request: {line}"
    found = list(examples(page))
    if not commands or not found:
        yield "the manual page has no commands, or no examples"
    with tempfile.TemporaryDirectory() as folder:
        path = f"{binary.parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "FIXTURES": fixtures}
        for example in [INPUTS, *found]:
            if example != INPUTS and CONVERTER in example and not shutil.which(CONVERTER):
                print(f"not run, as there is no {CONVERTER}:\n{example}")
                continue
            done = subprocess.run(["bash", "-euo", "pipefail", "-c", example], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True)
            if done.returncode:
                yield f"exit {done.returncode} from this example:\n{example}{done.stderr}"


def main():
    found = list(complaints(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]))
    for complaint in found:
        print(complaint)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
