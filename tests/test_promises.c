/* SPDX-License-Identifier: MIT */
/*
 * What neardup promises, one test a promise: exact, safe removal, recall, same answer, nothing lost, bounded,
 * explained. Other tests hold each of them harder and in more places; this is where to read what they mean.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match/cluster.h"
#include "random.h"
#include "suite.h"
#include "support/corpus.h"
#include "support/naive.h"

static neardup_result *find(const neardup_options *options, const neardup_text *texts, size_t count) {
    neardup_error error = {0};
    neardup_engine *engine;
    neardup_result *result;
    ck_assert_int_eq(neardup_engine_create(options, &engine, &error), NEARDUP_OK);
    ck_assert_msg(neardup_engine_add_texts(engine, texts, count, &error) == NEARDUP_OK, "%s", error.text);
    ck_assert_msg(neardup_engine_match(engine, &result, &error) == NEARDUP_OK, "%s", error.text);
    neardup_engine_free(engine);
    return result;
}

static neardup_decision decision_of(const neardup_result *result, uint64_t document) {
    neardup_decision decision;
    EXPECT(neardup_result_decision(result, document, &decision) == NEARDUP_OK, "document %d", (int)document);
    return decision;
}

/* A random corpus, the default options but for pairs, the result, and what a naive program makes of it. */
typedef struct scene {
    neardup_options options;
    corpus corpus;
    neardup_result *result;
    naive *naive;
} scene;

static scene set_scene(const char *test) {
    random_start(test);
    scene s;
    neardup_options_init(&s.options);
    s.options.pairs = true;
    s.corpus = corpus_create(
        &(corpus_plan){.documents = 400, .words = 200, .edits = 12, .forms = true, .seed = random_bits()});
    s.result = find(&s.options, s.corpus.texts, s.corpus.count);
    s.naive = naive_create(&s.options, s.corpus.texts, s.corpus.count, NULL);
    return s;
}

static void strike_scene(scene *s) {
    naive_free(s->naive);
    neardup_result_free(s->result);
    corpus_free(&s->corpus);
}

START_TEST(exact) {
    scene s = set_scene("exact");
    neardup_totals totals;
    neardup_result_totals(s.result, &totals);
    ck_assert_uint_gt(totals.pairs, 0);
    for (uint64_t i = 0; i < totals.pairs; i++) {
        neardup_pair pair;
        neardup_result_pair(s.result, i, &pair);
        EXPECT(pair.jaccard == s.naive->jaccard[pair.a * s.corpus.count + pair.b], "pair %d", (int)i);
    }
    for (uint64_t d = 0; d < totals.documents; d++) {
        neardup_decision decision = decision_of(s.result, d);
        if (!decision.dropped) continue;
        EXPECT(decision.jaccard == s.naive->jaccard[d * s.corpus.count + decision.dup_of], "document %d", (int)d);
    }
    strike_scene(&s);
}
END_TEST

START_TEST(safe_removal) {
    scene s = set_scene("safe_removal");
    size_t dropped = 0;
    for (uint64_t d = 0; d < s.corpus.count; d++) {
        neardup_decision decision = decision_of(s.result, d);
        if (!decision.dropped) continue;
        dropped++;
        EXPECT(!decision_of(s.result, decision.dup_of).dropped, "document %d goes for one that goes itself", (int)d);
        EXPECT(s.naive->jaccard[d * s.corpus.count + decision.dup_of] >= s.options.threshold, "document %d", (int)d);
    }
    ck_assert_uint_gt(dropped, 0);
    strike_scene(&s);
}
END_TEST

/* Pairs whose similarity is the threshold to the bit: 140 words shared of 170 each, as sets of words. */
START_TEST(recall) {
    enum { PAIRS = SANITIZED ? 500 : 3000, OWN = 30, SHARED = 140 };
    neardup_options options;
    neardup_plan plan;
    neardup_options_init(&options);
    options.shingle_length = 1;
    ck_assert_int_eq(neardup_options_plan(&options, &plan, NULL), NEARDUP_OK);
    ck_assert_double_ge(plan.expected_recall, options.recall);
    random_start("recall");
    options.seed = random_bits();
    neardup_text *texts = calloc(2 * PAIRS, sizeof *texts);
    for (int i = 0; i < 2 * PAIRS; i++) {
        char *text = malloc((OWN + SHARED) * 16);
        size_t size = 0;
        for (int w = 0; w < SHARED; w++) size += (size_t)sprintf(text + size, "p%dw%d ", i / 2, w);
        for (int w = 0; w < OWN; w++) size += (size_t)sprintf(text + size, "d%dw%d ", i, w);
        texts[i] = (neardup_text){.data = text, .size = size};
    }
    neardup_result *result = find(&options, texts, 2 * PAIRS);
    int found = 0;
    for (int i = 0; i < PAIRS; i++) {
        neardup_decision decision = decision_of(result, 2 * (uint64_t)i + 1);
        found += decision.dropped;
        if (decision.dropped) EXPECT(decision.jaccard == options.threshold, "%.17g", decision.jaccard);
    }
    double share = (double)found / PAIRS;
    double error = sqrt(plan.expected_recall * (1 - plan.expected_recall) / PAIRS);
    printf("recall: %.4f found, %.4f expected, standard error %.4f\n", share, plan.expected_recall, error);
    ck_assert_double_ge(share, plan.expected_recall - 5 * error);
    for (int i = 0; i < 2 * PAIRS; i++) free((void *)(uintptr_t)texts[i].data);
    free(texts);
    neardup_result_free(result);
}
END_TEST

