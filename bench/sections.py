# SPDX-License-Identifier: MIT
"""What run.py can measure: each section is a corpus in one form, its yardsticks, and the scans of it."""
import dataclasses
import os
import shutil
import subprocess

from corpora import NEWSWIRE, Corpus
from measure import Run

FILE_WORDS = 366  # make 2 KB of English
SCRIPT_BYTES = 2500  # of documents of every script, about, so that only the script differs
SCRIPT_WORDS = {"English": 440, "Cyrillic": 206, "Greek": 217, "Hangul": 268, "Han": 808}  # make so many bytes


@dataclasses.dataclass
class Section:
    """name: by which a goal refers to it. title: what is measured."""
    name: str
    title: str
    runs: list
    documents: int


class Scans:
    """The scan under test, in its configurations."""

    def __init__(self, workshop, args):
        self.neardup, self.workshop, self.threads, self.also = args.neardup, workshop, args.threads, args.also
        said = subprocess.run([self.neardup, "scan", "--help"], capture_output=True, text=True, check=True).stdout
        self.memory = args.memory if "--memory" in said else []

    def run(self, name, corpus, path, options):
        report = self.workshop.path("report.jsonl")
        return Run(name, [self.neardup, "scan", "-q", "--find", "documents", "-r", "jsonl:" + report, *options, path],
                   corpus.size, corpus.documents, writes=report)

    def by_threads(self, corpus, path=None):
        return [self.run(f"scan -j {n}", corpus, path or corpus.path, ["-j", n]) for n in self.threads]

    def every(self, corpus):
        """By threads, then with all of them by budget and with what else was asked for."""
        most = ["-j", self.threads[-1]]
        options = [["--memory", size] for size in self.memory] + [text.split() for text in self.also]
        return self.by_threads(corpus) + [self.run(" ".join(["scan", *most, *o]), corpus, corpus.path, most + o)
                                          for o in options]


def yardstick(name, corpus, command, writes=None):
    return Run(name, command, corpus.size, corpus.documents, True, writes)


def amount(size):
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def title_of(corpus, form):
    return f"{corpus.name}, {amount(corpus.size)} {form}"


def plain(corpus, key, scans, workshop):
    copy = workshop.path("copy")
    runs = [yardstick("cp", corpus, ["cp", "--reflink=never", corpus.path, copy], copy),
            yardstick("wc -w", corpus, ["wc", "-w", corpus.path])]
    if shutil.which("zstd"):
        runs.insert(1, yardstick("zstd -dc", corpus, ["zstd", "-dcq", workshop.packed(corpus, ".zst")]))
    return Section(key, title_of(corpus, "of JSON Lines"), runs + scans.every(corpus), corpus.documents)


def zst(corpus, key, scans, workshop, given=None):
    """given: the file as it was given, if it is one that zstd packed."""
    path = given if given and given.endswith(".zst") else workshop.packed(corpus, ".zst")
    runs = [yardstick("zstd -dc", corpus, ["zstd", "-dcq", "--long=31", path])]
    return Section(key + ".zst", title_of(corpus, f"as {amount(os.path.getsize(path))} of .zst"),
                   runs + scans.by_threads(corpus, path), corpus.documents)


def gz(corpus, key, scans, workshop):
    path = workshop.packed(corpus, ".gz")
    runs = [yardstick(f"{tool} -dc", corpus, [tool, "-dc", path]) for tool in ("gzip", "igzip") if shutil.which(tool)]
    return Section(key + ".gz", title_of(corpus, f"as {amount(os.path.getsize(path))} of .gz"),
                   runs + scans.by_threads(corpus, path), corpus.documents)


def folder(files, scans, workshop):
    tree = workshop.tree(files, FILE_WORDS)
    runs = [yardstick("find -exec cat", tree, ["find", tree.path, "-type", "f", "-exec", "cat", "{}", "+"])]
    return Section("folder", title_of(tree, "in a folder tree"), runs + scans.by_threads(tree), tree.documents)


def scripts(documents, scans, workshop, further):
    """One thread on generated documents of each script, and on further corpora; multiples are per byte."""
    corpora = {script: workshop.generated(documents, script, words=words) for script, words in SCRIPT_WORDS.items()}
    corpora |= {corpus.name: corpus for corpus in further}
    runs = [scans.run(name, corpus, corpus.path, ["-j", "1"]) for name, corpus in corpora.items()]
    runs[0].yardstick = True
    return Section("scripts", f"{documents:,} generated documents of about {SCRIPT_BYTES:,} bytes in each script, "
                   "one thread", runs, documents)


def startup(scans):
    """The whole process on a handful of articles."""
    found = [os.path.join(top, name) for top, _, names in os.walk(NEWSWIRE) for name in names]
    corpus = Corpus("fixtures/newswire", NEWSWIRE, sum(map(os.path.getsize, found)), len(found))
    runs = [yardstick("find -exec cat", corpus, ["find", NEWSWIRE, "-type", "f", "-exec", "cat", "{}", "+"])]
    return Section("startup", f"fixtures/newswire, {len(found)} files: a process from start to end",
                   runs + scans.by_threads(corpus), len(found))
