#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Input that is meant to break neardup: what it does with it, and what that costs.

    check_hostile.py NEARDUP LIBRARY [--extended] [--store FILE] [CASE...]

Each case makes its input, seeded and printed (NEARDUP_TEST_SEED), in two sizes, one about four times the other, and runs
a command over both. Time must grow no faster than twice as fast as the input, memory stay within what --memory promises,
and the outcome must be the one that is expected. What comes out is a table; --extended runs the sizes that people mean
when they say large, and --store keeps the table in a file.
"""
import argparse
import array
import base64
import ctypes
import gzip
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import namedtuple

MB = 1 << 20
MEMORY, MARGIN = 256, 64  # MiB: --memory, and what is promised to be the most beyond it
NOISE = 0.4  # seconds that anything may take
HANG = 1800
SEED = int(os.environ.get("NEARDUP_TEST_SEED", random.randrange(1 << 32)))
NOBODY = 65534

# ---- inputs ----------------------------------------------------------------------------------------------------
# Each maker is given a folder and a size, and returns bytes of input (as they are when unpacked).


def words(count):
    return " ".join("%x" % random.getrandbits(40) for _ in range(count))


def write(path, pieces):
    """Writes pieces of bytes; how many bytes they are."""
    size = 0
    with open(path, "wb") as file:
        for piece in pieces:
            size += file.write(piece)
    return size


def repeated(piece, size):
    """About so many bytes of a piece again and again, in large pieces."""
    many = piece * max(1, MB // len(piece))
    for _ in range(max(1, size // len(many))):
        yield many


def gzip_bomb(folder, size):
    with gzip.open(folder / "bomb.jsonl.gz", "wb", 9) as file:
        for piece in repeated(b'{"text":"a b c d e f g"}' + b" " * 2 * MB + b"\n", size):
            file.write(piece)
    (folder / "other.txt").write_text("a text that is none the worse for it")
    return size


def zstd_bomb(folder, size):
    with open(folder / "bomb.jsonl.zst", "wb") as out:
        packer = subprocess.Popen(["zstd", "-q"], stdin=subprocess.PIPE, stdout=out)
        for piece in repeated(b'{"text":"' + b"ab cd " * 2000 + b'"}\n', size):
            packer.stdin.write(piece)
        packer.stdin.close()
        packer.wait()
    (folder / "other.txt").write_text("a text that is none the worse for it")
    return size


def long_line(folder, size):
    small = b'{"text":"a short record behind a long one"}\n'
    return write(folder / "a.jsonl", [b'{"text":"', *repeated(b"x" * 1000 + b" ", size), b'"}\n', small, small])


def many_keys(folder, size):
    keys = (b"".join(b'"%x":%d,' % (i * 7919, i) for i in range(n, n + 1000)) for n in range(0, size // 12, 1000))
    return write(folder / "a.jsonl", [b'{', *keys, b'"text":"and a text"}\n'])


def deep_json(folder, depth):
    return write(folder / "a.jsonl", [
        b'{"text":"one"}\n', b'{"text":"two","deep":' + b"[" * depth + b"]" * depth + b"}\n",
        b'{"text":"two","deep":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}\n",
        b'{"text":"open","deep":' + b"[" * depth + b"\n"])


def links(folder, count):
    for i in range(count):
        (folder / f"{i:05}").mkdir()
        (folder / f"{i:05}/up").symlink_to("..")
        (folder / f"{i:05}/next").symlink_to(f"../{(i + 1) % count:05}")
        (folder / f"{i:05}/self").symlink_to("self")
        (folder / f"{i:05}/text").write_text(f"this is text number {i} and no other")
    return count * 100


def special(folder, count):
    for i in range(count):
        os.mkfifo(folder / f"{i:05}.fifo")
        (folder / f"{i:05}.txt").write_text("one and the same text in each of them")
    if os.geteuid() == 0:
        try:
            os.mknod(folder / "zero", 0o020666, os.makedev(1, 5))
        except OSError:
            pass  # a container does not let everybody make devices
    return count * 40


NAMES = [b"new\nline", b"quote\"'", b"\x1b[31mred\x1b]0;title\x07", b"tab\tback\\slash", b"bad\xff\xfe\xc3", b"-o", b"--help", b"-",
         "\u202eright-to-left".encode(), b"\xc2\x9bc1", b"*?[a]", b" space ", b"a,b:1", b"~", b"\x7f"]


def names(folder, count):
    for i in range(count):
        place = os.path.join(os.fsencode(folder), b"%05d" % i)
        os.mkdir(place)
        for name in NAMES:
            with open(os.path.join(place, name), "wb") as file:
                file.write(b"the same text under every name there is")
    return count * len(NAMES) * 40


def unreadable(folder, count):
    for i in range(count):
        (folder / f"{i:05}").mkdir()
        (folder / f"{i:05}/text").write_text("never seen")
        (folder / f"{i:05}").chmod(0)
        (folder / f"{i:05}.txt").write_text("seen by everybody, if not by nobody")
        (folder / f"{i:05}.closed").write_text("seen by none but root")
        (folder / f"{i:05}.closed").chmod(0)
    return count * 60


def deep_folders(folder, depth):
    place = os.open(folder, os.O_RDONLY)
    for i in range(depth):
        os.mkdir("a-folder-in-a-folder", dir_fd=place)
        below = os.open("a-folder-in-a-folder", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
        file = os.open("text", os.O_WRONLY | os.O_CREAT, dir_fd=place)
        os.write(file, b"a text in folder %d" % i)
        os.close(file)
    os.close(place)
    return depth * 20


def empty_files(folder, count):
    for i in range(count):
        if i % 1000 == 0:
            part = folder / f"{i:08}"
            part.mkdir()
        os.close(os.open(part / f"{i:08}.txt", os.O_WRONLY | os.O_CREAT))
    return count


def empty_records(folder, count):
    kinds = [b'{"text":""}', b'{"text":"\\u0000"}', b'{"text":"\\ud800"}', b'{"text":"\\udc00\\ud800 \\uDFFF"}', b'{"text":" . "}',
             b'{"text":"\xef\xbb\xbf"}', b'{"text":"\\ufeff\\u200b"}', b'{"text":"\\u0301"}']
    return write(folder / "a.jsonl", (b"\n".join(kinds) + b"\n" for _ in range(count // len(kinds))))


def no_records(folder, count):
    kinds = [b"{", b"[]", b'"text"', b"{}", b'{"text":1}', b'{"text":"a"', b'{"text":"\x01"}', b"\xff\xfe"]
    return write(folder / "a.jsonl", [b'{"text":"one that is a record"}\n',
                                      *(b"\n".join(kinds) + b"\n" for _ in range(count // len(kinds)))])


def one_word(folder, size):
    return write(folder / "a.txt", repeated(b"bumblebee ", size))


def one_token(folder, size):
    return write(folder / "a.txt", repeated(b"x", size))


def one_paragraph(folder, size):
    text = (" ".join(words(40).split()) + ".\n").encode()
    return write(folder / "a.txt", repeated(text, size))


def footers(folder, count):
    footer = words(25)
    return write(folder / "a.jsonl", (b'{"text":"%s. %s"}\n' % (words(30).encode(), footer.encode()) for _ in range(count)))


def marks(folder, size):
    """A letter with more combining marks than anybody has to sort."""
    return write(folder / "a.txt", [b"a", *repeated("\u0301\u0327\u0316\u0345".encode(), size), b" b"])


def hangul(folder, size):
    """Jamo that never end, and letters that fold to many."""
    return write(folder / "a.txt", repeated("\u1112\u1161\u11ab\ufdfa\u0390\ufb03".encode(), size))


def markup(folder, size):
    half = size // 5
    return write(folder / "a.html", [b"<html>", *repeated(b"<", half), *repeated(b"<!--", half), *repeated(b"<a b='", half),
                                     *repeated(b"&#x41;&amp", half), *repeated(b"<script><style>", half)])


def escapes(folder, size):
    return write(folder / "a.jsonl", [b'{"text":"', *repeated(b"\\u0061\\ud83d\\ude00\\n\\ud800", size), b'"}\n'] * 2)


def bad_bytes(folder, size):
    return write(folder / "a.txt", repeated(b"a\xff\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80 b", size))


def shared_bands(folder, count):
    """Sixteen words that all share and eight of its own: any two have a Jaccard of 12 / 28, and one in 21 shares a band."""
    common = words(16)
    return write(folder / "a.jsonl", (b'{"text":"%s %s"}\n' % (common.encode(), words(8).encode()) for _ in range(count)))


def alike(folder, count):
    """All near copies of all: a word of its own in each."""
    common = words(80).split()
    def lines():
        for i in range(count):
            own = list(common)
            own[random.randrange(80)] = str(i)
            yield b'{"text":"%s"}\n' % " ".join(own).encode()
    return write(folder / "a.jsonl", lines())


def chain(folder, count):
    """Each like the one before and after it, and not like the next but one."""
    stream = words(count * 3 + 40).split()
    return write(folder / "a.jsonl", (b'{"text":"%s"}\n' % " ".join(stream[3 * i:3 * i + 40]).encode() for i in range(count)))


class Sketcher:
    """The library, as one who knows the seed uses it."""
    VALUES = 256

    def __init__(self, library):
        self.library = ctypes.CDLL(library)
        self.options = ctypes.create_string_buffer(4096)
        self.library.neardup_options_init(self.options)

    def signatures(self, texts):
        data = "".join(texts).encode()
        offsets = array.array("Q", [0])
        for text in texts:
            offsets.append(offsets[-1] + len(text))
        values = (ctypes.c_uint32 * (self.VALUES * len(texts)))()
        job = (ctypes.c_uint64 * 8)(ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value, offsets.buffer_info()[0],
                                    len(texts), ctypes.addressof(values), 0, 0, 0)
        error = ctypes.create_string_buffer(4096)
        assert self.library.neardup_sketch_batch(self.options, job, error) == 0, error.raw
        return values


def winners(sketcher, context, pool):
    """The words that, put behind the context, have a shingle that beats all others in a place of the signature. What
    stands before fills every place, so that a shingle shows where it falls."""
    filler = words(1800) + " " + context
    base = sketcher.signatures([filler])[:]
    best = dict(enumerate(base))
    who = {}
    for begin in range(0, len(pool), 500):
        part = pool[begin:begin + 500]
        values = sketcher.signatures([f"{filler} {word} {context}" for word in part])
        for i, word in enumerate(part):
            found = values[i * 256:(i + 1) * 256]
            if found == base:
                continue
            for place, value in enumerate(found):
                if value < best[place]:
                    best[place], who[place] = value, word
    return sorted(set(who.values()))


def crafted(folder, count):
    """Texts made with knowledge of the seed: of very many shingles, those that win the places of the signature are put
    into every text, so that sketches take all for the same, while hardly an eighth of each is."""
    context = words(4)
    chosen = winners(Sketcher(LIBRARY), context, [words(1) for _ in range(20000)])
    common = " ".join(f"{context} {word}" for word in chosen) + " " + context
    return write(folder / "a.jsonl", (b'{"text":"%s %s"}\n' % (common.encode(), words(4500).encode()) for _ in range(count)))


# ---- outcomes --------------------------------------------------------------------------------------------------
# Each is given what was printed and said, and the summary line of the report, and asserts.


def says(*sentences):
    def check(outcome):
        for sentence in sentences:
            assert sentence in outcome.err, f"does not say: {sentence}\n{outcome.err[-500:]}"
    return check


def counts(**expected):
    def check(outcome):
        for name, value in expected.items():
            value = value(outcome.summary) if callable(value) else value
            assert outcome.summary[name] == value, f"{name}: {outcome.summary[name]}, not {value}"
    return check


def kept_at_most(share):
    """Some pairs may be missed, and then a copy stays; of all the copies of one text few are."""
    def check(outcome):
        assert outcome.summary["kept"] <= 1 + share * outcome.summary["documents"], outcome.summary
    return check


def each(*checks):
    def check(outcome):
        for one in checks:
            one(outcome)
    return check


def every_link_and_file(outcome):
    """No path holds too many links, and each text is reached on one that does not."""
    assert "Too many levels of symbolic links" in outcome.err, outcome.err[-300:]
    assert outcome.summary["documents"] in (250, 1000, 2500, 10000), outcome.summary


def shown_safely(outcome):
    """Nothing that steers a terminal in what people see; the very bytes in what programs read."""
    for text in (outcome.text, outcome.err):
        assert not any(ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160 or c in "\u202e" for c in text), ascii(text[:300])
    found = set()
    for line in outcome.lines:
        if line["type"] == "member":
            path = base64.b64decode(line["path_b64"]) if "path_b64" in line else line["path"].encode()
            found.add(path.split(b"/")[-1])
    assert found == set(NAMES), found ^ set(NAMES)


def attack(works):
    """With the seed they were made for, the texts keep neardup busy and no more; with one nobody knew, they are texts like
    others."""
    def check(outcome):
        documents, candidates = outcome.summary["documents"], outcome.summary["candidate_pairs"]
        assert outcome.summary["dropped"] == 0, outcome.summary
        assert (candidates > 20 * documents) == works, outcome.summary
        assert (outcome.lines[0]["params"]["seed"] == 0) == works, outcome.lines[0]
    return check


KEPT = lambda summary: summary["documents"]  # noqa: E731
Case = namedtuple("Case", "name make options status check small large user", defaults=["", 0, None, None, None, False])
BOTH = "--find documents,passages"
CASES = [
    Case("gzip bomb", gzip_bomb, "", 3, says("bomb.jsonl.gz unpacks to too much"), (90 * MB, 360 * MB), (512 * MB, 2048 * MB)),
    Case("zstd bomb", zstd_bomb, "", 3, says("bomb.jsonl.zst unpacks to too much"), (90 * MB, 360 * MB), (2048 * MB, 8192 * MB)),
    Case("a long line", long_line, "", 0, says(":1 is kept and not compared"), (8 * MB, 32 * MB), (256 * MB, 1024 * MB)),
    Case("a line of many keys", many_keys, "", 0, counts(kept=1), (MB, 4 * MB), (MB, 4 * MB)),
    Case("deep JSON", deep_json, "-m 2G", 3, each(says("a.jsonl:2 is not a record"), counts(bad=3, kept=1)), (25000, 100000),
         (250000, 1000000)),
    Case("loops of links, followed", links, "-L", 0, every_link_and_file, (250, 1000), (2500, 10000)),
    Case("FIFOs and devices", special, "", 0, counts(clusters=1), (250, 1000), (2500, 10000)),
    Case("names", names, "", 0, shown_safely, (10, 40), (100, 400)),
    Case("unreadable folders", unreadable, "", 0, says("cannot be read: Permission denied"), (100, 400), (1000, 4000), True),
    Case("folders in folders", deep_folders, "", 0, says("cannot be read: File name too long"), (1000, 4000),
         (5000, 20000)),
    Case("empty files", empty_files, "", 0, counts(kept=KEPT), (2500, 10000), (250000, 1000000)),
    Case("empty records", empty_records, "", 0, counts(dropped=lambda s: s["documents"] // 8 - 1), (25000, 100000), (250000, 1000000)),
    Case("lines that are no records", no_records, "", 3, counts(kept=1), (25000, 100000), (250000, 1000000)),
    Case("one word", one_word, BOTH + " -m 8G", 0, counts(kept=1), (MB, 4 * MB), (25 * MB, 100 * MB)),
    Case("one token", one_token, BOTH + " -m 8G", 0, counts(kept=1), (MB, 4 * MB), (25 * MB, 100 * MB)),
    Case("one paragraph", one_paragraph, BOTH + " -m 8G", 0, counts(kept=1), (MB, 4 * MB), (25 * MB, 100 * MB)),
    Case("one footer", footers, BOTH, 0, counts(kept=KEPT, passages=1), (2500, 10000), (25000, 100000)),
    Case("combining marks", marks, BOTH + " -m 8G", 0, counts(kept=1), (MB // 4, MB), (8 * MB, 32 * MB)),
    Case("jamo and ligatures", hangul, BOTH + " -m 8G", 0, counts(kept=1), (MB // 4, MB), (8 * MB, 32 * MB)),
    Case("markup", markup, "-m 8G", 0, counts(kept=1), (MB, 4 * MB), (25 * MB, 100 * MB)),
    Case("escapes", escapes, "-m 8G", 0, counts(documents=2, clusters=1), (MB, 4 * MB), (25 * MB, 100 * MB)),
    Case("bytes that are no UTF-8", bad_bytes, "-m 8G", 0, counts(kept=1), (MB, 4 * MB), (25 * MB, 100 * MB)),
    Case("shared bands", shared_bands, "", 0, counts(dropped=0), (2500, 10000), (50000, 200000)),
    Case("all alike", alike, BOTH, 0, kept_at_most(0.0001), (2500, 10000), (50000, 200000)),
    Case("a chain", chain, "--cluster component", 0, counts(clusters=1), (2500, 10000), (50000, 200000)),
    Case("made for the seed", crafted, "", 0, attack(True), (100, 400), (1000, 4000)),
    Case("the same, another seed", crafted, "--seed random", 0, attack(False), (100, 400), (1000, 4000)),
]

# ---- runs ------------------------------------------------------------------------------------------------------

Outcome = namedtuple("Outcome", "status err text lines summary seconds cpu peak")


def memory_of(case):
    size = case.options.partition("-m ")[2].split(" ")[0]
    return int(size[:-1]) * {"G": 1024, "M": 1}[size[-1]] if size else MEMORY


# A process of its own starts the command: the peak of one that is forked begins with the memory of the one that forks, and
# this one has just made the input.
START = """import os, sys
child = os.fork()
if not child:
    if sys.argv[2] != "0":
        os.setgroups([])
        os.setgid(int(sys.argv[2]))
        os.setuid(int(sys.argv[2]))
    os.execv(sys.argv[3], sys.argv[3:])
