/* SPDX-License-Identifier: MIT */
/* The last reading: where in their texts the places of passages are, for the documents that have any. */
#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/threads.h"
#include "engine/pass.h"
#include "engine/passages.h"

typedef struct locating {
    neardup_engine *engine;
    const nd_registry *registry;
    nd_passages *passages;
    nd_token_rules rules;
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

/* The position of a byte, which is among `count` of them. */
static const nd_position *position_at(const nd_locator *l, size_t count, uint64_t raw) {
    size_t first = 0;
    for (; count > 1; count -= count / 2) /* without a branch on what is found */
        first += l->bytes[first + count / 2] <= raw ? count / 2 : 0;
    return &l->positions[first];
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

static void place_at(neardup_place *place, const neardup_text *text, const nd_position *begin, const nd_position *end) {
    place->begin = begin->byte;
    place->end = end->byte;
    place->char_begin = begin->character;
    place->char_end = end->character;
    place->line = begin->line;
    place->line_end = end->line;
    place->raw_begin = place->raw_end = NEARDUP_NONE;
    if (text->form != NEARDUP_JSON || text->raw_offset == NEARDUP_NONE) return;
    place->raw_begin = text->raw_offset + begin->raw;
    place->raw_end = text->raw_offset + end->raw;
}

void nd_locator_release(nd_locator *locator) {
    nd_free(locator->positions);
    nd_free(locator->bytes);
    nd_free(locator->paragraphs);
    nd_breaks_release(&locator->breaks);
}

/* Lists the bytes at which places begin and end, in order. */
static neardup_status list_bytes(nd_locator *l, const nd_tokens *tokens, const neardup_place *places,
                                 const uint64_t *numbers, size_t count, size_t *count_out) {
    size_t found = 0;
    neardup_status status = nd_reserve(&l->bytes, &l->byte_capacity, 4 * count, sizeof *l->bytes);
    for (size_t i = 0; i < count && !status; i++) {
        const neardup_place *place = &places[numbers[i]];
        if (place->token_end > tokens->count) return NEARDUP_ERROR_CHANGED;
        l->bytes[found++] = tokens->spans[place->token_begin].begin;
        l->bytes[found++] = tokens->spans[place->token_end - 1].end;
    }
    if (status) return status;
    nd_sort(l->bytes, found, l->bytes + found);
    *count_out = nd_distinct(l->bytes, found);
    return NEARDUP_OK;
}

neardup_status nd_locate_places(nd_locator *locator, const nd_text_kernels *kernels, const neardup_text *text,
                                const nd_tokens *tokens, neardup_place *places, const uint64_t *numbers, size_t count) {
    nd_locator *l = locator;
    size_t found = 0;
    neardup_status status = list_bytes(l, tokens, places, numbers, count, &found);
    if (!status) status = nd_reserve(&l->positions, &l->position_capacity, found, sizeof *l->positions);
    if (!status) status = nd_reserve(&l->paragraphs, &l->paragraph_capacity, tokens->count, sizeof *l->paragraphs);
    for (size_t i = 0; i < found && !status; i++) l->positions[i].raw = (size_t)l->bytes[i];
    bool html = text->form == NEARDUP_HTML;
    if (!status) status = nd_positions_find(text, kernels, l->positions, found, html ? NULL : &l->breaks);
    if (status) return status;
    size_t paragraphs = nd_paragraphs_find(text, tokens, &l->breaks, l->paragraphs);
    for (size_t i = 0; i < count; i++) {
        neardup_place *place = &places[numbers[i]];
        place_at(place, text, position_at(l, found, tokens->spans[place->token_begin].begin),
                 position_at(l, found, tokens->spans[place->token_end - 1].end));
        place->paragraphs =
            count_paragraphs(l->paragraphs, paragraphs, tokens->count, place->token_begin, place->token_end);
    }
    return NEARDUP_OK;
}

/* ---- all documents ---- */

static neardup_status locate_document(const locating *l, nd_workspace *workspace, nd_locator *locator,
                                      const nd_document_places *document, const neardup_text *text) {
    if (text->skipped || nd_hash_text(text) != nd_registry_record(l->registry, document->document)->checksum)
        return NEARDUP_ERROR_CHANGED;
    neardup_status status = nd_tokenize(&l->rules, text, &workspace->tokens);
    if (status) return status;
    return nd_locate_places(locator, l->engine->settings.kernels->text, text, &workspace->tokens, l->passages->places,
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
        status = locate_document(l, &l->engine->workspaces[worker], &l->locators[worker], document,
                                 &block->texts[document->document - first]);
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
    l.rules = engine->settings.token_rules;
    l.rules.keep_text = l.rules.keep_alone = false;
    l.rules.keep_spans = l.rules.skip_hashes = true;
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
