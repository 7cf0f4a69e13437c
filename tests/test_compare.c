/* SPDX-License-Identifier: MIT */
/* One pair, and sketches for somebody else's job: against the naive engine, and against each other. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "suite.h"
#include "support/corpus.h"
#include "support/naive.h"

static neardup_error error;

/* ---- against the naive engine ---- */

/* The tokens of a naive document, as strings in a copy of its text. */
typedef struct token_list {
    char *text, **tokens;
    size_t count;
} token_list;

static token_list list_tokens(const naive_document *d) {
    token_list list = {strdup(d->tokens), calloc(d->text_size + 1, sizeof *list.tokens), 0};
    for (char *token = strtok(list.text, " "); token; token = strtok(NULL, " ")) list.tokens[list.count++] = token;
    return list;
}

/* How many tokens of a are left when each is paired off with an equal one of b. */
static uint64_t count_leftovers(const naive_document *a, const naive_document *b) {
    token_list x = list_tokens(a), y = list_tokens(b);
    uint64_t left = 0;
    for (size_t i = 0; i < x.count; i++) {
        size_t k = 0;
        while (k < y.count && (!y.tokens[k] || strcmp(x.tokens[i], y.tokens[k]) != 0)) k++;
        if (k == y.count)
            left++;
        else
            y.tokens[k] = NULL;
    }
    free(x.text);
    free(x.tokens);
    free(y.text);
    free(y.tokens);
    return left;
}

static void check_pair(const naive *n, const neardup_similarity *s) {
    const naive_document *a = &n->documents[0], *b = &n->documents[1];
    neardup_similarity e = {.tokens_a = a->known.tokens, .tokens_b = b->known.tokens};
    if (a->known.condition == NEARDUP_COMPARED && b->known.condition == NEARDUP_COMPARED) {
        neardup_plan plan;
        neardup_options_plan(&n->options, &plan, NULL);
        e.identical = naive_identical(n, 0, 1);
        e.same_bytes = e.identical && naive_same_bytes(n, 0, 1);
        e.shingles_a = a->shingle_count;
        e.shingles_b = b->shingle_count;
        e.shingles_shared = n->shared[1];
        e.jaccard = n->jaccard[1];
        e.containment_a = (double)e.shingles_shared / (double)e.shingles_a;
        e.containment_b = (double)e.shingles_shared / (double)e.shingles_b;
        e.tokens_only_a = count_leftovers(a, b);
        e.tokens_only_b = count_leftovers(b, a);
        e.probability = neardup_recall(e.jaccard, plan.bands, plan.rows);
        EXPECT(s->estimate >= e.jaccard - .25 && s->estimate <= e.jaccard + .25, "%g of %g", s->estimate, e.jaccard);
        EXPECT(s->bands_hit <= plan.bands && (!e.identical || s->bands_hit == plan.bands), "%u bands", s->bands_hit);
        e.estimate = s->estimate; /* held against the sketches below */
        e.bands_hit = s->bands_hit;
    }
    EXPECT(e.identical == s->identical && e.same_bytes == s->same_bytes, "%d%d", s->identical, s->same_bytes);
    EXPECT(e.jaccard == s->jaccard && e.probability == s->probability && e.estimate == s->estimate, "%g", s->jaccard);
    EXPECT(e.containment_a == s->containment_a && e.containment_b == s->containment_b, "%g", s->containment_a);
    EXPECT(e.tokens_a == s->tokens_a && e.tokens_b == s->tokens_b && e.bands_hit == s->bands_hit, "tokens");
    EXPECT(e.shingles_a == s->shingles_a && e.shingles_b == s->shingles_b, "shingles");
    EXPECT(e.shingles_shared == s->shingles_shared, "%llu shared", (unsigned long long)s->shingles_shared);
    EXPECT(e.tokens_only_a == s->tokens_only_a && e.tokens_only_b == s->tokens_only_b, "%llu and %llu left",
           (unsigned long long)s->tokens_only_a, (unsigned long long)s->tokens_only_b);
}

