/* SPDX-License-Identifier: MIT */
/*
 * Deciding while reading. Where the order of preference is that of the input, a document can be decided as soon as its set
 * is there; and of the sets only those of kept items are needed again, until the last document that shares a bucket
 * with them has come by. So far fewer sets are held than there are documents with company.
 */
#ifndef ND_ENGINE_STREAMING_H
#define ND_ENGINE_STREAMING_H

#include "engine/engine.h"
#include "match/cluster.h"

/* All zero is empty. */
typedef struct nd_streaming {
    const neardup_engine *engine;
    const nd_match *match;
    nd_matcher *matcher;
    nd_set *sets;           /* by item; the match's. Hashes are there while they are needed, the size from then on */
    uint64_t *last_own;     /* by item: its last document, */
    uint64_t *last_use;     /* and the last one that shares a bucket with it */
    uint32_t *component_of; /* by item */
    uint64_t *next_member;  /* by component: who is next */
    uint32_t *expire_first; /* by block: an item whose set is released behind it, or ND_NO_ITEM; */
    uint32_t *expire_next;  /* by item: another one of that block */
    size_t block;           /* the current one */
} nd_streaming;

/* Prepares for reading. `sets` is the array of match->sets, all empty. */
neardup_status nd_streaming_init(nd_streaming *streaming, const neardup_engine *engine, const nd_match *match,
                                 nd_set *sets);
void nd_streaming_release(nd_streaming *streaming);

/* A taker (engine.h) whose context is the streaming: decides the document. */
neardup_status nd_streaming_take(void *context, uint64_t document, uint32_t item, nd_set set);

/* Gives the outcome, after the last document. */
neardup_status nd_streaming_finish(nd_streaming *streaming, nd_outcome *outcome);

#endif
