# SPDX-License-Identifier: MIT
"""Commands run alternately, and medians of what they took."""
import dataclasses
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time


@dataclasses.dataclass
class Run:
    """A command. size, documents: of what it reads, uncompressed. yardstick: others are told as multiples of it.
    writes: a file it writes, removed after every run, so that nobody waits for it to reach the disk."""
    name: str
    command: list
    size: int
    documents: int
    yardstick: bool = False
    writes: str = None


@dataclasses.dataclass
class Sample:
    seconds: float
    cpu: float  # seconds of processor time
    peak: float  # MB (10^6 bytes) resident at most


class Failed(Exception):
    pass


def own_peak():
    """MB that this process had at most. A child is charged with as much before it becomes another program, so what it
    is said to have had is known only where it is more."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def execute(run):
    """One run."""
    with tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        process = subprocess.Popen(run.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if run.writes and os.path.exists(run.writes):
            os.remove(run.writes)
        if process.returncode:
            errors.seek(0)
            said = errors.read()[-300:].decode(errors="replace").strip()
            raise Failed(f"exit {process.returncode}: {' '.join(run.command)}: {said}")
    return Sample(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


class Outcome:
    """What rounds of runs gave, by the name of a run. A run that failed has no samples and is in `failed`."""

    def __init__(self, runs):
        self.runs = {run.name: run for run in runs}
        self.samples = {run.name: [] for run in runs}
        self.failed = {}

    def __contains__(self, name):
        return bool(self.samples.get(name)) and name not in self.failed

    def median(self, name, what):
        return statistics.median(getattr(sample, what) for sample in self.samples[name])

    def peak(self, name):
        """None where it is not known, being less than own_peak()."""
        most = max(sample.peak for sample in self.samples[name])
        return most if most > own_peak() else None

    def ratio(self, name, base):
        """Time per byte of `name` over that of `base` in the same round; the median of the rounds."""
        per_byte = [[s.seconds / self.runs[n].size for s in self.samples[n]] for n in (name, base)]
        return statistics.median(a / b for a, b in zip(*per_byte))


def alternate(runs, rounds):
    """Runs all of them, one after the other, in every round. Each round begins with another one, so that none always
    follows the same."""
    outcome = Outcome(runs)
    for number in range(rounds):
        first = number % len(runs)
        for run in runs[first:] + runs[:first]:
            if run.name in outcome.failed:
                continue
            try:
                outcome.samples[run.name].append(execute(run))
            except (Failed, OSError) as failure:
                print(f"{run.name}: {failure}", file=sys.stderr)
                outcome.failed[run.name] = str(failure)
    return outcome