static neardup_options random_options(void) {
    neardup_options o;
    neardup_options_init(&o);
    o.seed = random_below(2) ? random_bits() : 0;
    o.shingle_unit = random_below(3) ? NEARDUP_WORD : NEARDUP_CHAR;
    o.shingle_length = random_below(2) ? 5 : 1 + random_below(10);
    o.min_tokens = random_below(4) ? 1 : random_below(12);
    return o;
}

static corpus random_corpus(bool forms) {
    return corpus_create(&(corpus_plan){
        .documents = 12, .words = 1 + random_below(80), .edits = 8, .forms = forms, .seed = random_bits()});
}

START_TEST(a_pair_is_what_the_naive_engine_sees) {
    random_start("pair");
    for (int round = 0; round < (SANITIZED ? 10 : 100); round++) {
        corpus c = random_corpus(true);
        neardup_options options = random_options();
        for (size_t a = 0; a < c.count; a++)
            for (size_t b = 0; b < c.count; b++) {
                neardup_text both[] = {c.texts[a], c.texts[b]};
                naive *n = naive_create(&options, both, 2, NULL);
                neardup_similarity s;
                EXPECT(neardup_compare(&options, &both[0], &both[1], &s, &error) == NEARDUP_OK, "%s", error.text);
                check_pair(n, &s);
                naive_free(n);
            }
        corpus_free(&c);
    }
}
END_TEST

/* ---- by hand ---- */

static neardup_similarity compare_texts(const char *a, neardup_form form_a, const char *b, neardup_form form_b) {
    neardup_options options;
    neardup_options_init(&options);
    neardup_text x = {.data = a, .size = strlen(a), .form = form_a}, y = {.data = b, .size = strlen(b), .form = form_b};
    neardup_similarity s;
    ck_assert_int_eq(NEARDUP_OK, neardup_compare(&options, &x, &y, &s, NULL));
    return s;
}

START_TEST(bytes_are_those_the_text_stands_for) {
    neardup_similarity s;
    s = compare_texts("caf\xC3\xA9 \"au\" lait", NEARDUP_PLAIN, "caf\\u00e9 \\\"au\\\" lait", NEARDUP_JSON);
    ck_assert(s.identical && s.same_bytes);
    s = compare_texts("one two\nthree", NEARDUP_JSON, "one two\nthree", NEARDUP_PLAIN);
    ck_assert(s.identical && s.same_bytes);
    s = compare_texts("one two\\nthree", NEARDUP_JSON, "one two\\tthree", NEARDUP_JSON);
    ck_assert(s.identical && !s.same_bytes);
    s = compare_texts("One, two", NEARDUP_PLAIN, "one two", NEARDUP_PLAIN);
    ck_assert(s.identical && !s.same_bytes);
    s = compare_texts("<b>one</b> two", NEARDUP_HTML, "one two", NEARDUP_PLAIN);
    ck_assert(s.identical && !s.same_bytes);
}
END_TEST

START_TEST(same_shingles_need_not_be_identical) {
    const char *turned = "b c d e a b c d e a b c d e a b c d e"; /* the same five shingles in a circle */
    neardup_similarity s = compare_texts("a b c d e a b c d e a b c d e", NEARDUP_PLAIN, turned, NEARDUP_PLAIN);
    ck_assert_double_eq(s.jaccard, 1);
    ck_assert(!s.identical);
    ck_assert_uint_eq(s.tokens_only_a, 0);
    ck_assert_uint_eq(s.tokens_only_b, 4);
}
END_TEST

START_TEST(what_is_not_compared_is_like_nothing) {
    neardup_similarity s = compare_texts("", NEARDUP_PLAIN, "", NEARDUP_PLAIN);
    ck_assert_double_eq(s.jaccard + s.containment_a + s.containment_b + s.estimate + s.probability, 0);
    ck_assert(!s.identical && !s.same_bytes && s.bands_hit == 0 && s.shingles_a + s.tokens_a == 0);
    s = compare_texts("...", NEARDUP_PLAIN, "one two three", NEARDUP_PLAIN);
    ck_assert_double_eq(s.jaccard + s.containment_a + s.containment_b, 0);
    ck_assert_uint_eq(s.tokens_b, 3);
    ck_assert(!s.identical);
}
END_TEST

