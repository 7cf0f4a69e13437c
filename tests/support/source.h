/* SPDX-License-Identifier: MIT */
/* A source of texts in blocks that watches how it is used, and that can fail or change where a test wants it to. */
#ifndef TESTS_SUPPORT_SOURCE_H
#define TESTS_SUPPORT_SOURCE_H

#include <stdatomic.h>

#include "neardup.h"

enum { SOURCE_MOST_SLOTS = 64 };

typedef enum source_call { NO_CALL, BEGIN_CALL, READ_CALL, SPLIT_CALL, COMMIT_CALL } source_call;

/* What is different at the second reading. */
typedef enum source_change {
    NO_CHANGE,
    OTHER_WORDS,       /* changed_document has other words */
    OTHER_BYTES,       /* changed_document has other bytes, but the same words */
    LONGER_BLOCK,      /* the last block has a document more */
    SHORTER_BLOCK,     /* and a document less */
    ONE_BLOCK_MORE,    /* empty */
    ONE_MORE_DOCUMENT, /* in a block of its own */
    ONE_BLOCK_LESS
} source_change;

typedef struct source {
    const neardup_text *texts;
    size_t count, block_size; /* documents in a block; every seventh block is empty */
    /* What goes wrong. */
    int failing_reading; /* 1 or 2 */
    source_call failing_call;
    size_t failing_block;
    source_change change;
    size_t changed_document;
    /* State. Blocks and their texts are copies that live from split to commit. */
    int reading;
    unsigned slots;
    size_t blocks, next_block, committed, next_document;
    struct source_slot {
        atomic_int state; /* 0 free, 1 read, 2 split */
        size_t block, first, count;
        neardup_text *texts;
    } slot[SOURCE_MOST_SLOTS];
    atomic_int reading_calls, committing_calls;
    atomic_bool misused; /* the engine broke its side of the contract */
} source;

/* A source of `count` texts, borrowed. */
void source_init(source *s, const neardup_text *texts, size_t count, size_t block_size);

/* Releases what slots still hold after a failure. */
void source_release(source *s);

neardup_source source_interface(source *s);

#endif
