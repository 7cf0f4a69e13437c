/* SPDX-License-Identifier: MIT */
/*
 * Real text, held against exact answers made by another program (every pair at 0.7 or more). The data lies beside the
 * repository, not in it; where there is none, the tests say so and pass.
 */
#include <check.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "random.h"
#include "suite.h"
#include "support/corpus.h"
#include "text/token.h"

static bool is_there(const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", NEARDUP_SHARED_DATA, name);
    if (access(path, R_OK) == 0) return true;
    printf("skipped: there is no %s\n", path);
    return false;
}

static FILE *open_shared(const char *name, const char *suffix) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s%s", NEARDUP_SHARED_DATA, name, suffix);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    return file;
}

/* ---- input ---- */

static char *read_all(FILE *file, size_t *size_out) {
    size_t size = 0, room = 1 << 20;
    char *data = malloc(room);
    for (size_t got; (got = fread(data + size, 1, room - size, file)) > 0;) {
        size += got;
        if (size == room) data = realloc(data, room *= 2);
    }
    fclose(file);
    *size_out = size;
    return data;
}

static char *decompress(FILE *file, size_t *size_out) {
    size_t packed_size, room = 1 << 28, size = 0;
    char *packed = read_all(file, &packed_size), *data = malloc(room);
    ZSTD_DCtx *context = ZSTD_createDCtx();
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 27);
    ZSTD_inBuffer in = {packed, packed_size, 0};
    while (in.pos < in.size) {
        ZSTD_outBuffer out = {data, room, size};
        ck_assert(!ZSTD_isError(ZSTD_decompressStream(context, &out, &in)));
        size = out.pos;
        ck_assert_uint_lt(size, room);
    }
    ZSTD_freeDCtx(context);
    free(packed);
    *size_out = size;
    return data;
}

/* The texts of a file of JSON Lines. */
static corpus_batch load_texts(const char *name, size_t *count_out) {
    size_t size, count = 0, room = 0;
    char *lines = decompress(open_shared(name, ".jsonl.zst"), &size);
    corpus_batch batch = {malloc(size), NULL};
    uint64_t end = 0;
    for (char *line = lines, *next; line < lines + size; line = next) {
        next = memchr(line, '\n', (size_t)(lines + size - line));
        next = next ? next + 1 : lines + size;
        json_t *record = json_loadb(line, (size_t)(next - line), 0, NULL), *text = json_object_get(record, "text");
        if (count + 2 > room) batch.offsets = realloc(batch.offsets, (room = 2 * room + 16) * sizeof *batch.offsets);
        memcpy(batch.data + end, json_string_value(text), json_string_length(text));
        batch.offsets[count++] = end;
        end += json_string_length(text);
        json_decref(record);
    }
    batch.offsets[count] = end;
    free(lines);
    *count_out = count;
    return batch;
}

typedef struct truth {
    neardup_pair *pairs; /* by (a, b) */
    size_t count;
} truth;

static truth load_truth(const char *name) {
    truth t = {calloc(20000, sizeof *t.pairs), 0};
    FILE *file = open_shared(name, ".exact-0.7.tsv");
    unsigned long long a, b;
    neardup_pair p;
    while (fscanf(file, "%llu %llu %lf %lf %lf", &a, &b, &p.jaccard, &p.containment_a, &p.containment_b) == 5) {
        p.a = a;
        p.b = b;
        t.pairs[t.count++] = p;
        ck_assert_uint_lt(t.count, 20000);
    }
    fclose(file);
    return t;
}

/* ---- the answer ---- */

static neardup_result *decide(const neardup_options *options, const corpus_batch *batch, size_t count) {
    neardup_engine *engine;
    neardup_result *result;
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_create(options, &engine, NULL));
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_add_batch(engine, batch->data, batch->offsets, count, NULL));
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_match(engine, &result, NULL));
    neardup_engine_free(engine);
    return result;
}

static bool is_near(double a, double b) { return fabs(a - b) <= 1e-6; }

static bool is_dropped(const neardup_result *result, uint64_t document) {
    neardup_decision decision;
    ck_assert_int_eq(NEARDUP_OK, neardup_result_decision(result, document, &decision));
    return decision.dropped;
}

