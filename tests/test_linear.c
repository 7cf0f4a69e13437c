/* SPDX-License-Identifier: MIT */
/*
 * Time grows with the input, whatever the input: documents that are all alike, documents that share bands without being
 * similar, and buckets of the match floor that hold everything. Four times the documents may take eight times as long;
 * a quadratic step would take sixteen.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "match/cluster.h"
#include "random.h"
#include "suite.h"
#include "support/corpus.h"

enum { FEW = SANITIZED ? 2000 : 25000, MANY = 4 * FEW };

static const double noise = .15; /* seconds that anything may take */

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- whole corpora ---- */

/* Appends document `number` to a batch. */
typedef void write_document(corpus_batch *batch, uint64_t *end, size_t number);

static void append(corpus_batch *batch, uint64_t *end, const char *text) {
    size_t size = strlen(text);
    memcpy(batch->data + *end, text, size);
    *end += size;
}

static void write_same(corpus_batch *batch, uint64_t *end, size_t number) {
    (void)number;
    append(batch, end, "one and the same document, over and over again, wherever one looks");
}

/* Sixteen words that all share and eight of its own: any two documents have a Jaccard of 12 / 28, and one in 21 agrees
 * with all such in the values of a band. */
static void write_unlike(corpus_batch *batch, uint64_t *end, size_t number) {
    append(batch, end, "all of these documents begin with the very same sixteen words and then go on without ");
    for (int i = 0; i < 8; i++) {
        char word[32];
        snprintf(word, sizeof word, "%llx ", (unsigned long long)((number * 8 + (size_t)i) * 0x9E3779B97F4A7C15ULL));
        append(batch, end, word);
    }
}

/* Twenty words that all share and one of its own, at one of twenty places: all alike, none the same. */
static void write_alike(corpus_batch *batch, uint64_t *end, size_t number) {
    append(batch, end,
           "a text of some length that everybody has copied from everybody else and then signed at its end with a "
           "name that nobody else could have thought of because it is that of number ");
    char word[32];
    snprintf(word, sizeof word, "%zu", number);
    append(batch, end, word);
}

typedef struct run {
    double seconds;
    neardup_totals totals;
} run;

static run run_corpus(const neardup_options *options, write_document *write, size_t count) {
    corpus_batch batch = {malloc(count * 256), calloc(count + 1, sizeof *batch.offsets)};
    for (size_t i = 0; i < count; i++) {
        batch.offsets[i + 1] = batch.offsets[i];
        write(&batch, &batch.offsets[i + 1], i);
    }
    run r = {.seconds = -now()};
    neardup_engine *engine;
    neardup_result *result;
    neardup_error error;
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_create(options, &engine, &error));
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_add_batch(engine, batch.data, batch.offsets, count, &error));
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_match(engine, &result, &error));
    neardup_result_totals(result, &r.totals);
    neardup_engine_free(engine);
    neardup_result_free(result);
    r.seconds += now();
    corpus_batch_free(&batch);
    return r;
}

/* Runs a corpus and one four times as large; returns what became of the large one. */
static neardup_totals grow(const char *name, const neardup_options *options, write_document *write, size_t few) {
    run small = run_corpus(options, write, few), large = run_corpus(options, write, 4 * few);
    printf("%s: %zu documents %.3f s, %zu documents %.3f s, %llu candidates, %llu verified, %llu bounded\n", name, few,
           small.seconds, 4 * few, large.seconds, (unsigned long long)large.totals.candidate_pairs,
           (unsigned long long)large.totals.verified_pairs, (unsigned long long)large.totals.bounded);
    EXPECT(large.seconds < 8 * small.seconds + noise, "%s: %g s after %g s", name, large.seconds, small.seconds);
    return large.totals;
}

static neardup_options options_for(neardup_clustering clustering, bool pairs) {
    neardup_options options;
    neardup_options_init(&options);
    options.threads = 1;
    options.clustering = clustering;
    options.pairs = pairs;
    return options;
}

/* Seven words of its own, and a footer of twenty that all have. */
static void write_footer(corpus_batch *batch, uint64_t *end, size_t number) {
    for (int i = 0; i < 7; i++) {
        char word[32];
        snprintf(word, sizeof word, "%llx ", (unsigned long long)((number * 7 + (size_t)i) * 0x9E3779B97F4A7C15ULL));
        append(batch, end, word);
    }
    append(batch, end,
           "a footer of twenty one words that each and every page of this site has at its end and nobody reads");
}

/* A footer in every document is one passage with as many places. */
START_TEST(documents_with_one_footer) {
    neardup_options options = options_for(NEARDUP_STAR, false);
    options.passages = true;
    neardup_totals t = grow("footer", &options, write_footer, FEW / 5);
    ck_assert_uint_eq(t.kept, t.documents);
    ck_assert_uint_eq(t.passages, 1);
    ck_assert_uint_eq(t.places, t.documents);
    ck_assert_uint_eq(t.passages_bounded, 0);
}
END_TEST

