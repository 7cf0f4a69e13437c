/* SPDX-License-Identifier: MIT */
/*
 * Threads by the number: a corpus in the smallest batches there are, on 1 to 16 threads that are held up at random,
 * gives the same bytes as on one. NEARDUP_TEST_ROUNDS says how often (1,000 is a long run); a round is one pass of an
 * engine, and every eighth round also one of the command over files of few lines.
 */
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "neardup.h"
#include "random.h"
#include "suite.h"
#include "support/corpus.h"
#include "support/files.h"
#include "support/run.h"

enum { MOST_THREADS = 16, ROUNDS_A_CORPUS = 50 };

static unsigned rounds(void) {
    const char *wanted = getenv("NEARDUP_TEST_ROUNDS");
    return wanted ? (unsigned)atoi(wanted) : SANITIZED ? MOST_THREADS : 4 * MOST_THREADS;
}

/* ---- a source of tiny batches ---- */

enum { MOST_SLOTS = 64 };

typedef struct batches {
    const corpus *from;
    size_t next;
    size_t first[MOST_SLOTS], count[MOST_SLOTS];
    bool fetches;
    atomic_uint delays;
} batches;

/* Lets others go first, now and then: where a thread waits is what differs from run to run. */
static void dawdle(batches *b) {
    unsigned n = atomic_fetch_add(&b->delays, 1) * 2654435761U;
    for (unsigned i = n >> 30; i; i--) sched_yield();
}

static neardup_status begin(void *context, unsigned slots, neardup_error *error) {
    batches *b = context;
    (void)error;
    EXPECT(slots <= MOST_SLOTS, "%u slots", slots);
    b->next = 0;
    return NEARDUP_OK;
}

/* One to three documents; none at times. The blocks are the same in every reading. */
static neardup_status read_batch(void *context, unsigned slot, neardup_error *error) {
    batches *b = context;
    (void)error;
    if (b->next >= b->from->count) return NEARDUP_END;
    size_t count = b->next % 4, left = b->from->count - b->next;
    if (!count) count = 1;
    b->first[slot] = b->next;
    b->count[slot] = count < left ? count : left;
    b->next += b->count[slot];
    dawdle(b);
    return NEARDUP_OK;
}

static neardup_status split(void *context, unsigned slot, const neardup_text **texts_out, size_t *count_out,
                            neardup_error *error) {
    batches *b = context;
    (void)error;
    dawdle(b);
    *texts_out = b->from->texts + b->first[slot];
    *count_out = b->count[slot];
    return NEARDUP_OK;
}

static neardup_status commit(void *context, unsigned slot, uint64_t first, neardup_error *error) {
    batches *b = context;
    (void)error;
    EXPECT(first == b->first[slot], "batch at %zu has document %llu", b->first[slot], (unsigned long long)first);
    return NEARDUP_OK;
}

static neardup_status fetch(void *context, unsigned slot, uint64_t document, neardup_text *text_out,
                            neardup_error *error) {
    batches *b = context;
    (void)slot, (void)error;
    dawdle(b);
    if (!b->fetches) return NEARDUP_END;
    *text_out = b->from->texts[document];
    return NEARDUP_OK;
}

/* ---- a result as text ---- */

#define N(value) (unsigned long long)(value)

static void write_documents(FILE *out, const neardup_result *result, uint64_t count) {
    neardup_document d;
    neardup_decision e;
    neardup_extent x;
    for (uint64_t i = 0; i < count; i++) {
        neardup_result_document(result, i, &d);
        neardup_result_decision(result, i, &e);
        neardup_result_extent(result, i, &x);
        fprintf(out, "%d %llu %llu %llx %d%d%d %llu %llu %a %a %llu %llu %llu\n", (int)d.condition, N(d.bytes),
                N(d.tokens), N(d.checksum), e.dropped, e.identical, e.same_bytes, N(e.dup_of), N(e.cluster), e.jaccard,
                e.containment, N(x.repeated), N(x.shared), N(x.boilerplate));
    }
}

