#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes every system call of neardup that can fail do so, and looks at what is left behind.

    check_faults.py NEARDUP MEDDLE

A command is run once and its calls are counted; then it is run again and again, and each time one call fails (or, of
those that read or write, gets only half of what it asked for; or gets a signal; or finds an input changed). Whatever
happens, neardup must either do its work as if nothing had happened, or end with status 2, one sentence that names the
file, and nothing of an output; what was there before must be there still, and nothing else. An input that cannot be
read may also be left out if it is named.

One call of each kind is tried in each command, chosen at random (NEARDUP_TEST_SEED); NEARDUP_TEST_FAULTS=N tries N,
`all` every one, and then also in commands that take long. NEARDUP_TEST_SCENE=NAME,... runs only those.
"""
import base64
import collections
import gzip
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zlib

NEARDUP, MEDDLE = (os.path.abspath(path) for path in sys.argv[1:3])
SEED = int(os.environ.get("NEARDUP_TEST_SEED", random.randrange(1 << 32)))
EACH = os.environ.get("NEARDUP_TEST_FAULTS", "1")
EACH = 1 << 30 if EACH == "all" else int(EACH)
LONG = "NEARDUP_TEST_FAULTS" in os.environ
ONLY = set(filter(None, os.environ.get("NEARDUP_TEST_SCENE", "").split(",")))
HANG, IMPOSSIBLE, SKIPPED = 60, 125, 77

# ---- what can go wrong -----------------------------------------------------------------------------------------

# Calls, what happens to one of them, and what a message must then speak of: the file, or (None) anything.
FILE, MEMORY = "file", "memory"
FAULTS = [
    ("open,openat", ["EMFILE", "EACCES", "EIO", "EINTR"], FILE),
    ("read,pread64,readv", ["EIO", "EINTR", "short"], FILE),
    ("write,pwrite64,writev", ["ENOSPC", "EDQUOT", "EIO", "EINTR", "short", "ENOSPC+"], FILE),
    ("fsync,fdatasync,syncfs", ["EIO", "ENOSPC", "EINTR"], FILE),
    ("rename,renameat,renameat2", ["EIO", "ENOSPC", "EACCES", "EIO+"], FILE),
    ("link,linkat", ["EPERM", "EXDEV", "EIO"], FILE),
    ("unlink,unlinkat,rmdir", ["EIO"], FILE),
    ("mkdir,mkdirat", ["ENOSPC", "EACCES"], FILE),
    ("close", ["EIO", "EINTR", "ENOSPC"], FILE),
    ("stat,lstat,fstat,newfstatat,statx", ["EIO", "EACCES"], FILE),
    ("readlink,readlinkat", ["EIO"], None),
    ("getcwd", ["ENOENT"], None),
    ("getdents64", ["EIO"], FILE),
    ("lseek", ["EIO"], FILE),
    ("ftruncate,fallocate", ["ENOSPC", "EIO"], FILE),
    ("copy_file_range", ["EXDEV", "EIO", "ENOSPC", "short"], FILE),
    ("ioctl", ["ENOTSUP", "EIO"], None),
    ("fcntl", ["EMFILE"], FILE),
    ("flock", ["EINTR", "ENOTSUP"], FILE),
    ("fchmod,utimensat", ["EPERM", "EROFS"], FILE),
    ("mmap,mremap,mprotect,brk", ["ENOMEM", "ENOMEM+"], MEMORY),
    ("clone,clone3", ["EAGAIN", "EAGAIN+"], MEMORY),
    ("sched_getaffinity,sysinfo,prlimit64,getrusage,getrandom,statfs,fstatfs", ["EPERM", "ENOSYS"], None),
]
SIGNALS = ["TERM", "INT", "KILL"]

# What becomes of an input while the command runs.
CHANGES = {
    "vanishes": "rm {0}",
    "shrinks": "truncate -s 40 {0}",
    "is emptied": "truncate -s 0 {0}",
    "grows": 'printf \'{{"text":"one more"}}\\n\' >>{0}',
    "is another file": "cp {0} {0}.new && mv {0}.new {0}",
    "is overwritten": "printf '{{\"text\":\"Z' | dd of={0} conv=notrunc status=none",
    "is a folder": "rm {0} && mkdir {0}",
    "is a fifo": "rm {0} && mkfifo {0}",
}

# ---- scenes ----------------------------------------------------------------------------------------------------

WORDS = []


def text(count):
    return " ".join(random.choices(WORDS, k=count))


def edited(words, changes=2):
    words = words.split()
    for _ in range(changes):
        words[random.randrange(len(words))] = random.choice(WORDS)
    return " ".join(words)


def records(count, story):
    """Lines of records: copies, near copies, a passage that all share, bad ones."""
    made, lines = [], []
    for number in range(count):
        kind = random.random()
        body = random.choice(made) if made and kind < 0.4 else text(60)
        body = edited(body) if kind < 0.2 else body
        made.append(body)
        shown = body + ". " + story + "." if kind > 0.8 else body
        lines.append(json.dumps({"id": number, "source": f"s{number % 3}", "text": shown}))
    lines[count // 2:count // 2] = ["no record", '{"other":1}', ""]
    return "".join(line + "\n" for line in lines)


def make_inputs(folder, large):
    story = text(40)
    for name in ("d", "t/sub", "g"):
        (folder / name).mkdir(parents=True)
    (folder / "d/1.jsonl").write_text(records(30, story))
    (folder / "d/2.jsonl.gz").write_bytes(gzip.compress(records(20, story).encode(), mtime=0))
    subprocess.run(["zstd", "-q", "-o", folder / "d/3.jsonl.zst"], input=records(20, story).encode(), check=True)
    (folder / "ref.jsonl").write_text((folder / "d/1.jsonl").read_text()[-900:].split("\n", 1)[1])
    first = text(80)
    (folder / "t/a.txt").write_text(first + "\n\n" + story + ".\n")
    (folder / "t/b.txt").write_text(first.upper() + "\n\n" + story + ".\n")
    (folder / "t/sub/c.html").write_text(f"<!doctype html><title>x</title><p>{text(50)}</p><p>{story}.</p>")
    (folder / "t/sub/d.txt.gz").write_bytes(gzip.compress(f"{edited(first)}\n\n{story}.\n".encode(), mtime=0))
    (folder / "t/e.txt").write_bytes("\ufeff{text(30)}".encode("utf-16-le"))
    with open(folder / "g/big.jsonl", "w") as file:
        for number in range(260000 if large else 10):
            file.write('{"text":"%x %x %x"}\n' % (random.getrandbits(32), number, number))


ALL = "--decisions {o}y.jsonl --dropped {o}gone.jsonl --bad-records {o}bad.jsonl -r jsonl:{o}r.jsonl -r text:{o}r.txt"
FOLDERS = "-o {o}o/ --dropped {o}x/ --decisions {o}y"

# Name: what is done before, what is run (options; {i} is the folder of inputs and {o} that of outputs, each with a
# slash), what standard input is, and which inputs are changed meanwhile.
Scene = collections.namedtuple("Scene", "before command stdin changed slow", defaults=[None, None, (), False])
SCENES = {
    "scan": Scene(None, "scan -j 1 {i}d {i}t --find documents,passages --pairs -r text:{o}r.txt -r jsonl:{o}r.jsonl "
                  "-r csv:{o}r.csv -r html:{o}r.html -r paths:{o}r.paths", None,
                  ("d/1.jsonl", "d/2.jsonl.gz", "d/3.jsonl.zst", "t/a.txt", "t/sub/c.html", "t/sub/d.txt.gz")),
    "scan-packed": Scene(None, "scan -j 3 {i}d {i}t --find documents,passages -r jsonl:{o}r.jsonl.gz -r csv:{o}r.csv"),
    "scan-printed": Scene(None, "scan -j 1 {i}d"),
    "scan-input": Scene(None, "scan -j 1 - --format jsonl -r jsonl:{o}r.jsonl", "d/1.jsonl"),
    "dedup": Scene(None, "dedup -j 1 {i}d -o {o}o.jsonl " + ALL, None, ("d/1.jsonl", "d/2.jsonl.gz", "d/3.jsonl.zst")),
    "dedup-packed": Scene(None, "dedup -j 3 {i}d -o {o}o.jsonl.gz --dropped {o}gone.zst --decisions {o}y.gz"),
    "dedup-folder": Scene(None, "dedup -j 1 {i}d {i}t " + FOLDERS, None, ("d/2.jsonl.gz", "t/b.txt", "t/sub/c.html")),
    "dedup-again": Scene("dedup -q -j 1 {i}d {i}t " + FOLDERS, "dedup -j 1 --force {i}d/1.jsonl {i}t " + FOLDERS),
    "dedup-over": Scene("dedup -q -j 1 {i}d/1.jsonl -o {o}o.jsonl " + ALL, "dedup -j 1 {i}d -o {o}o.jsonl " + ALL),
    "dedup-link": Scene(None, "dedup -j 1 --link {i}t " + FOLDERS),
    "dedup-cut": Scene(None, "dedup -j 1 --passages cut --find documents,passages {i}d {i}t " + FOLDERS, None, ("d/1.jsonl", "t/sub/c.html")),
    "dedup-annotate": Scene(None, "dedup -j 1 --mode annotate --passages mark --find documents,passages {i}d -o {o}o.jsonl"),
    "dedup-against": Scene(None, "dedup -j 1 {i}d/1.jsonl --against {i}ref.jsonl --against {i}t -o {o}o.jsonl "
                           "--dropped {o}gone.jsonl", None,
                           ("ref.jsonl", "t/a.txt")),
    "dedup-input": Scene(None, "dedup -j 1 - -o {o}o.jsonl --dropped {o}gone.jsonl --decisions {o}y", "d/1.jsonl"),
    "dedup-printed": Scene(None, "dedup -j 1 -", "d/1.jsonl"),
    "compare": Scene(None, "compare {i}t/a.txt {i}t/sub/d.txt.gz"),
    "compare-lines": Scene(None, "compare {i}d/1.jsonl:2 {i}d/3.jsonl.zst:5"),
    "report": Scene("scan -q -j 1 {i}t --find documents,passages -r jsonl:{o}s.jsonl",
                    "report {o}s.jsonl -r html:{o}r.html -r text:{o}r.txt -r csv:{o}r.csv"),
    "restore": Scene("dedup -q -j 1 {i}d/1.jsonl -o {o}o.jsonl " + ALL,
                     "restore {o}o.jsonl --dropped {o}gone.jsonl --bad-records {o}bad.jsonl --decisions {o}y.jsonl "
                     "-o {o}back.jsonl"),
    "restore-folder": Scene("dedup -q -j 1 --passages cut --find documents,passages {i}d {i}t " + FOLDERS,
                            "restore {o}o/ --dropped {o}x/ --decisions {o}y -o {o}back/"),
    "scan-spilled": Scene(None, "scan -j 1 -m 64M {i}g/big.jsonl -r csv:{o}r.csv", slow=True),
    "dedup-spilled": Scene(None, "dedup -j 2 -m 64M - -o {o}o.jsonl.zst --decisions {o}y", "g/big.jsonl", slow=True),
}

# ---- one run ---------------------------------------------------------------------------------------------------

EMBEDDED = re.compile(rb'(<script type="text/plain" id="[a-z]+">)([^<]*)')  # in a page
VARYING = [(re.compile(rb'"seconds":[0-9.e+-]+'), b'"seconds":0'), (re.compile(rb"[0-9.]+ s\b"), b"0 s")]


def unpacked(found):
    """What is embedded in a page; as it is where a killed command was writing it."""
    try:
        return found[1] + zlib.decompress(base64.b64decode(found[2]), -15)
    except (ValueError, zlib.error):
        return found[0]


def constant(data):
    """What is the same in every run: without the time that it took."""
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except EOFError:  # what a killed command was writing under its temporary name
            return data
    data = EMBEDDED.sub(unpacked, data)
    for pattern, replacement in VARYING:
        data = pattern.sub(replacement, data)
    return data


def snapshot(folder):
    """Every file below a folder by its path: its kind, mode and content."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_file() and not path.is_symlink():
            found[name] = (path.stat().st_mode, hashlib.sha256(constant(path.read_bytes())).digest())
        else:
            found[name] = (path.lstat().st_mode, None)
    return found


