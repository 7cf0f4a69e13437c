#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure how well passages are found, and print tables.

passages.py [--neardup build/release/neardup] [--reuse DIR] [--corpus FILE.jsonl] [--pairs N]
            [--growth FILE.jsonl [--scan OPTIONS] [--rounds N]]

Detection: pairs of documents of random words that share one passage, exact or with words replaced, left out and added;
once with passages that nobody else has, and once with passages whose unedited form ten other documents have too, so that
every fingerprint is common. A passage is detected when a group has overlapping places in both documents.

--seeds: the five articles of the shared data: what 001 repeats, and what 003 has of 002.

Scripts: a paragraph of Chinese characters, and one of Korean words, that two documents share; found with the right bytes?

--reuse: a folder with suspicious-documents/ (text and XML with annotations) and source-documents/, scored by the measures
of Potthast et al. (COLING 2010): for each kind of reuse recall and the share detected; overall precision, recall,
granularity and plagdet. Every two places of a group, one in either document, are a detection.

--corpus: of all exact runs of 20 words that two documents that stay share (of ASCII text, a sample of them), how many are in
places, and how many of those whose grams are common. Words are cut here by a regular expression.

--growth: what the first 10, 30, 100 and 300 MB of a file, and all of it, take to be scanned, in time and memory: nothing
else is measured then.
"""
import argparse, collections, glob, json, math, os, random, re, subprocess, sys, tempfile, zlib
import xml.etree.ElementTree as ET

import report
from measure import Run, alternate

LENGTHS, RATES = (20, 30, 50, 100, 200), (0, 10, 20, 30)
RUN, GRAM, COMMON, SAMPLE = 20, 5, 5, 64
PREFIXES = (10e6, 30e6, 100e6, 300e6)


def scan(neardup, path):
    """The lines of a scan, by type."""
    command = [neardup, "scan", "-q", "--find", "documents,passages", "-r", "jsonl", path]
    out = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    lines = collections.defaultdict(list)
    for line in out.decode("utf-8").splitlines():
        record = json.loads(line)
        lines[record["type"]].append(record)
    return lines


# ---- simulated edits

def edited(words, rate, draw):
    out = []
    for word in words:
        if draw.random() * 100 >= rate:
            out.append(word)
            continue
        kind = draw.randrange(4)
        out += [[], ["x%d" % draw.getrandbits(40)], ["x%d" % draw.getrandbits(40)],
                [word, "x%d" % draw.getrandbits(40)]][kind]
    return out


def detected(neardup, length, rate, pairs, common):
    draw = random.Random(length * 1000 + rate)
    noise = lambda count: ["n%d" % draw.getrandbits(40) for _ in range(count)]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        spans = []
        for _ in range(pairs):
            passage = noise(length)
            others = [passage] * 10 if common else []
            span = []
            for text in others + [passage, edited(passage, rate, draw)]:
                lead, text = noise(200), list(text)
                begin = len(" ".join(lead)) + 1
                span.append((begin, begin + len(" ".join(text))))
                file.write(json.dumps({"text": " ".join(lead + text + noise(200))}) + "\n")
            spans += span
        file.flush()
        groups = collections.defaultdict(list)
        for place in scan(neardup, file.name)["place"]:
            begin, end = spans[place["doc"]]
            if place["begin"] < end and begin < place["end"]:
                groups[place["passage"]].append(place["doc"])
    each = 12 if common else 2
    found = {doc // each for docs in groups.values() for doc in docs if doc % each == each - 1}
    return len(found) / pairs


def print_detection(args):
    for common in (False, True):
        print("\ndetected, fingerprints %s:" % ("common" if common else "rare"))
        print("| words | " + " | ".join("%d %% edited" % rate for rate in RATES) + " |")
        print("|---" * (len(RATES) + 1) + "|")
        for length in LENGTHS:
            shares = [detected(args.neardup, length, rate, args.pairs, common) for rate in RATES]
            print("| %d | " % length + " | ".join("%.3f" % share for share in shares) + " |", flush=True)


# ---- annotated reuse

def overlap(a, b):
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def covered(spans, within):
    total, end = 0, within[0]
    for begin, stop in sorted(spans):
        begin, stop = max(begin, end), min(stop, within[1])
        if stop > begin:
            total, end = total + stop - begin, stop
    return total


def read_cases(folder):
    cases = []
    for path in sorted(glob.glob(os.path.join(folder, "suspicious-documents", "*.xml"))):
        for feature in ET.parse(path).iter("feature"):
            if not feature.get("source_reference"):
                continue
            span = lambda side: (int(feature.get(side + "_offset")),
                                 int(feature.get(side + "_offset")) + int(feature.get(side + "_length")))
            kind = feature.get("obfuscation") or feature.get("type") or "all"
            pair = os.path.basename(path)[:-4] + ".txt", feature.get("source_reference")
            cases.append((pair, span("this"), span("source"), kind))
    return cases


def share(spans_and_wholes):
    whole = sum(b - a for _, (a, b) in spans_and_wholes)
    return sum(covered(spans, within) for spans, within in spans_and_wholes) / whole


def print_reuse(args):
    cases = read_cases(args.reuse)
    groups, found = collections.defaultdict(list), collections.defaultdict(list)
    for place in scan(args.neardup, args.reuse)["place"]:
        groups[place["passage"]].append((os.path.basename(place["path"]), (place["char_begin"], place["char_end"])))
    wanted = {case[0] for case in cases}
    for places in groups.values():
        for a, span_a in places:
            for b, span_b in places:
                if (a, b) in wanted:
                    found[a, b].append((span_a, span_b))
    kinds, hits_of_found, precision = collections.defaultdict(list), [], []
    for pair, this, source, kind in cases:
        hits = [hit for hit in found[pair] if overlap(hit[0], this) and overlap(hit[1], source)]
        kinds[kind].append(share([([h[0] for h in hits], this), ([h[1] for h in hits], source)]))
        if hits:
            hits_of_found.append(len(hits))
    for pair, detections in found.items():
        for this, source in detections:
            own = [c for c in cases if c[0] == pair and overlap(this, c[1]) and overlap(source, c[2])]
            precision.append(share([([c[1] for c in own], this), ([c[2] for c in own], source)]))
    mean = lambda values: sum(values) / len(values) if values else 0.0
    print("\n| kind of reuse | cases | recall | detected |\n|---|---|---|---|")
    for kind, values in sorted(kinds.items()):
        print("| %s | %d | %.3f | %.3f |" % (kind, len(values), mean(values), mean([v > 0 for v in values])))
    p, r, g = mean(precision), mean([v for values in kinds.values() for v in values]), mean(hits_of_found) or 1
    f = 2 * p * r / (p + r) if p + r else 0
    print("\nprecision %.3f, recall %.3f, granularity %.3f, plagdet %.3f" % (p, r, g, f / math.log2(1 + g)))


# ---- seeds and scripts

def print_seeds(args):
    lines = scan(args.neardup, args.seeds)
    groups = collections.defaultdict(list)
    for place in lines["place"]:
        groups[place["passage"]].append(place)
    print("\n| seeds: label | places | tokens | identity | where |\n|---|---|---|---|---|")
    for passage in lines["passage"]:
        places = groups[passage["passage"]]
        where = ", ".join("%s %d-%d (%d paragraphs)" % (os.path.basename(p["path"])[:3], p["begin"], p["end"],
                          p["paragraphs"]) for p in places)
        print("| %s | %d | %d | %.3f | %s |" % (passage["label"], passage["places"], passage["tokens"],
              passage["identity"], where))
    shared = [d["shared_tokens"] for d in lines["document"] if os.path.basename(d["path"]).startswith("003")]
    print("\n003 shares %s tokens" % shared)


def print_scripts(args):
    draw = random.Random(7)
    chinese = lambda count: "".join(chr(0x4E00 + draw.randrange(6000)) for _ in range(count))
    korean = lambda count: " ".join("".join(chr(0xAC00 + draw.randrange(11000)) for _ in range(3)) for _ in range(count))
    print("\n| script | places | right bytes |\n|---|---|---|")
    for name, write, gap in (("Chinese", chinese, "\u3002\n\n"), ("Korean", korean, ".\n\n")):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            paragraph, spans = write(80), []
            for _ in range(2):
                lead = write(60) + gap
                file.write(json.dumps({"text": lead + paragraph + gap + write(60)}) + "\n")
                begin = len(lead.encode())
                spans.append((begin, begin + len(paragraph.encode())))
            file.flush()
            places = scan(args.neardup, file.name)["place"]
        right = [(place["begin"], place["end"]) == spans[place["doc"]] for place in places]
        print("| %s | %d | %d |" % (name, len(places), sum(right)))


# ---- exact runs in a corpus

def print_corpus(args):
    lines = scan(args.neardup, args.corpus)
    gone = {d["doc"] for d in lines["document"] if d["status"] == "dropped"}
    places = collections.defaultdict(list)
    for place in lines["place"]:
        places[place["doc"]].append((place["begin"], place["end"]))
    runs, grams = collections.defaultdict(list), collections.Counter()
    for doc, line in enumerate(open(args.corpus, encoding="utf-8")):
        text = json.loads(line)["text"]
        if doc in gone or not text.isascii():
            continue
        tokens = [(m.group().lower(), m.start(), m.end()) for m in re.finditer(r"[A-Za-z0-9]+", text)]
        for i in range(len(tokens) - RUN + 1):
            run = " ".join(t[0] for t in tokens[i:i + RUN])
            if zlib.crc32(run.encode()) % SAMPLE == 0:
                runs[run].append((doc, tokens[i][1], tokens[i + RUN - 1][2]))
        for i in range(len(tokens) - GRAM + 1):
            grams[hash(tuple(t[0] for t in tokens[i:i + GRAM]))] += 1
    counts = collections.Counter()
    for run, where in runs.items():
        if len({doc for doc, _, _ in where}) < 2:
            continue
        words = run.split()
        most = max(grams[hash(tuple(words[i:i + GRAM]))] for i in range(RUN - GRAM + 1))
        for doc, begin, end in where:
            share_found = covered([s for s in places[doc] if s[0] < end and begin < s[1]], (begin, end)) / (end - begin)
            counts[most > COMMON, "all"] += 1
            counts[most > COMMON, "half"] += share_found >= .5
            counts[most > COMMON, "whole"] += share_found >= .99
    print("\n| exact runs of 20 words | places | at least half in places | whole |\n|---|---|---|---|")
    for common in (False, True):
        total = max(1, counts[common, "all"])
        print("| fingerprints %s | %d | %.4f | %.4f |" % ("common" if common else "rare", counts[common, "all"],
              counts[common, "half"] / total, counts[common, "whole"] / total))


# ---- growth

def write_prefix(path, most, to):
    """Writes the lines that the first bytes of a file hold whole."""
    with open(path, "rb") as file, open(to, "wb") as out:
        left = int(most)
        for line in file:
            left -= len(line)
            if left < 0:
                break
            out.write(line)


def print_growth(args):
    whole, rows = os.path.getsize(args.growth), []
    with tempfile.TemporaryDirectory() as folder:
        prefix = os.path.join(folder, "prefix.jsonl")
        for most in [size for size in PREFIXES if size < whole] + [whole]:
            path = args.growth if most == whole else prefix
            if path == prefix:
                write_prefix(args.growth, most, prefix)
            command = [args.neardup, "scan", "-q", "--find", "documents,passages", *args.scan.split(),
                       "-r", "jsonl:" + os.path.join(folder, "report"), path]
            size = os.path.getsize(path)
            outcome = alternate([Run("scan", command, size, 0, writes=os.path.join(folder, "report"))], args.rounds)
            seconds, cpu = outcome.median("scan", "seconds"), outcome.median("scan", "cpu")
            rows.append(["%.0f" % (size / 1e6), report.number(seconds), report.number(cpu),
                         report.number(size / 1e6 / seconds), "%.1f" % (1e9 * cpu / size),
                         report.peak_text(outcome.peak("scan"))])
    print("\n" + report.table(["MB", "seconds", "CPU s", "MB/s", "CPU ns a byte", "peak MB"], rows), end="")


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    shared = os.path.join(os.path.dirname(root), "shared", "data", "reuse-id")
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--neardup", default=os.path.join(root, "build/release/neardup"))
    parser.add_argument("--reuse", default=shared)
    parser.add_argument("--seeds", default=os.path.join(os.path.dirname(root), "shared", "seeds"))
    parser.add_argument("--corpus")
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--growth")
    parser.add_argument("--scan", default="", help="further options of the scans of --growth")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    if args.growth:
        print_growth(args)
        return
    if os.path.isdir(args.seeds):
        print_seeds(args)
    print_scripts(args)
    if os.path.isdir(args.reuse):
        print_reuse(args)
    else:
        print("no annotated reuse at %s: left out" % args.reuse, file=sys.stderr)
    print_detection(args)
    if args.corpus:
        print_corpus(args)


if __name__ == "__main__":
    main()
