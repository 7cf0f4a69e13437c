/* SPDX-License-Identifier: MIT */
#include "engine/texts.h"

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

static neardup_status changed(uint64_t document, neardup_error *error) {
    return nd_fail(error, NEARDUP_ERROR_CHANGED,
                   "document %llu is not what it was at the first reading: the input changed meanwhile; run again",
                   (unsigned long long)document);
}

uint64_t nd_texts_same(const nd_texts *texts, uint64_t document) {
    const nd_registry *registry = &texts->engine->registry;
    const nd_record *record = nd_registry_record(registry, document);
    uint64_t first = nd_registry_first(registry, record->class);
    return record->checksum == nd_registry_record(registry, first)->checksum ? first : document;
}

/* ---- the second reading ---- */

typedef struct reading {
    nd_texts *texts;
    uint64_t documents; /* committed */
} reading;

/* Whether the text of a document may be asked for: the class's first where it is compared with others, and what differs
 * from that. */
static bool is_wanted(const nd_texts *texts, uint64_t document) {
    const nd_registry *registry = &texts->engine->registry;
    const nd_record *record = nd_registry_record(registry, document);
    uint32_t item = record->class == ND_NO_ITEM ? ND_NO_ITEM : texts->item_of[record->class];
    return item != ND_NO_ITEM && nd_texts_same(texts, document) == document;
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
    const nd_texts *texts = ((reading *)context)->texts;
    const neardup_engine *engine = texts->engine;
    uint64_t first;
    if (block->count != documents_of(engine, block->number, &first) || block->number >= engine->blocks)
        return changed(first, error);
    for (size_t i = 0; i < block->count; i++)
        if (block->texts[i].skipped
                ? is_wanted(texts, first + i)
                : nd_text_checksum(&block->texts[i]) != nd_registry_record(&engine->registry, first + i)->checksum)
            return changed(first + i, error);
    return NEARDUP_OK;
}

static neardup_status spill_text(nd_texts *texts, uint64_t document, const neardup_text *text, neardup_error *error) {
    place *p = nd_pages_append(&texts->places);
    if (!p) return nd_fail_memory(error);
    *p = (place){
        .document = document, .offset = texts->spill.size & (UINT64_MAX >> 2), .form = (unsigned)text->form & 3};
    return nd_spill_write(&texts->spill, text->data, text->size, NULL, error);
}

static neardup_status spill_block(void *context, unsigned slot, const nd_block *block, uint64_t *first_document_out,
                                  neardup_error *error) {
    (void)slot;
    reading *r = context;
    neardup_status status = NEARDUP_OK;
    documents_of(r->texts->engine, block->number, first_document_out);
    for (size_t i = 0; i < block->count && !status; i++)
        if (is_wanted(r->texts, *first_document_out + i))
            status = spill_text(r->texts, *first_document_out + i, &block->texts[i], error);
    r->documents += block->count;
    if (status) return status;
    return nd_engine_progress(r->texts->engine, NEARDUP_PHASE_FETCH, r->documents,
                              nd_registry_documents(&r->texts->engine->registry), error);
}

static neardup_status read_again(nd_texts *texts, neardup_error *error) {
    neardup_engine *engine = texts->engine;
    reading r = {.texts = texts};
    if (engine->source.want) engine->source.want(engine->source.context, wants, texts);
    texts->read_again = true;
    nd_pass pass = {&engine->source, engine->settings.options.threads, &r, check_block, spill_block};
    neardup_status status = nd_pass_run(&pass, error);
    if (!status && r.documents != nd_registry_documents(&engine->registry)) status = changed(r.documents, error);
    return status;
}

/* ---- asking ---- */

neardup_status nd_texts_open(nd_texts *texts, neardup_engine *engine, const nd_buckets *buckets,
                             const uint32_t *item_of, neardup_error *error) {
    *texts = (nd_texts){.engine = engine, .item_of = item_of};
    texts->spill.folder = engine->settings.options.temporary;
    nd_pages_init(&texts->places, sizeof(place));
    texts->rooms = nd_allocate_zero(engine->settings.options.threads, sizeof *texts->rooms);
    if (!texts->rooms) return nd_fail_memory(error);
    if (!buckets->items) return NEARDUP_OK;
    if (engine->source.fetch) {
        neardup_text text;
        neardup_status status = engine->source.fetch(
            engine->source.context, 0, nd_registry_first(&engine->registry, buckets->classes[0]), &text, error);
        texts->fetching = status != NEARDUP_END;
        if (texts->fetching) return nd_pass_answer(status, error);
    }
    return read_again(texts, error);
}

void nd_texts_close(nd_texts *texts) {
    for (unsigned i = 0; texts->rooms && i < texts->engine->settings.options.threads; i++)
        nd_buffer_release(&texts->rooms[i]);
    nd_free(texts->rooms);
    nd_pages_release(&texts->places);
    nd_spill_release(&texts->spill);
    *texts = (nd_texts){0};
}

/* The number of the place of a document that was spilled. */
static size_t find_place(const nd_texts *texts, uint64_t document) {
    size_t low = 0, high = texts->places.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (((const place *)nd_pages_at(&texts->places, middle))->document <= document)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static neardup_status read_spilled(nd_texts *texts, unsigned worker, uint64_t document, neardup_text *text_out,
                                   neardup_error *error) {
    size_t number = find_place(texts, document);
    const place *p = nd_pages_at(&texts->places, number);
    uint64_t end = number + 1 < texts->places.count ? ((const place *)nd_pages_at(&texts->places, number + 1))->offset
                                                    : texts->spill.size;
    nd_buffer *room = &texts->rooms[worker];
    room->size = 0;
    if (nd_buffer_reserve(room, (size_t)(end - p->offset))) return nd_fail_memory(error);
    *text_out = (neardup_text){.data = room->data, .size = (size_t)(end - p->offset), .form = (neardup_form)p->form};
    return nd_spill_read_at(&texts->spill, p->offset, text_out->size, room->data, error);
}

static neardup_status check_text(const nd_texts *texts, uint64_t document, const neardup_text *text,
                                 neardup_error *error) {
    bool same = nd_text_checksum(text) == nd_registry_record(&texts->engine->registry, document)->checksum;
    return same ? NEARDUP_OK : changed(document, error);
}

neardup_status nd_texts_get(nd_texts *texts, unsigned worker, uint64_t document, neardup_text *text_out,
                            neardup_error *error) {
    const neardup_source *source = &texts->engine->source;
    neardup_status status;
    error->text[0] = 0;
    if (texts->fetching)
        status = nd_pass_answer(source->fetch(source->context, worker, document, text_out, error), error);
    else
        status = read_spilled(texts, worker, document, text_out, error);
    return status ? status : check_text(texts, document, text_out, error);
}
