# SPDX-License-Identifier: MIT
"""Tables in Markdown, and the pages of results/ they are kept on."""
import datetime
import os
import platform
import shlex
import subprocess
import sys

from corpora import HERE, ROOT
from measure import own_peak


def number(value):
    """Three digits of a number that is not large."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def peak_text(peak):
    return f"< {own_peak():.0f}" if peak is None else number(peak)


def table(head, rows):
    """Numbers to the right, the first column to the left."""
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def outcome_table(outcome):
    """A row for every run: what it took, and its multiples of the yardsticks."""
    yardsticks = [run.name for run in outcome.runs.values() if run.yardstick and run.name in outcome]
    rows = []
    for name, run in outcome.runs.items():
        if name not in outcome:
            rows.append([name, "failed"] + ["-"] * (4 + len(yardsticks)))
            continue
        seconds = outcome.median(name, "seconds")
        rows.append([name, number(seconds), number(outcome.median(name, "cpu")), number(run.size / 1e6 / seconds),
                     number(run.documents / seconds), peak_text(outcome.peak(name)),
                     *(f"{outcome.ratio(name, base):.2f}" for base in yardsticks)])
    return table(["run", "seconds", "CPU s", "MB/s", "documents/s", "peak MB", *("× " + y for y in yardsticks)], rows)


def machine():
    """The processor, how many of them, and the memory."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(os.sched_getaffinity(0))} × {names[0] if names else platform.machine()}, {memory:.0f} GiB"


def git(*arguments):
    return subprocess.run(["git", "-C", ROOT, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def commit():
    """What was measured; -dirty if files differ from it, other than the results that this adds to."""
    try:
        changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude)bench/results")
        return git("rev-parse", "--short", "HEAD") + ("-dirty" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def command_line():
    """How this was called; of files elsewhere only the names."""
    arguments = [os.path.basename(a.rstrip("/")) if a.startswith("/") else a for a in sys.argv[1:]]
    return shlex.join(["bench/" + os.path.basename(sys.argv[0]), *arguments])


def today():
    return datetime.date.today().isoformat()


def chapter(title, text):
    """What one call of a program found, to be read on its own."""
    time = datetime.datetime.now(datetime.timezone.utc).strftime("%H:%M UTC")
    return f"## {title}\n\nCommit {commit()}, {time}, {machine()}; printed by `{command_line()}`.\n\n{text}"


def store(text):
    """Adds a chapter to the page of the day."""
    folder = os.path.join(HERE, "results")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, today() + ".md")
    if not os.path.exists(path):
        text = f"# {today()}, {machine()}\n\n{text}"
    else:
        text = "\n" + text
    with open(path, "a", encoding="utf-8") as out:
        out.write(text)