static double repeat_once(size_t times, const char *paragraph, neardup_totals *totals_out) {
    size_t size = strlen(paragraph);
    char *text = malloc(times * size);
    for (size_t i = 0; i < times; i++) memcpy(text + i * size, paragraph, size);
    double seconds = -now();
    neardup_options options = options_for(NEARDUP_STAR, false);
    options.passages = true;
    neardup_engine *engine;
    neardup_result *result;
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_create(&options, &engine, NULL));
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_add(engine, text, times * size, NULL));
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_match(engine, &result, NULL));
    neardup_result_totals(result, totals_out);
    neardup_engine_free(engine);
    neardup_result_free(result);
    free(text);
    return seconds + now();
}

/* One word, or one paragraph, over and over: one passage of a bounded number of places. */
START_TEST(one_document_that_repeats_itself) {
    static const char *const paragraphs[] = {
        "bumblebee ", "this is a paragraph of some twenty words or so which somebody has pasted over and over again "
                      "into one and the same document.\n"};
    for (int i = 0; i < 2; i++) {
        size_t times = (i ? 4u : 80u) * FEW / 20;
        neardup_totals few, many;
        double small = repeat_once(times, paragraphs[i], &few), large = repeat_once(4 * times, paragraphs[i], &many);
        printf("%zu repetitions %.3f s, four times as many %.3f s\n", times, small, large);
        EXPECT(large < 8 * small + noise, "%g s after %g s", large, small);
        ck_assert_uint_eq(many.passages, 1);
        ck_assert_uint_le(many.places, 258);
        ck_assert_uint_ge(many.places, 128);
    }
}
END_TEST

START_TEST(identical_documents) {
    neardup_options options = options_for((neardup_clustering)_i, false);
    neardup_totals t = grow("identical", &options, write_same, FEW);
    ck_assert_uint_eq(t.kept, 1);
    ck_assert_uint_eq(t.identical, MANY - 1);
    ck_assert_uint_eq(t.bounded, 0);
}
END_TEST

/* A document is listed with 256 others: 20,000 have five million pairs. */
START_TEST(identical_documents_with_pairs) {
    neardup_options options = options_for(NEARDUP_STAR, true);
    neardup_totals t = grow("identical, pairs", &options, write_same, FEW / 5);
    ck_assert_uint_eq(t.kept, 1);
    ck_assert_uint_eq(t.pairs, 256 * (t.documents - 256) + 256 * 255 / 2);
    ck_assert_uint_eq(t.bounded, t.documents - 257);
}
END_TEST

START_TEST(unlike_documents_that_share_bands) {
    for (int pairs = 0; pairs < 2; pairs++) {
        neardup_options options = options_for(NEARDUP_STAR, pairs);
        neardup_totals t = grow(pairs ? "unlike, pairs" : "unlike", &options, write_unlike, pairs ? FEW / 5 : FEW);
        ck_assert_uint_eq(t.kept, t.documents);
        ck_assert_uint_eq(t.pairs, 0);
        ck_assert_uint_gt(t.bounded, SANITIZED ? 0 : t.documents / 4);
        ck_assert_uint_lt(t.candidate_pairs, (pairs ? 256u : 64u) * 42 * t.documents);
    }
}
END_TEST

START_TEST(unlike_documents_are_no_component) {
    neardup_options options = options_for(NEARDUP_COMPONENT, false);
    neardup_totals t = grow("unlike, component", &options, write_unlike, FEW / 5);
    ck_assert_uint_eq(t.kept, t.documents);
    ck_assert_uint_gt(t.bounded, SANITIZED ? 0 : t.documents / 4);
}
END_TEST

START_TEST(documents_that_are_all_alike) {
    neardup_options options = options_for(NEARDUP_STAR, false);
    neardup_totals t = grow("alike", &options, write_alike, FEW);
    ck_assert_uint_eq(t.kept, 1);
    ck_assert_uint_eq(t.near, t.documents - 1);
    options.clustering = NEARDUP_COMPONENT;
    /* so many that the bound on what is listed with each bites in both */
    t = grow("alike, component", &options, write_alike, SANITIZED ? FEW / 4 : FEW / 10);
    ck_assert_uint_eq(t.clusters, 1);
    ck_assert_uint_eq(t.kept, 1);
}
END_TEST

/* ---- the match floor ---- */

enum { SET_SIZE = 40 };