def stamps(folder):
    """The same for inputs, cheaply."""
    return {str(p): (p.stat().st_size, p.stat().st_mtime_ns, p.stat().st_mode) for p in sorted(folder.rglob("*"))}


def files(found):
    return {name: value for name, value in found.items() if value[1] is not None}


def contents(found):
    return {name: value[1] for name, value in found.items()}


Outcome = collections.namedtuple("Outcome", "status out err left temporary calls meddled")


class Stage:
    """A folder with inputs, in which a command can be run again and again."""

    def __init__(self, scene, folder, inputs):
        self.scene, self.folder = scene, folder
        self.inputs, self.outputs, self.temporary = folder / "in", folder / "out", folder / "tmp"
        shutil.copytree(inputs, self.inputs, symlinks=True)
        self.clear()
        if scene.before:
            done = subprocess.run([NEARDUP, *self.words(scene.before)], cwd=folder, stderr=subprocess.PIPE)
            assert done.returncode in (0, 3), done.stderr
        self.prepared = folder / "prepared"
        shutil.copytree(self.outputs, self.prepared, symlinks=True)
        self.before = snapshot(self.outputs)
        self.given = stamps(self.inputs)

    def words(self, command):
        return command.format(i="in/", o="out/").split()

    def clear(self):
        for folder in (self.outputs, self.temporary):
            shutil.rmtree(folder, ignore_errors=True)
        if hasattr(self, "prepared"):
            shutil.copytree(self.prepared, self.outputs, symlinks=True)
        else:
            self.outputs.mkdir()
        self.temporary.mkdir()

    def run(self, calls="all", number="0", action="none"):
        self.clear()
        log = self.folder / "log"
        stdin = open(self.inputs / self.scene.stdin, "rb") if self.scene.stdin else subprocess.DEVNULL
        through = None
        if self.scene.stdin:  # a pipe, which can be read once
            through = subprocess.Popen(["cat"], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            stdin.close()
            stdin = through.stdout
        environment = dict(os.environ, TMPDIR=str(self.temporary), ASAN_OPTIONS="detect_leaks=0", TERM="dumb")
        try:
            done = subprocess.run([MEDDLE, log, calls, str(number), action, NEARDUP, *self.words(self.scene.command)],
                                  cwd=self.folder, env=environment, stdin=stdin, capture_output=True, timeout=HANG)
            status, out, err = done.returncode, done.stdout, done.stderr.decode(errors="replace")
        except subprocess.TimeoutExpired:
            status, out, err = "hangs", b"", ""
        if through:
            stdin.close()
            through.wait()
        calls, meddled = {}, None
        for line in log.read_text(errors="replace").splitlines():
            word, _, rest = line.partition(" ")
            if word == "meddled":
                meddled = rest
            else:
                calls[word] = int(rest)
        return Outcome(status, constant(out), constant(err.encode()).decode(), snapshot(self.outputs), os.listdir(self.temporary), calls, meddled)


# ---- what must hold --------------------------------------------------------------------------------------------


def said(outcome, clean):
    """The sentences that a run without faults does not say, and whether there is anything else."""
    lines = [line for line in outcome.err.splitlines() if line not in clean.err.splitlines()]
    return [line for line in lines if line.startswith("neardup: ")], any(
        not line.startswith("neardup: ") for line in lines)


def names(message, path, stage):
    """Whether a message names the file at a path as it was opened: by its name, or what the temporary one is for."""
    if path.startswith("/memfd:"):  # what was read from a pipe
        return "standard input" in message or "temporary" in message
    if not path or "(deleted)" in path or path.startswith(str(stage.temporary)) or path.startswith("/var/tmp"):
        return "temporary" in message or str(stage.temporary) in message
    if path.startswith(("pipe:", "/dev/", "socket:")):
        return "standard" in message
    name = re.sub(r"^\.(.*)\.\d+\.\d+(\.old)?$", r"\1", os.path.basename(path.rstrip("/")))
    if ".neardup-part" in path:  # a folder's name will do
        name = os.path.basename(path.split("/.neardup-part")[0])
    return name in message


def speaks_of(outcome, clean, about, stage):
    if about is None or not outcome.err:
        return True
    message = " ".join(said(outcome, clean)[0])
    _, _, path = (outcome.meddled or "").partition(" ")
    if about == MEMORY:
        return "memory" in message.lower() or "Cannot allocate" in message or "thread" in message
    return names(message, path, stage)


def whole_or_as_before(stage, outcome, clean):
    """The paths under final names that are neither what they were nor what a whole run makes of them."""
    return [name for name, value in files(outcome.left).items()
            if "/." not in "/" + name and value not in (stage.before.get(name), clean.left.get(name))]


def left_out_only_what_is_named(stage, outcome, clean):
    """Whether the result differs from a clean one only because an input that is named could not be read: nothing is
    there but whole files, and each line of every other input is in one of them, or each file."""
    sentences, _ = said(outcome, clean)
    unread = [name for name in stage.given if os.path.basename(name) in " ".join(sentences)
              or any(f"in/{p.relative_to(stage.inputs)} cannot" in " ".join(sentences)
                     for p in pathlib.Path(name).parents if stage.inputs in p.parents or p == stage.inputs)]
    if not sentences or not unread or any(name.endswith("/") for name in unread):
        return False
    extra = set(files(outcome.left)) - set(files(clean.left)) - set(files(stage.before))
    if {os.path.basename(name) for name in extra} - {os.path.basename(name) for name in stage.given}:
        return False
    if not stage.scene.command.startswith("dedup") or "cut" in stage.scene.command or "annotate" in stage.scene.command:
        return True
    given, got = collections.Counter(), collections.Counter()
    operands = [word for word in stage.words(stage.scene.command) if word.startswith("in/")]
    if "--against" in stage.scene.command:
        operands = operands[:1]
    for path in sorted(stage.inputs.rglob("*")):
        if path.is_file() and str(path) not in unread and any(f"in/{path.relative_to(stage.inputs)}".startswith(o)
                                                               for o in operands):
            given.update(lines_of(path))
    for path in sorted(stage.outputs.rglob("*")):
        if path.is_file() and not re.match(r"(y|r)(\.|$)|neardup.json$", path.name):
            got.update(lines_of(path))
    return not given - got


def lines_of(path):
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if data[:4] == b"\x28\xb5\x2f\xfd":
        data = subprocess.run(["zstd", "-qdc", path], capture_output=True, check=True).stdout
    return data.splitlines()


def same(outcome, clean):
    return (outcome.status, outcome.out, outcome.left) == (clean.status, clean.out, clean.left)


def only_what_cannot_be_removed(stage, outcome, hidden):
    """Whether all is as before but for the one file, or those below the one folder, of which the removal failed."""
    call, _, path = (outcome.meddled or "").partition(" ")
    left = {name: value for name, value in files(outcome.left).items() if name not in hidden}
    return call in ("unlink", "unlinkat", "rmdir") and left == files(stage.before) and all(
        os.path.join(stage.outputs, name).startswith(path) for name in hidden)


def is_told_where(stage, outcome, what):
    """Whether nothing could be put back, but all that was there before still is, and it is said where."""
    left = contents(files(outcome.left)).values()
    return what.startswith("rename") and "+" in what and "is now " in outcome.err and all(
        content in left for content in contents(files(stage.before)).values())


def judge(stage, outcome, clean, about, what):
    """What is wrong with how a run ended whose call failed; None: nothing."""
    sentences, other = said(outcome, clean)
    if outcome.status not in (0, 1, 2, 3):
        return f"ends with {outcome.status}"
    if stamps(stage.inputs) != stage.given:
        return "an input is not what it was"
    if outcome.temporary:
        return f"temporary files are left: {outcome.temporary}"
    if whole_or_as_before(stage, outcome, clean) and outcome.status == 2:
        return f"not whole: {whole_or_as_before(stage, outcome, clean)}"
    hidden = [name for name in files(outcome.left) if "/." in "/" + name and name not in stage.before]
    if hidden and about is not FILE:
        return f"left: {hidden}"
    if outcome.status == 2:
        if files(outcome.left) != files(stage.before):
            if only_what_cannot_be_removed(stage, outcome, hidden) or is_told_where(stage, outcome, what):
                return None
            return f"outputs are left: {sorted(set(files(outcome.left).items()) ^ set(files(stage.before).items()))}"
        if not sentences and "write" in what and "+" in what:
            return None  # nor can anything be said
        if len(sentences) != 1 or (other and "printed" not in stage.scene.command):
            return f"not one sentence: {said(outcome, clean)}"
        return None if speaks_of(outcome, clean, about, stage) else f"names nothing: {outcome.err} ({outcome.meddled})"
    if same(outcome, clean):
        return None
    if "fchmod" in what and contents(outcome.left) == contents(clean.left):
        return None  # a file system that keeps no modes and times is no reason to fail
    if (outcome.meddled or "").split(" ")[0] in ("unlink", "unlinkat", "rmdir") and not set(files(clean.left).items()) - set(
            files(outcome.left).items()):
        return None
    visible = {name: value for name, value in files(outcome.left).items() if "/.neardup-part/" not in "/" + name}
    if ".neardup-part" in (outcome.meddled or "") and visible == files(clean.left) and outcome.out == clean.out:
        return None  # the next run removes the folder
    if about is FILE and left_out_only_what_is_named(stage, outcome, clean):
        return None
    return f"another result with status {outcome.status}, and no word: {difference(outcome, clean)} {said(outcome, clean)[0]}"


def difference(outcome, clean):
    return [name for name in sorted({*outcome.left, *clean.left}) if outcome.left.get(name) != clean.left.get(name)]


def judge_signal(stage, outcome, clean, signal):
    numbers = {"TERM": 143, "INT": 130, "KILL": 137}
    if outcome.status != numbers[signal] and not same(outcome, clean):
        return f"ends with {outcome.status}: {outcome.err}"
    if stamps(stage.inputs) != stage.given:
        return "an input is not what it was"
    if whole_or_as_before(stage, outcome, clean):
        return f"not whole: {whole_or_as_before(stage, outcome, clean)}"
    if signal == "KILL" or same(outcome, clean):
        return None
    if files(outcome.left) != files(stage.before) or outcome.temporary:
        changed = dict(files(outcome.left))
        if changed == files(clean.left):  # it came when everything was in its place
            return None
        return f"left: {sorted(set(files(outcome.left).items()) ^ set(files(stage.before).items()))}"
    return None


def judge_change(stage, outcome, clean, changed, name):
    """A file that changes: the result is that of the old file or of the new one, or the file is named."""
    if outcome.status not in (0, 1, 2, 3):
        return f"ends with {outcome.status}"
    if outcome.temporary:
        return f"temporary files are left: {outcome.temporary}"
    sentences, other = said(outcome, clean)
    named = any(os.path.basename(name) in sentence for sentence in sentences)
    if outcome.status == 2:
        if files(outcome.left) != files(stage.before):
            return "outputs are left"
        return None if len(sentences) == 1 and not other and named else f"not one sentence about it: {said(outcome, clean)}"
    if same(outcome, clean) or same(outcome, changed):
        return None
    return None if named else (f"another result, and no word: {difference(outcome, clean)}, "
                               f"{difference(outcome, changed)} {said(outcome, clean)[0]}")


# ---- the whole -------------------------------------------------------------------------------------------------


class Tally:
    def __init__(self):
        self.runs, self.survived, self.refused, self.failures = collections.Counter(), collections.Counter(), 0, []

    def add(self, kind, scene, what, outcome, clean, wrong):
        self.runs[kind] += 1
        self.survived[kind] += same(outcome, clean)
        if wrong:
            self.failures.append(f"{scene}: {what}: {wrong}")
            print("FAILED", self.failures[-1], file=sys.stderr, flush=True)


def chosen(total, slow):
    """Which of so many calls: all, or the first, the last, and some between."""
    most = 1 if slow and EACH < 1 << 30 else min(EACH, 40 if slow else EACH)
    if total <= most:
        return range(1, total + 1)
    return sorted(random.sample(range(1, total + 1), most))


def try_faults(name, stage, clean, tally):
    for calls, actions, about in FAULTS:
        total = sum(clean.calls.get(call, 0) for call in calls.split(","))
        for action in actions if total else ():
            what = action.rstrip("+") if action == "short" else "error=" + action.rstrip("+")
            for number in chosen(total, stage.scene.slow):
                number = f"{number}+" if action.endswith("+") else str(number)
                outcome = stage.run(calls, number, what)
                what_fails = f"{calls} {number} {what} ({outcome.meddled})"
                wrong = judge(stage, outcome, clean, about, what_fails)
                tally.add(f"{calls.split(',')[0]} {action}", name, what_fails, outcome, clean, wrong)


def try_signals(name, stage, clean, tally):
    total = sum(clean.calls.values())
    for signal in SIGNALS:
        for number in chosen(total, stage.scene.slow):
            outcome = stage.run("all", number, "signal=" + signal)
            tally.add("signal " + signal, name, f"{signal} before call {number} ({outcome.meddled})", outcome, clean,
                      judge_signal(stage, outcome, clean, signal))


def replace_inputs(stage, inputs):
    shutil.rmtree(stage.inputs)
    shutil.copytree(inputs, stage.inputs, symlinks=True)
    stage.given = stamps(stage.inputs)


def try_changes(name, stage, clean, tally, inputs):
    total = sum(clean.calls.values())
    for path in stage.scene.changed:
        for change, command in CHANGES.items():
            if change == "is a fifo" and f"in/{path}" in stage.words(stage.scene.command):
                continue  # one that is named is waited for
            command = command.format(f"in/{path}")
            changed = stage.run("all", 1, "run=" + command)
            replace_inputs(stage, inputs)
            for number in chosen(total, stage.scene.slow):
                outcome = stage.run("all", number, "run=" + command)
                tally.add(change, name, f"{path} {change} before call {number} ({outcome.meddled})", outcome, clean,
                          judge_change(stage, outcome, clean, changed, path))
                replace_inputs(stage, inputs)


def tell(tally, seconds):
    print(f"{'fault':24} {'runs':>6} {'as if nothing':>14}")
    for kind in tally.runs:
        print(f"{kind:24} {tally.runs[kind]:6} {tally.survived[kind]:14}")
    print(f"{'in all':24} {sum(tally.runs.values()):6} {sum(tally.survived.values()):14}, "
          f"{len(tally.failures)} failures, seed {SEED}, {seconds:.0f} s")


def main():
    random.seed(SEED)
    WORDS.extend("".join(random.choices("abcdefghijklmnoprstuvwy", k=random.randint(2, 9))) for _ in range(5000))
    print(f"seed {SEED}", file=sys.stderr)
    began, tally = time.time(), Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        os.chdir(folder)
        make_inputs(folder / "inputs", LONG)
        for name, scene in SCENES.items():
            if (ONLY and name not in ONLY) or (scene.slow and not LONG):
                continue
            inputs = folder / ("inputs" if scene.slow else "small")
            if not (folder / "small").exists():
                shutil.copytree(folder / "inputs", folder / "small", ignore=shutil.ignore_patterns("g"))
            stage = Stage(scene, folder / name, inputs)
            clean = stage.run()
            if clean.status == IMPOSSIBLE:
                print("not tested, as system calls cannot be meddled with here:", clean.err)
                sys.exit(SKIPPED)
            again = stage.run()
            if clean.status not in (0, 1, 3) or not same(again, clean):
                sys.exit(f"{name} does not run: {clean.status}, {again.status} {clean.err} {difference(again, clean)}")
            random.seed(f"{SEED} {name}")
            try_faults(name, stage, clean, tally)
            try_signals(name, stage, clean, tally)
            try_changes(name, stage, clean, tally, inputs)
            shutil.rmtree(folder / name)
    tell(tally, time.time() - began)
    sys.exit(bool(tally.failures))


if __name__ == "__main__":
    main()