_, status, usage = os.wait4(child, 0)
status = os.waitstatus_to_exitcode(status)
os.write(int(sys.argv[1]), b"%d %d %f" % (status, usage.ru_maxrss, usage.ru_utime + usage.ru_stime))"""


def run(case, folder, place):
    """Runs a scan, whose own time and peak of memory are told."""
    report, text = place / "report", place / "text"
    options = case.options if "-m " in case.options else f"{case.options} -m {MEMORY}M"
    options = options if "--find" in options else f"{options} --find documents"
    command = [NEARDUP, "scan", "-j", "2", *options.split(), "-r", f"jsonl:{report}", "-r", f"text:{text}", "in"]
    out, into = os.pipe()
    with open(place / "err", "w+b") as err, open(out, "rb") as told:
        began = time.time()
        start = [sys.executable, "-S", "-c", START, str(into), str(NOBODY if case.user else 0)]
        process = subprocess.Popen([*start, *command], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=err, pass_fds=[into], start_new_session=True,
                                   env=dict(os.environ, TMPDIR=str(place)))
        os.close(into)
        try:
            process.wait(HANG)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        seconds = time.time() - began
        status, peak, cpu = (told.read() or b"-9 0 0").split()
        err.seek(0)
        said = err.read().decode(errors="replace")
    lines, summary = [], {}
    if report.exists():
        with open(report, "rb") as file:
            for line in file:
                if line.startswith((b'{"type":"header"', b'{"type":"member"')) and len(lines) < 100000:
                    lines.append(json.loads(line))
                elif line.startswith(b'{"type":"summary"'):
                    summary = json.loads(line)
        with open(text, errors="surrogateescape") as file:
            text = file.read(1 << 20)
    return Outcome(int(status), said, text, lines, summary, seconds, float(cpu), int(peak) / 1024)


def try_size(case, size, place):
    random.seed(f"{SEED} {case.name}")
    folder = place / "folder"
    (folder / "in").mkdir(parents=True)
    try:
        made = case.make(folder / "in", size)
        work = place / "work"
        work.mkdir()
        if case.user:
            for path in (place, work):
                path.chmod(0o777)
        outcome = run(case, folder, work)
    finally:
        for name in ("folder", "work"):
            subprocess.run(["rm", "-rf", place / name], check=True)
    return made, outcome


def judge(case, sizes, outcomes):
    """What is wrong with what came out; None: nothing."""
    limit = memory_of(case) + MARGIN
    for size, outcome in zip(sizes, outcomes):
        if outcome.status != case.status:
            return f"size {size}: status {outcome.status}: {outcome.err[-500:]}"
        try:
            case.check(outcome)
        except AssertionError as wrong:
            return f"size {size}: {wrong}"
        if outcome.peak > limit:
            return f"size {size}: {outcome.peak:.0f} MiB, not {limit}"
    (few, small), (many, large) = zip(sizes, outcomes)
    if large.cpu > 2 * many / few * small.cpu + NOISE:
        return f"{large.cpu:.2f} s for {many}, {small.cpu:.2f} s for {few}: not linear"
    return None


HEAD = "| case | input, MB | seconds | CPU seconds | ns a byte, at a quarter | at full size | peak, MiB | status | documents | dropped | candidates | bounded |"


def row(case, sizes, made, outcomes):
    per_byte = [outcome.cpu / size * 1e9 for size, outcome in zip(made, outcomes)]
    large = outcomes[-1]
    return (f"| {case.name} | {made[-1] / 1e6:.2f} | {large.seconds:.2f} | {large.cpu:.2f} | {per_byte[0]:.1f} | "
            f"{per_byte[1]:.1f} | {large.peak:.0f} | {large.status} | "
            + " | ".join(str(large.summary.get(name, "-")) for name in ("documents", "dropped", "candidate_pairs", "bounded"))
            + " |")


def main():
    global NEARDUP, LIBRARY
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("neardup", type=os.path.abspath)
    parser.add_argument("library", type=os.path.abspath)
    parser.add_argument("--extended", action="store_true")
    parser.add_argument("--store")
    parser.add_argument("cases", nargs="*")
    arguments = parser.parse_intermixed_args()
    NEARDUP, LIBRARY = arguments.neardup, arguments.library
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lines, failures = [HEAD, "|---|" + "---:|" * 11], []
    print(f"seed {SEED}", *lines, sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as name:
        for case in CASES:
            if arguments.cases and case.name not in arguments.cases:
                continue
            sizes = case.large if arguments.extended else case.small
            made, outcomes = zip(*(try_size(case, size, pathlib.Path(name)) for size in sizes))
            wrong = judge(case, sizes, outcomes)
            lines.append(row(case, sizes, made, outcomes))
            print(lines[-1], flush=True)
            if wrong:
                failures.append(f"{case.name}: {wrong}")
                print(f"FAILED: {failures[-1]}", file=sys.stderr, flush=True)
    if arguments.store:
        pathlib.Path(arguments.store).write_text("\n".join(lines) + "\n")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
