/* SPDX-License-Identifier: MIT */
/* References: always kept, never counted, and nothing stays that resembles one. */
#include <stdlib.h>

#include "random.h"
#include "suite.h"
#include "support/corpus.h"
#include "support/naive.h"

/* One row: nearly every pair is found, so that what is missed is a mistake. */
static neardup_options sure_options(void) {
    neardup_options options;
    neardup_options_init(&options);
    options.threshold = 0.5;
    options.bands = 128;
    options.rows = 2;
    options.threads = 1 + random_below(3);
    return options;
}

static neardup_result *match(const neardup_options *options, const corpus *c, uint64_t references,
                             const uint64_t *order) {
    neardup_engine *engine;
    neardup_result *result;
    ck_assert_int_eq(neardup_engine_create(options, &engine, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_add_texts(engine, c->texts, c->count, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_refer(engine, references, NULL), NEARDUP_OK);
    if (order) ck_assert_int_eq(neardup_engine_prefer(engine, order, c->count, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_match(engine, &result, NULL), NEARDUP_OK);
    neardup_engine_free(engine);
    return result;
}

/* What each document must be, by all similarities: a reference kept; any other dropped for the most similar of those
 * that are kept before it. */
static void check(const neardup_result *result, const naive *n, uint64_t references, const uint64_t *order) {
    neardup_totals totals;
    neardup_result_totals(result, &totals);
    ck_assert_uint_eq(totals.references, references);
    ck_assert_uint_eq(totals.documents, n->count - references);
    bool *kept = calloc(n->count, sizeof *kept);
    uint64_t dropped = 0;
    for (size_t rank = 0; rank < n->count; rank++) {
        uint64_t number = order ? order[rank] : rank;
        double best = 0;
        for (uint64_t other = 0; other < n->count; other++)
            if (kept[other] && n->jaccard[number * n->count + other] > best)
                best = n->jaccard[number * n->count + other];
        neardup_decision decision;
        ck_assert_int_eq(neardup_result_decision(result, number, &decision), NEARDUP_OK);
        bool goes = number >= references && best >= n->options.threshold;
        EXPECT(decision.dropped == goes, "document %d of %d", (int)number, (int)n->count);
        EXPECT(!goes || (kept[decision.dup_of] && n->jaccard[number * n->count + decision.dup_of] == best), "%d",
               (int)number);
        kept[number] = !goes;
        dropped += goes;
    }
    ck_assert_uint_eq(totals.dropped, dropped);
    ck_assert_uint_eq(totals.kept, totals.documents - dropped);
    free(kept);
}

START_TEST(references_are_kept_and_what_resembles_them_goes) {
    random_start("references_are_kept_and_what_resembles_them_goes");
    for (int i = 0; i < (SANITIZED ? 10 : 60); i++) {
        corpus c = corpus_create(
            &(corpus_plan){.documents = 1 + random_below(60), .words = 30, .edits = 6, .seed = random_bits()});
        uint64_t references = random_below((uint32_t)c.count + 1), *order = NULL;
        if (random_below(2)) {
            order = malloc(c.count * sizeof *order);
            for (uint64_t k = 0; k < c.count; k++) order[k] = k < references ? k : c.count - 1 - (k - references);
        }
        neardup_options options = sure_options();
        naive *n = naive_create(&options, c.texts, c.count, NULL);
        neardup_result *result = match(&options, &c, references, order);
        check(result, n, references, order);
        neardup_result_free(result);
        naive_free(n);
        free(order);
        corpus_free(&c);
    }
}
END_TEST

START_TEST(wrong_uses_are_refused) {
    neardup_options options;
    neardup_options_init(&options);
    neardup_engine *engine;
    neardup_result *result;
    const uint64_t order[] = {1, 0};
    ck_assert_int_eq(neardup_engine_create(&options, &engine, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_add(engine, "a", 1, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_add(engine, "b", 1, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_refer(engine, 3, NULL), NEARDUP_ERROR_ARGUMENT);
    ck_assert_int_eq(neardup_engine_refer(engine, 1, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_add(engine, "c", 1, NULL), NEARDUP_ERROR_ARGUMENT);
    ck_assert_int_eq(neardup_engine_prefer(engine, order, 2, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_match(engine, &result, NULL), NEARDUP_ERROR_ARGUMENT);
    neardup_engine_free(engine);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("reference");
    tcase_add_test(tests, references_are_kept_and_what_resembles_them_goes);
    tcase_add_test(tests, wrong_uses_are_refused);
    return run_tests(tests);
}
