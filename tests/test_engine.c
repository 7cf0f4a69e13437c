/* SPDX-License-Identifier: MIT */
/*
 * The engine against the naive one on random small corpora. Bands of one row make every pair that shares a value a
 * candidate, so that all is found and every decision must be the naive one's, ties included.
 */
#include <check.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "suite.h"
#include "support/corpus.h"
#include "support/naive.h"
#include "support/source.h"

/* Ways to give documents to an engine. */
typedef enum feed { ONE_BY_ONE, ONE_BATCH, SOME_BATCHES, FROM_SOURCE, FEEDS } feed;

static neardup_error error;

#define SUCCEED(call) EXPECT((call) == NEARDUP_OK, "%s", error.text)

static void feed_engine(neardup_engine *engine, const corpus *c, feed how, source *s) {
    corpus_batch batch = corpus_join(c);
    if (how == ONE_BY_ONE)
        for (size_t i = 0; i < c->count; i++)
            SUCCEED(neardup_engine_add(engine, c->texts[i].data, c->texts[i].size, &error));
    if (how == ONE_BATCH) SUCCEED(neardup_engine_add_batch(engine, batch.data, batch.offsets, c->count, &error));
    for (size_t i = 0, n; how == SOME_BATCHES && i < c->count; i += n) {
        n = random_below((uint32_t)(c->count - i + 1));
        SUCCEED(neardup_engine_add_batch(engine, batch.data, batch.offsets + i, n, &error));
    }
    corpus_batch_free(&batch); /* what was added is the engine's own copy */
    if (how != FROM_SOURCE) return;
    source_init(s, c->texts, c->count, 1 + random_below(10));
    neardup_source interface = source_interface(s);
    SUCCEED(neardup_engine_read(engine, &interface, &error));
}

/* The result of an engine that is gone. */
static neardup_result *run_engine(const neardup_options *options, const corpus *c, const uint64_t *order, feed how) {
    static source s;
    neardup_engine *engine;
    neardup_result *result = NULL;
    SUCCEED(neardup_engine_create(options, &engine, &error));
    feed_engine(engine, c, how, &s);
    EXPECT(neardup_engine_documents(engine) == c->count, "%zu documents", c->count);
    if (order) SUCCEED(neardup_engine_prefer(engine, order, c->count, &error));
    SUCCEED(neardup_engine_match(engine, &result, &error));
    neardup_engine_free(engine);
    if (how == FROM_SOURCE) EXPECT(!atomic_load(&s.misused), "the engine broke the contract of its source");
    return result;
}

/* ---- random options and corpora ---- */

static neardup_options random_options(void) {
    static const double thresholds[] = {.7, .7, .5, 1, .9, .2, 2.0 / 3, 1.0 / 3};
    neardup_options o;
    neardup_options_init(&o);
    o.threshold = thresholds[random_below(8)];
    o.bands = 256;
    o.rows = 1;
    o.seed = random_below(3) ? random_bits() : 0;
    o.shingle_unit = random_below(4) ? NEARDUP_WORD : NEARDUP_CHAR;
    o.shingle_length = random_below(2) ? 5 : 1 + random_below(12);
    o.min_tokens = random_below(4) ? 1 : random_below(20);
    o.pairs = random_below(2);
    o.pairs_once = random_below(2);
    o.pairs_from = random_below(2) ? 0 : o.threshold * (.5 + .5 * random_unit());
    o.threads = 1 + random_below(3);
    o.memory = random_below(2) * ((uint64_t)2 << 20); /* little enough that whatever can be spilled is */
    return o;
}

static corpus random_corpus(bool forms) {
    corpus_plan plan = {.documents = random_below(random_below(4) ? 60 : 8),
                        .words = 3 + random_below(random_below(3) ? 40 : 300),
                        .edits = 1 + random_below(12),
                        .forms = forms,
                        .seed = random_bits()};
    return corpus_create(&plan);
}

static void shuffle(uint64_t *order, size_t count) {
    for (size_t i = 0; i < count; i++) order[i] = i;
    for (size_t i = count; i > 1; i--) {
        size_t k = random_below((uint32_t)i);
        uint64_t document = order[i - 1];
        order[i - 1] = order[k];
        order[k] = document;
    }
}

enum { ROUNDS = SANITIZED ? 40 : 250, MOST_DOCUMENTS = 64 };

static void decide_as_the_naive_engine(neardup_clustering clustering) {
    for (int round = 0; round < ROUNDS; round++) {
        feed how = (feed)(round % FEEDS);
        corpus c = random_corpus(how == FROM_SOURCE);
        neardup_options options = random_options();
        options.clustering = clustering;
        uint64_t order[MOST_DOCUMENTS];
        shuffle(order, c.count);
        const uint64_t *preferred = random_below(2) ? order : NULL;
        naive *n = naive_create(&options, c.texts, c.count, preferred);
        neardup_result *result = run_engine(&options, &c, preferred, how);
        naive_check(n, result);
        neardup_result_free(result);
        naive_free(n);
        corpus_free(&c);
    }
}