START_TEST(wrong_options_leave_the_output_alone) {
    neardup_options options;
    neardup_options_init(&options);
    options.threshold = 2;
    neardup_text text = {.data = "a", .size = 1};
    neardup_similarity s = {.tokens_a = 77};
    ck_assert_int_eq(NEARDUP_ERROR_ARGUMENT, neardup_compare(&options, &text, &text, &s, &error));
    ck_assert_uint_eq(s.tokens_a, 77);
    ck_assert_ptr_nonnull(strstr(error.text, "threshold"));
    const uint64_t offsets[] = {0, 1};
    uint64_t tokens = 77;
    ck_assert_int_eq(
        NEARDUP_ERROR_ARGUMENT,
        neardup_sketch_batch(
            &options, &(neardup_sketch_job){.data = "a", .offsets = offsets, .count = 1, .tokens = &tokens}, NULL));
    ck_assert_uint_eq(tokens, 77);
}
END_TEST

/* ---- sketches ---- */

static bool all_zero(const void *data, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (((const char *)data)[i]) return false;
    return true;
}

/* Estimate and band hits of a comparison are those of the sketches; what is not compared is all zero. */
static void check_sketches(const neardup_options *options, const corpus *c) {
    neardup_plan plan;
    neardup_options_plan(options, &plan, NULL);
    corpus_batch batch = corpus_join(c);
    uint32_t *signatures = malloc(c->count * NEARDUP_SIGNATURE_VALUES * sizeof *signatures);
    uint64_t *keys = malloc(c->count * plan.bands * sizeof *keys), *tokens = malloc(c->count * sizeof *tokens);
    neardup_condition *conditions = malloc(c->count * sizeof *conditions);
    EXPECT(neardup_sketch_batch(options,
                                &(neardup_sketch_job){.data = batch.data,
                                                      .offsets = batch.offsets,
                                                      .count = c->count,
                                                      .signatures = signatures,
                                                      .band_keys = keys,
                                                      .tokens = tokens,
                                                      .conditions = conditions},
                                &error) == NEARDUP_OK,
           "%s", error.text);
    for (size_t a = 0; a < c->count; a++)
        for (size_t b = 0; b < c->count; b++) {
            const uint32_t *x = signatures + a * NEARDUP_SIGNATURE_VALUES,
                           *y = signatures + b * NEARDUP_SIGNATURE_VALUES;
            const uint64_t *keys_x = keys + a * plan.bands, *keys_y = keys + b * plan.bands;
            neardup_similarity s;
            neardup_compare(options, &c->texts[a], &c->texts[b], &s, NULL);
            bool compared_a = conditions[a] == NEARDUP_COMPARED, compared_b = conditions[b] == NEARDUP_COMPARED;
            if (!compared_a) EXPECT(all_zero(x, sizeof *x * NEARDUP_SIGNATURE_VALUES), "document %zu", a);
            if (!compared_a) EXPECT(all_zero(keys_x, sizeof *keys_x * plan.bands), "document %zu", a);
            EXPECT(tokens[a] == s.tokens_a && conditions[a] == s.condition_a, "document %zu", a);
            if (!compared_a || !compared_b) continue;
            unsigned hits = 0;
            for (unsigned band = 0; band < plan.bands; band++) hits += keys_x[band] == keys_y[band];
            EXPECT(neardup_estimate(x, y) == s.estimate && hits == s.bands_hit, "documents %zu and %zu", a, b);
        }
    free(signatures);
    free(keys);
    free(tokens);
    free(conditions);
    corpus_batch_free(&batch);
}