/* Every pair that is found is one of the truth, with its figures; of those at the threshold few are missing. */
static void check_pairs(const neardup_result *result, const truth *t) {
    neardup_totals totals;
    neardup_result_totals(result, &totals);
    size_t found = 0, border = 0, border_found = 0, both_kept = 0;
    for (size_t i = 0; i < t->count; i++) {
        const neardup_pair *e = &t->pairs[i];
        neardup_pair p = {0};
        neardup_result_pair(result, found, &p);
        bool is_found = p.a == e->a && p.b == e->b;
        if (is_found)
            EXPECT(is_near(p.jaccard, e->jaccard) && is_near(p.containment_a, e->containment_a) &&
                       is_near(p.containment_b, e->containment_b),
                   "pair (%llu, %llu): %f, not %f", (unsigned long long)p.a, (unsigned long long)p.b, p.jaccard,
                   e->jaccard);
        found += is_found;
        border += e->jaccard <= .73;
        border_found += e->jaccard <= .73 && is_found;
        both_kept += !is_dropped(result, e->a) && !is_dropped(result, e->b);
    }
    printf("%zu of %zu pairs found, %zu of %zu near the threshold; both kept in %zu\n", found, t->count, border_found,
           border, both_kept);
    ck_assert_uint_eq(found, totals.pairs); /* so none is found that is not in the truth */
    ck_assert_uint_ge(100 * found, 99 * t->count);
    ck_assert_uint_ge(100 * border_found, 97 * border);
    ck_assert_uint_le(100 * both_kept, t->count);
    ck_assert_uint_eq(totals.bounded, 0);
}

static void check_safety(const neardup_result *result, size_t count) {
    for (size_t i = 0; i < count; i++) {
        neardup_decision d;
        neardup_result_decision(result, i, &d);
        if (!d.dropped) continue;
        EXPECT(d.dup_of < i && !is_dropped(result, d.dup_of) && d.jaccard >= .7, "document %zu", i);
    }
}

static void add_bits(nd_buffer *buffer, const void *data, size_t size) {
    ck_assert_int_eq(NEARDUP_OK, nd_buffer_append(buffer, data, size));
}

/* All that a result says, as one number. */
static uint64_t fingerprint(const neardup_result *result, size_t count) {
    nd_buffer all = {0};
    neardup_totals totals;
    neardup_result_totals(result, &totals);
    add_bits(&all, &totals, sizeof totals);
    for (size_t i = 0; i < count; i++) {
        neardup_decision d;
        neardup_result_decision(result, i, &d);
        const uint64_t bits[] = {d.dropped, d.identical, d.same_bytes, d.dup_of, d.cluster};
        add_bits(&all, bits, sizeof bits);
        add_bits(&all, &d.jaccard, sizeof d.jaccard);
        add_bits(&all, &d.containment, sizeof d.containment);
    }
    for (uint64_t i = 0; i < totals.pairs; i++) {
        neardup_pair p;
        neardup_result_pair(result, i, &p);
        add_bits(&all, &p, sizeof p);
    }
    uint64_t hash = nd_hash64(all.data, all.size, 0);
    nd_buffer_release(&all);
    return hash;
}

START_TEST(corpora_are_decided_exactly) {
    static const char *const names[] = {"data/linux-doc", "data/office-help"};
    static const unsigned threads[] = {2, 1, 7};
    char packed[100];
    snprintf(packed, sizeof packed, "%s.jsonl.zst", names[_i]);
    if (!is_there(packed)) return;
    size_t count;
    corpus_batch batch = load_texts(names[_i], &count);
    truth t = load_truth(names[_i]);
    neardup_options options;
    neardup_options_init(&options);
    options.pairs = true;
    uint64_t first = 0;
    for (int run = 0; run < (SANITIZED ? 1 : 3); run++) {
        options.threads = threads[run];
        neardup_result *result = decide(&options, &batch, count);
        uint64_t print = fingerprint(result, count);
        if (run == 0) {
            first = print;
            check_pairs(result, &t);
            check_safety(result, count);
        }
        ck_assert_uint_eq(print, first);
        neardup_result_free(result);
    }
    free(t.pairs);
    corpus_batch_free(&batch);
}
END_TEST

