/* SPDX-License-Identifier: MIT */
/* The last reading: where in their texts the places of passages are, for the documents that have any. */
#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "engine/pass.h"
#include "engine/passages.h"

typedef struct locating {
    neardup_engine *engine;
    const nd_registry *registry;
    nd_passages *passages;
    nd_locator *locators; /* of the workers */
    uint64_t documents;   /* committed */
} locating;

/* The first of the documents with places that is not before `document`. */
static size_t find_document(const nd_passages *passages, uint64_t document) {
    size_t low = 0, high = passages->document_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (passages->documents[middle].document < document)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Of how many paragraphs tokens begin to end - 1 are more than half. */
static uint64_t count_paragraphs(const uint32_t *first, size_t count, uint64_t tokens, uint64_t begin, uint64_t end) {
    size_t low = 0, high = count; /* the paragraph that `begin` is in */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        *(first[middle] <= begin ? &low : &high) = middle;
    }
    uint64_t covered = 0;
    for (size_t i = low; i < count && first[i] < end; i++) {
        uint64_t behind = i + 1 < count ? first[i + 1] : tokens;
        uint64_t from = first[i] > begin ? first[i] : begin, to = behind < end ? behind : end;
        covered += 2 * (to - from) > behind - first[i];
    }
    return covered;
}

static void place_at(neardup_place *place, const neardup_text *text, nd_position begin, nd_position end) {
    place->begin = begin.byte;
    place->end = end.byte;
    place->char_begin = begin.character;
    place->char_end = end.character;
    place->line = begin.line;
    place->line_end = end.line;
    place->raw_begin = place->raw_end = NEARDUP_NONE;
    if (text->form != NEARDUP_JSON || text->raw_offset == NEARDUP_NONE) return;
    place->raw_begin = text->raw_offset + begin.raw;
    place->raw_end = text->raw_offset + end.raw;
}

void nd_locator_release(nd_locator *locator) {
    nd_tokens_release(&locator->tokens);
    nd_layout_release(&locator->layout);
    nd_free(locator->paragraphs);
}

neardup_status nd_locate_places(nd_locator *locator, const nd_settings *settings, const neardup_text *text,
                                neardup_place *places, const uint64_t *numbers, size_t count) {
    nd_locator *l = locator;
    const nd_tokens *t = &l->tokens;
    const nd_token_rules rules = {.only_marks = true, .kernels = settings->kernels->text};
    neardup_status status = nd_tokenize(&rules, text, &l->tokens);
    if (!status) status = nd_layout_find(text, rules.kernels, &l->layout);
    if (!status) status = nd_reserve(&l->paragraphs, &l->paragraph_capacity, t->count, sizeof *l->paragraphs);
    if (status) return status;
    size_t paragraphs = nd_layout_paragraphs(&l->layout, text, t, l->paragraphs);
    for (size_t i = 0; i < count; i++) {
        neardup_place *place = &places[numbers[i]];
        if (place->token_end > t->count) return NEARDUP_ERROR_CHANGED;
        place_at(place, text, nd_layout_position(&l->layout, nd_marks_find(&t->begins, place->token_begin)),
                 nd_layout_position(&l->layout, nd_marks_find(&t->ends, place->token_end - 1)));
        place->paragraphs = count_paragraphs(l->paragraphs, paragraphs, t->count, place->token_begin, place->token_end);
    }
    return NEARDUP_OK;
}

/* ---- all documents ---- */

static neardup_status locate_document(const locating *l, nd_locator *locator, const nd_document_places *document,
                                      const neardup_text *text) {
    if (text->skipped || nd_hash_text(text) != nd_registry_record(l->registry, document->document)->checksum)
        return NEARDUP_ERROR_CHANGED;
    return nd_locate_places(locator, &l->engine->settings, text, l->passages->places,
                            l->passages->by_document + document->begin, (size_t)(document->end - document->begin));
}

/* The first document of a block, of which there must be as many as at the first reading. */
static neardup_status find_first(const locating *l, const nd_block *block, uint64_t *first_out, neardup_error *error) {
    const neardup_engine *engine = l->engine;
    uint64_t documents = nd_registry_documents(l->registry);
    if (block->number >= engine->blocks) return nd_fail_changed(documents, error);
    uint64_t first = engine->block_first[block->number];
    uint64_t end = block->number + 1 < engine->blocks ? engine->block_first[block->number + 1] : documents;
    if (block->count != end - first) return nd_fail_changed(first, error);
    *first_out = first;
    return NEARDUP_OK;
}

static neardup_status work(void *context, unsigned slot, unsigned worker, const nd_block *block, neardup_error *error) {
    const locating *l = context;
    (void)slot;
    uint64_t first = 0;
    neardup_status status = find_first(l, block, &first, error);
    if (status) return status;
    for (size_t i = find_document(l->passages, first); i < l->passages->document_count; i++) {
        const nd_document_places *document = &l->passages->documents[i];
        if (document->document >= first + block->count) break;
        status = locate_document(l, &l->locators[worker], document, &block->texts[document->document - first]);
        if (status == NEARDUP_ERROR_CHANGED) return nd_fail_changed(document->document, error);
        if (status) return nd_fail(error, status, "%s", neardup_status_text(status));
    }
    return NEARDUP_OK;
}

static neardup_status commit(void *context, unsigned slot, const nd_block *block, uint64_t *first_document_out,
                             neardup_error *error) {
    locating *l = context;
    (void)slot;
    *first_document_out = l->engine->block_first[block->number];
    l->documents += block->count;
    return nd_engine_progress(l->engine, NEARDUP_PHASE_LOCATE, l->documents, nd_registry_documents(l->registry), error);
}

/* Whether a document has places: no other is wanted. */
static bool has_places(void *context, uint64_t document) {
    const nd_passages *passages = context;
    size_t found = find_document(passages, document);
    return found < passages->document_count && passages->documents[found].document == document;
}

neardup_status nd_engine_locate(neardup_engine *engine, const nd_registry *registry, nd_passages *passages,
                                neardup_error *error) {
    if (!passages->place_count) return NEARDUP_OK;
    unsigned threads = engine->settings.options.threads;
    locating l = {.engine = engine, .registry = registry, .passages = passages};
    l.locators = nd_allocate_zero(threads, sizeof *l.locators);
    neardup_status status = l.locators ? NEARDUP_OK : nd_fail_memory(error);
    nd_pass pass = {&engine->source, threads, &l, work, commit};
    if (!status && engine->source.want) engine->source.want(engine->source.context, has_places, passages);
    if (!status) status = nd_pass_run(&pass, error);
    if (!status && l.documents != nd_registry_documents(registry)) status = nd_fail_changed(l.documents, error);
    for (unsigned i = 0; l.locators && i < threads; i++) nd_locator_release(&l.locators[i]);
    nd_free(l.locators);
    return status;
}
