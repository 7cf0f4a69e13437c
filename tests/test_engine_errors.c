/* SPDX-License-Identifier: MIT */
/* What an engine does when it is misused, when its source fails or changes, and when somebody wants it to stop: a
 * status and a sentence, outputs untouched, and nothing left but to free it. */
#include <check.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "suite.h"
#include "support/corpus.h"
#include "support/source.h"

static neardup_engine *engine;
static neardup_result *result;
static neardup_error error;
static neardup_options options;
static source from;

static void set_up(void) {
    neardup_options_init(&options);
    options.threads = 2;
    engine = NULL;
    result = NULL;
}

static void create(void) { ck_assert_int_eq(NEARDUP_OK, neardup_engine_create(&options, &engine, &error)); }

static void add(const char *text) {
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_add(engine, text, strlen(text), &error));
}

static void tear_down(void) {
    neardup_result_free(result);
    neardup_engine_free(engine);
    source_release(&from);
    memset(&from, 0, sizeof from);
}

/* Expects a refusal that names what is wrong, with an error to fill and without. */
#define REFUSED(call_with_error, part)                                                                                 \
    do {                                                                                                               \
        error = (neardup_error){0};                                                                                    \
        ck_assert_int_eq(call_with_error, NEARDUP_ERROR_ARGUMENT);                                                     \
        ck_assert_int_eq(error.status, NEARDUP_ERROR_ARGUMENT);                                                        \
        ck_assert_msg(strstr(error.text, part) != NULL, "%s", error.text);                                             \
    } while (0)

static const char some[] = "some words that make a document of their own";

/* ---- calls out of order ---- */

START_TEST(nothing_goes_after_match) {
    create();
    add(some);
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_match(engine, &result, &error));
    neardup_result *second = NULL;
    const uint64_t order[] = {0};
    neardup_source interface = source_interface(&from);
    REFUSED(neardup_engine_match(engine, &second, &error), "one result");
    ck_assert_ptr_null(second);
    REFUSED(neardup_engine_add(engine, some, 4, &error), "result already");
    REFUSED(neardup_engine_read(engine, &interface, &error), "result already");
    REFUSED(neardup_engine_prefer(engine, order, 1, &error), "result already");
    ck_assert_int_eq(from.reading, 0);
    ck_assert_int_eq(neardup_engine_match(engine, &second, NULL), NEARDUP_ERROR_ARGUMENT);
}
END_TEST

START_TEST(documents_come_from_one_source_or_by_adding) {
    corpus c = corpus_create(&(corpus_plan){.documents = 10, .words = 20, .edits = 3, .seed = 1});
    source_init(&from, c.texts, c.count, 3);
    neardup_source interface = source_interface(&from);
    create();
    add(some);
    REFUSED(neardup_engine_read(engine, &interface, &error), "one source");
    add(some);
    ck_assert_uint_eq(neardup_engine_documents(engine), 2);
    neardup_engine_free(engine);
    create();
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_read(engine, &interface, &error));
    REFUSED(neardup_engine_add(engine, some, 4, &error), "source");
    REFUSED(neardup_engine_read(engine, &interface, &error), "one source");
    ck_assert_uint_eq(neardup_engine_documents(engine), 10);
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_match(engine, &result, &error));
    corpus_free(&c);
}
END_TEST

START_TEST(an_order_holds_each_document_once) {
    create();
    for (int i = 0; i < 4; i++) add(some);
    const uint64_t good[] = {3, 1, 0, 2}, twice[] = {3, 1, 1, 2}, beyond[] = {3, 1, 4, 2},
                   far[] = {3, 1, UINT64_MAX, 2};
    REFUSED(neardup_engine_prefer(engine, good, 3, &error), "the order has 3 documents, the engine 4");
    REFUSED(neardup_engine_prefer(engine, good, 5, &error), "the order has 5");
    REFUSED(neardup_engine_prefer(engine, twice, 4, &error), "once");
    REFUSED(neardup_engine_prefer(engine, beyond, 4, &error), "once");
    REFUSED(neardup_engine_prefer(engine, far, 4, &error), "once");
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_prefer(engine, good, 4, &error));
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_match(engine, &result, &error));
    neardup_cluster cluster;
    ck_assert_int_eq(NEARDUP_OK, neardup_result_cluster(result, 0, &cluster));
    ck_assert_uint_eq(cluster.keep, 3);
}
END_TEST

