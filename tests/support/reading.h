/* SPDX-License-Identifier: MIT */
/* Reads a corpus as an engine does, and keeps what it gives. */
#ifndef TESTS_SUPPORT_READING_H
#define TESTS_SUPPORT_READING_H

#include "io/corpus.h"

/* A list of options from texts. */
#define STRINGS(...)                                                                                                   \
    (nd_strings) { (const char *const[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *) }

typedef struct reading_document {
    char *data; /* with a NUL behind it; NULL when set aside or skipped */
    size_t size;
    neardup_form form;
    bool set_aside, skipped;
} reading_document;

typedef struct reading {
    neardup_status status; /* what ended it; NEARDUP_OK */
    neardup_error error;
    reading_document *documents;
    size_t count, blocks;
} reading;

/* Reads the corpus once, from begin to the last commit, on that many threads. To be released. */
reading reading_run(nd_corpus *corpus, unsigned threads);

/* The same when only documents are wanted for which wanted[number] is true. */
reading reading_run_wanted(nd_corpus *corpus, unsigned threads, const bool *wanted);
void reading_release(reading *r);

/* Whether two readings gave the same. */
bool reading_equal(const reading *a, const reading *b);

#endif
