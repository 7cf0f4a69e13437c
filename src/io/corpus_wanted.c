/* SPDX-License-Identifier: MIT */
/*
 * A corpus as a source, once more, for a reading in which only some documents are wanted. Which blocks there are and
 * which documents they hold is known, so that a file is opened when the first wanted document of it comes, goes over
 * blocks without any, where it can be read from anywhere, and is left behind the last; and of the lines of a block only
 * the wanted ones are parsed.
 *
 * A file that is opened must have the size and time it had, a block that is split as many lines as it had, and a wanted
 * line must be a document.
 */
#include "base/error.h"
#include "base/memory.h"
#include "io/corpus_internal.h"

static const nd_block_facts *block_at(const nd_corpus *corpus, size_t number) {
    return nd_pages_at(&corpus->blocks, number);
}

uint64_t nd_corpus_block_end(const nd_corpus *corpus, size_t block) {
    bool last = block + 1 >= corpus->blocks.count;
    return last ? corpus->catalog.documents : block_at(corpus, block + 1)->first_document;
}

/* ---- reading ---- */

static bool wants_any(const nd_corpus *corpus, size_t number) {
    uint64_t end = nd_corpus_block_end(corpus, number);
    for (uint64_t d = block_at(corpus, number)->first_document; d < end; d++)
        if (nd_corpus_wants(corpus, d)) return true;
    return false;
}

/* The first block of a file or one behind it. */
static size_t first_block_of(const nd_corpus *corpus, size_t file) {
    size_t low = 0, high = corpus->blocks.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (block_at(corpus, middle)->file < file)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool nd_corpus_wants_file(const nd_corpus *corpus, size_t file) {
    for (size_t b = first_block_of(corpus, file); b < corpus->blocks.count && block_at(corpus, b)->file == file; b++)
        if (wants_any(corpus, b)) return true;
    return false;
}

/* Opens the file of a block of lines, unless it is the one that is open. */
static neardup_status open_file_of(nd_corpus *corpus, size_t number, neardup_error *error) {
    nd_reading *r = &corpus->reading;
    size_t file = block_at(corpus, number)->file;
    if (r->lines_open && r->next_file == file) return NEARDUP_OK;
    if (r->lines_open) nd_corpus_end_file(corpus);
    r->next_file = file;
    neardup_status status = nd_corpus_open_lines(corpus, file, true, error);
    if (status == NEARDUP_OK && r->loader.trouble.present)
        status = nd_corpus_lost(corpus, file, r->loader.trouble.message, error);
    if (status) return status;
    r->lines_open = true;
    for (r->lines_block = number; r->lines_block && block_at(corpus, r->lines_block - 1)->file == file;)
        r->lines_block--;
    return NEARDUP_OK;
}

/* Reads a block of lines, after those before it that nobody wanted. */
static neardup_status read_lines(nd_corpus *corpus, nd_slot *slot, size_t number, neardup_error *error) {
    nd_reading *r = &corpus->reading;
    const nd_block_facts *block = block_at(corpus, number);
    neardup_status status = open_file_of(corpus, number, error);
    if (status) return status;
    if (r->lines_block < number && nd_lines_seek(&r->lines, block->begin)) r->lines_block = number;
    for (; status == NEARDUP_OK && r->lines_block <= number; r->lines_block++)
        status = nd_lines_next(&r->lines, &slot->data, &slot->oversized, error);
    slot->head = block->line == 0;
    /* Where it ended or was damaged, that was behind all documents. */
    if (status == NEARDUP_END || status == NEARDUP_ERROR_SOURCE) return nd_corpus_changed(corpus, block->file, error);
    return status ? nd_loader_fault(&r->loader, status, error) : NEARDUP_OK;
}

neardup_status nd_corpus_read_wanted(nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    nd_reading *r = &corpus->reading;
    size_t number = r->next_block;
    if (number == corpus->blocks.count) return NEARDUP_END;
    const nd_block_facts *block = block_at(corpus, number);
    nd_slot_clear(slot, (nd_block_kind)block->kind, block->file, block->files);
    slot->unread = !wants_any(corpus, number);
    if (slot->unread) return NEARDUP_OK;
    if (block->kind == ND_BLOCK_LINES) return read_lines(corpus, slot, number, error);
    if (block->kind != ND_BLOCK_LOADED) return NEARDUP_OK;
    if (r->lines_open) nd_corpus_end_file(corpus);
    r->next_file = block->file;
    neardup_status status = nd_corpus_begin_file(corpus, slot, error);
    bool same = status == NEARDUP_OK && slot->kind == ND_BLOCK_LOADED && !slot->trouble.present;
    return same || status < 0 ? status : nd_corpus_changed(corpus, block->file, error);
}

/* ---- splitting ---- */

static neardup_status add_skipped(nd_slot *slot, neardup_error *error) {
    if (nd_reserve(&slot->texts, &slot->text_capacity, slot->count + 1, sizeof *slot->texts))
        return nd_fail_memory(error);
    slot->texts[slot->count++] = (neardup_text){.skipped = true};
    return NEARDUP_OK;
}

neardup_status nd_corpus_split_unread(const nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    uint64_t count = nd_corpus_block_end(corpus, slot->number) - block_at(corpus, slot->number)->first_document;
    neardup_status status = NEARDUP_OK;
    while (status == NEARDUP_OK && slot->count < count) status = add_skipped(slot, error);
    return status;
}

/* Adds the next document of the block, which is in the given line. */
static neardup_status add_document(const nd_corpus *corpus, nd_slot *slot, uint64_t document, nd_span text,
                                   neardup_error *error) {
    nd_line line;
    if (!nd_corpus_wants(corpus, document)) return add_skipped(slot, error);
    if (!nd_line_parse(corpus, text, true, &slot->joined, &line)) return nd_corpus_changed(corpus, slot->file, error);
    return nd_slot_add_record(slot, &corpus->wanted, &line, error);
}

neardup_status nd_corpus_split_wanted(const nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    const nd_block_facts *block = block_at(corpus, slot->number);
    uint64_t document = block->first_document, end = nd_corpus_block_end(corpus, slot->number);
    nd_span rest = {slot->data.data, slot->data.size}, text;
    if (corpus->wanted.texts > 1 && nd_buffer_reserve(&slot->joined, rest.size)) return nd_fail_memory(error);
    size_t mark = slot->head ? nd_sniff_mark(rest) : 0;
    rest = (nd_span){rest.data + mark, rest.size - mark};
    neardup_status status = NEARDUP_OK;
    uint64_t line = document < end ? nd_catalog_place(&corpus->catalog, document).line : NEARDUP_NONE;
    for (; status == NEARDUP_OK && nd_line_next(&rest, &text); slot->lines++) {
        if (block->line + slot->lines != line) continue;
        status = add_document(corpus, slot, document, text, error);
        line = ++document < end ? nd_catalog_place(&corpus->catalog, document).line : NEARDUP_NONE;
    }
    if (status == NEARDUP_OK && slot->oversized && document < end) {
        nd_line aside = {.text = {.form = NEARDUP_JSON, .set_aside = true}};
        status = nd_slot_add_record(slot, &corpus->wanted, &aside, error);
        document++;
        slot->lines++;
    }
    const nd_block_facts *next = block_at(corpus, slot->number + 1); /* there is one: LAST holds no lines */
    bool inside = next->kind == ND_BLOCK_LINES && next->file == block->file;
    bool same = document == end && (!inside || block->line + slot->lines == next->line);
    return status || same ? status : nd_corpus_changed(corpus, slot->file, error);
}
