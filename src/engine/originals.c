/* SPDX-License-Identifier: MIT */
#include "engine/originals.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "engine/pass.h"

/* Where the text of a document was spilled; it ends where the next begins. */
typedef struct place {
    uint64_t document;
    uint64_t offset : 62, form : 2;
} place;

uint64_t nd_originals_same(const nd_originals *originals, uint64_t document) {
    const nd_registry *registry = &originals->engine->registry;
    const nd_record *record = nd_registry_record(registry, document);
    uint64_t first = nd_registry_first(registry, record->class);
    return record->checksum == nd_registry_record(registry, first)->checksum ? first : document;
}

/* ---- the second reading ---- */

typedef struct reading {
    nd_originals *originals;
    uint64_t documents; /* committed */
} reading;

/* Whether the text of a document may be asked for: the class's first where it is compared with others, and what differs
 * from that. */
static bool is_wanted(const nd_originals *originals, uint64_t document) {
    const nd_registry *registry = &originals->engine->registry;
    const nd_record *record = nd_registry_record(registry, document);
    uint32_t item = record->class == ND_NO_ITEM ? ND_NO_ITEM : originals->item_of[record->class];
    return item != ND_NO_ITEM && nd_originals_same(originals, document) == document;
}

static bool wants(void *context, uint64_t document) { return is_wanted(context, document); }

/* The documents of block `number`, from *first_out on. */
static size_t documents_of(const neardup_engine *engine, uint64_t number, uint64_t *first_out) {
    uint64_t documents = nd_registry_documents(&engine->registry);
    *first_out = number < engine->blocks ? engine->block_first[number] : documents;
    return (size_t)((number + 1 < engine->blocks ? engine->block_first[number + 1] : documents) - *first_out);
}

/* Checks a block against the first reading. */
static neardup_status check_block(void *context, unsigned slot, unsigned worker, const nd_block *block,
                                  neardup_error *error) {
    (void)slot, (void)worker;
    const nd_originals *originals = ((reading *)context)->originals;
    const neardup_engine *engine = originals->engine;
    uint64_t first;
    if (block->count != documents_of(engine, block->number, &first) || block->number >= engine->blocks)
        return nd_fail_changed(first, error);
    for (size_t i = 0; i < block->count; i++)
        if (block->texts[i].skipped
                ? is_wanted(originals, first + i)
                : nd_hash_text(&block->texts[i]) != nd_registry_record(&engine->registry, first + i)->checksum)
            return nd_fail_changed(first + i, error);
    return NEARDUP_OK;
}

static neardup_status spill_text(nd_originals *originals, uint64_t document, const neardup_text *text,
                                 neardup_error *error) {
    place *p = nd_pages_append(&originals->places);
    if (!p) return nd_fail_memory(error);
    *p = (place){
        .document = document, .offset = originals->spill.size & (UINT64_MAX >> 2), .form = (unsigned)text->form & 3};
    return nd_spill_write(&originals->spill, text->data, text->size, NULL, error);
}

static neardup_status spill_block(void *context, unsigned slot, const nd_block *block, uint64_t *first_document_out,
                                  neardup_error *error) {
    (void)slot;
    reading *r = context;
    neardup_status status = NEARDUP_OK;
    documents_of(r->originals->engine, block->number, first_document_out);
    for (size_t i = 0; i < block->count && !status; i++)
        if (is_wanted(r->originals, *first_document_out + i))
            status = spill_text(r->originals, *first_document_out + i, &block->texts[i], error);
    r->documents += block->count;
    if (status) return status;
    return nd_engine_progress(r->originals->engine, NEARDUP_PHASE_FETCH, r->documents,
                              nd_registry_documents(&r->originals->engine->registry), error);
}

static neardup_status read_again(nd_originals *originals, neardup_error *error) {
    neardup_engine *engine = originals->engine;
    reading r = {.originals = originals};
    if (engine->source.want) engine->source.want(engine->source.context, wants, originals);
    originals->read_again = true;
    nd_pass pass = {&engine->source, engine->settings.options.threads, &r, check_block, spill_block};
    neardup_status status = nd_pass_run(&pass, error);
    if (!status && r.documents != nd_registry_documents(&engine->registry))
        status = nd_fail_changed(r.documents, error);
    return status;
}

/* ---- asking ---- */

neardup_status nd_originals_open(nd_originals *originals, neardup_engine *engine, const nd_buckets *buckets,
                                 const uint32_t *item_of, neardup_error *error) {
    *originals = (nd_originals){.engine = engine, .item_of = item_of};
    originals->spill.folder = engine->settings.options.temporary;
    nd_pages_init(&originals->places, sizeof(place));
    originals->rooms = nd_allocate_zero(engine->settings.options.threads, sizeof *originals->rooms);
    if (!originals->rooms) return nd_fail_memory(error);
    if (!buckets->items) return NEARDUP_OK;
    if (engine->source.fetch) {
        neardup_text text;
        neardup_status status = engine->source.fetch(
            engine->source.context, 0, nd_registry_first(&engine->registry, buckets->classes[0]), &text, error);
        originals->fetching = status != NEARDUP_END;
        if (originals->fetching) return nd_pass_answer(status, error);
    }
    return read_again(originals, error);
}

void nd_originals_close(nd_originals *originals) {
    for (unsigned i = 0; originals->rooms && i < originals->engine->settings.options.threads; i++)
        nd_buffer_release(&originals->rooms[i]);
    nd_free(originals->rooms);
    nd_pages_release(&originals->places);
    nd_spill_release(&originals->spill);
    *originals = (nd_originals){0};
}

/* The number of the place of a document that was spilled. */
static size_t find_place(const nd_originals *originals, uint64_t document) {
    size_t low = 0, high = originals->places.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (((const place *)nd_pages_at(&originals->places, middle))->document <= document)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static neardup_status read_spilled(nd_originals *originals, unsigned worker, uint64_t document, neardup_text *text_out,
                                   neardup_error *error) {
    size_t number = find_place(originals, document);
    const place *p = nd_pages_at(&originals->places, number);
    uint64_t end = number + 1 < originals->places.count
                       ? ((const place *)nd_pages_at(&originals->places, number + 1))->offset
                       : originals->spill.size;
    nd_buffer *room = &originals->rooms[worker];
    room->size = 0;
    if (nd_buffer_reserve(room, (size_t)(end - p->offset))) return nd_fail_memory(error);
    *text_out = (neardup_text){.data = room->data, .size = (size_t)(end - p->offset), .form = (neardup_form)p->form};
    return nd_spill_read_at(&originals->spill, p->offset, text_out->size, room->data, error);
}

static neardup_status check_text(const nd_originals *originals, uint64_t document, const neardup_text *text,
                                 neardup_error *error) {
    bool same = nd_hash_text(text) == nd_registry_record(&originals->engine->registry, document)->checksum;
    return same ? NEARDUP_OK : nd_fail_changed(document, error);
}

neardup_status nd_originals_get(nd_originals *originals, unsigned worker, uint64_t document, neardup_text *text_out,
                                neardup_error *error) {
    const neardup_source *source = &originals->engine->source;
    neardup_status status;
    error->text[0] = 0;
    if (originals->fetching)
        status = nd_pass_answer(source->fetch(source->context, worker, document, text_out, error), error);
    else
        status = read_spilled(originals, worker, document, text_out, error);
    return status ? status : check_text(originals, document, text_out, error);
}