static void write_groups(FILE *out, const neardup_result *result, const neardup_totals *t) {
    neardup_cluster c;
    neardup_pair p;
    for (uint64_t i = 0; i < t->clusters; i++) {
        neardup_result_cluster(result, i, &c);
        fprintf(out, "cluster %llu %llu %llu %a", N(c.keep), N(c.identical), N(c.near), c.min_jaccard);
        for (size_t m = 0; m < c.size; m++) fprintf(out, " %llu", N(c.members[m]));
        fputc('\n', out);
    }
    for (uint64_t i = 0; i < t->pairs; i++) {
        neardup_result_pair(result, i, &p);
        fprintf(out, "pair %llu %llu %a %a %a\n", N(p.a), N(p.b), p.jaccard, p.containment_a, p.containment_b);
    }
}

static void write_passages(FILE *out, const neardup_result *result, const neardup_totals *t) {
    neardup_passage p;
    neardup_place q;
    neardup_overlap o;
    for (uint64_t i = 0; i < t->passages; i++) {
        neardup_result_passage(result, i, &p);
        fprintf(out, "passage %d %d %llu %llu %llu %llu %llu %a\n", (int)p.label, (int)p.rule, N(p.first_place),
                N(p.places), N(p.documents), N(p.sources), N(p.tokens), p.identity);
    }
    for (uint64_t i = 0; i < t->places; i++) {
        neardup_result_place(result, i, &q);
        fprintf(out, "place %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %a\n", N(q.passage),
                N(q.document), N(q.token_begin), N(q.token_end), N(q.begin), N(q.end), N(q.char_begin), N(q.char_end),
                N(q.raw_begin), N(q.raw_end), N(q.line), N(q.line_end), N(q.paragraphs), q.identity);
    }
    for (uint64_t i = 0; i < t->overlaps; i++) {
        neardup_result_overlap(result, i, &o);
        fprintf(out, "overlap %llu %llu %d %llu %llu %llu %a %a %a\n", N(o.a), N(o.b), o.contains, N(o.passages),
                N(o.tokens_a), N(o.tokens_b), o.coverage_a, o.coverage_b, o.jaccard);
    }
}

/* Everything a result tells, as text. To be freed. */
static char *describe(const neardup_result *result) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    neardup_totals t;
    neardup_result_totals(result, &t);
    fprintf(out, "%llu %llu %llu %llu %llu %llu %llu\n", N(t.documents), N(t.kept), N(t.tokens), N(t.candidate_pairs),
            N(t.verified_pairs), N(t.bounded), N(t.passages_bounded));
    write_documents(out, result, t.documents);
    write_groups(out, result, &t);
    write_passages(out, result, &t);
    fclose(out);
    return text;
}

/* ---- engines ---- */

static char *run_engine(const corpus *from, neardup_options *options, unsigned threads, bool fetches) {
    batches b = {.from = from, .fetches = fetches};
    atomic_init(&b.delays, (unsigned)random_bits());
    const neardup_source source = {&b, begin, read_batch, split, commit, fetch, NULL, NULL};
    neardup_engine *engine = NULL;
    neardup_result *result = NULL;
    neardup_error error = {0};
    options->threads = threads;
    EXPECT(neardup_engine_create(options, &engine, &error) == NEARDUP_OK, "%s", error.text);
    EXPECT(neardup_engine_read(engine, &source, &error) == NEARDUP_OK, "%s", error.text);
    EXPECT(neardup_engine_match(engine, &result, &error) == NEARDUP_OK, "%s", error.text);
    char *text = describe(result);
    neardup_engine_free(engine);
    neardup_result_free(result);
    return text;
}

