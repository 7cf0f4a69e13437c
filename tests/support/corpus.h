/* SPDX-License-Identifier: MIT */
/* Random small corpora: families of texts that are copies, edits and parts of each other, in all forms, with all that
 * can be wrong with a text. */
#ifndef TESTS_SUPPORT_CORPUS_H
#define TESTS_SUPPORT_CORPUS_H

#include "neardup.h"

typedef struct corpus {
    neardup_text *texts; /* count of them; each its own allocation, so that a sanitizer sees a read beyond its end */
    size_t count;
} corpus;

/* What goes into a corpus. */
typedef struct corpus_plan {
    size_t documents; /* about so many */
    unsigned words;   /* in a document, at the most */
    unsigned edits;   /* in a near copy, at the most */
    bool forms;       /* JSON and HTML too, documents set aside, and ill-formed ones */
    uint64_t seed;
} corpus_plan;

corpus corpus_create(const corpus_plan *plan);
void corpus_free(corpus *c);

/* The texts one behind the other, as neardup_engine_add_batch takes them. */
typedef struct corpus_batch {
    char *data;
    uint64_t *offsets; /* count + 1 */
} corpus_batch;

corpus_batch corpus_join(const corpus *c);
void corpus_batch_free(corpus_batch *batch);

#endif
