#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`--memory` is a promise: peak resident memory stays below it plus 64 MB, whatever the input looks like, and the report is
the one made without it. What cannot be done within it ends with a sentence that says so: check_memory.py NEARDUP"""
import hashlib
import multiprocessing
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
NEARDUP = sys.argv[1]
MARGIN = 64 << 20
SEED = random.SystemRandom().getrandbits(32)
WORDS = []


def words(count):
    return random.choices(WORDS, k=count)


def short(count, length):
    """Documents of which every third differs by one word from the one before it."""
    text = words(length)
    for i in range(count):
        if i % 3:
            text = words(length)
        else:
            text[random.randrange(length)] = "edited"
        yield " ".join(text)


def alike(count, length=60):
    """One family: each document differs from any other in two words or three."""
    base = words(length)
    for i in range(count):
        text = base[:]
        text[i % length] = "changed"
        text[i // length % length] = str(i)
        yield " ".join(text)


def long(count, length):
    """Pairs that differ in one word."""
    for i in range(count):
        if i % 2 == 0:
            text = words(length)
        text[5] = str(i)
        yield " ".join(text)


def repetitive(count, length):
    """Documents that say the same few hundred sentences over and over."""
    sentences = [" ".join(words(12)) for _ in range(300)]
    for i in range(count):
        yield str(i) + " " + " ".join(random.choices(sentences, k=length // 12))


def write_lines(path, texts):
    with open(path, "w") as out:
        out.writelines('{"text":"%s"}\n' % text for text in texts)


def write_files(folder, texts):
    for i, text in enumerate(texts):
        (folder / str(i // 1000)).mkdir(parents=True, exist_ok=True)
        (folder / str(i // 1000) / f"{i}.txt").write_text(text)


# What is made once for all runs.
def make_corpora(folder):
    write_lines(folder / "tiny.jsonl", short(1000000, 8))
    write_lines(folder / "short.jsonl", short(100000, 30))
    write_lines(folder / "alike.jsonl", alike(12000))
    write_lines(folder / "long.jsonl", long(40, 400000))
    write_lines(folder / "one.jsonl", long(2, 3000000))
    write_lines(folder / "repetitive.jsonl", repetitive(8, 500000))
    write_files(folder / "files", short(20000, 30))
    for name in ("tiny", "long"):
        subprocess.run(["zstd", "-q", "-1", folder / f"{name}.jsonl", "-o", folder / f"{name}.jsonl.zst"], check=True)


def aside(work, *arguments):
    """Works in a process of its own, so that this one stays small: the peak of a child begins with that of its parent."""
    process = multiprocessing.get_context("fork").Process(target=work, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == 0


# The command line behind `scan`, the memory in MiB, and what must come of it: SAME as without a limit, ASIDE where every
# document is too large to be read, or what is said where it cannot be done.
SAME, ASIDE = object(), object()
RUNS = [
    ("tiny.jsonl", 256, SAME),
    ("tiny.jsonl.zst", 256, SAME),
    ("tiny.jsonl --keep longest", 256, SAME),
    ("tiny.jsonl", 64, "need about"),
    ("short.jsonl", 64, SAME),
    ("short.jsonl --keep longest", 64, SAME),
    ("short.jsonl --cluster component", 64, SAME),
    ("short.jsonl -j 8", 256, SAME),
    ("alike.jsonl", 64, SAME),
    ("alike.jsonl --cluster component", 256, SAME),
    ("alike.jsonl --pairs", 64, "pairs among"),
    ("long.jsonl -j 1", 256, SAME),
    ("long.jsonl -j 8", 256, SAME),
    ("long.jsonl.zst", 256, SAME),
    ("one.jsonl", 256, ASIDE),
    ("files", 64, SAME),
    ("repetitive.jsonl --find documents,passages -j 8", 384, SAME),
    ("short.jsonl --find documents,passages -j 2", 256, SAME),
]


def run(folder, options, memory, report):
    """Runs a scan; returns its exit status, what it said, and its peak resident memory in bytes."""
    command = [NEARDUP, "scan", *([] if "--find" in options else ["--find", "documents"]), "--quiet", "-r", f"jsonl:{report}", *options.split()]
    if memory:
        command += ["--memory", f"{memory}M"]
    with open(folder / "said", "w+b") as said:
        pid = os.posix_spawnp(command[0], command, os.environ | {"TMPDIR": str(folder)},
                              file_actions=[(os.POSIX_SPAWN_DUP2, said.fileno(), 2)])
        _, status, usage = os.wait4(pid, 0)
        said.seek(0)
        return os.waitstatus_to_exitcode(status), said.read().decode(), usage.ru_maxrss << 10


def digest(report):
    """Of the report but for its last line, which has the time it took."""
    sha = hashlib.sha256()
    last = b""
    with open(report, "rb") as lines:
        for line in lines:
            sha.update(last)
            last = line
    return sha.hexdigest()


class Memory(unittest.TestCase):
    known = {}

    def unlimited(self, folder, options):
        if options not in self.known:
            run(folder, options, None, folder / "unlimited")
            self.known[options] = digest(folder / "unlimited")
        return self.known[options]

    def test_peaks(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            os.chdir(folder)
            aside(make_corpora, folder)
            for options, memory, expected in RUNS:
                with self.subTest(options=options, memory=memory, seed=SEED):
                    status, said, peak = run(folder, options, memory, folder / "report")
                    print(f"{peak / 2**20:6.0f} of {memory:4} MiB  {options}", file=sys.stderr)
                    self.assertLessEqual(peak, (memory << 20) + MARGIN)
                    if expected is ASIDE:
                        self.assertEqual((folder / "report").read_text().count('"code":"set-aside"'), 2)
                    elif expected is not SAME:
                        self.assertEqual(status, 2, said)
                        self.assertIn(expected, said)
                    else:
                        self.assertEqual(status, 0, said)
                        self.assertEqual(digest(folder / "report"), self.unlimited(folder, options.split(" -j")[0]))


if __name__ == "__main__":
    random.seed(SEED)
    WORDS.extend("".join(random.choices("abcdefghijklmnoprstuvwy", k=random.randint(2, 9))) for _ in range(20000))
    print(f"seed {SEED}", file=sys.stderr)
    unittest.main(argv=sys.argv[:1])
