# SPDX-License-Identifier: MIT
"""Options that run.py, scale.py and quality.py have in common."""
import argparse
import os

from corpora import ROOT

BUILT = os.path.join(ROOT, "build", "release")


def names(text):
    """A list that is given by commas."""
    return [part for part in text.split(",") if part]


def integers(text):
    return [int(part) for part in names(text)]


def shares(text):
    return [float(part) for part in names(text)]


def parser(description):
    result = argparse.ArgumentParser(description=description)
    result.add_argument("--folder", help="keep corpora there, and use those that are there")
    result.add_argument("--store", action="store_true", help="add what is printed to bench/results/DATE.md")
    result.add_argument("--neardup", default=os.path.join(BUILT, "neardup"))
    result.add_argument("--generate", default=os.path.join(BUILT, "bench", "generate"))
    return result


def add_configurations(result, threads):
    """Of the scans."""
    result.add_argument("--rounds", type=int, default=5)
    result.add_argument("--threads", type=names, default=threads, help="how many, by commas, most last")
    result.add_argument("--memory", type=names, default="256M",
                        help="budgets, by commas; where the scan has the option")
    result.add_argument("--also", metavar="OPTIONS", action="append", default=[], help="a further configuration")


def add_corpora(result):
    """Beside those that are generated."""
    result.add_argument("--corpus", metavar="FILE", action="append", default=[],
                        help="a .jsonl file, packed or not, to be taken too")
    result.add_argument("--shared", metavar="DIR", default=os.path.join(ROOT, os.pardir, "shared", "data"),
                        help="where terms, linux-doc and office-help are, if they are (.jsonl.zst)")


def parse(result):
    """The options, with programs that can be run and numbers that make sense."""
    args = result.parse_args()
    for program in filter(None, (args.neardup, args.generate, getattr(args, "exact", None))):
        if not os.access(program, os.X_OK):
            result.error(f"{program} is not there: make bench builds it")
    if getattr(args, "rounds", 1) < 1 or getattr(args, "documents", 1) < 1:
        result.error("--rounds and --documents are at least 1")
    if not getattr(args, "threads", True):
        result.error("--threads names no number")
    return args


def known(result, chosen, there):
    """Refuses names that nothing has."""
    unknown = [name for name in chosen if name not in there]
    if unknown:
        result.error(f"there is no {', '.join(unknown)}, only {', '.join(there)}")
