#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measure a scan against the yardsticks of its machine, alternately in one run, and print a table.

run.py [--neardup build/release/neardup] [--generate build/release/bench/generate] [--documents N] [--rounds N]
       [--folder DIR] [--threads 1,2] [--store]

A corpus of generated English-like documents (30 % near-copies, seeded) is written to DIR, by default a folder of its own
that is removed afterwards. Each round runs, one after the other, every yardstick and every configuration of the scan;
the table gives medians, and ratios to the median of `cp` (decisions need not be slower than copying) or of `zstd -dc`.
--store also writes the table to bench/results/, named by date.
"""
import argparse, datetime, os, platform, shutil, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
ENGLISH = ["ambry-valley-times", "brightwater-online", "capital-ledger", "harbour-post", "skerrin-islander",
           "tessel-evening-star"]


def english_texts():
    for paper in ENGLISH:
        folder = os.path.join(ROOT, "fixtures", "newswire", paper)
        for name in sorted(os.listdir(folder)):
            if name.endswith(".txt"):
                yield os.path.join(folder, name)


def timed(command, out=subprocess.DEVNULL):
    """Seconds and peak memory in MB of one run."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"run.py: exit {process.returncode}: {' '.join(command)}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def make_corpus(args, folder):
    path = os.path.join(folder, "corpus.jsonl")
    words = [part for text in english_texts() for part in ("--text", text)]
    with open(path, "wb") as out:
        subprocess.run([args.generate, "--documents", str(args.documents), *words], stdout=out, check=True)
    subprocess.run(["zstd", "-q", "-f", "-T0", path], check=True)
    return path


def measure(args, folder):
    path = make_corpus(args, folder)
    scan = [args.neardup, "scan", "-q", "--find", "documents", "-r", "jsonl:" + os.path.join(folder, "result.jsonl")]
    runs = {"cp": ["cp", "--reflink=never", path, os.path.join(folder, "copy")],
            "zstd -dc": ["zstd", "-dcq", path + ".zst"], "wc -w": ["wc", "-w", path]}
    for threads in args.threads.split(","):
        runs[f"scan, {threads} threads"] = scan + ["-j", threads, path]
        runs[f"scan .zst, {threads} threads"] = scan + ["-j", threads, path + ".zst"]
    seconds, memory = {name: [] for name in runs}, {name: 0 for name in runs}
    for _ in range(args.rounds):
        for name, command in runs.items():
            took, peak = timed(command)
            seconds[name].append(took)
            memory[name] = max(memory[name], peak)
    return os.path.getsize(path), {name: statistics.median(s) for name, s in seconds.items()}, memory


def table(args, size, seconds, memory):
    rows = ["| run | seconds | MB/s | × cp | × zstd -dc | peak MB |", "|---|---|---|---|---|---|"]
    for name, took in seconds.items():
        rows.append(f"| {name} | {took:.2f} | {size / 1e6 / took:.0f} | {took / seconds['cp']:.2f} | "
                    f"{took / seconds['zstd -dc']:.2f} | {memory[name]:.0f} |")
    return "\n".join([f"{args.documents:,} generated documents, {size / 1e9:.2f} GB of JSON Lines, page cache, "
                      f"medians of {args.rounds} rounds.", "", *rows, ""])


def processor():
    with open("/proc/cpuinfo") as f:
        names = [line.split(":", 1)[1].strip() for line in f if line.startswith("model name")]
    return f"{len(names)} × {names[0] if names else platform.machine()}"


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--neardup", default=os.path.join(ROOT, "build/release/neardup"))
    parser.add_argument("--generate", default=os.path.join(ROOT, "build/release/bench/generate"))
    parser.add_argument("--documents", type=int, default=100000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--store", action="store_true")
    args = parser.parse_args()
    folder = args.folder or tempfile.mkdtemp(prefix="neardup-bench-")
    try:
        text = table(args, *measure(args, folder))
    finally:
        if not args.folder:
            shutil.rmtree(folder)
    print(text, end="")
    if args.store:
        today = datetime.date.today().isoformat()
        results = os.path.join(HERE, "results")
        os.makedirs(results, exist_ok=True)
        with open(os.path.join(results, today + ".md"), "w") as out:
            out.write(f"# {today}, {processor()}\n\nPrinted by `bench/run.py --documents {args.documents} --rounds "
                      f"{args.rounds}`.\n\n{text}")


if __name__ == "__main__":
    main()
