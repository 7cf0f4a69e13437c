# SPDX-License-Identifier: MIT
"""What the scan is meant to hold, as ratios within one run; checked against whatever of it was measured."""
import dataclasses

from measure import own_peak
from report import number, table


@dataclasses.dataclass
class Goal:
    """of(outcome) is at most `most`, and better at most `aim`. documents: what it is said of, if not of any number."""
    what: str
    section: str
    runs: tuple
    of: object
    most: float
    aim: float
    unit: str = "×"
    documents: int = None


def time_ratio(name, base, what, section, most, aim):
    return Goal(what, section, (name, base), lambda outcome: outcome.ratio(name, base), most, aim)


def peak(name, what, section, most, aim):
    return Goal(what, section, (name,), lambda outcome: outcome.peak(name) or own_peak(), most, aim, "MB", 1000000)


TINY = "scan -j 2 --memory 256M"
GOALS = [
    time_ratio("scan -j 2", "cp", "generated, 2 threads: time over cp", "generated", 1.3, .9),
    time_ratio("scan -j 1", "zstd -dc", "generated, 1 thread: time over zstd -dc", "generated", 1 / .8, 1 / 1.2),
    time_ratio("scan -j 2", "cp", "terms, 2 threads: time over cp", "terms", 3.5, 2),
    time_ratio("scan -j 2", "zstd -dc", "generated as .zst, 2 threads: time over zstd -dc", "generated.zst", 2, 1.3),
    time_ratio("scan -j 2", "zstd -dc", "terms as .zst, 2 threads: time over zstd -dc", "terms.zst", 3, 2),
    time_ratio("scan -j 2", "find -exec cat", "small files, 2 threads: time over find -exec cat", "folder", 1.5, 1),
    *(time_ratio(script, "English", f"{script}: time per byte over English", "scripts", 3, 2)
      for script in ("office-help", "Han", "Hangul", "Cyrillic", "Greek")),
    peak("scan -j 2", "1 M generated, 2 threads: peak memory", "generated", 650, 400),
    peak(TINY, "the same with --memory 256M: peak memory", "generated", 320, 256),
    time_ratio(TINY, "scan -j 2", "the same: time over that without", "generated", 2, 1.3),
    Goal("newswire, whole process", "startup", ("scan -j 2",),
         lambda outcome: 1000 * outcome.median("scan -j 2", "seconds"), 20, 5, "ms"),
]


def verdict(value, goal):
    return "aim" if value <= goal.aim else "yes" if value <= goal.most else "no"


def goal_table(measured):
    """measured: pairs of a section and its outcome. Empty where none of the goals was measured."""
    outcomes = {section.name: (section, outcome) for section, outcome in measured}
    rows = []
    for goal in GOALS:
        section, outcome = outcomes.get(goal.section, (None, None))
        if not outcome or not all(name in outcome for name in goal.runs):
            continue
        if goal.documents not in (None, section.documents):
            continue
        value = goal.of(outcome)
        rows.append([goal.what, *(f"{number(v)} {goal.unit}" for v in (value, goal.most, goal.aim)),
                     verdict(value, goal)])
    return table(["goal", "measured", "at most", "aim", "reached"], rows) if rows else ""
