/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out: every allocation of the library fails once, in every way an engine is used. The program is
 * linked so that allocation goes through the functions below (--wrap).
 */
#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "neardup.h"
#include "random.h"
#include "suite.h"
#include "support/scarcity.h"

/* ---- what is run while memory runs out ---- */

/* Identical, near, unlike, empty and short documents; folds that need normalisation; a long one. */
static const char *const words[] = {
    "one two three four five six seven eight nine ten eleven twelve",
    "One, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve.",
    "one two three four five six seven eight nine ten eleven thirteen",
    "",
    "quite another text with hardly a word in common",
    ("cafe\xCC\x81 \xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB \xEF\xBD\xB6\xEF\xBE\x9E \xE4\xB8\xAD\xE6\x96\x87 stra\xC3\x9F"
     "e und so weiter"),
    "caf\xC3\xA9 \xED\x95\x9C \xE3\x82\xAC \xE4\xB8\xAD\xE6\x96\x87 strasse und so weiter",
    "\xFF\xFE\xFF",
    "short",
    "one two three four five six seven eight nine ten eleven twelve",
};
enum { DOCUMENTS = sizeof words / sizeof *words };

static neardup_text texts[DOCUMENTS];
static char joined[8192];
static uint64_t offsets[DOCUMENTS + 1];
static neardup_options options;
static neardup_error error;

/* A source that needs no memory: two blocks. */
static size_t next_block, in_slot[64];

static neardup_status begin(void *context, unsigned slots, neardup_error *e) {
    (void)context, (void)slots, (void)e;
    next_block = 0;
    return NEARDUP_OK;
}

static neardup_status read_block(void *context, unsigned slot, neardup_error *e) {
    (void)context, (void)e;
    in_slot[slot] = next_block;
    return next_block++ < 2 ? NEARDUP_OK : NEARDUP_END;
}

static neardup_status split(void *context, unsigned slot, const neardup_text **texts_out, size_t *count_out,
                            neardup_error *e) {
    (void)context, (void)e;
    *texts_out = texts + in_slot[slot] * DOCUMENTS / 2;
    *count_out = DOCUMENTS / 2;
    return NEARDUP_OK;
}

static neardup_status commit(void *context, unsigned slot, uint64_t first, neardup_error *e) {
    (void)context, (void)slot, (void)first, (void)e;
    return NEARDUP_OK;
}

static const neardup_source from = {.begin = begin, .read = read_block, .split = split, .commit = commit};

static void set_up(void) {
    neardup_options_init(&options);
    options.threads = 1;
    options.threshold = .6;
    options.min_tokens = 2;
    options.pairs = true;
    for (int i = 0; i < DOCUMENTS; i++) {
        size_t size = strlen(words[i]);
        texts[i] = (neardup_text){.data = words[i], .size = size};
        memcpy(joined + offsets[i], words[i], size);
        offsets[i + 1] = offsets[i] + size;
    }
}

static void check_result(neardup_result *result) {
    neardup_totals totals;
    neardup_result_totals(result, &totals);
    EXPECT(totals.documents == DOCUMENTS && totals.dropped == 4 && totals.clusters == 2 && totals.pairs == 7,
           "%llu dropped, %llu pairs", (unsigned long long)totals.dropped, (unsigned long long)totals.pairs);
    neardup_result_free(result);
}

/* Fills an engine in one of three ways and matches. What fails must have left its output alone. */
static neardup_status run_engine(int way) {
    static const uint64_t order[DOCUMENTS] = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
    neardup_engine *engine = NULL;
    neardup_result *result = NULL;
    neardup_status status = neardup_engine_create(&options, &engine, &error);
    if (status) {
        EXPECT(!engine, "an engine in spite of a failure");
        return status;
    }
    if (way == 0) status = neardup_engine_read(engine, &from, &error);
    if (way == 1) status = neardup_engine_add_batch(engine, joined, offsets, DOCUMENTS, &error);
    for (int i = 0; way == 2 && i < DOCUMENTS && !status; i++)
        status = neardup_engine_add(engine, words[i], texts[i].size, &error);
    if (!status) status = neardup_engine_prefer(engine, order, DOCUMENTS, &error);
    if (!status) status = neardup_engine_match(engine, &result, &error);
    EXPECT((status == NEARDUP_OK) == (result != NULL), "status %d", (int)status);
    neardup_engine_free(engine);
    if (result) check_result(result);
    return status;
}

