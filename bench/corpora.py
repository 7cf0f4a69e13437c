# SPDX-License-Identifier: MIT
"""Corpora to measure on: made once in a folder, and read once before they are used."""
import dataclasses
import json
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
NEWSWIRE = os.path.join(ROOT, "fixtures", "newswire")
# Texts whose words make generated documents, by script; papers of fixtures/newswire, or a file beside this one.
TEXTS = {
    "English": ["ambry-valley-times", "brightwater-online", "capital-ledger", "harbour-post", "skerrin-islander",
                "tessel-evening-star"],
    "Cyrillic": ["severny-bereg", "vechernyaya-gavan"],
    "Greek": ["text/greek.txt"],
    "Hangul": ["hanmaru-ilbo/2031-03-06-bread-boat.txt", "saebyeok-sinmun"],
    "Han": ["linjiang-ribao", "nanwan-wanbao"],
}
FILES_IN_FOLDER = 1000


@dataclasses.dataclass
class Corpus:
    """name: in tables. path: a file of JSON Lines or a folder. size: bytes when uncompressed."""
    name: str
    path: str
    size: int
    documents: int


def texts(script):
    """Paths of the texts of a script."""
    for name in TEXTS[script]:
        path = os.path.join(NEWSWIRE, name)
        if not os.path.exists(path):
            path = os.path.join(HERE, name)
        if os.path.isfile(path):
            yield path
        else:
            yield from (os.path.join(path, file) for file in sorted(os.listdir(path)) if file.endswith(".txt"))


def read(path):
    """Reads a file, which leaves it in the page cache: its size, and its number of lines."""
    size = lines = 0
    with open(path, "rb") as file:
        while block := file.read(1 << 18):
            size += len(block)
            lines += block.count(b"\n")
    return size, lines


class Workshop:
    """A folder for corpora, copies and reports. Without a name it is a new one, and removed at the end; in a folder
    that was named, corpora are kept under names that say how they were made, and used again."""

    def __init__(self, generate, folder=None):
        self.generate = generate
        self.kept = folder is not None
        self.folder = folder or tempfile.mkdtemp(prefix="neardup-bench-")
        os.makedirs(self.folder, exist_ok=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.kept:
            shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, name, maker):
        """The path of `name`, made by maker(path) unless it is there. What was made in part never has the name."""
        path, unfinished = self.path(name), self.path("unfinished-" + name)
        if not os.path.exists(path):
            if os.path.isdir(unfinished):
                shutil.rmtree(unfinished)
            maker(unfinished)
            os.rename(unfinished, path)
        return path

    def written_by(self, name, command):
        """A file with what a command writes."""
        def run(path):
            with open(path, "wb") as out:
                subprocess.run(command, stdout=out, check=True)
        return self.make(name, run)

    def generated(self, documents, script="English", **options):
        """A corpus of the generator, named by its options: generated(1000, words=30)."""
        if script == "Han":
            options["units"] = "characters"
        arguments = [part for name, value in options.items() for part in ("--" + name, str(value))]
        words = [part for text in texts(script) for part in ("--text", text)]
        name = "-".join(["generated", script.lower(), str(documents), *(p.lstrip("-") for p in arguments)]) + ".jsonl"
        path = self.written_by(name, [self.generate, "--documents", str(documents), *arguments, *words])
        return Corpus(f"{documents:,} generated documents", path, *read(path))

    def given(self, path):
        """A file of JSON Lines, which may be compressed by zstd or gzip: then it is unpacked."""
        name = os.path.basename(path)
        for suffix, command in (".zst", ["zstd", "-dcq", "--long=31"]), (".gz", ["gzip", "-dc"]):
            if name.endswith(suffix):
                name = name[:-len(suffix)]
                path = self.written_by(name, [*command, path])
        return Corpus(name.partition(".")[0], path, *read(path))

    def packed(self, corpus, suffix):
        """The path of the corpus compressed: .zst or .gz, at the compressor's own level."""
        command = {".zst": ["zstd", "-cq", "-T0"], ".gz": ["gzip", "-c"]}[suffix]
        path = self.written_by(os.path.basename(corpus.path) + suffix, [*command, corpus.path])
        read(path)
        return path

    def tree(self, files, words):
        """A folder tree of small text files."""
        lines = self.generated(files, words=words)

        def write(top):
            with open(lines.path, encoding="utf-8") as source:
                for number, line in enumerate(source):
                    folder = os.path.join(top, f"{number // FILES_IN_FOLDER:04}")
                    if number % FILES_IN_FOLDER == 0:
                        os.makedirs(folder)
                    with open(os.path.join(folder, f"{number:08}.txt"), "w", encoding="utf-8") as out:
                        out.write(json.loads(line)["text"])
        top = self.make(f"tree-{files}-{words}", write)
        size = sum(read(os.path.join(folder, name))[0] for folder, _, names in os.walk(top) for name in names)
        return Corpus(f"{files:,} files of {size // files:,} bytes on average", top, size, files)