START_TEST(same_answer) {
    scene s = set_scene("same_answer");
    static const unsigned threads[] = {1, 2, 7};
    static const char *const kernels[] = {"portable", NULL};
    neardup_totals expected, totals;
    neardup_result_totals(s.result, &expected);
    for (int i = 0; i < 6; i++) {
        s.options.threads = threads[i / 2];
        s.options.kernels = kernels[i % 2];
        neardup_result *result = find(&s.options, s.corpus.texts, s.corpus.count);
        neardup_result_totals(result, &totals);
        ck_assert_mem_eq(&totals, &expected, sizeof totals);
        for (uint64_t d = 0; d < s.corpus.count; d++) {
            neardup_decision a = decision_of(s.result, d), b = decision_of(result, d);
            EXPECT(a.dropped == b.dropped && a.dup_of == b.dup_of && a.cluster == b.cluster && a.jaccard == b.jaccard &&
                       a.containment == b.containment && a.same_bytes == b.same_bytes,
                   "document %d on %u threads", (int)d, s.options.threads);
        }
        neardup_result_free(result);
    }
    strike_scene(&s);
}
END_TEST

START_TEST(nothing_lost) {
    scene s = set_scene("nothing_lost");
    neardup_totals totals;
    neardup_result_totals(s.result, &totals);
    ck_assert_uint_eq(totals.documents, s.corpus.count);
    ck_assert_uint_eq(totals.kept + totals.dropped, totals.documents);
    size_t kept = 0;
    for (uint64_t d = 0; d < totals.documents; d++) {
        neardup_document document;
        neardup_result_document(s.result, d, &document);
        neardup_decision decision = decision_of(s.result, d);
        kept += !decision.dropped;
        if (document.condition != NEARDUP_COMPARED) EXPECT(!decision.dropped, "document %d was not compared", (int)d);
    }
    ck_assert_uint_eq(kept, totals.kept);
    strike_scene(&s);
}
END_TEST

/* Documents that share every bucket and are alike only to a fifth: what is done for one has a bound, and biting counts.
 */
START_TEST(bounded) {
    enum { DOCUMENTS = SANITIZED ? 2000 : 20000, SHARED = 60, OWN = 120 };
    neardup_options options;
    neardup_options_init(&options);
    options.shingle_length = 1;
    options.bands = 256; /* so that one shared value makes two documents meet */
    options.rows = 1;
    neardup_text *texts = calloc(DOCUMENTS, sizeof *texts);
    for (int i = 0; i < DOCUMENTS; i++) {
        char *text = malloc((OWN + SHARED) * 16);
        size_t size = 0;
        for (int w = 0; w < SHARED; w++) size += (size_t)sprintf(text + size, "s%d ", w);
        for (int w = 0; w < OWN; w++) size += (size_t)sprintf(text + size, "d%dw%d ", i, w);
        texts[i] = (neardup_text){.data = text, .size = size};
    }
    neardup_result *result = find(&options, texts, DOCUMENTS);
    neardup_totals totals;
    neardup_result_totals(result, &totals);
    ck_assert_uint_eq(totals.dropped, 0);
    ck_assert_uint_le(totals.verified_pairs, (uint64_t)ND_VERIFIED_A_DOCUMENT * DOCUMENTS);
    ck_assert_uint_le(totals.candidate_pairs, (uint64_t)ND_KEPT_A_BUCKET * 256 * DOCUMENTS);
    ck_assert_uint_gt(totals.bounded, DOCUMENTS / 2);
    for (int i = 0; i < DOCUMENTS; i++) free((void *)(uintptr_t)texts[i].data);
    free(texts);
    neardup_result_free(result);
}
END_TEST

START_TEST(explained) {
    scene s = set_scene("explained");
    for (uint64_t d = 0; d < s.corpus.count; d++) {
        neardup_decision decision = decision_of(s.result, d);
        if (!decision.dropped) continue;
        neardup_cluster cluster;
        EXPECT(neardup_result_cluster(s.result, decision.cluster, &cluster) == NEARDUP_OK, "document %d", (int)d);
        EXPECT(cluster.keep == decision.dup_of && cluster.members[0] == cluster.keep, "document %d", (int)d);
        bool listed = false;
        for (size_t m = 1; m < cluster.size; m++) listed |= cluster.members[m] == d;
        EXPECT(listed, "document %d is not in its cluster", (int)d);
        neardup_similarity why; /* anybody can ask again, and gets the same answer */
        neardup_compare(&s.options, &s.corpus.texts[d], &s.corpus.texts[decision.dup_of], &why, NULL);
        EXPECT(why.jaccard == decision.jaccard && why.containment_a == decision.containment &&
                   why.identical == decision.identical && why.same_bytes == decision.same_bytes,
               "document %d", (int)d);
    }
    strike_scene(&s);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("promises");
    tcase_add_test(tests, exact);
    tcase_add_test(tests, safe_removal);
    tcase_add_test(tests, recall);
    tcase_add_test(tests, same_answer);
    tcase_add_test(tests, nothing_lost);
    tcase_add_test(tests, bounded);
    tcase_add_test(tests, explained);
    return run_tests(tests);
}
