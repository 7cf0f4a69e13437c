/* SPDX-License-Identifier: MIT */
/* Corner cases of deciding and reading again that random corpora are unlikely to meet. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "neardup.h"
#include "random.h"
#include "suite.h"

enum { WORDS = 1000, DECOYS = 600 };

/* A text of `shared` of the words x0 to x999, in random order, and otherwise words that no other text has. */
static size_t write_text(char *out, int shared) {
    static int unique;
    int order[WORDS];
    for (int i = 0; i < WORDS; i++) order[i] = i;
    for (int i = WORDS - 1; i > 0; i--) {
        int j = (int)random_below((uint32_t)i + 1), swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
    }
    size_t size = 0;
    for (int i = 0; i < WORDS; i++)
        size += (size_t)(i < shared ? sprintf(out + size, "x%d ", order[i]) : sprintf(out + size, "u%d ", unique++));
    return size;
}

/* Document 1 is dropped for document 0. When its copies come, so many kept documents promise more than document 0 that
 * it is no candidate any more; what was found of it must stand all the same. */
START_TEST(copies_of_a_dropped_document_are_dropped) {
    random_start("copies_of_a_dropped_document");
    static char text[20 * WORDS];
    int found = 0;
    for (int round = 0; round < 4; round++) {
        neardup_options options;
        neardup_options_init(&options);
        options.shingle_length = 1; /* so that a shared word is a shared shingle */
        neardup_engine *engine;
        neardup_result *result;
        ck_assert_int_eq(neardup_engine_create(&options, &engine, NULL), NEARDUP_OK);
        ck_assert_int_eq(neardup_engine_add(engine, text, write_text(text, 826), NULL), NEARDUP_OK);
        static char original[20 * WORDS];
        size_t size = write_text(original, WORDS);
        neardup_engine_add(engine, original, size, NULL);
        for (int i = 0; i < DECOYS; i++) neardup_engine_add(engine, text, write_text(text, 816), NULL);
        neardup_engine_add(engine, original, size, NULL);
        neardup_engine_add(engine, original, size, NULL);
        ck_assert_int_eq(neardup_engine_match(engine, &result, NULL), NEARDUP_OK);
        neardup_decision first, later;
        neardup_result_decision(result, 1, &first);
        found += first.dropped; /* one pair in two hundred that is as similar is not found */
        for (uint64_t copy = DECOYS + 2; first.dropped && copy < DECOYS + 4; copy++) {
            neardup_result_decision(result, copy, &later);
            ck_assert_msg(later.dropped && later.dup_of == 0, "copy %d in round %d with seed %llu", (int)copy, round,
                          (unsigned long long)random_seed);
        }
        neardup_result_free(result);
        neardup_engine_free(engine);
    }
    ck_assert_int_gt(found, 0);
}
END_TEST

/* A source of three texts in one block, of which the second reading gives others. */
typedef struct changing {
    const char *const *readings[2];
    int reading, reads;
    neardup_text texts[3];
    neardup_status split_status; /* what split returns, with a text that speaks for itself */
} changing;

static neardup_status begin(void *context, unsigned slots, neardup_error *error) {
    (void)slots, (void)error;
    changing *c = context;
    c->reading++;
    c->reads = 0;
    return NEARDUP_OK;
}

static neardup_status read_block(void *context, unsigned slot, neardup_error *error) {
    (void)slot, (void)error;
    return ((changing *)context)->reads++ ? NEARDUP_END : NEARDUP_OK;
}

static neardup_status split(void *context, unsigned slot, const neardup_text **texts_out, size_t *count_out,
                            neardup_error *error) {
    (void)slot;
    changing *c = context;
    for (int i = 0; i < 3; i++) {
        const char *text = c->readings[c->reading - 1][i];
        c->texts[i] = (neardup_text){.data = text, .size = strlen(text)};
    }
    *texts_out = c->texts;
    *count_out = 3;
    if (c->split_status) snprintf(error->text, sizeof error->text, "the disk is on fire");
    return c->split_status;
}

static neardup_status commit(void *context, unsigned slot, uint64_t first_document, neardup_error *error) {
    (void)context, (void)slot, (void)first_document, (void)error;
    return NEARDUP_OK;
}

static neardup_status run(changing *c, neardup_error *error) {
    neardup_source source = {.context = c, .begin = begin, .read = read_block, .split = split, .commit = commit};
    neardup_options options;
    neardup_options_init(&options);
    neardup_engine *engine;
    neardup_result *result = NULL;
    ck_assert_int_eq(neardup_engine_create(&options, &engine, NULL), NEARDUP_OK);
    neardup_status status = neardup_engine_read(engine, &source, error);
    if (!status) status = neardup_engine_match(engine, &result, error);
    neardup_result_free(result);
    neardup_engine_free(engine);
    return status;
}

