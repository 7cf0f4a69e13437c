#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `neardup --completions` prints works in the shells themselves: check_completions.py NEARDUP. Each shell is asked to
complete command lines; a shell that is not installed is skipped, and that is said."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# A command line that ends where it is to be completed, words that must be offered, and words that must not.
CASES = (
    ("neardup ", ("scan", "dedup", "compare", "report", "restore"), ("--threshold",)),
    ("neardup re", ("report", "restore"), ("scan",)),
    ("neardup scan --th", ("--threshold", "--threads"), ("--text-field", "--output")),
    ("neardup dedup --dec", ("--decisions",), ()),
    ("neardup compare --s", ("--shingle", "--seed"), ("--source",)),
    ("neardup scan --color ", ("auto", "always", "never"), ("data.jsonl",)),
    ("neardup scan --color=al", ("always",), ("auto", "never")),
    ("neardup scan -k lo", ("longest",), ("last",)),
    ("neardup report x -r ", ("text", "jsonl", "csv", "paths"), ()),
    ("neardup dedup -o dat", ("data.jsonl",), ()),
    ("neardup scan -q dat", ("data.jsonl",), ("--quiet",)),
    ("neardup --completions ", ("bash", "zsh", "fish"), ()),
)

BASH = r"""source neardup.bash
line=$1
COMP_LINE=$line COMP_POINT=${#line}
# As readline does it: = is a word of its own.
read -ra COMP_WORDS <<<"${line//=/ = }"
[ "${line%[ =]}" != "$line" ] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
function_name=$(complete -p neardup | sed 's/.*-F \([^ ]*\).*/\1/')
"$function_name" neardup "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""

# zsh completes only where somebody types; so it is made to in a terminal of its own.
ZSH = r"""zmodload zsh/zpty
zpty shell zsh -f -i
# Reads until it has seen $1, or nothing comes for a while.
take() {
    local text silent=0
    until ((silent > $2)); do
        if zpty -r -t shell text; then output+=$text silent=0; else sleep 0.02; ((silent++)); fi
        [[ $output == *$1* ]] && break
    done
}
output=
zpty -w shell 'PS1=; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; stty columns 200 rows 200; echo rea""dy'
take ready 500
output=
zpty -w -n shell "$1"$'\t\t'
take nothing-that-comes 40
print -r -- $output
zpty -d shell
"""


def ask_bash(line, folder):
    script = ["bash", "--norc", "-c", BASH, "bash", line]
    return subprocess.run(script, cwd=folder, capture_output=True, text=True).stdout


def ask_zsh(line, folder):
    # The line stands there, too, and what is left of a word that only one can follow.
    said = subprocess.run(["zsh", "-f", "-c", ZSH, "zsh", line], cwd=folder, capture_output=True, text=True).stdout
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x07", "", said).replace("\r", " ")


def ask_fish(line, folder):
    script = f"source neardup.fish; complete -C '{line}'"
    said = subprocess.run(["fish", "--no-config", "-c", script], cwd=folder, capture_output=True, text=True).stdout
    return "\n".join(line.split("\t")[0] for line in said.splitlines())


def offered(said, word):
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", said) is not None


def complaints(shell, ask, folder):
    for line, wanted, unwanted in CASES:
        said = ask(line, folder)
        for word in wanted:
            if not offered(said, word) and not offered(said, f"--color={word}"):
                yield f"{shell}: '{line}' does not lead to {word}, but to {said.split()}"
        for word in unwanted:
            if offered(said, word):
                yield f"{shell}: '{line}' leads to {word}"


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    found, checked = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "data.jsonl").touch()
        (folder / "neardup").symlink_to(binary)
        os.environ["PATH"] = f"{folder}{os.pathsep}{os.environ['PATH']}"
        os.environ["HOME"] = name
        os.environ["TERM"] = "xterm"
        for shell, ask, script in (("bash", ask_bash, "neardup.bash"), ("zsh", ask_zsh, "_neardup"),
                                   ("fish", ask_fish, "neardup.fish")):
            text = subprocess.run([binary, "--completions", shell], capture_output=True, text=True, check=True).stdout
            (folder / script).write_text(text, encoding="utf-8")
            if not shutil.which(shell):
                print(f"{shell}: NOT TESTED: it is not installed")
                continue
            checked.append(shell)
            found += complaints(shell, ask, folder)
    for complaint in found:
        print(complaint)
    return 1 if found else 0 if checked else 77


if __name__ == "__main__":
    sys.exit(main())