START_TEST(stars_are_the_naive_ones) {
    random_start("stars");
    decide_as_the_naive_engine(NEARDUP_STAR);
}
END_TEST

START_TEST(components_are_the_naive_ones) {
    random_start("components");
    decide_as_the_naive_engine(NEARDUP_COMPONENT);
}
END_TEST

/* However documents come in and however many threads work on them, the result is that of the naive engine: here all
 * ways for the same corpus. */
START_TEST(neither_feed_nor_threads_change_the_answer) {
    static const unsigned threads[] = {1, 2, 7, 60};
    random_start("same_answer");
    for (int round = 0; round < (SANITIZED ? 3 : 12); round++) {
        corpus c = random_corpus(false);
        neardup_options options = random_options();
        options.clustering = (neardup_clustering)(round % 2);
        naive *n = naive_create(&options, c.texts, c.count, NULL);
        for (int how = 0; how < FEEDS; how++)
            for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
                options.threads = threads[t];
                neardup_result *result = run_engine(&options, &c, NULL, (feed)how);
                naive_check(n, result);
                neardup_result_free(result);
            }
        naive_free(n);
        corpus_free(&c);
    }
}
END_TEST

static bool same_decisions(const neardup_result *a, const neardup_result *b, size_t count) {
    neardup_totals totals_a, totals_b;
    neardup_result_totals(a, &totals_a);
    neardup_result_totals(b, &totals_b);
    bool same = memcmp(&totals_a, &totals_b, sizeof totals_a) == 0;
    for (size_t i = 0; i < count && same; i++) {
        neardup_decision x, y;
        neardup_result_decision(a, i, &x);
        neardup_result_decision(b, i, &y);
        same = x.dropped == y.dropped && x.dup_of == y.dup_of && x.jaccard == y.jaccard && x.cluster == y.cluster &&
               x.same_bytes == y.same_bytes && x.containment == y.containment;
    }
    return same;
}

/* With bands that miss pairs, decisions can be others, but never unsafe. */
START_TEST(removal_is_safe_with_any_banding) {
    random_start("safe");
    for (int round = 0; round < ROUNDS; round++) {
        corpus c = random_corpus(true);
        neardup_options options = random_options();
        options.bands = 1 + random_below(20);
        options.rows = 1 + random_below(12);
        naive *n = naive_create(&options, c.texts, c.count, NULL);
        neardup_result *result = run_engine(&options, &c, NULL, FROM_SOURCE);
        for (size_t i = 0; i < c.count; i++) {
            neardup_decision d, of;
            neardup_result_decision(result, i, &d);
            if (!d.dropped) continue;
            neardup_result_decision(result, d.dup_of, &of);
            EXPECT(!of.dropped && of.cluster == d.cluster && d.dup_of < i, "document %zu", i);
            EXPECT(d.jaccard >= options.threshold && d.jaccard == n->jaccard[i * c.count + d.dup_of], "document %zu",
                   i);
            EXPECT(d.identical == naive_identical(n, i, d.dup_of), "document %zu", i);
        }
        options.threads = 7;
        neardup_result *again = run_engine(&options, &c, NULL, FROM_SOURCE);
        EXPECT(same_decisions(result, again, c.count), "round %d", round);
        neardup_result_free(again);
        neardup_result_free(result);
        naive_free(n);
        corpus_free(&c);
    }
}
END_TEST

START_TEST(engine_knows_its_documents) {
    random_start("documents");
    corpus c = random_corpus(true);
    neardup_options options = random_options();
    naive *n = naive_create(&options, c.texts, c.count, NULL);
    neardup_engine *engine;
    static source s;
    SUCCEED(neardup_engine_create(&options, &engine, &error));
    feed_engine(engine, &c, FROM_SOURCE, &s);
    neardup_document document = {.bytes = 77};
    for (size_t i = 0; i < c.count; i++) {
        ck_assert_int_eq(neardup_engine_document(engine, i, &document), NEARDUP_OK);
        ck_assert_int_eq(document.condition, n->documents[i].known.condition);
        ck_assert_uint_eq(document.bytes, n->documents[i].known.bytes);
        ck_assert_uint_eq(document.tokens, n->documents[i].known.tokens);
    }
    ck_assert_int_eq(neardup_engine_document(engine, c.count, &document), NEARDUP_ERROR_ARGUMENT);
    neardup_engine_free(engine);
    naive_free(n);
    corpus_free(&c);
}
END_TEST

/* ---- by hand ---- */

