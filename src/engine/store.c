/* SPDX-License-Identifier: MIT */
#include "engine/store.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

typedef struct nd_held {
    size_t size;
    uint64_t hashes[];
} held;

/* What one worker looks at, and what it has added since the last sweep. */
struct nd_store_worker {
    struct role_room {
        uint64_t *hashes;
        size_t capacity;
    } roles[ND_ROLES];
    uint32_t *added;
    size_t added_count, added_capacity;
};

neardup_status nd_store_open(nd_store *store, neardup_engine *engine, nd_originals *originals,
                             const nd_buckets *buckets, size_t capacity) {
    *store = (nd_store){.engine = engine, .originals = originals, .buckets = buckets, .capacity = capacity};
    pthread_mutex_init(&store->mutex, NULL);
    store->held = nd_allocate_zero(buckets->items, sizeof *store->held);
    store->workers = nd_allocate_zero(engine->settings.options.threads, sizeof *store->workers);
    return store->held && store->workers ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
}

void nd_store_close(nd_store *store) {
    if (!store->engine) return;
    for (size_t i = 0; store->held && i < store->buckets->items; i++) nd_free(store->held[i]);
    for (unsigned i = 0; store->workers && i < store->engine->settings.options.threads; i++) {
        for (int role = 0; role < ND_ROLES; role++) nd_free(store->workers[i].roles[role].hashes);
        nd_free(store->workers[i].added);
    }
    nd_free(store->held);
    nd_free(store->workers);
    nd_free(store->queue);
    pthread_mutex_destroy(&store->mutex);
    *store = (nd_store){0};
}

neardup_status nd_store_note(nd_store *store, neardup_status status, const neardup_error *error) {
    pthread_mutex_lock(&store->mutex);
    if (!store->error.status) store->error = *error;
    pthread_mutex_unlock(&store->mutex);
    return status;
}

/* Makes the set of an item, in the worker's workspace. */
static neardup_status make_set(nd_store *store, unsigned worker, uint32_t item, nd_set *set_out) {
    nd_workspace *workspace = &store->engine->workspaces[worker];
    uint64_t document = nd_registry_first(&store->engine->registry, store->buckets->classes[item]);
    neardup_error error = {0};
    neardup_text text;
    neardup_status status = nd_originals_get(store->originals, worker, document, &text, &error);
    if (status) return nd_store_note(store, status, &error);
    status = nd_read_text(&store->engine->settings, &text, workspace);
    return status ? status : nd_workspace_set(workspace, set_out);
}

/* Holds a copy of a set where there is room. What another thread holds already is as good. */
static neardup_status hold(nd_store *store, unsigned number, uint32_t item, nd_set *set) {
    struct nd_store_worker *worker = &store->workers[number];
    size_t bytes = sizeof(held) + set->size * sizeof *set->hashes;
    if (atomic_fetch_add(&store->used, bytes) + bytes > store->capacity) {
        atomic_fetch_sub(&store->used, bytes);
        return NEARDUP_OK;
    }
    if (nd_reserve(&worker->added, &worker->added_capacity, worker->added_count + 1, sizeof *worker->added))
        return NEARDUP_ERROR_MEMORY;
    held *copy = nd_allocate(bytes, 1), *none = NULL;
    if (!copy) return NEARDUP_ERROR_MEMORY;
    copy->size = set->size;
    if (set->size) memcpy(copy->hashes, set->hashes, set->size * sizeof *set->hashes);
    if (atomic_compare_exchange_strong(&store->held[item], &none, copy)) {
        worker->added[worker->added_count++] = item;
        set->hashes = copy->hashes;
        return NEARDUP_OK;
    }
    nd_free(copy);
    atomic_fetch_sub(&store->used, bytes);
    set->hashes = none->hashes;
    return NEARDUP_OK;
}

neardup_status nd_store_get(nd_store *store, unsigned worker, nd_role role, uint32_t item, nd_set *set_out) {
    const held *known = atomic_load(&store->held[item]);
    if (known) {
        *set_out = (nd_set){known->hashes, known->size};
        return NEARDUP_OK;
    }
    struct role_room *room = &store->workers[worker].roles[role];
    nd_set set;
    neardup_status status = make_set(store, worker, item, &set);
    if (status) return status;
    const uint64_t *made = set.hashes;
    if (role == ND_OTHER) status = hold(store, worker, item, &set);
    if (!status && set.hashes == made) { /* not held: the workspace will be used for the next */
        status = nd_reserve(&room->hashes, &room->capacity, set.size, sizeof *room->hashes);
        if (status) return status;
        if (set.size) memcpy(room->hashes, set.hashes, set.size * sizeof *room->hashes);
        set.hashes = room->hashes;
    }
    if (!status) *set_out = set;
    return status;
}

neardup_status nd_store_expect(nd_store *store, unsigned worker, uint32_t item) {
    nd_set set;
    if (atomic_load(&store->held[item]) || atomic_load(&store->used) >= store->capacity / 2) return NEARDUP_OK;
    neardup_status status = make_set(store, worker, item, &set);
    return status ? status : hold(store, worker, item, &set);
}

neardup_status nd_store_sweep(nd_store *store) {
    for (unsigned i = 0; i < store->engine->settings.options.threads; i++) {
        struct nd_store_worker *w = &store->workers[i];
        if (nd_reserve(&store->queue, &store->queue_capacity, store->queue_count + w->added_count,
                       sizeof *store->queue))
            return NEARDUP_ERROR_MEMORY;
        if (w->added_count) memcpy(store->queue + store->queue_count, w->added, w->added_count * sizeof *w->added);
        store->queue_count += w->added_count;
        w->added_count = 0;
    }
    size_t gone = 0;
    for (; gone < store->queue_count && atomic_load(&store->used) > store->capacity / 2; gone++) {
        held *oldest = store->held[store->queue[gone]];
        store->held[store->queue[gone]] = NULL;
        atomic_fetch_sub(&store->used, sizeof *oldest + oldest->size * sizeof *oldest->hashes);
        nd_free(oldest);
    }
    store->queue_count -= gone;
    if (gone) memmove(store->queue, store->queue + gone, store->queue_count * sizeof *store->queue);
    return NEARDUP_OK;
}
