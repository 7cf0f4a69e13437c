/* SPDX-License-Identifier: MIT */
/* A corpus as a source, the parallel half: parsing lines, and reading files that are one document. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/corpus_internal.h"

/* ---- lines ---- */

neardup_status nd_slot_add_record(nd_slot *slot, const nd_wanted *wanted, const nd_line *line, neardup_error *error) {
    size_t count = slot->count + 1;
    if (nd_reserve(&slot->texts, &slot->text_capacity, count, sizeof *slot->texts) ||
        nd_reserve(&slot->records, &slot->record_capacity, count, sizeof *slot->records) ||
        nd_reserve(&slot->keys, &slot->key_capacity, count * wanted->key_count, sizeof *slot->keys))
        return nd_fail_memory(error);
    slot->texts[slot->count] = line->text;
    nd_taken_line *record = &slot->records[slot->count];
    *record = (nd_taken_line){.line = slot->lines, .id = line->values[wanted->id]};
    record->set_aside = line->text.set_aside;
    record->bytes = line->bytes;
    if (wanted->source < wanted->keys) record->source = line->values[wanted->source];
    if (wanted->key_count)
        memcpy(slot->keys + slot->count * wanted->key_count, line->values + wanted->keys,
               wanted->key_count * sizeof *slot->keys);
    slot->count++;
    return NEARDUP_OK;
}

static neardup_status add_bad(nd_slot *slot, const nd_bad *bad, neardup_error *error) {
    if (nd_reserve(&slot->bad, &slot->bad_capacity, slot->bad_count + 1, sizeof *bad)) return nd_fail_memory(error);
    slot->bad[slot->bad_count] = *bad;
    slot->bad[slot->bad_count++].line = slot->lines;
    return NEARDUP_OK;
}

/* Where a line of the slot is in its file. */
static nd_extent extent_of(const nd_slot *slot, nd_span line) {
    return (nd_extent){slot->begin + (uint64_t)(line.data - slot->data.data), line.size};
}

static neardup_status split_lines(const nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    nd_line line;
    nd_span rest = {slot->data.size ? slot->data.data : "", slot->data.size}, text;
    neardup_status status = NEARDUP_OK;
    if (corpus->wanted.texts > 1 && nd_buffer_reserve(&slot->joined, rest.size)) return nd_fail_memory(error);
    size_t mark = slot->head ? nd_sniff_mark(rest) : 0;
    rest = (nd_span){rest.data + mark, rest.size - mark};
    for (; status == NEARDUP_OK && nd_line_next(&rest, &text); slot->lines++) {
        if (nd_line_parse(corpus, text, false, &slot->joined, &line)) {
            status = nd_slot_add_record(slot, &corpus->wanted, &line, error);
            if (status == NEARDUP_OK) slot->records[slot->count - 1].extent = extent_of(slot, text);
            if (corpus->options->absent_field && line.values[corpus->wanted.absent].kind != ND_JSON_NONE &&
                !slot->taken) {
                slot->taken = true;
                slot->taken_line = slot->lines;
            }
        } else if (line.bad.reason) {
            status = add_bad(slot, &line.bad, error);
        }
    }
    if (status == NEARDUP_OK && slot->oversized) {
        memset(&line, 0, sizeof line);
        line.text = (neardup_text){.form = NEARDUP_JSON, .set_aside = true};
        line.bytes = slot->bytes;
        status = nd_slot_add_record(slot, &corpus->wanted, &line, error);
        slot->lines++;
    }
    return status;
}

/* ---- files ---- */

