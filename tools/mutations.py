#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Breaks the source on purpose, one place at a time, and looks whether a test notices: tools/mutations.py [--first] [NAME...]

Each mutation is a piece of text that stands in a file exactly once, and what it becomes. It is made in a copy of the
tree (build/mutations), the tests that should know are built and run, and where those pass, all the others. What no test
notices is a promise that nothing keeps: write that test. A mutation that does not apply any more is an error, too.
--table prints rows for tests/README.md. NAME picks mutations by what their name, file or text contains."""

import argparse
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / "build/mutations"

# What is broken, where, the text, what becomes of it, and the tests that should notice first.
MUTATIONS = [
    # ---- text ----
    ("overlong UTF-8 is taken", "text/utf8.h", "return code_point < 0x800 || ", "return ", "utf8"),
    ("code points beyond the last are taken", "text/utf8.h", "code_point < 0x10000 || code_point > 0x10FFFF ? 0 : 4",
     "code_point < 0x10000 ? 0 : 4", "utf8"),
    ("the last shingle is forgotten", "text/shingle.c", "tokens->count - length + 1;",
     "tokens->count - length + (tokens->count == length);", "shingle engine"),
    ("character shingles ignore the seed", "text/shingle.c",
     "nd_hash64(text->data + begin, end - begin, rules->seed);\n        begin",
     "nd_hash64(text->data + begin, end - begin, 0);\n        begin", "shingle engine"),
    ("an escape counts as two bytes", "text/token.c", "s->tokens->bytes -= count_escapes(s, from, to);",
     "(void)count_escapes;", "token engine"),
    ("pairs of surrogates are lone ones", "text/json_string.c", "escape.surrogate = low < 0xDC00 || low >= 0xE000;",
     "escape.surrogate = low < 0xDC00 || low >= 0xDFFF;", "utf8"),
    ("positions count bytes of the file", "text/position.c", "    l->bytes.words[block].bits &= ~escapes;\n", "",
     "passages position"),
    ("a line without a word is an empty one", "text/position.c", "if (empty && !is_empty(layout, data, at)) continue;",
     "", "position"),
    # ---- sketch ----
    ("the second round repeats the first", "sketch/sketch.c",
     "value = (uint32_t)nd_rotate_left(shingle, 8), *bin = &bins[(uint32_t)shingle >> 24]",
     "value = (uint32_t)(shingle >> 24), *bin = &bins[shingle >> 56]", "sketch"),
    ("empty bins of long documents stay empty", "sketch/sketch.c", "if (!any_empty(signature_out)) return;", "return;",
     "sketch"),
    ("a bin looks at other bits", "sketch/sketch.c", "(uint32_t)(shingle >> 24)", "(uint32_t)(shingle >> 25)",
     "sketch"),
    ("filling leaves out the last values", "sketch/sketch.c", "i < count; i += ND_FILL_VALUES)",
     "i + ND_FILL_VALUES < count; i += ND_FILL_VALUES)", "sketch kernels"),
    ("bands are not told apart", "sketch/banding.c", "uint64_t key = band;", "uint64_t key = 0 * band;", "banding"),
    ("recall is a little less than asked", "sketch/banding.c", "bands, rows) >= recall)",
     "bands, rows) >= recall - 0.004)", "banding"),
    ("the estimate cuts off too much", "sketch/digest.c", "if (below > LOST) return k;",
     "if (below > 1000 * LOST) return k;", "sketch"),
    # ---- match ----
    ("the upper half of a set begins too early", "match/set.c", "begin += half + 1;", "begin += half;", "match"),
    ("a merge gives up one too early", "match/set.c", "left_low + left_high < least) break;",
     "left_low + left_high <= least) break;", "match"),
    ("candidates alike in digest come as they come", "match/candidate.c",
     "return (a->rank > b->rank) - (a->rank < b->rank);", "return 0;", "match cluster engine"),
    ("a bucket offers one more", "match/candidate.c", "if (count < offers->limit) {", "if (count <= offers->limit) {",
     "match"),
    ("a bound that bites is not told", "match/candidate.c", "        gatherer->count = most;\n        *bounded = true;",
     "        gatherer->count = most;", "match linear"),
    ("pairs are not buckets", "match/bucket.c", "if (end - begin >= 2) s->found", "if (end - begin >= 3) s->found",
     "match engine"),
    ("a class that meets itself is a bucket", "match/bucket.c", "count = nd_distinct(s->entries, count);", "", "match"),
    ("the worse ranked of equals wins", "match/cluster.c", "(jaccard == best && keeper < verdict->dup_of)",
     "(jaccard == best && verdict->dup_of == ND_NO_MEMBER)", "cluster engine"),
    ("reaching the threshold is not enough", "match/cluster.c", "if (jaccard > best || (jaccard == best && keeper <",
     "if (jaccard > best || (jaccard == best && best > r->match->threshold && keeper <", "cluster engine"),
    ("a verdict is not looked at again", "match/cluster.c", "stale = state->offers_state != offered;", "stale = false;",
     "cluster engine"),
    ("copies in one wave go separate ways", "match/wave.c", "join_last(w, &w->last_of[item], place);", "",
     "match cluster"),
    ("members of one bucket go separate ways", "match/wave.c",
     "join_last(w, &w->last_in_bucket[w->buckets->buckets[i]], place);", "(void)i;", "match cluster"),
    # ---- passage ----
    ("winnowing takes the first of equals", "passage/kernel.c",
     "(grams[i] < grams[i + ahead])", "(grams[i] <= grams[i + ahead])", "passage"),
    ("a chain leaps a token further", "passage/chain_body.h",
     "shorter <= ND_CHAIN_GAP", "shorter <= ND_CHAIN_GAP + 1", "chain"),
    ("a step of a chain costs less", "passage/chain_body.h", "(apart + 3) / 4;", "apart / 4;", "chain"),
    ("alignments bridge what is not alike", "passage/align.c", "score <= 0 || highest - score > ND_SCORE_DROP",
     "score <= 0", "align passages"),
    ("a part of two stretches is all there is", "passage/align.c", "(left_of_a <= LEFT || left_of_b <= LEFT)", "true",
     "passage"),
    ("a passage needs a word more", "passage/align.c", "count) >= 2 * rules->min_words;",
     "count) > 2 * rules->min_words;", "align passages"),
    ("one source is syndication", "passage/label.c", "label.sources >= 2", "label.sources >= 1", "passages passage"),
    ("all fingerprints are in one partition", "passage/link.c", "hash >> 1 >> (63 - linker->leading)",
     "0 * hash * linker->leading", "passage passages"),
    ("the first occurrence is not linked", "passage/link.c",
     "status = add_link(l, w, later, values[0] & POSITION_MASK);", "", "passage passages"),
    ("one previous occurrence fewer is linked", "passage/link.c", "others - j <= ND_LINKS", "others - j < ND_LINKS",
     "passage passages"),
    ("of equal spots the later one is taken", "passage/spot.c", "(shared == most && i < best)",
     "(shared == most && i > best)", "group passages"),
    ("half an alignment need not be in places", "passage/group.c", "PART = 4 ", "PART = 2 ", "group"),
    ("an overlap more is listed", "passage/overlap.c", "taken[overlaps[i].a] >= ND_OVERLAPS",
     "taken[overlaps[i].a] > ND_OVERLAPS", "passage passages"),
    # ---- base, engine, io ----
    ("what comes twice is single", "base/sort.c", "once[word] |= bit;", "once[word] = bit;", "sort passage"),
    ("overlaps are compared by all that came before", "engine/overlapping.c", "*(r->next - length) * gone", "0 * gone",
     "passages"),
    ("damaged temporary data are taken", "base/spill.c", "nd_hash64(out, piece->size, 0) == piece->checksum", "true",
     "spill"),
    ("a text that changed meanwhile is compared", "engine/originals.c",
     "return same ? NEARDUP_OK : nd_fail_changed(", "return same || document ? NEARDUP_OK : nd_fail_changed(",
     "engine_errors"),
    ("documents that vanish meanwhile are not missed", "engine/originals.c",
     "if (!status && r.documents != nd_registry_documents(&engine->registry))", "if (r.documents > nd_registry_documents(&engine->registry))",
     "engine_errors corpora"),
    ("JSON may be one level less deep", "io/json.c", "s->depth == ND_JSON_DEPTH)", "s->depth == ND_JSON_DEPTH - 1)",
     "json"),
    ("numbers may begin with 0", "io/json.c", "if (zero && s->at - from", "if (false && s->at - from", "json"),
    ("control characters may stand in strings", "io/json.c", "(unsigned char)c < 0x20;", "(unsigned char)c < 0x1f;",
     "json"),
    ("files come as the file system lists them", "io/walk.c", "if (f->count) qsort(", "if (f->count == SIZE_MAX) qsort(",
     "walk scan"),
    ("links are followed", "io/walk.c", "name, &s, AT_SYMLINK_NOFOLLOW) != 0", "name, &s, 0) != 0", "walk"),
    ("two outputs may be one file", "io/output.c",
     "    if (a->target && b->target && strcmp(a->target, b->target) == 0) return true;\n", "", "scan dedup report"),
    ("an output loses its mode", "io/output.c", "fchmod(fileno(output->file), output->stat.st_mode & 07777) < 0",
     "false", "scan dedup"),
    ("a replaced output is not put back", "io/output.c",
     "if (!output->old)\n        unlink(output->target);", "if (true)\n        unlink(output->target);", "dedup_whole"),
    ("what cannot be put back is removed", "io/staging.c", "if (!staging->stuck) nd_tree", "nd_tree", "dedup_whole"),
    ("folders that a signal removed are made anew", "io/staging.c", "inside ? work : strlen(s->folder)", "0", "dedup_whole"),
    ("a frame with a checksum ends too early", "io/frames.c", "return at + (checksum ? 4 : 0);", "return at;",
     "stream ahead"),
    # ---- filter ----
    ("29 of 100 are more than 29 %", "filter/guard.c", " * (1 + 1e-12)", "", "dedup"),
    ("a piece of another size is spliced in", "filter/splice.c", " || piece.size != gap->end - gap->begin", "",
     "restore cuts"),
    ("lines too many are not noticed", "filter/restore.c",
     "if (!status && re->kept_folder) status = check_used_up(&r->kept, error);", "", "restore"),
    ("restore trusts what it made", "filter/restore.c",
     "status = check_input(r, r->written, nd_hasher_value(r->hasher), error);", "", "restore"),
    ("the rest of a long line is a document", "filter/fates.c", "bool piece = !rest.size && block->continued;",
     "bool piece = false;", "dedup_inputs"),
    ("names collide only when they are the same", "filter/plan.c",
     "return second.size == first.size || second.data[first.size] == '/';", "return second.size == first.size;",
     "dedup dedup_inputs dedup_whole"),
    ("sentences that stay elsewhere go", "filter/cut.c", "return !stays && current->end", "return current->end", "cuts"),
]


def run(command, **more):
    return subprocess.run(command, cwd=COPY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", **more)


def must(command):
    done = run(command)
    if done.returncode:
        sys.exit(f"tools/mutations.py: {' '.join(command)} failed:\n{done.stdout[-3000:]}")


def copy_tree():
    """The files of the tree as they are now. What did not change keeps its time, so that it is not built again."""
    COPY.mkdir(parents=True, exist_ok=True)
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True,
                           stdout=subprocess.PIPE).stdout.decode().split("\0")
    for file in [file for file in COPY.rglob("*") if file.is_file()]:
        name = file.relative_to(COPY)
        if name.parts[0] not in ("build", ".git") and not (ROOT / name).is_file():
            file.unlink()
    for name in filter(None, names):
        source, target = ROOT / name, COPY / name
        if not source.is_file():
            continue
        data = source.read_bytes()
        if target.is_file() and target.read_bytes() == data:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        target.chmod(source.stat().st_mode)


def failed_tests(text):
    """The tests that Check says have failed, or what ended the program."""
    names = re.findall(r"^\S+?:\d+:[FE]:[^:]*:([^:]+):", text, re.M)
    return sorted(set(names)) or ["ended by a signal or by its timeout"]


def build(jobs, targets):
    done = run(["cmake", "--build", "build/dev", "-j", str(jobs), *sum((["--target", t] for t in targets), [])])
    return done.returncode == 0, done.stdout


def try_tests(names):
    """The first of the named test programs that fails, and which of its tests."""
    for name in names:
        try:
            done = run([f"build/dev/tests/test_{name}"], timeout=600)
            output, failed = done.stdout, done.returncode != 0
        except subprocess.TimeoutExpired as late:
            output, failed = str(late.stdout or ""), True
        if failed:
            return f"test_{name}", failed_tests(output)
    return None


def try_everything(jobs):
    done = run(["ctest", "--test-dir", "build/dev", "-j", str(jobs), "--stop-on-failure", "--output-on-failure", "-E",
                "^(check_(format|files|floors|checks|pictures|bench|man|completions)|test_browser)$"])
    failed = re.search(r"^\s*\d+ - (\S+) \(", done.stdout, re.M)
    return (failed.group(1), failed_tests(done.stdout)) if failed else None


def check_unbroken(jobs):
    """The tests pass before anything is broken; else they would seem to notice."""
    built, output = build(jobs, ["all"])
    failed = built and try_everything(jobs)
    if not built or failed:
        sys.exit(f"tools/mutations.py: what is not broken fails already: {failed or output[-2000:]}")


def try_mutation(mutation, everything, jobs):
    name, file, old, new, first = mutation
    path = COPY / "src" / file
    text = path.read_text()
    path.write_text(text.replace(old, new))
    try:
        tests = first.split()
        built, output = build(jobs, ["neardup", *(f"test_{t}" for t in tests)])
        if not built:
            sys.exit(f"tools/mutations.py: '{name}' does not compile:\n{output[-2000:]}")
        caught = try_tests(tests)
        if not caught and everything:
            built, output = build(jobs, ["all"])
            caught = try_everything(jobs)
        return caught
    finally:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--first", action="store_true", help="run only the tests that should notice first, which are taken to pass unbroken")
    parser.add_argument("--check", action="store_true", help="only see whether every mutation still applies")
    parser.add_argument("--table", action="store_true", help="print rows for tests/README.md")
    parser.add_argument("names", nargs="*", metavar="NAME")
    o = parser.parse_args()

    lost = [(name, file) for name, file, old, _, _ in MUTATIONS if (ROOT / "src" / file).read_text().count(old) != 1]
    for name, file in lost:
        print(f"'{name}' does not apply to src/{file} any more", file=sys.stderr)
    if lost or o.check:
        return 1 if lost else 0
    copy_tree()
    must(["cmake", "--preset", "dev", "-DNEARDUP_WERROR=OFF"])
    chosen = [m for m in MUTATIONS if not o.names or any(word in field for word in o.names for field in m[:3])]
    if not o.first:
        check_unbroken(o.jobs)
    survivors = 0
    for mutation in chosen:
        caught = try_mutation(mutation, not o.first, o.jobs)
        survivors += not caught
        by = f"`{caught[0]}`: {', '.join(caught[1][:2])}" if caught else "**NOTHING**"
        print(f"| {mutation[0]} | `{mutation[1]}` | {by} |" if o.table else f"{mutation[1]}: {mutation[0]}: {by}",
              flush=True)
    print(f"{len(chosen) - survivors} of {len(chosen)} mutations caught", file=sys.stderr)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