/* What is found depends on the seed; how much of it, hardly. */
START_TEST(any_seed_finds_what_recall_promises) {
    if (!is_there("data/office-help.jsonl.zst")) return;
    random_start("any_seed");
    size_t count;
    corpus_batch batch = load_texts("data/office-help", &count);
    truth t = load_truth("data/office-help");
    neardup_options options;
    neardup_options_init(&options);
    options.pairs = true;
    for (int run = 0; run < (SANITIZED ? 1 : 4); run++) {
        options.seed = random_bits();
        neardup_result *result = decide(&options, &batch, count);
        check_pairs(result, &t);
        check_safety(result, count);
        neardup_result_free(result);
    }
    free(t.pairs);
    corpus_batch_free(&batch);
}
END_TEST

/* Where the paragraphs of 003 that 002 has too begin and end, in tokens. */
static const struct {
    uint64_t begin, end;
} common_paragraphs[] = {{49, 85},   {85, 127},  {170, 199}, {199, 223}, {223, 257},
                         {259, 279}, {279, 299}, {299, 339}, {339, 383}};

/* 001 repeats 15 paragraphs; 002 and 003 share what one of them rewrote; and there is nothing else. */
static void check_seed_passages(const neardup_result *result) {
    static const uint64_t begins[] = {202, 3382}, ends[] = {3380, 6560};
    neardup_totals totals;
    neardup_result_totals(result, &totals);
    uint64_t repeats = 0;
    for (uint64_t i = 0; i < totals.passages; i++) {
        neardup_passage passage;
        neardup_result_passage(result, i, &passage);
        ck_assert_uint_eq(passage.places, 2);
        for (uint64_t k = 0; k < 2; k++) {
            neardup_place place;
            neardup_result_place(result, passage.first_place + k, &place);
            if (passage.label == NEARDUP_SELF_REPEAT) {
                ck_assert(place.document == 1 && place.begin == begins[k] && place.end == ends[k]);
                ck_assert(place.paragraphs == 15 && place.token_end - place.token_begin == 520);
            } else {
                ck_assert_uint_eq(place.document, 2 + k);
            }
        }
        repeats += passage.label == NEARDUP_SELF_REPEAT;
    }
    ck_assert_uint_eq(repeats, 1);
    neardup_extent extent;
    neardup_result_extent(result, 3, &extent);
    ck_assert_uint_ge(extent.shared, 180);
    ck_assert_uint_le(extent.shared, 330);
    const uint64_t *places;
    size_t count;
    neardup_result_document_places(result, 3, &places, &count);
    for (size_t p = 0; p < sizeof common_paragraphs / sizeof *common_paragraphs; p++) {
        uint64_t begin = common_paragraphs[p].begin, end = common_paragraphs[p].end, covered = 0;
        for (size_t i = 0; i < count; i++) {
            neardup_place place;
            neardup_result_place(result, places[i], &place);
            uint64_t from = place.token_begin > begin ? place.token_begin : begin;
            uint64_t to = place.token_end < end ? place.token_end : end;
            covered += from < to ? to - from : 0;
        }
        ck_assert_msg(2 * covered >= end - begin, "%d of tokens %d to %d", (int)covered, (int)begin, (int)end);
    }
}