static neardup_status run_compare(int way) {
    neardup_similarity similarity = {.tokens_a = 77};
    neardup_text literal = {.data = "one two\\nthree \\u00e9", .size = 20, .form = NEARDUP_JSON};
    const neardup_text *a = way ? &literal : &texts[5], *b = way ? &literal : &texts[6];
    neardup_status status = neardup_compare(&options, a, b, &similarity, &error);
    EXPECT((similarity.tokens_a == 77) == (status != NEARDUP_OK), "status %d", (int)status);
    EXPECT(status || similarity.identical, "not identical");
    return status;
}

static neardup_status run_sketches(int way) {
    static uint32_t signatures[DOCUMENTS * NEARDUP_SIGNATURE_VALUES];
    static uint64_t keys[DOCUMENTS * 256], tokens[DOCUMENTS];
    (void)way;
    return neardup_sketch_batch(&options,
                                &(neardup_sketch_job){.data = joined,
                                                      .offsets = offsets,
                                                      .count = DOCUMENTS,
                                                      .signatures = signatures,
                                                      .band_keys = keys,
                                                      .tokens = tokens},
                                &error);
}

/* Documents that share a passage and repeat themselves, so that memory can run out wherever passages are made. */
static neardup_status run_passages(int way) {
    static char stories[4][2048];
    static neardup_text given[4];
    for (int i = 0; i < 4 && !given[i].data; i++) {
        size_t size = 0;
        for (int k = 0; k < 90; k++) {
            int word = k < 25 ? k : k < 45 || i < 2 ? 100 * i + k : k >= 65 ? 100 * i + k - 40 : 1000 * i + k;
            size += (size_t)snprintf(stories[i] + size, sizeof stories[i] - size, "w%d ", word);
        }
        given[i] = (neardup_text){.data = stories[i], .size = size};
    }
    neardup_options wanted = options;
    neardup_engine *engine = NULL;
    neardup_result *result = NULL;
    wanted.passages = true;
    wanted.threads = way ? 2 : 1;
    neardup_status status = neardup_engine_create(&wanted, &engine, &error);
    if (!status) status = neardup_engine_add_texts(engine, given, 4, &error);
    if (!status) status = neardup_engine_sources(engine, (uint32_t[]){0, 1, 0, 1}, 4, &error);
    if (!status) status = neardup_engine_match(engine, &result, &error);
    EXPECT((status == NEARDUP_OK) == (result != NULL), "status %d", (int)status);
    neardup_engine_free(engine);
    neardup_totals totals;
    if (result) neardup_result_totals(result, &totals);
    EXPECT(!result || (totals.passages == 3 && totals.overlaps == 6), "%llu passages, %llu overlaps",
           (unsigned long long)totals.passages, (unsigned long long)totals.overlaps);
    neardup_result_free(result);
    return status;
}

