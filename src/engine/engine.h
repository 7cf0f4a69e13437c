/* SPDX-License-Identifier: MIT */
/* The engine's state, and its first reading. */
#ifndef ND_ENGINE_ENGINE_H
#define ND_ENGINE_ENGINE_H

#include "engine/digest_list.h"
#include "engine/memory_source.h"
#include "engine/registry.h"
#include "engine/workspace.h"
#include "passage/codes.h"

struct neardup_engine {
    nd_settings settings;
    nd_workspace *workspaces; /* one a thread */
    nd_registry registry;
    nd_digest_list digests; /* by class */
    nd_entries entries;
    nd_spill spill; /* of digests and entries */
    nd_codes codes; /* where passages are sought: by class the tokens, none where there are too few for a passage */
    nd_memory_source memory;
    neardup_source source;  /* the caller's, or that of memory */
    bool has_source, added; /* which of the two */
    bool failed, matched;   /* nothing but free is allowed afterwards */
    uint64_t *block_first;  /* number of the first document of each block */
    size_t blocks, block_capacity;
    uint64_t references; /* the first so many documents */
    bool referred;       /* that has been said */
    uint64_t *order;     /* documents, best kept first; NULL: as numbered */
    uint32_t *sources;   /* by document; NULL: none has one */
    uint32_t source_count;
};

/* Reports progress; NEARDUP_ERROR_CANCELLED where the caller wants to stop. */
neardup_status nd_engine_progress(const neardup_engine *engine, neardup_phase phase, uint64_t done, uint64_t total,
                                  neardup_error *error);

/* Bytes of memory that grow with the corpus and are held now, the source's among them. */
uint64_t nd_engine_held(const neardup_engine *engine);

/* Bytes of memory that threads need for the blocks they work on. */
uint64_t nd_engine_working(const neardup_engine *engine);

/* What that must not exceed: the memory option, less what threads need for the blocks they work on. */
uint64_t nd_engine_limit(const neardup_engine *engine);

/* Gives back memory that was released, unless all that is held is so little that the limit is far away. */
void nd_engine_give_back(const neardup_engine *engine);

/* NEARDUP_ERROR_LIMIT, with a sentence that says how much is needed, where that many bytes are over the limit. */
neardup_status nd_engine_check(const neardup_engine *engine, uint64_t bytes, neardup_error *error);

/* The first reading: sketches what the source has from its beginning on, as the documents that come next. */
neardup_status nd_engine_sketch(neardup_engine *engine, unsigned threads, neardup_error *error);

#endif
