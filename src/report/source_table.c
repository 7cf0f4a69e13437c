/* SPDX-License-Identifier: MIT */
/* Rows are found by name through an open-addressed table of row numbers, at most half full. */
#include "report/source_table.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "report/findings.h"
#include "report/saved.h"

typedef struct row_index {
    nd_source_row *rows;
    size_t count, capacity;
    size_t *slots; /* row number + 1; 0 is free */
    size_t slot_count;
} row_index;

/* The slot that holds `name`, or the free one where it would go. */
static size_t find_slot(const row_index *index, nd_span name) {
    size_t slot = (size_t)nd_hash64(name.data, name.size, 0) & (index->slot_count - 1);
    while (index->slots[slot] && nd_span_compare(index->rows[index->slots[slot] - 1].name, name) != 0)
        slot = (slot + 1) & (index->slot_count - 1);
    return slot;
}

static neardup_status widen(row_index *index) {
    size_t slot_count = index->slot_count ? index->slot_count * 2 : 64;
    size_t *slots = nd_allocate_zero(slot_count, sizeof *slots);
    if (!slots) return NEARDUP_ERROR_MEMORY;
    nd_free(index->slots);
    index->slots = slots;
    index->slot_count = slot_count;
    for (size_t row = 0; row < index->count; row++) slots[find_slot(index, index->rows[row].name)] = row + 1;
    return NEARDUP_OK;
}

/* The number of the row of that name, made where there is none. */
static neardup_status find_row(row_index *index, nd_span name, size_t *row_out) {
    if (index->count * 2 >= index->slot_count && widen(index)) return NEARDUP_ERROR_MEMORY;
    size_t slot = find_slot(index, name);
    if (!index->slots[slot]) {
        if (nd_reserve(&index->rows, &index->capacity, index->count + 1, sizeof *index->rows))
            return NEARDUP_ERROR_MEMORY;
        index->rows[index->count++] = (nd_source_row){.name = name};
        index->slots[slot] = index->count;
    }
    *row_out = index->slots[slot] - 1;
    return NEARDUP_OK;
}

static int compare_rows(const void *a, const void *b) {
    return nd_span_compare(((const nd_source_row *)a)->name, ((const nd_source_row *)b)->name);
}

static neardup_status copy_rows(const nd_saved *saved, nd_source_table *table_out, neardup_error *error) {
    size_t count = saved->sources.count;
    nd_source_row *rows = nd_allocate(count, sizeof *rows);
    if (!rows) return nd_fail_memory(error);
    for (size_t i = 0; i < count; i++) rows[i] = saved->sources.items[i];
    *table_out = (nd_source_table){rows, count};
    return NEARDUP_OK;
}

neardup_status nd_source_table_init(const nd_report *report, nd_source_table *table_out, neardup_error *error) {
    row_index index = {0};
    neardup_status status = NEARDUP_OK;
    neardup_totals totals;
    if (report->saved) return copy_rows(report->saved, table_out, error);
    nd_report_totals(report, &totals);
    for (uint64_t number = totals.references; number < totals.references + totals.documents && !status; number++) {
        nd_corpus_document place = nd_report_at(report, number);
        if (!place.source.size) continue;
        size_t row;
        status = find_row(&index, place.source, &row);
        if (status) break;
        neardup_document document;
        neardup_decision decision;
        nd_report_document(report, number, &document);
        nd_report_decision(report, number, &decision);
        index.rows[row].documents++;
        index.rows[row].dropped += decision.dropped;
        index.rows[row].tokens += document.tokens;
        neardup_extent extent;
        nd_report_extent(report, number, &extent);
        index.rows[row].boilerplate += extent.boilerplate;
        index.rows[row].records |= place.record != NEARDUP_NONE;
    }
    nd_free(index.slots);
    if (status) {
        nd_free(index.rows);
        return nd_fail_memory(error);
    }
    if (index.count) qsort(index.rows, index.count, sizeof *index.rows, compare_rows);
    *table_out = (nd_source_table){index.rows, index.count};
    return NEARDUP_OK;
}

void nd_source_table_release(nd_source_table *table) {
    nd_free(table->rows);
    *table = (nd_source_table){0};
}

bool nd_source_row_matters(const nd_report *report, const nd_source_row *row) {
    return row->records || !nd_span_equals((nd_span){"file", 4}, nd_report_source_rule(report));
}
