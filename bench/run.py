#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure scans against the yardsticks of the machine (cp, zstd -dc, ...), alternately in one run, and print tables.
bench/README.md says how to read them."""
import os
import shutil
import sys

import goals
import options
import report
import sections
from corpora import Workshop
from measure import alternate

SECTIONS = ["plain", "zst", "gz", "folder", "scripts", "startup"]
STARTUP_ROUNDS = 10  # times as many: they take milliseconds


def arguments():
    parser = options.parser(__doc__)
    parser.add_argument("--documents", type=int, default=100000, help="of the generated corpus; a fifth as many files")
    parser.add_argument("--only", metavar="LIST", type=options.names, default=",".join(SECTIONS),
                        help="sections, of " + ",".join(SECTIONS))
    options.add_corpora(parser)
    options.add_configurations(parser, threads="1,2")
    args = options.parse(parser)
    options.known(parser, args.only, SECTIONS)
    if "zst" in args.only and not shutil.which("zstd"):
        print("left out, zstd is not there: the section zst", file=sys.stderr)
        args.only.remove("zst")
    return args


def shared(args, name):
    """A file of the shared data, in a list that is empty where there is none."""
    path = os.path.normpath(os.path.join(args.shared, name))
    if os.path.exists(path):
        return [path]
    print(f"left out, not there: {os.path.join('shared', 'data', name)}", file=sys.stderr)
    return []


def of_files(args, scans, workshop):
    """The sections of the generated corpus and of those that were given."""
    if not {"plain", "zst", "gz"} & set(args.only):
        return
    corpora = [("generated", workshop.generated(args.documents), None)]
    for path in shared(args, "terms.jsonl.zst") + args.corpus:
        corpus = workshop.given(path)
        corpora.append((corpus.name, corpus, path))
    for key, corpus, path in corpora:
        if "plain" in args.only:
            yield sections.plain(corpus, key, scans, workshop)
        if "zst" in args.only:
            yield sections.zst(corpus, key, scans, workshop, path)
        if "gz" in args.only:
            yield sections.gz(corpus, key, scans, workshop)


def chosen(args, scans, workshop):
    """Sections one after the other, so that each corpus is read right before it is measured."""
    yield from of_files(args, scans, workshop)
    if "folder" in args.only:
        yield sections.folder(max(args.documents // 5, 1), scans, workshop)
    if "scripts" in args.only:
        further = [workshop.given(path) for path in shared(args, "office-help.jsonl.zst")]
        yield sections.scripts(max(args.documents // 20, 1), scans, workshop, further)
    if "startup" in args.only:
        yield sections.startup(scans)


def main():
    args = arguments()
    measured, text = [], f"Page cache, medians of {args.rounds} rounds.\n"
    with Workshop(args.generate, args.folder) as workshop:
        scans = sections.Scans(workshop, args)
        for section in chosen(args, scans, workshop):
            rounds = args.rounds * (STARTUP_ROUNDS if section.name == "startup" else 1)
            outcome = alternate(section.runs, rounds)
            measured.append((section, outcome))
            part = f"\n### {section.name}: {section.title}\n\n{report.outcome_table(outcome)}"
            print(part, end="", flush=True)
            text += part
    goal_table = goals.goal_table(measured)
    if goal_table:
        print("\n### goals\n\n" + goal_table, end="")
        text += "\n### goals\n\n" + goal_table
    if args.store:
        report.store(report.chapter("Speed", text))
    return 1 if any(outcome.failed for _, outcome in measured) else 0


if __name__ == "__main__":
    sys.exit(main())
