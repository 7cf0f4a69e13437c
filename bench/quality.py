#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hold the pairs that a scan finds against the exact answer, at several thresholds and on several corpora.
bench/README.md says how to read the table."""
import dataclasses
import html.parser
import json
import os
import struct
import subprocess
import sys

import options
import report
from corpora import NEWSWIRE, Workshop

CORPORA = ["newswire", "generated", "heavy", "han", "linux-doc", "office-help"]
LEFT_OUT = "truth.json"  # of fixtures/newswire: what is said of the articles, not one of them
TOLERANCE = 0.5000001e-6  # of similarities that are printed with six digits


@dataclasses.dataclass
class Truth:
    """Jaccard index and both containments of every pair at the lowest threshold or above, by (a, b)."""
    pairs: dict
    documents: int


# ---- documents ----------------------------------------------------------------------------------------------------

class Page(html.parser.HTMLParser):
    """The text of an HTML page: tags separate, and what scripts and styles say is left out."""

    def __init__(self, source):
        super().__init__()
        self.pieces, self.hidden = [], 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in ("script", "style")
        self.pieces.append("\n")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style") and self.hidden > 0
        self.pieces.append("\n")

    def handle_data(self, data):
        if not self.hidden:
            self.pieces.append(data)


def files(folder):
    """The articles of a folder as bytes, in the order in which a scan numbers them."""
    found = [os.path.join(top, name) for top, _, names in os.walk(folder) for name in names
             if not name.startswith(".") and name != LEFT_OUT]
    for path in sorted(found, key=os.fsencode):
        with open(path, "rb") as file:
            data = file.read()
        yield "".join(Page(data.decode()).pieces).encode() if path.endswith(".html") else data


def records(path):
    """The texts of a file of JSON Lines as bytes; records without one have no number."""
    with open(path, "rb") as file:
        for line in file:
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict) and isinstance(record.get("text"), str):
                yield record["text"].encode("utf-8", "surrogatepass")


# ---- both answers -------------------------------------------------------------------------------------------------

def exact(program, path, threshold):
    """The exact answer, by bench/exact."""
    documents, pairs = 0, {}
    with subprocess.Popen([program, repr(threshold)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for text in files(path) if os.path.isdir(path) else records(path):
            process.stdin.write(struct.pack("<I", len(text)) + text)
            documents += 1
        process.stdin.close()
        for line in process.stdout:
            a, b, shared, size_a, size_b = map(int, line.split())
            pairs[a, b] = shared / (size_a + size_b - shared), shared / size_a, shared / size_b
    if process.returncode:
        sys.exit(f"quality.py: {program} failed on {path}")
    return Truth(pairs, documents)


def scan(neardup, path, threshold, folder):
    """Header, found pairs and summary of a scan."""
    result, pairs, header, summary = os.path.join(folder, "found.jsonl"), {}, None, None
    status = subprocess.run([neardup, "scan", "-q", "--find", "documents", "-t", str(threshold), "--pairs", "-r",
                             "jsonl:" + result, "--exclude", LEFT_OUT, path], check=False).returncode
    if status not in (0, 3):  # 3: done, but records were malformed
        sys.exit(f"quality.py: the scan of {path} ended with {status}")
    with open(result, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["type"] == "pair":
                pairs[record["a"], record["b"]] = (record["jaccard"], record["containment_a"], record["containment_b"])
            elif record["type"] == "header":
                header = record
            elif record["type"] == "summary":
                summary = record
    os.remove(result)
    return header, pairs, summary


def agrees(figures, truth):
    return truth is not None and all(abs(f - t) <= TOLERANCE for f, t in zip(figures, truth))


def probability(jaccard, params):
    """That two sets agree in all rows of some band."""
    return 1 - (1 - jaccard ** params["rows"]) ** params["bands"]


def share(part, whole):
    return f"{part / whole:.4f}" if whole else "-"


def row(name, threshold, truth, answer):
    header, found, summary = answer
    if summary["documents"] != truth.documents:
        sys.exit(f"quality.py: {name} has {truth.documents} documents, the scan counts {summary['documents']}")
    wanted = {pair: figures for pair, figures in truth.pairs.items() if figures[0] >= threshold}
    right = sum(agrees(figures, wanted.get(pair)) for pair, figures in found.items())
    expected = sum(probability(figures[0], header["params"]) for figures in wanted.values())
    return [name, f"{truth.documents:,}", f"{threshold:g}", f"{len(wanted):,}", f"{len(found):,}",
            share(right, len(wanted)), share(expected, len(wanted)), f"{header['expected_recall']:.4f}",
            share(right, len(found)), str(summary["bounded"])]


# ---- what is compared ---------------------------------------------------------------------------------------------

def corpora(args, workshop):
    """Names and paths."""
    wanted = {
        "newswire": lambda: NEWSWIRE,
        "generated": lambda: workshop.generated(args.documents, words=200, copies=0.5, edits=0.1).path,
        "heavy": lambda: workshop.generated(args.documents // 3, words=200, copies=0.6, edits=0.1,
                                            families="heavy").path,
        "han": lambda: workshop.generated(args.documents // 3, "Han", words=200, copies=0.5, edits=0.1).path,
    }
    for name in "linux-doc", "office-help":
        path = os.path.join(args.shared, name + ".jsonl.zst")
        if os.path.exists(path):
            wanted[name] = lambda path=path: workshop.given(path).path
        elif name in args.only:
            print(f"left out, not there: shared/data/{name}.jsonl.zst", file=sys.stderr)
    for name in args.only:
        if name in wanted:
            yield name, wanted[name]()
    for path in args.corpus:
        corpus = workshop.given(path)
        yield corpus.name, corpus.path


def arguments():
    parser = options.parser(__doc__)
    parser.add_argument("--thresholds", type=options.shares, default=".5,.6,.7,.8,.9")
    parser.add_argument("--documents", type=int, default=10000, help="of the generated corpus, others have a third")
    parser.add_argument("--only", metavar="LIST", type=options.names, default=",".join(CORPORA),
                        help="of " + ",".join(CORPORA))
    options.add_corpora(parser)
    parser.add_argument("--exact", default=os.path.join(options.BUILT, "bench", "exact"))
    args = options.parse(parser)
    options.known(parser, args.only, CORPORA)
    if not args.thresholds or not all(0 < threshold <= 1 for threshold in args.thresholds):
        parser.error("--thresholds are above 0 and at most 1")
    return args


def main():
    args, rows = arguments(), []
    with Workshop(args.generate, args.folder) as workshop:
        for name, path in corpora(args, workshop):
            truth = exact(args.exact, path, min(args.thresholds))
            rows += [row(name, t, truth, scan(args.neardup, path, t, workshop.folder)) for t in args.thresholds]
            print(f"{name} compared", file=sys.stderr, flush=True)
    text = report.table(["corpus", "documents", "threshold", "pairs", "found", "recall", "expected", "promised",
                         "precision", "bounded"], rows)
    print(text, end="")
    if args.store:
        report.store(report.chapter("Quality", text))


if __name__ == "__main__":
    main()
