#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Show where the time of a scan goes, stage by stage, as perf samples it. bench/README.md says how to read it."""
import collections
import os
import shutil
import subprocess
import sys

import options
import report
from corpora import ROOT, Workshop

# A stage, and the functions that are it with all they call. What is sampled belongs to the innermost of them. Kernels are
# among them as they leave no frame of who called them, and so are functions of the C library, which leaves none at all.
STAGES = {
    "read": ("nd_stream_read", "nd_corpus_fetch_single"),
    "find lines and fields": ("nd_corpus_split", "nd_lines_next", "nd_line_parse"),
    "mark and fold characters": ("nd_window_mark", "classify", "take_letters_with_bmi"),
    "find token edges": ("nd_window_edges", "list_edges_by_table"),
    "hash tokens": ("nd_tokenizer_emit_all", "hash_tokens_by_four"),
    "other tokenising": ("nd_tokenize",),
    "hash shingles": ("nd_shingle", "hash_shingles_by_four"),
    "checksum and identity": ("nd_text_checksum", "nd_workspace_identity"),
    "sketch": ("nd_workspace_sketch",),
    "digest and band keys": ("nd_band_keys", "nd_digest_of"),
    "sort sets": ("nd_workspace_set",),
    "intersect sets": ("nd_set_shared",),
    "records and band entries": ("nd_registry_add", "nd_digest_list_add", "nd_entries_add"),
    "names": ("nd_corpus_commit",),
    "group buckets": ("nd_buckets_group", "nd_digest_list_pick", "nd_buckets_invert"),
    "waves and candidates": ("nd_match_run",),
    "allocate and release": ("_int_malloc", "_int_free", "_int_realloc", "malloc_consolidate", "__madvise", "__brk"),
    "write reports": ("nd_search_write_reports", "_IO_fwrite", "_IO_fputs", "_IO_putc",
                      "_IO_file_xsputn@@GLIBC_2.2.5"),
}
PHASES = {"first reading": "nd_engine_sketch", "deciding": "neardup_engine_match"}
STAGE_OF = {function: stage for stage, functions in STAGES.items() for function in functions}


def arguments():
    parser = options.parser(__doc__)
    parser.set_defaults(neardup=os.path.join(ROOT, "build", "profile", "neardup"))
    parser.add_argument("--documents", type=int, default=1000000)
    parser.add_argument("--scan", default="", help="further options of the scan")
    options.add_corpora(parser)
    args = options.parse(parser)
    if not shutil.which("perf"):
        parser.error("perf is not there: it is in the package linux-perf")
    return args


def stacks(recording):
    """The functions of each sample, innermost first."""
    script = subprocess.run(["perf", "script", "-i", recording, "-F", "ip,sym"], check=True, capture_output=True,
                            text=True).stdout
    for sample in script.split("\n\n"):
        yield [line.split()[1] for line in sample.splitlines() if len(line.split()) > 1]


def fold(recording):
    """How many samples there are of each stage, by phase, and of all."""
    counts, total = collections.defaultdict(collections.Counter), 0
    for functions in stacks(recording):
        total += bool(functions)
        stage = next((STAGE_OF[f] for f in functions if f in STAGE_OF), "everything else")
        phase = next((name for name, function in PHASES.items() if function in functions), "the rest")
        counts[stage][phase] += bool(functions)
    return counts, total


def profile(args, corpus, workshop):
    """A scan of a corpus by one thread: its table."""
    recording, out = workshop.path("perf.data"), workshop.path("report.jsonl")
    command = [args.neardup, "scan", "--find", "documents", "-j", "1", "--quiet", "-r", "jsonl:" + out,
               *args.scan.split(), corpus.path]
    before = os.times()
    subprocess.run(["perf", "record", "-q", "-e", "cpu-clock", "-F", "997", "--call-graph", "fp", "-o", recording, "--",
                    *command], check=True)
    after = os.times()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    counts, total = fold(recording)
    phases = [*PHASES, "the rest"]

    def cells(share_of):
        for share in [share_of[phase] / total for phase in phases] + [sum(share_of.values()) / total]:
            yield f"{1e6 * seconds * share / corpus.documents:.2f}" if share >= .0005 else ""

    order = sorted(counts, key=lambda stage: -sum(counts[stage].values()))
    everything = sum(counts.values(), collections.Counter())
    rows = [[stage, *cells(counts[stage]), f"{100 * sum(counts[stage].values()) / total:.1f} %"] for stage in order]
    rows.append(["all", *cells(everything), "100 %"])
    return (f"### {corpus.name}, {corpus.size / 1e6:,.0f} MB: CPU µs a document, one thread\n\n" +
            report.table(["stage", *phases, "all", "share"], rows) + "\n")


def main():
    args = arguments()
    text = ""
    with Workshop(args.generate, args.folder) as workshop:
        for corpus in [workshop.generated(args.documents), *map(workshop.given, args.corpus)]:
            text += profile(args, corpus, workshop)
    print(text, end="")
    if args.store:
        report.store(report.chapter("Profile", text))


if __name__ == "__main__":
    sys.exit(main())