START_TEST(seeds_hold_two_rewrites_of_one_story) {
    static const char *const names[] = {"000_7eed8092e2891dc2", "001_334ee4e81c1b7558", "002_319b94b5fd265827",
                                        "003_9cabd299e7f32028", "004_e5b436c607d5486e"};
    if (!is_there("seeds/000_7eed8092e2891dc2.txt")) return;
    corpus_batch batch = {malloc(1 << 20), calloc(6, sizeof *batch.offsets)};
    for (int i = 0; i < 5; i++) {
        char name[100];
        size_t size;
        snprintf(name, sizeof name, "seeds/%s", names[i]);
        char *text = read_all(open_shared(name, ".txt"), &size);
        memcpy(batch.data + batch.offsets[i], text, size);
        batch.offsets[i + 1] = batch.offsets[i] + size;
        free(text);
    }
    neardup_options options;
    neardup_options_init(&options);
    neardup_totals totals;
    neardup_result *result = decide(&options, &batch, 5);
    neardup_result_totals(result, &totals);
    ck_assert_uint_eq(totals.documents, 5);
    ck_assert_uint_eq(totals.clusters, 0);
    neardup_result_free(result);
    options.threshold = .2;
    result = decide(&options, &batch, 5);
    neardup_result_totals(result, &totals);
    ck_assert_uint_eq(totals.clusters, 1);
    ck_assert_uint_eq(totals.dropped, 1);
    neardup_decision d;
    neardup_result_decision(result, 3, &d);
    ck_assert(d.dropped && d.dup_of == 2 && is_near(d.jaccard, .226869));
    ck_assert(is_near(d.containment, .397778));
    neardup_result_free(result);
    neardup_options_init(&options);
    options.passages = true;
    result = decide(&options, &batch, 5);
    check_seed_passages(result);
    neardup_result_free(result);
    corpus_batch_free(&batch);
}
END_TEST

/* ---- token hashes ---- */

enum { SLOTS = 1 << 22 }; /* several times as many as real text has different words */

/* The first token that had a hash: where it stands among the folded tokens. */
typedef struct seen {
    uint64_t hash;
    size_t begin, size; /* 0: none */
} seen;

/* Notes the token, or fails where another one had its hash. Returns whether it is new. */
static bool note_token(seen *table, const nd_tokens *t, uint64_t hash, size_t begin, size_t size) {
    size_t slot = hash % SLOTS;
    while (table[slot].size && table[slot].hash != hash) slot = (slot + 1) % SLOTS;
    seen *s = &table[slot];
    if (s->size) {
        bool same = s->size == size && memcmp(t->text.data + s->begin, t->text.data + begin, size) == 0;
        EXPECT(same, "%.*s hashes like %.*s", (int)size, t->text.data + begin, (int)s->size, t->text.data + s->begin);
    }
    bool is_new = !s->size;
    *s = is_new ? (seen){hash, begin, size} : *s;
    return is_new;
}

START_TEST(different_tokens_have_different_hashes) {
    static const char *const names[] = {"data/linux-doc", "data/office-help"}; /* English, and two dozen languages */
    char packed[100];
    snprintf(packed, sizeof packed, "%s.jsonl.zst", names[_i]);
    if (!is_there(packed)) return;
    size_t count, begin = 0, distinct = 0;
    corpus_batch batch = load_texts(names[_i], &count);
    neardup_text text = {.data = batch.data, .size = batch.offsets[count]};
    nd_tokens tokens = {0};
    ck_assert_int_eq(nd_tokenize(&(nd_token_rules){.keep_text = true}, &text, &tokens), NEARDUP_OK);
    seen *table = calloc(SLOTS, sizeof *table);
    ck_assert_ptr_nonnull(table);
    for (size_t i = 0; i < tokens.count; i++) {
        const char *from = tokens.text.data + begin, *space = memchr(from, ' ', tokens.text.size - begin);
        size_t size = space ? (size_t)(space - from) : tokens.text.size - begin;
        distinct += note_token(table, &tokens, tokens.hashes[i], begin, size);
        EXPECT(distinct < SLOTS / 2, "the table is too small");
        begin += size + 1;
    }
    printf("%s: %zu different tokens of %zu\n", names[_i], distinct, tokens.count);
    ck_assert_uint_gt(distinct, 10000);
    free(table);
    nd_tokens_release(&tokens);
    corpus_batch_free(&batch);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("corpora");
    tcase_add_loop_test(tests, corpora_are_decided_exactly, 0, 2);
    tcase_add_loop_test(tests, different_tokens_have_different_hashes, 0, 2);
    tcase_add_test(tests, any_seed_finds_what_recall_promises);
    tcase_add_test(tests, seeds_hold_two_rewrites_of_one_story);
    return run_tests(tests);
}
