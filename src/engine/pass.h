/* SPDX-License-Identifier: MIT */
/* One reading of a source from beginning to end: what both readings have in common. */
#ifndef ND_ENGINE_PASS_H
#define ND_ENGINE_PASS_H

#include "neardup.h"

/* A block of documents in its slot. */
typedef struct nd_block {
    uint64_t number; /* of the block, from 0 */
    const neardup_text *texts;
    size_t count;
} nd_block;

/* A reading. `work` is called by several threads for different slots, `commit` by one at a time, in order. */
typedef struct nd_pass {
    const neardup_source *source;
    unsigned threads;
    void *context;
    neardup_status (*work)(void *context, unsigned slot, unsigned worker, const nd_block *block, neardup_error *error);
    /* Sets *first_document_out to the number of the block's first document. */
    neardup_status (*commit)(void *context, unsigned slot, const nd_block *block, uint64_t *first_document_out,
                             neardup_error *error);
} nd_pass;

/* What a function of the source returned, as what it may return: positive is no answer, and an error has its text. */
neardup_status nd_pass_answer(neardup_status status, neardup_error *error);

/* Runs it. */
neardup_status nd_pass_run(const nd_pass *pass, neardup_error *error);

#endif