START_TEST(sketches_are_those_of_comparison) {
    random_start("sketches");
    for (int round = 0; round < (SANITIZED ? 10 : 100); round++) {
        corpus c = random_corpus(false);
        neardup_options options = random_options();
        if (round % 2) options.bands = 1 + random_below(20), options.rows = 1 + random_below(12);
        check_sketches(&options, &c);
        corpus_free(&c);
    }
}
END_TEST

START_TEST(each_sketch_output_is_optional) {
    static const char text[] = "one two three four five six";
    const uint64_t offsets[] = {0, 13, 13, sizeof text - 1};
    neardup_options options;
    neardup_options_init(&options);
    uint32_t signatures[2][3 * NEARDUP_SIGNATURE_VALUES];
    uint64_t keys[2][3 * 42], tokens[2][3];
    ck_assert_int_eq(NEARDUP_OK, neardup_sketch_batch(&options,
                                                      &(neardup_sketch_job){.data = text,
                                                                            .offsets = offsets,
                                                                            .count = 3,
                                                                            .signatures = signatures[0],
                                                                            .band_keys = keys[0],
                                                                            .tokens = tokens[0]},
                                                      NULL));
    ck_assert_int_eq(
        NEARDUP_OK,
        neardup_sketch_batch(
            &options, &(neardup_sketch_job){.data = text, .offsets = offsets, .count = 3, .signatures = signatures[1]},
            NULL));
    ck_assert_int_eq(
        NEARDUP_OK,
        neardup_sketch_batch(
            &options, &(neardup_sketch_job){.data = text, .offsets = offsets, .count = 3, .band_keys = keys[1]}, NULL));
    ck_assert_int_eq(
        NEARDUP_OK,
        neardup_sketch_batch(
            &options, &(neardup_sketch_job){.data = text, .offsets = offsets, .count = 3, .tokens = tokens[1]}, NULL));
    ck_assert_int_eq(
        NEARDUP_OK,
        neardup_sketch_batch(&options, &(neardup_sketch_job){.data = NULL, .offsets = offsets, .count = 0}, NULL));
    ck_assert_mem_eq(signatures[0], signatures[1], sizeof signatures[0]);
    ck_assert_mem_eq(keys[0], keys[1], sizeof keys[0]);
    ck_assert_mem_eq(tokens[0], tokens[1], sizeof tokens[0]);
    ck_assert_uint_eq(tokens[0][0], 3);
    ck_assert_uint_eq(tokens[0][1], 0);
    ck_assert_uint_eq(tokens[0][2], 3);
}
END_TEST

START_TEST(falling_offsets_leave_sketches_alone) {
    const uint64_t falling[] = {0, 4, 2};
    neardup_options options;
    neardup_options_init(&options);
    uint32_t signatures[2 * NEARDUP_SIGNATURE_VALUES] = {0};
    uint64_t keys[2 * 42] = {0}, tokens[2] = {0};
    error = (neardup_error){0};
    ck_assert_int_eq(NEARDUP_ERROR_ARGUMENT, neardup_sketch_batch(&options,
                                                                  &(neardup_sketch_job){.data = "words",
                                                                                        .offsets = falling,
                                                                                        .count = 2,
                                                                                        .signatures = signatures,
                                                                                        .band_keys = keys,
                                                                                        .tokens = tokens},
                                                                  &error));
    ck_assert_msg(strstr(error.text, "offset 2") != NULL, "%s", error.text);
    ck_assert(all_zero(signatures, sizeof signatures) && all_zero(keys, sizeof keys) &&
              all_zero(tokens, sizeof tokens));
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("compare");
    tcase_add_test(tests, a_pair_is_what_the_naive_engine_sees);
    tcase_add_test(tests, bytes_are_those_the_text_stands_for);
    tcase_add_test(tests, same_shingles_need_not_be_identical);
    tcase_add_test(tests, what_is_not_compared_is_like_nothing);
    tcase_add_test(tests, wrong_options_leave_the_output_alone);
    tcase_add_test(tests, sketches_are_those_of_comparison);
    tcase_add_test(tests, each_sketch_output_is_optional);
    tcase_add_test(tests, falling_offsets_leave_sketches_alone);
    return run_tests(tests);
}