/* Two texts that share a passage of 25 words, and in one way another. */
static neardup_status run_align(int way) {
    static char both[2][1024];
    neardup_text two[2];
    for (int i = 0; i < 2; i++) {
        size_t size = 0;
        for (int k = 0; k < 90; k++) {
            bool shared = k < 25 || (way && k >= 60);
            size += (size_t)snprintf(both[i] + size, sizeof both[i] - size, "w%d ", shared ? k : 100 * (i + 1) + k);
        }
        two[i] = (neardup_text){.data = both[i], .size = size};
    }
    neardup_alignment *alignment = NULL;
    neardup_shared shared;
    neardup_status status = neardup_align(&options, &two[0], &two[1], &alignment, &error);
    EXPECT((alignment != NULL) == (status == NEARDUP_OK), "status %d", (int)status);
    EXPECT(status || neardup_alignment_passage(alignment, (size_t)way, &shared) == NEARDUP_OK, "passage %d", way);
    EXPECT(status || neardup_alignment_passage(alignment, (size_t)way + 1, &shared) == NEARDUP_END, "another");
    neardup_alignment_free(alignment);
    return status;
}

/* ---- the runs ---- */

typedef neardup_status activity(int way);

/* Runs it with the n-th allocation failing; returns whether one failed. */
static bool run_failing(activity *run, int way, long n, bool all_after) {
    long before = atomic_load(&allocated);
    error = (neardup_error){0};
    atomic_store(&left, n);
    atomic_store(&for_good, all_after);
    atomic_store(&armed, true);
    neardup_status status = run(way);
    atomic_store(&armed, false);
    bool failed = atomic_load(&left) < 0;
    if (status) {
        EXPECT(failed && status == NEARDUP_ERROR_MEMORY, "%d at allocation %ld", (int)status, n);
        EXPECT(error.status == status && strcmp(error.text, "out of memory") == 0, "%s at allocation %ld", error.text,
               n);
    } else if (failed && options.threads == 1) {
        ck_abort_msg("allocation %ld failed unnoticed", n);
    }
    EXPECT(atomic_load(&allocated) == before, "%ld pieces leak after allocation %ld", atomic_load(&allocated) - before,
           n);
    return failed;
}

/* Every allocation fails once, alone and with all that follow. */
static long run_all(activity *run, int way, long step) {
    long n = 0;
    while (run_failing(run, way, n, false)) n += step;
    for (long k = 0; k < n; k += step) ck_assert(run_failing(run, way, k, true));
    return n;
}

START_TEST(engines_survive) {
    for (int clustering = 0; clustering < 2; clustering++)
        for (int unit = 0; unit < 2; unit++) {
            options.clustering = (neardup_clustering)clustering;
            options.shingle_unit = (neardup_unit)unit;
            options.shingle_length = unit ? 9 : 2;
            long allocations = run_all(run_engine, _i, 1);
            ck_assert_int_gt(allocations, 100);
        }
}
END_TEST

/* Where there is no memory to start a thread, the rest do its work: that is no failure. */
START_TEST(engines_with_threads_survive) {
    options.shingle_length = 2;
    options.threads = 2;
    for (long n = 0; n < 900; n += SANITIZED ? 23 : 5) run_failing(run_engine, _i, n, n % 2);
}
END_TEST

START_TEST(passages_survive) {
    ck_assert_int_gt(run_all(run_passages, 0, SANITIZED ? 7 : 1), 100);
    options.threads = 2;
    for (long n = 0; n < 900; n += SANITIZED ? 23 : 5) run_failing(run_passages, 1, n, n % 2);
}
END_TEST

START_TEST(comparisons_and_sketches_survive) {
    for (int unit = 0; unit < 2; unit++) {
        options.shingle_unit = (neardup_unit)unit;
        ck_assert_int_gt(run_all(run_compare, 0, 1), 8);
        ck_assert_int_gt(run_all(run_compare, 1, 1), 8);
        ck_assert_int_gt(run_all(run_align, 0, 1), 20);
        ck_assert_int_gt(run_all(run_align, 1, 1), 20);
        ck_assert_int_gt(run_all(run_sketches, 0, 1), 4);
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("faults");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_loop_test(tests, engines_survive, 0, 3);
    tcase_add_loop_test(tests, engines_with_threads_survive, 0, 3);
    tcase_add_test(tests, passages_survive);
    tcase_add_test(tests, comparisons_and_sketches_survive);
    return run_tests(tests);
}
