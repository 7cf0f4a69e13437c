/* SPDX-License-Identifier: MIT */
/* The source of documents that were added one by one or in batches: copies of their texts. */
#ifndef ND_ENGINE_MEMORY_SOURCE_H
#define ND_ENGINE_MEMORY_SOURCE_H

#include "base/arena.h"
#include "neardup.h"

/* All zero is empty. */
typedef struct nd_memory_source {
    nd_arena arena;
    struct nd_memory_block {
        neardup_text *texts;
        size_t count;
        uint64_t first; /* document */
    } * blocks;
    size_t block_count, block_capacity;
    uint64_t documents;
    size_t first; /* block that begin() starts from */
    size_t next;
    size_t *in_slot; /* which block each slot holds */
    size_t slot_capacity;
} nd_memory_source;

void nd_memory_source_release(nd_memory_source *memory);

/* Copies `count` texts as new blocks. On failure nothing is added. */
neardup_status nd_memory_source_add(nd_memory_source *memory, const neardup_text *texts, size_t count);

/* Its interface; reading starts at memory->first. */
neardup_source nd_memory_source_interface(nd_memory_source *memory);

#endif
