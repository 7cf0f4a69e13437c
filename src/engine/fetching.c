/* SPDX-License-Identifier: MIT */
/* The second reading: exact shingle sets for the documents that have company, and for no other, in document order. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "engine/engine.h"
#include "engine/pass.h"

/* A document with company, in its slot. */
typedef struct fetched_document {
    uint64_t document;
    uint32_t item;
    size_t begin, size; /* its set, in the slot's hashes; size is 0 where none is due */
} fetched_document;

/* What the documents of one block became. Used again for the next. */
typedef struct slot {
    uint64_t *hashes;
    fetched_document *documents;
    struct nd_copy_hash *copies;
    size_t hash_count, hash_capacity, document_count, document_capacity, copy_count, copy_capacity;
} slot;

typedef struct fetching {
    neardup_engine *engine;
    const nd_buckets *buckets;
    const nd_taker *taker;
    nd_copies *copies;
    uint32_t *item_of; /* by class; ND_NO_ITEM for one without company */
    slot *slots;
    uint64_t documents; /* committed */
} fetching;

void nd_copies_release(nd_copies *copies) {
    nd_free(copies->hashes);
    *copies = (nd_copies){0};
}

static neardup_status changed(uint64_t document, neardup_error *error) {
    return nd_fail(error, NEARDUP_ERROR_CHANGED,
                   "document %llu is not what it was at the first reading: the input changed meanwhile; run again",
                   (unsigned long long)document);
}

/* Appends the workspace's set to the slot's hashes. */
static neardup_status keep_set(slot *s, nd_workspace *workspace, fetched_document *fetched) {
    nd_set set;
    neardup_status status = nd_workspace_set(workspace, &set);
    if (!status) status = nd_reserve(&s->hashes, &s->hash_capacity, s->hash_count + set.size, sizeof *s->hashes);
    if (status) return status;
    memcpy(s->hashes + s->hash_count, set.hashes, set.size * sizeof *s->hashes);
    fetched->begin = s->hash_count;
    fetched->size = set.size;
    s->hash_count += set.size;
    return NEARDUP_OK;
}

/* The class's first document stands for it; its set is due where the class shares a bucket. */
static bool needs_set(const fetching *f, uint64_t document, uint32_t item) {
    uint32_t class = f->buckets->classes[item];
    return f->engine->registry.first[class] == document && f->buckets->begin[item] < f->buckets->begin[item + 1];
}

static neardup_status hash_copy(slot *s, nd_workspace *workspace, uint64_t document, const neardup_text *text) {
    nd_span bytes;
    neardup_status status = nd_reserve(&s->copies, &s->copy_capacity, s->copy_count + 1, sizeof *s->copies);
    if (!status) status = nd_text_bytes(text, workspace, &bytes);
    if (!status) s->copies[s->copy_count++] = (struct nd_copy_hash){document, nd_hash64(bytes.data, bytes.size, 0)};
    return status;
}

/* The item a document belongs to; ND_NO_ITEM where it has no company. */
static uint32_t item_of(const fetching *f, uint64_t document) {
    uint32_t class = f->engine->registry.class_of[document];
    return class == ND_NO_ITEM ? ND_NO_ITEM : f->item_of[class];
}

/* Which documents have to be read again. */
static bool is_wanted(void *context, uint64_t document) { return item_of(context, document) != ND_NO_ITEM; }

static neardup_status fetch_text(fetching *f, nd_workspace *workspace, slot *s, uint64_t document,
                                 const neardup_text *text) {
    const nd_registry *registry = &f->engine->registry;
    uint32_t item = item_of(f, document);
    if (text->skipped) return item == ND_NO_ITEM ? NEARDUP_OK : NEARDUP_ERROR_CHANGED;
    if (nd_text_checksum(text) != registry->checksums[document]) return NEARDUP_ERROR_CHANGED;
    if (item == ND_NO_ITEM) return NEARDUP_OK;
    neardup_status status =
        registry->copies[f->buckets->classes[item]] > 1 ? hash_copy(s, workspace, document, text) : NEARDUP_OK;
    fetched_document fetched = {.document = document, .item = item};
    if (!status && needs_set(f, document, item)) {
        status = nd_read_text(&f->engine->settings, text, workspace);
        if (!status) status = keep_set(s, workspace, &fetched);
    }
    if (!status) status = nd_reserve(&s->documents, &s->document_capacity, s->document_count + 1, sizeof fetched);
    if (!status) s->documents[s->document_count++] = fetched;
    return status;
}

