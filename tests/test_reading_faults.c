/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out while a corpus is made, read, read again and fetched from: every allocation fails once. The
 * program is linked so that allocation goes through the functions below (--wrap).
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/corpus.h"
#include "suite.h"
#include "support/files.h"
#include "support/run.h"
#include "support/scarcity.h"

/* ---- what is run while memory runs out ---- */

static neardup_status take(void *context, uint64_t document, const neardup_text *text) {
    (void)document, (void)text;
    ++*(size_t *)context;
    return NEARDUP_OK;
}

static neardup_status read_once(nd_corpus *corpus, uint64_t *documents_out, neardup_error *error) {
    neardup_source source = nd_corpus_source(corpus);
    neardup_status status = source.begin(source.context, 2, error);
    *documents_out = 0;
    for (unsigned slot = 0; status == NEARDUP_OK; slot = !slot) {
        const neardup_text *texts;
        size_t number;
        status = source.read(source.context, slot, error);
        if (status == NEARDUP_OK) status = source.split(source.context, slot, &texts, &number, error);
        if (status == NEARDUP_OK) status = source.commit(source.context, slot, *documents_out, error);
        if (status == NEARDUP_OK) *documents_out += number;
    }
    return status == NEARDUP_END ? NEARDUP_OK : status;
}

static neardup_status run(const nd_corpus_options *options, size_t *fetched_out, neardup_error *error) {
    nd_corpus *corpus = NULL;
    uint64_t count, all[64];
    neardup_status status = nd_corpus_create(options, &corpus, error);
    for (int again = 0; status == NEARDUP_OK && again < 2; again++) status = read_once(corpus, &count, error);
    if (status == NEARDUP_OK) {
        EXPECT(count <= 64, "%d documents", (int)count);
        for (uint64_t i = 0; i < count; i++) all[i] = i;
        status = nd_corpus_fetch(corpus, all, count, take, fetched_out, error);
    }
    nd_corpus_free(corpus);
    return status;
}

START_TEST(every_allocation_may_fail) {
    char *folder = run_make_folder();
    ck_assert_int_eq(chdir(folder), 0);
    files_write_text(".", "in/a/1.html", "<p>one");
    files_write_text(".", "in/a/2.txt", "two");
    files_write(".", "in/b/3.bin", "\0", 1);
    files_write_text(".", "in/b/4.txt", "caf\xe9");
    files_write_text(".", "in/5.json", "not a record");
    files_write_text(
        ".", "in/6.jsonl",
        "{\"title\":\"a\",\"text\":\"b\",\"id\":1,\"source\":\"\\u0073\",\"n\":\"\\u0031\"}\nbad\n{\"text\":\"c\"}\n");
    files_write(".", "in/7.jsonl", "\xff\xfe{\0\"\0t\0e\0x\0t\0\"\0:\0\"\0a\0\"\0}\0", 26);
    files_write_text(".", "list", "in\nmissing\n");
    const char *const fields[] = {"title", "text"}, *const charsets[] = {"utf-8", "latin1"}, *const keys[] = {"n"};
    const char *const excluded[] = {"nothing"};
    nd_corpus_options options = {.files_from = "list",
                                 .exclude = {excluded, 1},
                                 .encodings = {charsets, 2},
                                 .text_fields = {fields, 2},
                                 .source = ND_SOURCE_HOST,
                                 .source_field = "source",
                                 .key_fields = {keys, 1}};
    neardup_error error;
    long before = allocated, failed = 0;
    for (long n = 0;; n++) {
        size_t fetched = 0;
        left = n;
        armed = true;
        neardup_status status = run(&options, &fetched, &error);
        armed = false;
        EXPECT(allocated == before, "allocation %ld: %ld pieces are left", n, allocated - before);
        if (left >= 0) {
            EXPECT(status == NEARDUP_OK && fetched == 7, "%s: %zu", error.text, fetched);
            break;
        }
        EXPECT(status == NEARDUP_ERROR_MEMORY, "allocation %ld: %d, %s", n, status, error.text);
        EXPECT(strcmp(error.text, "out of memory") == 0, "%s", error.text);
        failed++;
    }
    ck_assert_int_gt(failed, 50);
    ck_assert_int_eq(chdir("/"), 0);
    run_remove_folder(folder);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("reading_faults");
    tcase_add_test(tests, every_allocation_may_fail);
    return run_tests(tests);
}
