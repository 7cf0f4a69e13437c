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

/* Text hashes of documents of classes with several, by rising document. All zero is empty. */
typedef struct nd_copies {
    struct nd_copy_hash {
        uint64_t document, text_hash;
    } * hashes;
    size_t count, capacity;
} nd_copies;

void nd_copies_release(nd_copies *copies);

/* Who takes what the second reading brings: called for every document that has company, in document order, by one
 * thread at a time. The set, empty for all but the first document of an item that shares buckets, is borrowed. */
typedef struct nd_taker {
    void *context;
    neardup_status (*take)(void *context, uint64_t document, uint32_t item, nd_set set);
} nd_taker;

/* The second reading. Fills `copies`. */
neardup_status nd_engine_fetch(neardup_engine *engine, const nd_buckets *buckets, const nd_taker *taker,
                               nd_copies *copies, neardup_error *error);

#endif
