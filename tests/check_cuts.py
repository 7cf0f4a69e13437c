#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hold `neardup dedup --passages cut` against its input and against what `neardup scan` reports, with rules of its own:
check_cuts.py NEARDUP INPUT... (JSON Lines, plain or packed with zstd, or folders of text files)

What stays is the input but for the cuts, byte for byte; every word that is gone is in a place that was reported, no first
place, and 95 % like the first place; the first places of those passages are still there, whole; no two words became
one; the result is the same on 1 and 2 threads; and restore gives the input back. An input that is not there is passed over."""
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

WORD = re.compile(r"[^\W_]+")
FIND = ["--find", "documents,passages", "-q"]


def run(*command):
    subprocess.run([str(part) for part in command], check=True)


def lines_of(path):
    return [json.loads(line) for line in path.read_bytes().decode("utf-8", "replace").splitlines()]


class Input:
    """What was read: texts by key, a key being a record's number or a file's path; and bytes."""

    def __init__(self, path, work):
        self.folder = path.is_dir()
        self.path = path
        if path.suffix == ".zst":
            self.path = work / path.stem
            self.path.write_bytes(subprocess.run(["zstd", "-qdc", path], check=True, stdout=subprocess.PIPE).stdout)

    def key(self, line):
        return line["path"].split("/", 1)[1] if self.folder else line["record"]

    def raw(self, base):
        """Bytes by key, below the folder or in the file `base`."""
        if not self.folder:
            return dict(enumerate(base.read_bytes().splitlines(keepends=True)))
        files = (path for path in base.rglob("[!.]*") if path.is_file() and path != base / "neardup.json")
        return {str(path.relative_to(base)): path.read_bytes() for path in files}

    def text(self, raw):
        return raw.decode("utf-8", "replace") if self.folder else json.loads(raw)["text"]


def words_outside(text, spans):
    """The words that begin in none of the spans (of characters, in order)."""
    found, at = [], 0
    for begin, end in spans + [(len(text), len(text))]:
        found += WORD.findall(text[at:begin])
        at = end
    return found


def covered(begin, end, places):
    return any(first <= begin and end <= last for first, last in places)


def check_text(key, text, left, cuts, places):
    """Complaints about one text, of which `left` is left."""
    spans = [(cut["char_begin"], cut["char_end"]) for cut in cuts]
    if any(a[1] > b[0] for a, b in zip(spans, spans[1:])):
        yield f"{key}: cuts overlap"
    if WORD.findall(left) != words_outside(text, spans):
        yield f"{key}: the words that are left are not those outside of the cuts"
    for begin, end in spans:
        for word in WORD.finditer(text, begin, end):
            if not covered(word.start(), word.end(), places):
                yield f"{key}: {word.group()!r} at character {word.start()} is in no place that may be cut"
                return


def check(binary, path, work):
    given = Input(path, work)
    out, gone, why, again, report = (work / name for name in ("out", "gone", "why.jsonl", "again", "report.jsonl"))
    slash = "/" if given.folder else ""
    names = {"out": f"{out}{slash}", "gone": f"{gone}{slash}", "again": f"{again}{slash}"}
    run(binary, "scan", *FIND, "-r", f"jsonl:{report}", given.path)
    for threads in (2, 1):
        run(binary, "dedup", *FIND, "--passages", "cut", "-j", threads, given.path, "-o", names["out"],
            "--dropped", names["gone"], "--decisions", why, "--force")
        found = {str(p): p.read_bytes() for p in (out, gone) for p in ([p] if p.is_file() else p.rglob("*"))
                 if p.is_file()} | {"why": re.sub(rb'"seconds":[0-9.]*', b"", why.read_bytes())}
        if threads == 2:
            before = found
    if found != before:
        yield "1 and 2 threads do not give the same"
    run(binary, "restore", "-q", names["out"], "--dropped", names["gone"], "--decisions", why, "-o", names["again"])
    originals = given.raw(given.path)
    if given.raw(again) != originals:
        yield "restore does not give the input back"

    reported = lines_of(report)
    groups = collections.defaultdict(list)
    for line in reported:
        if line["type"] == "place":
            groups[line["passage"]].append(line)
    places = collections.defaultdict(list)
    for group in groups.values():
        for place in group[1:]:
            if place["identity"] >= 0.95:
                places[given.key(place)].append((place["char_begin"], place["char_end"]))

    cuts, dropped = collections.defaultdict(list), set()
    for line in lines_of(why):
        if line["type"] == "decision":
            if line["action"] == "cut":
                cuts[given.key(line)].append(line)
            else:
                dropped.add(given.key(line))
    kept = {key: raw for key, raw in originals.items() if key not in dropped}
    left = given.raw(out)
    if not given.folder:
        left = dict(zip(kept, left.values()))
    if left.keys() != kept.keys():
        yield "other documents are left than those without a decision to drop them"
        return
    unit = "" if given.folder else "raw_"
    for key, raw in kept.items():
        rest, at = b"", 0
        for cut in cuts[key]:
            rest += raw[at:cut[unit + "begin"]]
            at = cut[unit + "end"]
        if rest + raw[at:] != left[key]:
            yield f"{key}: what stays is not what it was"
        elif cuts[key]:
            yield from check_text(key, given.text(raw), given.text(left[key]), cuts[key], places[key])
    for passage in {cut["passage"] for group in cuts.values() for cut in group}:
        first = groups[passage][0]
        key = given.key(first)
        words = given.text(originals[key])[first["char_begin"]:first["char_end"]]
        if words not in given.text(left[key]):
            yield f"passage {passage}: its first place, in {key}, is not whole"
    if not any(cuts.values()):
        yield "nothing was cut: this shows nothing"


def main():
    binary, failed = pathlib.Path(sys.argv[1]), False
    for name in sys.argv[2:]:
        path = pathlib.Path(name)
        if not path.exists():
            print(f"{name} is not there: passed over")
            continue
        with tempfile.TemporaryDirectory() as work:
            for complaint in check(binary, path, pathlib.Path(work)):
                print(f"{name}: {complaint}")
                failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