START_TEST(engines_give_the_same) {
    random_start("engines_give_the_same");
    unsigned all = rounds();
    for (unsigned round = 0; round < all;) {
        corpus from = corpus_create(&(corpus_plan){
            .documents = 60 + random_below(240), .words = 120, .edits = 8, .forms = true, .seed = random_bits()});
        neardup_options options;
        neardup_options_init(&options);
        options.pairs = true;
        options.passages = true;
        options.min_words = 12;
        options.clustering = (neardup_clustering)random_below(2);
        char *right = run_engine(&from, &options, 1, true);
        for (unsigned i = 0; i < ROUNDS_A_CORPUS && round < all; i++, round++) {
            char *other = run_engine(&from, &options, 1 + round % MOST_THREADS, random_below(2));
            EXPECT(strcmp(right, other) == 0, "round %u, %u threads: another result", round, options.threads);
            free(other);
        }
        free(right);
        corpus_free(&from);
    }
    printf("%u rounds of an engine\n", all);
}
END_TEST

/* ---- the command ---- */

/* Files of one to six lines, plain and compressed, in frames as small as their lines; and files that are documents. */
static void write_inputs(const char *folder) {
    for (unsigned i = 0; i < 48; i++) {
        char name[32], text[8192];
        size_t size = 0;
        unsigned lines = i % 8 == 7 ? 1 : 1 + random_below(6);
        for (unsigned line = 0; line < lines; line++) {
            unsigned family = random_below(20);
            if (i % 8 < 7) size += (size_t)snprintf(text + size, sizeof text - size, "{\"text\":\"");
            for (unsigned w = 0; w < 60; w++)
                size += (size_t)snprintf(text + size, sizeof text - size, "w%u ",
                                         random_below(30) ? family * 60 + w : random_below(1000));
            if (i % 8 < 7) size += (size_t)snprintf(text + size, sizeof text - size, "\"}\n");
        }
        snprintf(name, sizeof name, i % 8 < 7 ? "in/%02u.jsonl" : "in/%02u.txt", i);
        files_write(folder, name, text, size);
    }
    run_result packed =
        run_shell(folder, "cd in; for f in *[14].jsonl; do gzip $f; done; for f in *[036].jsonl; do split "
                          "-l 1 --filter='zstd -qc' $f >$f.zst; rm $f; done");
    ck_assert_msg(packed.status == 0, "%s", packed.err);
    run_release(&packed);
}

static const char *const commands[] = {
    "$NEARDUP scan -q -j %u in --find documents,passages --pairs -r jsonl | sed 's/\"seconds\":.*//'",
    "rm -rf o x; $NEARDUP dedup -q -j %u in -o o/ --dropped x/ --decisions y && (cat y; cat o/* x/* | md5sum) | sed "
    "'s/\"seconds\":[^,}]*//'",
    "cat in/*.jsonl | $NEARDUP dedup -q -j %u -",
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static run_result run_command(const char *folder, unsigned which, unsigned threads) {
    char command[512];
    snprintf(command, sizeof command, commands[which], threads);
    return run_shell(folder, command);
}

START_TEST(commands_give_the_same) {
    random_start("commands_give_the_same");
    char *folder = run_make_folder();
    unsigned all = rounds() / 8 * COMMANDS;
    write_inputs(folder);
    run_result right[COMMANDS];
    for (unsigned i = 0; i < COMMANDS; i++) {
        right[i] = run_command(folder, i, 1);
        ck_assert_uint_gt(right[i].out_size, 1000);
    }
    for (unsigned round = 0; round < all; round++) {
        unsigned which = round % COMMANDS, threads = 1 + round / COMMANDS % MOST_THREADS;
        run_result other = run_command(folder, which, threads);
        ck_assert_msg(other.status == right[which].status && other.out_size == right[which].out_size &&
                          memcmp(other.out, right[which].out, other.out_size) == 0,
                      "round %u, %u threads: %s: another result", round, threads, commands[which]);
        run_release(&other);
    }
    for (unsigned i = 0; i < COMMANDS; i++) run_release(&right[i]);
    run_remove_folder(folder);
    printf("%u rounds of commands\n", all);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("stress");
    tcase_add_test(tests, engines_give_the_same);
    tcase_add_test(tests, commands_give_the_same);
    return run_tests(tests);
}