/* Unlike classes that all meet in `bands` buckets and whose digests promise that they are alike. */
typedef struct crowd {
    size_t count;
    uint64_t *several;
    uint32_t *members;
    nd_digest *digests;
    uint64_t *hashes;
    nd_buckets buckets;
} crowd;

static void gather_crowd(crowd *c, size_t count, unsigned bands) {
    *c = (crowd){.count = count};
    nd_spill spill = {0};
    neardup_error error;
    nd_entries *entries = calloc(1, sizeof *entries);
    entries->spill = &spill;
    uint64_t keys[ND_SIGNATURE];
    for (unsigned band = 0; band < bands; band++) keys[band] = random_bits();
    c->several = calloc(count / 64 + 1, sizeof *c->several);
    c->members = calloc(count, sizeof *c->members);
    c->digests = calloc(count, sizeof *c->digests);
    c->hashes = calloc(count * SET_SIZE, sizeof *c->hashes);
    for (uint32_t i = 0; i < count; i++) {
        c->members[i] = i;
        for (size_t k = 0; k < SET_SIZE; k++)
            c->hashes[(size_t)i * SET_SIZE + k] = (uint64_t)k << 58 | random_bits() >> 6;
        ck_assert_int_eq(NEARDUP_OK, nd_entries_add(entries, i, keys, bands));
    }
    ck_assert_int_eq(NEARDUP_OK, nd_buckets_group(entries, c->several, (uint32_t)count, 2, &c->buckets, &error));
    free(entries);
}

/* The set of an item of a crowd. */
static neardup_status get_set(void *context, unsigned worker, nd_role role, uint32_t item, nd_set *set_out) {
    (void)worker, (void)role;
    const crowd *c = context;
    *set_out = (nd_set){c->hashes + (size_t)item * SET_SIZE, SET_SIZE};
    return NEARDUP_OK;
}

static void release_crowd(crowd *c) {
    free(c->several);
    free(c->members);
    free(c->digests);
    free(c->hashes);
    nd_buckets_release(&c->buckets);
}

static double match_crowd(size_t count, unsigned bands, bool pairs) {
    crowd c;
    gather_crowd(&c, count, bands);
    nd_match match = {.buckets = &c.buckets,
                      .digests = c.digests,
                      .members = c.members,
                      .member_count = count,
                      .threshold = .7,
                      .pairs = pairs,
                      .pairs_from = .5,
                      .agree = nd_agree_portable,
                      .threads = 2,
                      .wave = 1000,
                      .context = &c,
                      .set = get_set};
    nd_outcome outcome;
    double begin = now();
    ck_assert_int_eq(NEARDUP_OK, nd_match_run(&match, &outcome));
    double seconds = now() - begin;
    uint64_t most = pairs ? ND_VERIFIED_A_DOCUMENT + ND_LISTED_A_DOCUMENT : ND_VERIFIED_A_DOCUMENT;
    ck_assert_uint_eq(outcome.pair_count, 0);
    ck_assert_uint_le(outcome.verified, most * count);
    ck_assert_uint_ge(outcome.verified, (most - 64) * count / 8);
    size_t bounded = 0;
    for (size_t m = 0; m < count; m++) bounded += outcome.verdicts[m].bounded;
    ck_assert_uint_eq(bounded, count - ND_KEPT_A_BUCKET - 1); /* those behind the 65th */
    for (size_t m = 0; m < count; m++) EXPECT(outcome.verdicts[m].dup_of == ND_NO_MEMBER, "member %zu", m);
    printf("crowd: %zu classes in %u buckets%s %.3f s, %llu verified, %llu bounded\n", count, bands,
           pairs ? ", pairs" : "", seconds, (unsigned long long)outcome.verified, (unsigned long long)bounded);
    nd_outcome_release(&outcome);
    release_crowd(&c);
    return seconds;
}

START_TEST(buckets_that_hold_everything) {
    static const unsigned bands[] = {42, 1};
    bool pairs = _i == 1;
    size_t few = pairs ? FEW / 5 : FEW;
    random_start("crowd");
    double small = match_crowd(few, bands[_i], pairs), large = match_crowd(4 * few, bands[_i], pairs);
    EXPECT(large < 8 * small + noise, "%g s after %g s", large, small);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("linear");
    tcase_add_test(tests, documents_with_one_footer);
    tcase_add_test(tests, one_document_that_repeats_itself);
    tcase_add_loop_test(tests, identical_documents, NEARDUP_STAR, NEARDUP_COMPONENT + 1);
    tcase_add_test(tests, identical_documents_with_pairs);
    tcase_add_test(tests, unlike_documents_that_share_bands);
    tcase_add_test(tests, unlike_documents_are_no_component);
    tcase_add_test(tests, documents_that_are_all_alike);
    tcase_add_loop_test(tests, buckets_that_hold_everything, 0, 2);
    return run_tests(tests);
}
