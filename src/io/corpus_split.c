/* SPDX-License-Identifier: MIT */
/* A corpus as a source, the parallel half: parsing lines, and reading files that are one document. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/corpus_internal.h"

/* ---- lines ---- */

static neardup_status add_record(const nd_corpus *corpus, nd_slot *slot, const neardup_text *text,
                                 const nd_json_value *values, neardup_error *error) {
    const nd_wanted *w = &corpus->wanted;
    size_t count = slot->count + 1;
    if (nd_reserve(&slot->texts, &slot->text_capacity, count, sizeof *slot->texts) ||
        nd_reserve(&slot->records, &slot->record_capacity, count, sizeof *slot->records) ||
        nd_reserve(&slot->keys, &slot->key_capacity, count * w->key_count, sizeof *slot->keys))
        return nd_fail_memory(error);
    slot->texts[slot->count] = *text;
    nd_record *record = &slot->records[slot->count];
    *record = (nd_record){.line = slot->lines, .id = values[w->id]};
    if (w->source < w->keys) record->source = values[w->source];
    if (w->key_count) memcpy(slot->keys + slot->count * w->key_count, values + w->keys, w->key_count * sizeof *values);
    slot->count++;
    return NEARDUP_OK;
}

static neardup_status add_bad(nd_slot *slot, const nd_bad *bad, neardup_error *error) {
    if (nd_reserve(&slot->bad, &slot->bad_capacity, slot->bad_count + 1, sizeof *bad)) return nd_fail_memory(error);
    slot->bad[slot->bad_count] = *bad;
    slot->bad[slot->bad_count++].line = slot->lines;
    return NEARDUP_OK;
}

static neardup_status split_lines(const nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    nd_json_value values[ND_JSON_NAMES];
    nd_span rest = {slot->data.data, slot->data.size}, line;
    neardup_status status = NEARDUP_OK;
    if (corpus->wanted.texts > 1 && nd_buffer_reserve(&slot->joined, rest.size)) return nd_fail_memory(error);
    size_t mark = slot->head ? nd_sniff_mark(rest) : 0;
    rest = (nd_span){rest.data + mark, rest.size - mark};
    for (; status == NEARDUP_OK && nd_line_next(&rest, &line); slot->lines++) {
        neardup_text text;
        nd_bad bad;
        if (nd_line_parse(corpus, line, values, &slot->joined, &text, &bad) == NEARDUP_OK)
            status = add_record(corpus, slot, &text, values, error);
        else if (bad.reason)
            status = add_bad(slot, &bad, error);
    }
    if (slot->oversized) {
        memset(values, 0, sizeof values);
        status = add_record(corpus, slot, &(neardup_text){.form = NEARDUP_JSON, .set_aside = true}, values, error);
        slot->lines++;
    }
    return status;
}

/* ---- files ---- */

/* Reads one file of the block, or judges it when it is loaded; with *taken_out its text is in `text_out`. */
static neardup_status take_file(nd_corpus *corpus, nd_slot *slot, size_t index, neardup_text *text_out,
                                size_t *offset_out, neardup_error *error) {
    size_t file = slot->file + index;
    nd_file_facts *facts = &corpus->facts[file];
    nd_outcome *outcome = &slot->outcomes[index];
    *outcome = (nd_outcome){0};
    *offset_out = 0;
    if (facts->state == ND_FILE_PASSED) return NEARDUP_OK;
    neardup_status status = NEARDUP_OK;
    if (slot->kind == ND_BLOCK_FILES) {
        status = nd_load_text(corpus, &slot->loader, file, &slot->data, text_out, offset_out, &outcome->trouble, error);
    } else if (slot->oversized) {
        *text_out = (neardup_text){.set_aside = true};
    } else if (slot->trouble.present) {
        outcome->trouble = slot->trouble;
    } else {
        status = nd_load_judge(corpus, &slot->loader, file, &slot->data, 0, slot->decoded, text_out, &outcome->trouble,
                               error);
    }
    if (status) return status;
    outcome->taken = !outcome->trouble.present;
    if (!outcome->taken && facts->state == ND_FILE_TAKEN)
        return nd_fail(error, NEARDUP_ERROR_CHANGED, "%s could be read once but not again: %s",
                       nd_walk_path(&corpus->walk, file), outcome->trouble.message);
    facts->state = outcome->taken ? ND_FILE_TAKEN : ND_FILE_PASSED;
    return NEARDUP_OK;
}

static neardup_status split_files(nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    size_t offsets[ND_BATCH_FILES];
    if (nd_reserve(&slot->texts, &slot->text_capacity, slot->files, sizeof *slot->texts) ||
        nd_reserve(&slot->outcomes, &slot->outcome_capacity, slot->files, sizeof *slot->outcomes))
        return nd_fail_memory(error);
    for (size_t i = 0; i < slot->files; i++) {
        neardup_status status = take_file(corpus, slot, i, &slot->texts[slot->count], &offsets[slot->count], error);
        if (status) return status;
        slot->count += slot->outcomes[i].taken;
    }
    /* Only now does the buffer stay where it is. */
    for (size_t i = 0; i < slot->count; i++)
        if (!slot->texts[i].set_aside) slot->texts[i].data = slot->data.data + offsets[i];
    return NEARDUP_OK;
}

neardup_status nd_corpus_split(void *context, unsigned slot, const neardup_text **texts_out, size_t *count_out,
                               neardup_error *error) {
    nd_corpus *corpus = context;
    nd_slot *s = &corpus->slots[slot];
    neardup_status status = NEARDUP_OK;
    if (s->kind == ND_BLOCK_LINES) status = split_lines(corpus, s, error);
    if (s->kind == ND_BLOCK_FILES || s->kind == ND_BLOCK_LOADED) status = split_files(corpus, s, error);
    if (status) return status;
    *texts_out = s->texts;
    *count_out = s->count;
    return NEARDUP_OK;
}
