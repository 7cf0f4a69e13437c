/* SPDX-License-Identifier: MIT */
/* Shingle sets by item: made from texts when they are asked for, and held as far as there is room, since a kept
 * document is asked for again and again. */
#ifndef ND_ENGINE_STORE_H
#define ND_ENGINE_STORE_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/originals.h"
#include "match/cluster.h"

/* All zero is closed. */
typedef struct nd_store {
    neardup_engine *engine;
    nd_originals *originals;
    const nd_buckets *buckets;
    struct nd_held *_Atomic *held; /* by item; NULL: not held */
    size_t capacity;               /* bytes that may be held */
    atomic_size_t used;
    struct nd_store_worker *workers;
    uint32_t *queue; /* of items held, those that were held first at its head */
    size_t queue_count, queue_capacity;
    pthread_mutex_t mutex; /* guards the first error */
    neardup_error error;   /* what the first failure said */
} nd_store;

/* What is borrowed must outlive the store. */
neardup_status nd_store_open(nd_store *store, neardup_engine *engine, nd_originals *originals,
                             const nd_buckets *buckets, size_t capacity);
void nd_store_close(nd_store *store);

/* What a match (cluster.h) asks for by its set and its expect. What is expected takes up half of the room at most: the
 * other half is for kept documents. */
neardup_status nd_store_get(nd_store *store, unsigned worker, nd_role role, uint32_t item, nd_set *set_out);
neardup_status nd_store_expect(nd_store *store, unsigned worker, uint32_t item);

/* Keeps `error` if it is the first; returns `status`. */
neardup_status nd_store_note(nd_store *store, neardup_status status, const neardup_error *error);

/* Makes room: lets go of what has been held longest. While no worker is at work. */
neardup_status nd_store_sweep(nd_store *store);

#endif