/* An order is one of all documents: there can be none that came later. */
START_TEST(nothing_is_added_once_there_is_an_order) {
    create();
    add(some);
    const uint64_t order[] = {0};
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_prefer(engine, order, 1, &error));
    REFUSED(neardup_engine_add(engine, some, 4, &error), "order");
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_prefer(engine, order, 1, &error)); /* but it can change */
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_match(engine, &result, &error));
}
END_TEST

START_TEST(offsets_must_not_fall) {
    create();
    const uint64_t falling[] = {0, 4, 2, 6};
    REFUSED(neardup_engine_add_batch(engine, some, falling, 3, &error), "offset 2");
    ck_assert_uint_eq(neardup_engine_documents(engine), 0);
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_add_batch(engine, some, falling, 1, &error)); /* it still works */
    ck_assert_int_eq(NEARDUP_OK, neardup_engine_add_batch(engine, NULL, falling, 0, &error));
    ck_assert_uint_eq(neardup_engine_documents(engine), 1);
}
END_TEST

/* ---- a source that fails ---- */

static corpus family(void) { /* all alike, so that all are read again */
    corpus c = {calloc(40, sizeof *c.texts), 40};
    for (size_t i = 0; i < 40; i++) {
        char text[200];
        snprintf(text, sizeof text, "one two three four five six seven eight nine ten eleven twelve thirteen %zu",
                 i / 2);
        c.texts[i] = (neardup_text){.data = strdup(text), .size = strlen(text)};
    }
    return c;
}

START_TEST(a_failing_source_is_passed_on) {
    corpus c = family();
    options.threads = _i == 0 ? 1 : 3;
    for (int reading = 1; reading <= 2; reading++)
        for (int call = BEGIN_CALL; call <= COMMIT_CALL; call++)
            for (size_t block = 0; block < (call == BEGIN_CALL ? 1 : 15); block++) {
                source_init(&from, c.texts, c.count, 3);
                from.failing_reading = reading;
                from.failing_call = (source_call)call;
                from.failing_block = block;
                neardup_source interface = source_interface(&from);
                create();
                error = (neardup_error){0};
                neardup_status first = neardup_engine_read(engine, &interface, &error);
                ck_assert_int_eq(first, reading == 1 ? NEARDUP_ERROR_SOURCE : NEARDUP_OK);
                neardup_status second = neardup_engine_match(engine, &result, reading == 2 ? &error : NULL);
                ck_assert_int_eq(second, reading == 1 ? NEARDUP_ERROR_ARGUMENT : NEARDUP_ERROR_SOURCE);
                ck_assert_ptr_null(result);
                ck_assert_int_eq(error.status, NEARDUP_ERROR_SOURCE);
                char expected[80];
                snprintf(expected, sizeof expected, "call %d of block %zu in reading %d failed", call, block, reading);
                ck_assert_str_eq(error.text, expected);
                ck_assert(!atomic_load(&from.misused));
                REFUSED(neardup_engine_add(engine, some, 4, &error), reading == 1 ? "failed" : "result");
                neardup_engine_free(engine);
                engine = NULL;
                source_release(&from);
            }
    corpus_free(&c);
}
END_TEST

/* ---- a source that changes ---- */