static neardup_status work(void *context, unsigned slot_number, unsigned worker, const nd_block *block,
                           neardup_error *error) {
    fetching *f = context;
    const neardup_engine *engine = f->engine;
    if (block->number >= engine->blocks) return changed(engine->registry.documents, error);
    uint64_t first = engine->block_first[block->number];
    uint64_t end =
        block->number + 1 < engine->blocks ? engine->block_first[block->number + 1] : engine->registry.documents;
    if (block->count != end - first) return changed(first, error);
    slot *s = &f->slots[slot_number];
    s->hash_count = s->document_count = s->copy_count = 0;
    for (size_t i = 0; i < block->count; i++) {
        neardup_status status = fetch_text(f, &engine->workspaces[worker], s, first + i, &block->texts[i]);
        if (status == NEARDUP_ERROR_CHANGED) return changed(first + i, error);
        if (status) return nd_fail(error, status, "%s", neardup_status_text(status));
    }
    return NEARDUP_OK;
}

static neardup_status commit(void *context, unsigned slot_number, const nd_block *block, uint64_t *first_document_out,
                             neardup_error *error) {
    fetching *f = context;
    nd_copies *copies = f->copies;
    const slot *s = &f->slots[slot_number];
    *first_document_out = f->engine->block_first[block->number];
    if (nd_reserve(&copies->hashes, &copies->capacity, copies->count + s->copy_count, sizeof *copies->hashes))
        return nd_fail_memory(error);
    if (s->copy_count) memcpy(copies->hashes + copies->count, s->copies, s->copy_count * sizeof *s->copies);
    copies->count += s->copy_count;
    for (size_t i = 0; i < s->document_count; i++) {
        const fetched_document *d = &s->documents[i];
        nd_set set = {s->hashes ? s->hashes + d->begin : NULL, d->size};
        neardup_status status = f->taker->take(f->taker->context, d->document, d->item, set);
        if (status) return nd_fail(error, status, "%s", neardup_status_text(status));
    }
    f->documents += block->count;
    return nd_engine_progress(f->engine, NEARDUP_PHASE_FETCH, *first_document_out + block->count,
                              f->engine->registry.documents, error);
}

neardup_status nd_engine_fetch(neardup_engine *engine, const nd_buckets *buckets, const nd_taker *taker,
                               nd_copies *copies, neardup_error *error) {
    unsigned threads = engine->settings.options.threads, slots = nd_pipeline_slots(threads);
    fetching f = {.engine = engine, .buckets = buckets, .taker = taker, .copies = copies};
    f.slots = nd_allocate_zero(slots, sizeof *f.slots);
    f.item_of = nd_buckets_invert(buckets, engine->registry.classes);
    neardup_status status = f.slots && f.item_of ? NEARDUP_OK : nd_fail_memory(error);
    nd_pass pass = {&engine->source, threads, &f, work, commit};
    if (!status && buckets->items && engine->source.want) engine->source.want(engine->source.context, is_wanted, &f);
    if (!status && buckets->items) status = nd_pass_run(&pass, error);
    if (!status && buckets->items && f.documents != engine->registry.documents) status = changed(f.documents, error);
    for (unsigned i = 0; f.slots && i < slots; i++) {
        nd_free(f.slots[i].hashes);
        nd_free(f.slots[i].documents);
        nd_free(f.slots[i].copies);
    }
    nd_free(f.slots);
    nd_free(f.item_of);
    return status;
}
