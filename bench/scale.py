#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Show what a document costs, in time and in memory, as corpora of short documents grow. bench/README.md says how to
read it."""
import os
import sys

import options
import plot
import report
from corpora import HERE, Workshop
from measure import alternate
from sections import Scans

SIZES = "100000,300000,1000000,3000000,10000000,20000000"
LARGE, LARGE_ROUNDS = 3000000, 3  # from so many documents on fewer rounds do


def arguments():
    parser = options.parser(__doc__)
    parser.add_argument("--sizes", type=options.integers, default=SIZES, help="numbers of documents, by commas")
    parser.add_argument("--most", type=float, default=float("inf"), help="leave out larger ones, such as 1e6")
    parser.add_argument("--words", type=int, default=30, help="of a document, on average")
    parser.add_argument("--plot", metavar="FILE", help="write the plot there")
    options.add_configurations(parser, threads="2")
    args = options.parse(parser)
    args.sizes = sorted({size for size in args.sizes if size <= args.most})
    if not args.sizes or args.sizes[0] < 1:
        parser.error("nothing to measure: --sizes and --most leave no number of documents")
    return args


def measure(args, documents, workshop):
    """The corpus of so many documents, and the outcome of scanning it in every configuration."""
    corpus = workshop.generated(documents, words=args.words)
    rounds = min(args.rounds, LARGE_ROUNDS) if documents >= LARGE else args.rounds
    outcome = alternate(Scans(workshop, args).every(corpus), rounds)
    if not workshop.kept:
        os.remove(corpus.path)
    return corpus, outcome


def rows(corpus, outcome):
    for name, run in outcome.runs.items():
        head = [f"{corpus.documents:,}", f"{corpus.size / 1e6:,.0f}", name]
        if name not in outcome:
            yield head + ["failed"] + ["-"] * 4
            continue
        seconds, peak = outcome.median(name, "seconds"), outcome.peak(name)
        yield head + [report.number(seconds), report.number(1e6 * seconds / run.documents),
                      report.number(1e6 * outcome.median(name, "cpu") / run.documents), report.peak_text(peak),
                      report.number(1e6 * peak / run.documents) if peak else "-"]


def growth(outcomes):
    """What each further document costs between the two largest corpora, and so many more of them."""
    (small, before), (large, after) = outcomes[-2:]
    documents = large.documents - small.documents
    for name in after.runs:
        if name in before and name in after:
            seconds = (after.median(name, "seconds") - before.median(name, "seconds")) / documents
            known = before.peak(name) and after.peak(name)
            size = report.number(1e6 * (after.peak(name) - before.peak(name)) / documents) if known else "-"
            yield [name, report.number(1e6 * seconds), size, report.number(1e9 * seconds / 3600), size]


def draw(words, outcomes):
    """Time and memory for each document against the number of documents."""
    time, memory = {}, {}
    for corpus, outcome in outcomes:
        for name in outcome.runs:
            if name in outcome:
                size = corpus.documents
                time.setdefault(name, []).append((size, 1e6 * outcome.median(name, "seconds") / size))
                if outcome.peak(name):
                    memory.setdefault(name, []).append((size, 1e6 * outcome.peak(name) / size))
    panels = [("time, µs a document", time), ("peak memory, bytes a document", memory)]
    return plot.draw(f"The cost of a document of {words} words", "documents in the corpus",
                     [plot.Panel(title, lines) for title, lines in panels if lines])


def store(text, drawing):
    """Each call has a plot of its own: DATE-scale.svg, DATE-scale-2.svg, ..."""
    stem, number = report.today() + "-scale", 1
    name = stem + ".svg"
    while os.path.exists(os.path.join(HERE, "results", name)):
        number += 1
        name = f"{stem}-{number}.svg"
    report.store(report.chapter("Scale", f"{text}\n![Cost of a document against the size of the corpus]({name})\n"))
    with open(os.path.join(HERE, "results", name), "w", encoding="utf-8") as out:
        out.write(drawing)


def main():
    args = arguments()
    outcomes, found = [], []
    with Workshop(args.generate, args.folder) as workshop:
        for documents in args.sizes:
            outcomes.append(measure(args, documents, workshop))
            found += rows(*outcomes[-1])
            print(f"{documents:,} documents measured", file=sys.stderr, flush=True)
    text = (f"Generated documents of {args.words} words, page cache, medians of {args.rounds} rounds"
            f" ({LARGE_ROUNDS} from {LARGE:,} documents on at most).\n\n")
    text += report.table(["documents", "MB", "run", "seconds", "µs a document", "CPU µs a document", "peak MB",
                          "bytes a document"], found)
    if len(outcomes) > 1:
        text += "\nEach further document between the two largest, and 10^9 documents at that rate:\n\n"
        text += report.table(["run", "µs", "bytes", "10^9: hours", "10^9: GB"], growth(outcomes))
    print(text, end="")
    measured = any(name in outcome for _, outcome in outcomes for name in outcome.runs)
    drawing = draw(args.words, outcomes) if measured else None
    if args.plot and drawing:
        with open(args.plot, "w", encoding="utf-8") as out:
            out.write(drawing)
    if args.store and drawing:
        store(text, drawing)
    return 1 if any(outcome.failed for _, outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
