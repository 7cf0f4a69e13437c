/* SPDX-License-Identifier: MIT */
/* The second reading: exact shingle sets for the documents that have company, and for no other. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "engine/engine.h"
#include "engine/pass.h"

typedef struct copies {
    struct nd_copy_hash *hashes;
    size_t count, capacity;
} copies;

typedef struct fetching {
    neardup_engine *engine;
    const nd_buckets *buckets;
    nd_fetched *fetched;
    uint32_t *item_of; /* by class; ND_NO_ITEM for one without company */
    copies *slots;
    uint64_t documents; /* committed */
} fetching;

void nd_fetched_release(nd_fetched *fetched) {
    for (unsigned i = 0; fetched->arenas && i < fetched->threads; i++) nd_arena_release(&fetched->arenas[i]);
    nd_free(fetched->arenas);
    nd_free(fetched->sets);
    nd_free(fetched->copies);
    *fetched = (nd_fetched){0};
}

static neardup_status changed(uint64_t document, neardup_error *error) {
    return nd_fail(error, NEARDUP_ERROR_CHANGED,
                   "document %llu is not what it was at the first reading: the input changed meanwhile; run again",
                   (unsigned long long)document);
}

/* Copies the workspace's set to where it stays. */
static neardup_status keep_set(fetching *f, unsigned worker, uint32_t item) {
    nd_set set;
    neardup_status status = nd_workspace_set(&f->engine->workspaces[worker], &set);
    if (status) return status;
    uint64_t *hashes = nd_arena_allocate(&f->fetched->arenas[worker], set.size, sizeof *hashes);
    if (!hashes) return NEARDUP_ERROR_MEMORY;
    memcpy(hashes, set.hashes, set.size * sizeof *hashes);
    f->fetched->sets[item] = (nd_set){hashes, set.size};
    return NEARDUP_OK;
}

/* The class's first document stands for it; its set is due where the class shares a bucket. */
static bool needs_set(const fetching *f, uint64_t document, uint32_t item) {
    uint32_t class = f->buckets->classes[item];
    return f->engine->registry.first[class] == document && f->buckets->begin[item] < f->buckets->begin[item + 1];
}

static neardup_status fetch_text(fetching *f, unsigned worker, copies *c, uint64_t document, const neardup_text *text) {
    const nd_registry *registry = &f->engine->registry;
    nd_workspace *workspace = &f->engine->workspaces[worker];
    if (nd_text_checksum(text) != registry->checksums[document]) return NEARDUP_ERROR_CHANGED;
    uint32_t class = registry->class_of[document], item = class == ND_NO_ITEM ? ND_NO_ITEM : f->item_of[class];
    if (item == ND_NO_ITEM) return NEARDUP_OK;
    neardup_status status = NEARDUP_OK;
    if (registry->copies[class] > 1) {
        status = nd_reserve(&c->hashes, &c->capacity, c->count + 1, sizeof *c->hashes);
        if (status) return status;
        nd_span bytes;
        status = nd_text_bytes(text, workspace, &bytes);
        if (!status) c->hashes[c->count++] = (struct nd_copy_hash){document, nd_hash64(bytes.data, bytes.size, 0)};
    }
    if (status || !needs_set(f, document, item)) return status;
    status = nd_read_text(&f->engine->settings, text, workspace);
    return status ? status : keep_set(f, worker, item);
}

static neardup_status work(void *context, unsigned slot, unsigned worker, const nd_block *block, neardup_error *error) {
    fetching *f = context;
    const neardup_engine *engine = f->engine;
    if (block->number >= engine->blocks) return changed(engine->registry.documents, error);
    uint64_t first = engine->block_first[block->number];
    uint64_t end =
        block->number + 1 < engine->blocks ? engine->block_first[block->number + 1] : engine->registry.documents;
    if (block->count != end - first) return changed(first, error);
    f->slots[slot].count = 0;
    for (size_t i = 0; i < block->count; i++) {
        neardup_status status = fetch_text(f, worker, &f->slots[slot], first + i, &block->texts[i]);
        if (status == NEARDUP_ERROR_CHANGED) return changed(first + i, error);
        if (status) return nd_fail(error, status, "%s", neardup_status_text(status));
    }
    return NEARDUP_OK;
}

static neardup_status commit(void *context, unsigned slot, const nd_block *block, uint64_t *first_document_out,
                             neardup_error *error) {
    fetching *f = context;
    nd_fetched *fetched = f->fetched;
    const copies *c = &f->slots[slot];
    *first_document_out = f->engine->block_first[block->number];
    if (nd_reserve(&fetched->copies, &fetched->copy_capacity, fetched->copy_count + c->count, sizeof *c->hashes))
        return nd_fail_memory(error);
    if (c->count) memcpy(fetched->copies + fetched->copy_count, c->hashes, c->count * sizeof *c->hashes);
    fetched->copy_count += c->count;
    f->documents += block->count;
    return nd_engine_progress(f->engine, NEARDUP_PHASE_FETCH, *first_document_out + block->count,
                              f->engine->registry.documents, error);
}

static neardup_status prepare(fetching *f, unsigned slots) {
    const nd_registry *registry = &f->engine->registry;
    nd_fetched *fetched = f->fetched;
    fetched->threads = f->engine->settings.options.threads;
    fetched->arenas = nd_allocate_zero(fetched->threads, sizeof *fetched->arenas);
    fetched->sets = nd_allocate_zero(f->buckets->items, sizeof *fetched->sets);
    f->slots = nd_allocate_zero(slots, sizeof *f->slots);
    f->item_of = nd_buckets_invert(f->buckets, registry->classes);
    if (!fetched->arenas || !fetched->sets || !f->slots || !f->item_of) return NEARDUP_ERROR_MEMORY;
    return NEARDUP_OK;
}

neardup_status nd_engine_fetch(neardup_engine *engine, const nd_buckets *buckets, nd_fetched *fetched,
                               neardup_error *error) {
    unsigned threads = engine->settings.options.threads, slots = nd_pipeline_slots(threads);
    fetching f = {.engine = engine, .buckets = buckets, .fetched = fetched};
    *fetched = (nd_fetched){0};
    neardup_status status = prepare(&f, slots) ? nd_fail_memory(error) : NEARDUP_OK;
    nd_pass pass = {&engine->source, threads, &f, work, commit};
    if (!status && buckets->items) status = nd_pass_run(&pass, error);
    if (!status && buckets->items && f.documents != engine->registry.documents) status = changed(f.documents, error);
    for (unsigned i = 0; f.slots && i < slots; i++) nd_free(f.slots[i].hashes);
    nd_free(f.slots);
    nd_free(f.item_of);
    return status;
}