/* The text of a file that the block's files are to be read for, or that is loaded. */
static neardup_status load_text(nd_corpus *corpus, nd_slot *slot, size_t file, neardup_text *text_out,
                                neardup_error *error) {
    nd_loader *loader = &slot->loader;
    if (slot->kind == ND_BLOCK_FILES) {
        neardup_status status = nd_loader_begin(loader, corpus, file, error);
        if (status || loader->trouble.present) return status;
        return nd_loader_text(loader, &slot->data, text_out, error);
    }
    loader->corpus = corpus;
    loader->file = file;
    loader->trouble = slot->trouble;
    loader->bytes = slot->bytes;
    if (slot->oversized) *text_out = (neardup_text){.set_aside = true};
    if (slot->oversized || slot->trouble.present) return NEARDUP_OK;
    neardup_status status = slot->decoded ? NEARDUP_OK : nd_loader_decode(loader, &slot->data, 0, error);
    if (status == NEARDUP_OK && !loader->trouble.present)
        nd_loader_judge(loader, (nd_span){slot->data.data, slot->data.size}, text_out);
    return status;
}

/* Whether the document that comes next in the block is wanted. */
static bool is_wanted(const nd_corpus *corpus, const nd_slot *slot) {
    if (!corpus->reading.wanted) return true;
    const nd_block_facts *block = nd_pages_at(&corpus->blocks, slot->number);
    return nd_corpus_wants(corpus, block->first_document + slot->count);
}

/* Finds out what becomes of a file of the block; its text goes behind the others. */
static neardup_status take_file(nd_corpus *corpus, nd_slot *slot, size_t index, neardup_error *error) {
    size_t file = slot->file + index;
    nd_file_facts *facts = &corpus->facts[file];
    nd_file_outcome *outcome = &slot->outcomes[index];
    *outcome = (nd_file_outcome){.offset = slot->kind == ND_BLOCK_FILES ? slot->data.size : 0};
    if (facts->state == ND_FILE_PASSED) return NEARDUP_OK;
    if (facts->state == ND_FILE_TAKEN && !is_wanted(corpus, slot)) {
        slot->texts[slot->count++] = (neardup_text){.skipped = true};
        outcome->taken = true;
        return NEARDUP_OK;
    }
    neardup_status status = load_text(corpus, slot, file, &slot->texts[slot->count], error);
    if (status) return status;
    outcome->trouble = slot->loader.trouble;
    outcome->taken = !outcome->trouble.present;
    if (!outcome->taken && facts->state == ND_FILE_TAKEN)
        return nd_corpus_lost(corpus, file, outcome->trouble.message, error);
    facts->state = outcome->taken ? ND_FILE_TAKEN : ND_FILE_PASSED;
    if (outcome->taken && slot->texts[slot->count].set_aside)
        outcome->trouble = nd_corpus_set_aside(corpus, slot->loader.bytes);
    slot->count += outcome->taken;
    return NEARDUP_OK;
}

static neardup_status split_files(nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    if (nd_reserve(&slot->texts, &slot->text_capacity, slot->files, sizeof *slot->texts) ||
        nd_reserve(&slot->outcomes, &slot->outcome_capacity, slot->files, sizeof *slot->outcomes))
        return nd_fail_memory(error);
    for (size_t i = 0; i < slot->files; i++) {
        neardup_status status = take_file(corpus, slot, i, error);
        if (status) return status;
    }
    /* Only now does the buffer stay where it is. */
    for (size_t i = 0, text = 0; i < slot->files; i++) {
        if (!slot->outcomes[i].taken) continue;
        if (!slot->texts[text].set_aside && !slot->texts[text].skipped)
            slot->texts[text].data = slot->data.data + slot->outcomes[i].offset;
        text++;
    }
    return NEARDUP_OK;
}

neardup_status nd_corpus_split(void *context, unsigned slot, const neardup_text **texts_out, size_t *count_out,
                               neardup_error *error) {
    nd_corpus *corpus = context;
    nd_slot *s = &corpus->slots[slot];
    neardup_status status = NEARDUP_OK;
    if (s->unread)
        status = nd_corpus_split_unread(corpus, s, error);
    else if (s->kind == ND_BLOCK_LINES)
        status = corpus->reading.wanted ? nd_corpus_split_wanted(corpus, s, error) : split_lines(corpus, s, error);
    else if (s->kind == ND_BLOCK_FILES || s->kind == ND_BLOCK_LOADED)
        status = split_files(corpus, s, error);
    if (status) return status;
    *texts_out = s->texts;
    *count_out = s->count;
    return NEARDUP_OK;
}
