/* SPDX-License-Identifier: MIT */
/* The engine's state, and its two readings. */
#ifndef ND_ENGINE_ENGINE_H
#define ND_ENGINE_ENGINE_H

#include "engine/memory_source.h"
#include "engine/registry.h"
#include "engine/workspace.h"

struct neardup_engine {
    nd_settings settings;
    nd_workspace *workspaces; /* one a thread */
    nd_registry registry;
    nd_entries entries;
    nd_memory_source memory;
    neardup_source source;  /* the caller's, or that of memory */
    bool has_source, added; /* which of the two */
    bool failed, matched;   /* nothing but free is allowed afterwards */
    uint64_t *block_first;  /* number of the first document of each block */
    size_t blocks, block_capacity;
    uint64_t *order; /* documents, best kept first; NULL: as numbered */
};

/* Reports progress; NEARDUP_ERROR_CANCELLED where the caller wants to stop. */
neardup_status nd_engine_progress(const neardup_engine *engine, neardup_phase phase, uint64_t done, uint64_t total,
                                  neardup_error *error);

/* The first reading: sketches what the source has from its beginning on, as the documents that come next. */
neardup_status nd_engine_sketch(neardup_engine *engine, unsigned threads, neardup_error *error);

/* What the second reading brings. All zero is empty. */
typedef struct nd_fetched {
    nd_set *sets;     /* by item; empty for an item in no bucket */
    nd_arena *arenas; /* one a thread: what sets point to */
    unsigned threads;
    struct nd_copy_hash {
        uint64_t document, text_hash;
    } * copies; /* documents of classes with several, rising */
    size_t copy_count, copy_capacity;
} nd_fetched;

void nd_fetched_release(nd_fetched *fetched);

/* The second reading: the shingle sets of the items that share buckets, and text hashes of identical documents. */
neardup_status nd_engine_fetch(neardup_engine *engine, const nd_buckets *buckets, nd_fetched *fetched,
                               neardup_error *error);

#endif