static const char *const texts[] = {"alpha beta gamma delta epsilon zeta eta",
                                    "ALPHA beta gamma delta epsilon zeta eta",
                                    "a document on its own that resembles none of the others"};

START_TEST(any_text_that_changes_is_noticed) {
    static const char *const other_copy[] = {"alpha beta gamma delta epsilon zeta eta",
                                             "something else, dear to somebody",
                                             "a document on its own that resembles none of the others"};
    static const char *const other_bytes[] = {"alpha beta gamma delta epsilon zeta eta",
                                              "alpha beta gamma delta epsilon zeta eta",
                                              "a document on its own that resembles none of the others"};
    static const char *const other_loner[] = {"alpha beta gamma delta epsilon zeta eta",
                                              "ALPHA beta gamma delta epsilon zeta eta", "replaced"};
    const char *const *const seconds[] = {other_copy, other_bytes, other_loner, texts};
    changing c = {.readings = {texts, seconds[_i]}};
    neardup_error error = {0};
    ck_assert_int_eq(run(&c, &error), seconds[_i] == texts ? NEARDUP_OK : NEARDUP_ERROR_CHANGED);
}
END_TEST

START_TEST(what_a_source_says_comes_through) {
    changing c = {.readings = {texts, texts}, .split_status = NEARDUP_ERROR_SOURCE};
    neardup_error error = {0};
    ck_assert_int_eq(run(&c, &error), NEARDUP_ERROR_SOURCE);
    ck_assert_int_eq(error.status, NEARDUP_ERROR_SOURCE);
    ck_assert_str_eq(error.text, "the disk is on fire");
    c = (changing){.readings = {texts, texts}, .split_status = NEARDUP_END}; /* which split cannot say */
    ck_assert_int_eq(run(&c, &error), NEARDUP_ERROR_SOURCE);
}
END_TEST

START_TEST(a_text_of_no_form_is_refused) {
    neardup_options options;
    neardup_options_init(&options);
    neardup_text text = {.data = "words", .size = 5, .form = (neardup_form)7};
    neardup_similarity similarity;
    ck_assert_int_eq(neardup_compare(&options, &text, &text, &similarity, NULL), NEARDUP_ERROR_ARGUMENT);
    neardup_engine *engine;
    ck_assert_int_eq(neardup_engine_create(&options, &engine, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_add_texts(engine, &text, 1, NULL), NEARDUP_ERROR_ARGUMENT);
    text.form = NEARDUP_HTML;
    ck_assert_int_eq(neardup_engine_add_texts(engine, &text, 1, NULL), NEARDUP_OK);
    ck_assert_uint_eq(neardup_engine_documents(engine), 1);
    neardup_engine_free(engine);
}
END_TEST

/* Whether ill-formed bytes make a text suspect does not depend on how its other characters are escaped. */
START_TEST(suspicion_is_of_what_a_json_string_stands_for) {
    char plain[512], escaped[4096];
    size_t plain_size = 0, escaped_size = 0;
    for (int i = 0; i < 100; i++) {
        bool bad = i % 50 == 0;
        plain[plain_size++] = (char)(bad ? -1 : 'a' + i % 5);
        escaped_size += bad ? (size_t)(escaped[escaped_size] = '\xFF', 1)
                            : (size_t)sprintf(escaped + escaped_size, "\\u%04x", 'a' + i % 5);
    }
    neardup_options options;
    neardup_options_init(&options);
    neardup_text a = {.data = plain, .size = plain_size};
    neardup_text b = {.data = escaped, .size = escaped_size, .form = NEARDUP_JSON};
    neardup_similarity similarity;
    ck_assert_int_eq(neardup_compare(&options, &a, &b, &similarity, NULL), NEARDUP_OK);
    ck_assert_int_eq(similarity.condition_a, NEARDUP_SUSPECT);
    ck_assert_int_eq(similarity.condition_b, NEARDUP_SUSPECT);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("judgement");
    tcase_add_test(tests, copies_of_a_dropped_document_are_dropped);
    tcase_add_loop_test(tests, any_text_that_changes_is_noticed, 0, 4);
    tcase_add_test(tests, what_a_source_says_comes_through);
    tcase_add_test(tests, a_text_of_no_form_is_refused);
    tcase_add_test(tests, suspicion_is_of_what_a_json_string_stands_for);
    return run_tests(tests);
}