START_TEST(a_changed_source_is_noticed) {
    static const source_change changes[] = {OTHER_WORDS,    LONGER_BLOCK,      SHORTER_BLOCK,
                                            ONE_BLOCK_MORE, ONE_MORE_DOCUMENT, ONE_BLOCK_LESS};
    corpus c = family();
    for (unsigned threads = 1; threads < 4; threads += 2) {
        options.threads = threads;
        source_init(&from, c.texts, c.count, 3);
        from.change = changes[_i];
        from.changed_document = 2 * random_below(20); /* the first of its tokens: it stands for the other */
        neardup_source interface = source_interface(&from);
        create();
        ck_assert_int_eq(NEARDUP_OK, neardup_engine_read(engine, &interface, &error));
        ck_assert_int_eq(NEARDUP_ERROR_CHANGED, neardup_engine_match(engine, &result, &error));
        ck_assert_int_eq(error.status, NEARDUP_ERROR_CHANGED);
        ck_assert_ptr_null(result);
        char number[32];
        snprintf(number, sizeof number, "document %zu ", from.changed_document);
        if (changes[_i] == OTHER_WORDS) ck_assert_msg(strstr(error.text, number) != NULL, "%s", error.text);
        ck_assert(!atomic_load(&from.misused));
        neardup_engine_free(engine);
        engine = NULL;
        source_release(&from);
    }
    corpus_free(&c);
}
END_TEST

/* The context of a source is `from` here: what changed is a text that is asked for by itself. */
static neardup_status fetch_changed(void *context, unsigned slot, uint64_t document, neardup_text *text_out,
                                    neardup_error *failure) {
    static const char other[] = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen";
    const source *s = context;
    (void)slot;
    (void)failure;
    *text_out = s->texts[document];
    if (document == s->changed_document) *text_out = (neardup_text){.data = other, .size = s->texts[document].size};
    return NEARDUP_OK;
}

START_TEST(a_changed_text_is_noticed) {
    corpus c = family();
    for (size_t changed = 0; changed < c.count + 2; changed += 2) { /* at last none */
        source_init(&from, c.texts, c.count, 3);
        from.changed_document = changed;
        neardup_source interface = source_interface(&from);
        interface.fetch = fetch_changed;
        create();
        ck_assert_int_eq(NEARDUP_OK, neardup_engine_read(engine, &interface, &error));
        ck_assert_int_eq(changed < c.count ? NEARDUP_ERROR_CHANGED : NEARDUP_OK,
                         neardup_engine_match(engine, &result, &error));
        char number[32];
        snprintf(number, sizeof number, "document %zu ", changed);
        if (changed < c.count) ck_assert_msg(strstr(error.text, number) != NULL, "%s", error.text);
        if (changed < c.count) ck_assert_uint_eq(error.document, changed);
        neardup_result_free(result);
        result = NULL;
        neardup_engine_free(engine);
        engine = NULL;
        source_release(&from);
    }
    corpus_free(&c);
}
END_TEST

/* Copies that share no bucket are read again for their bytes only; where they are gone, that is a change too. */
START_TEST(missing_copies_are_noticed) {
    neardup_text texts[2] = {{.data = some, .size = sizeof some - 1}, {.data = some, .size = sizeof some - 1}};
    for (size_t block_size = 1; block_size < 3; block_size++) {
        source_init(&from, texts, 2, block_size);
        from.change = ONE_BLOCK_LESS;
        neardup_source interface = source_interface(&from);
        create();
        ck_assert_int_eq(NEARDUP_OK, neardup_engine_read(engine, &interface, &error));
        ck_assert_int_eq(NEARDUP_ERROR_CHANGED, neardup_engine_match(engine, &result, &error));
        neardup_engine_free(engine);
        engine = NULL;
        source_release(&from);
    }
}
END_TEST

/* ---- progress ---- */

typedef struct watch {
    atomic_int calls, at_once;
    atomic_bool overlapped, wrong;
    uint64_t done[4]; /* by phase; not atomic: one call at a time */
    int stop_in, stop_after;
} watch;