static neardup_result *decide_texts(const char *const *texts, size_t count, const neardup_options *options) {
    neardup_engine *engine;
    neardup_result *result;
    SUCCEED(neardup_engine_create(options, &engine, &error));
    for (size_t i = 0; i < count; i++) SUCCEED(neardup_engine_add(engine, texts[i], strlen(texts[i]), &error));
    SUCCEED(neardup_engine_match(engine, &result, &error));
    neardup_engine_free(engine);
    return result;
}

/* A~B~C with A and C unlike: C stays under stars, and goes with components. */
START_TEST(a_chain_is_a_component_but_no_star) {
    static const char *const texts[] = {"a b c d e f g h i j", "c d e f g h i j k l", "e f g h i j k l m n"};
    neardup_options options;
    neardup_options_init(&options);
    options.shingle_length = 1;
    options.threshold = .6; /* neighbours share 8 of 12 */
    neardup_result *star = decide_texts(texts, 3, &options);
    options.clustering = NEARDUP_COMPONENT;
    neardup_result *component = decide_texts(texts, 3, &options);
    neardup_decision d;
    neardup_result_decision(star, 1, &d);
    ck_assert(d.dropped && d.dup_of == 0 && d.jaccard == 8.0 / 12);
    neardup_result_decision(star, 2, &d);
    ck_assert(!d.dropped && d.cluster == NEARDUP_NONE);
    neardup_result_decision(component, 2, &d);
    ck_assert(d.dropped && d.dup_of == 1 && d.cluster == 0);
    neardup_result_free(star);
    neardup_result_free(component);
}
END_TEST

START_TEST(no_documents_make_an_empty_result) {
    neardup_options options;
    neardup_options_init(&options);
    for (int clustering = 0; clustering < 2; clustering++) {
        options.clustering = (neardup_clustering)clustering;
        options.pairs = true;
        neardup_result *result = decide_texts(NULL, 0, &options);
        neardup_totals totals;
        neardup_result_totals(result, &totals);
        ck_assert_uint_eq(totals.documents + totals.clusters + totals.pairs, 0);
        neardup_result_free(result);
        static const char *const empties[] = {"", " ", ".", "\n", ""};
        result = decide_texts(empties, 5, &options);
        neardup_result_totals(result, &totals);
        ck_assert_uint_eq(totals.empty, 5);
        ck_assert_uint_eq(totals.kept, 5);
        ck_assert_uint_eq(totals.pairs, 0);
        neardup_result_free(result);
    }
    neardup_engine_free(NULL);
    neardup_result_free(NULL);
}
END_TEST

/* Pairs of unlike documents and one that is just as similar to both: whichever of the two promises more by its digest,
 * the better ranked is the one it goes for. */
START_TEST(of_equals_the_better_ranked_is_named) {
    enum { CASES = 40, WORDS = 40 };
    static char unlike[2 * CASES][WORDS * 16], alike[CASES][2 * WORDS * 16];
    neardup_text texts[3 * CASES];
    random_start("equals");
    for (size_t i = 0; i < CASES; i++) {
        char *first = unlike[2 * i], *second = unlike[2 * i + 1];
        for (size_t k = 0; k < WORDS; k++) {
            sprintf(first + strlen(first), "%08x ", (unsigned)random_bits());
            sprintf(second + strlen(second), "%08x ", (unsigned)random_bits());
        }
        sprintf(alike[i], "%s%s", first, second);
    }
    for (size_t i = 0; i < 3 * CASES; i++) {
        const char *text = i < 2 * CASES ? unlike[i] : alike[i - 2 * CASES];
        texts[i] = (neardup_text){.data = text, .size = strlen(text)};
    }
    neardup_options o;
    neardup_options_init(&o);
    o.threshold = .4;
    o.bands = 256;
    o.rows = o.shingle_length = 1;
    neardup_engine *engine;
    neardup_result *result;
    SUCCEED(neardup_engine_create(&o, &engine, &error));
    SUCCEED(neardup_engine_add_texts(engine, texts, 3 * CASES, &error));
    SUCCEED(neardup_engine_match(engine, &result, &error));
    for (size_t i = 0; i < CASES; i++) {
        neardup_decision d;
        SUCCEED(neardup_result_decision(result, 2 * CASES + i, &d));
        EXPECT(d.jaccard == .5 && d.dup_of == 2 * i, "case %zu went for %llu", i, (unsigned long long)d.dup_of);
    }
    neardup_result_free(result);
    neardup_engine_free(engine);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("engine");
    tcase_add_test(tests, stars_are_the_naive_ones);
    tcase_add_test(tests, components_are_the_naive_ones);
    tcase_add_test(tests, neither_feed_nor_threads_change_the_answer);
    tcase_add_test(tests, removal_is_safe_with_any_banding);
    tcase_add_test(tests, engine_knows_its_documents);
    tcase_add_test(tests, a_chain_is_a_component_but_no_star);
    tcase_add_test(tests, of_equals_the_better_ranked_is_named);
    tcase_add_test(tests, no_documents_make_an_empty_result);
    return run_tests(tests);
}