static int note(void *context, neardup_phase phase, uint64_t done, uint64_t total) {
    watch *w = context;
    if (atomic_fetch_add(&w->at_once, 1)) atomic_store(&w->overlapped, true);
    bool fine = phase <= NEARDUP_PHASE_VERIFY && done >= w->done[phase] && (total == 0 || done <= total);
    if (!fine) atomic_store(&w->wrong, true);
    if (fine) w->done[phase] = done;
    for (int i = 0; i < 20; i++) sched_yield(); /* so that another thread has the time to come in */
    atomic_fetch_add(&w->calls, 1);
    bool stop = (int)phase == w->stop_in && w->stop_after-- <= 0;
    atomic_fetch_sub(&w->at_once, 1);
    return stop;
}

static neardup_status run_watched(watch *w, const corpus *c) {
    options.progress = note;
    options.progress_context = w;
    source_init(&from, c->texts, c->count, 5);
    neardup_source interface = source_interface(&from);
    create();
    neardup_status status = neardup_engine_read(engine, &interface, &error);
    if (!status) status = neardup_engine_match(engine, &result, &error);
    ck_assert(!atomic_load(&w->wrong));
    ck_assert(!atomic_load(&w->overlapped));
    return status;
}

START_TEST(progress_is_told_by_one_at_a_time) {
    corpus c = corpus_create(&(corpus_plan){.documents = 400, .words = 60, .edits = 3, .seed = 7});
    options.threads = (unsigned)_i;
    watch w = {.stop_in = -1};
    ck_assert_int_eq(NEARDUP_OK, run_watched(&w, &c));
    ck_assert_uint_eq(w.done[NEARDUP_PHASE_SKETCH], 400);
    ck_assert_uint_eq(w.done[NEARDUP_PHASE_FETCH], 400);
    ck_assert_uint_gt(w.done[NEARDUP_PHASE_VERIFY], 100);
    ck_assert_int_ge(atomic_load(&w.calls), 2 * 80);
    corpus_free(&c);
}
END_TEST

START_TEST(progress_can_cancel) {
    corpus c = corpus_create(&(corpus_plan){.documents = 200, .words = 60, .edits = 3, .seed = 7});
    for (unsigned threads = 1; threads < 4; threads += 2) {
        options.threads = threads;
        watch w = {.stop_in = _i, .stop_after = _i == NEARDUP_PHASE_GROUP ? 0 : _i == NEARDUP_PHASE_VERIFY ? 1 : 3};
        error = (neardup_error){0};
        ck_assert_int_eq(NEARDUP_ERROR_CANCELLED, run_watched(&w, &c));
        ck_assert_int_eq(error.status, NEARDUP_ERROR_CANCELLED);
        ck_assert_str_eq(error.text, "cancelled");
        ck_assert_ptr_null(result);
        ck_assert_int_eq(neardup_engine_match(engine, &result, NULL), NEARDUP_ERROR_ARGUMENT);
        neardup_engine_free(engine);
        engine = NULL;
        source_release(&from);
    }
    corpus_free(&c);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("engine errors");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, nothing_goes_after_match);
    tcase_add_test(tests, documents_come_from_one_source_or_by_adding);
    tcase_add_test(tests, an_order_holds_each_document_once);
    tcase_add_test(tests, nothing_is_added_once_there_is_an_order);
    tcase_add_test(tests, offsets_must_not_fall);
    tcase_add_loop_test(tests, a_failing_source_is_passed_on, 0, 2);
    tcase_add_loop_test(tests, a_changed_source_is_noticed, 0, 6);
    tcase_add_test(tests, a_changed_text_is_noticed);
    tcase_add_test(tests, missing_copies_are_noticed);
    tcase_add_loop_test(tests, progress_is_told_by_one_at_a_time, 1, 5);
    tcase_add_loop_test(tests, progress_can_cancel, NEARDUP_PHASE_SKETCH, NEARDUP_PHASE_VERIFY + 1);
    return run_tests(tests);
}
