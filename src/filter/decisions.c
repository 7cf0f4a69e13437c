/* SPDX-License-Identifier: MIT */
/* A line is read for a few of its fields. Those about an input come first, that of the input itself behind them. */
#include "filter/decisions.h"

#include "base/error.h"
#include "base/memory.h"
#include "filter/relative.h"

/* The fields of a line that matter. */
enum {
    TYPE,
    ACTION,
    RECORD,
    OUTPUT,
    OUTPUT_B64,
    BYTES,
    LINES,
    HASH,
    ENCODING,
    MARK,
    FINAL,
    ANNOTATED,
    BEGIN,
    END,
    RAW_BEGIN,
    RAW_END,
    FIELDS
};
static const char *const names[FIELDS] = {"type",  "action",   "record",    "output", "output_b64",    "bytes",
                                          "lines", "xxh3_128", "encoding",  "mark",   "final_newline", "annotated",
                                          "begin", "end",      "raw_begin", "raw_end"};

neardup_status nd_decisions_fail(const nd_decisions *decisions, const char *what, neardup_error *error) {
    return nd_fail(error, NEARDUP_ERROR_SOURCE, "%.300s %s: is it what --decisions wrote?", decisions->strand.path,
                   what);
}

/* ---- values ---- */

static bool is_text(const nd_json_value *value, const char *text) {
    return value->kind == ND_JSON_STRING && nd_span_equals(value->raw, text);
}

/* Takes 19 digits at the most, so that no number is too large, or NEARDUP_NONE. */
static bool number_of(const nd_json_value *value, uint64_t *number_out) {
    uint64_t number = 0;
    if (value->kind != ND_JSON_NUMBER || value->raw.size > 19) return false;
    for (size_t i = 0; i < value->raw.size; i++) {
        if (value->raw.data[i] < '0' || value->raw.data[i] > '9') return false;
        number = number * 10 + (uint64_t)(value->raw.data[i] - '0');
    }
    *number_out = number;
    return true;
}

/* ---- lines ---- */

/* Reads the next line; NEARDUP_END behind the last. */
static neardup_status next_line(nd_decisions *d, nd_json_value values[FIELDS], neardup_error *error) {
    bool end = false;
    neardup_status status = nd_strand_at_end(&d->strand, &end, error);
    if (status) return status;
    if (end) return NEARDUP_END;
    status = nd_strand_take_json(&d->strand, &d->line, error);
    if (status) return status;
    nd_json_error json_error;
    nd_span line = {d->line.data, d->line.size};
    if (nd_json_scan(d->fields, line, values, &json_error) != ND_JSON_OBJECT)
        return nd_decisions_fail(d, "has a line that is no JSON object", error);
    return NEARDUP_OK;
}

static neardup_status add_line(nd_decisions *d, const nd_json_value *values, nd_line_list *list, neardup_error *error) {
    uint64_t line;
    if (values[RECORD].kind == ND_JSON_NULL) return NEARDUP_OK; /* a file */
    if (!number_of(&values[RECORD], &line) || (list->count && list->items[list->count - 1] >= line))
        return nd_decisions_fail(d, "has decisions out of order", error);
    if (nd_reserve(&list->items, &list->capacity, list->count + 1, sizeof *list->items)) return nd_fail_memory(error);
    list->items[list->count++] = line;
    return NEARDUP_OK;
}

static neardup_status add_gap(nd_decisions *d, const nd_json_value *values, neardup_error *error) {
    nd_gap gap = {.record = NEARDUP_NONE};
    bool file = values[RECORD].kind == ND_JSON_NULL;
    bool known = (file || number_of(&values[RECORD], &gap.record)) &&
                 number_of(&values[file ? BEGIN : RAW_BEGIN], &gap.begin) &&
                 number_of(&values[file ? END : RAW_END], &gap.end);
    if (!known || !nd_gaps_follow(&d->input.gaps, gap))
        return nd_decisions_fail(d, "has decisions out of order", error);
    return nd_gaps_add(&d->input.gaps, gap) ? nd_fail_memory(error) : NEARDUP_OK;
}

static neardup_status add_decision(nd_decisions *d, const nd_json_value *values, neardup_error *error) {
    if (is_text(&values[ACTION], "drop")) return add_line(d, values, &d->input.dropped, error);
    if (is_text(&values[ACTION], "cut")) return add_gap(d, values, error);
    if (is_text(&values[ACTION], "set-aside")) return add_line(d, values, &d->input.bad, error);
    return nd_decisions_fail(d, "has an action that this version does not know", error);
}

static neardup_status read_input(nd_decisions *d, const nd_json_value *values, neardup_error *error) {
    nd_decided *input = &d->input;
    bool wide = values[ENCODING].kind == ND_JSON_STRING;
    if (nd_relative_read(&values[OUTPUT], &values[OUTPUT_B64], &input->output)) return nd_fail_memory(error);
    if (!input->output.data) return nd_decisions_fail(d, "names an input that cannot be written", error);
    input->bytes = input->lines = NEARDUP_NONE;
    number_of(&values[BYTES], &input->bytes);
    number_of(&values[LINES], &input->lines);
    input->hash = values[HASH].kind == ND_JSON_STRING ? values[HASH].raw : (nd_span){0};
    input->line_break = (nd_line_break){wide ? 2 : 1, is_text(&values[ENCODING], "UTF-16BE")};
    input->mark = values[MARK].kind == ND_JSON_TRUE;
    input->open_end = values[FINAL].kind == ND_JSON_FALSE;
    input->annotated = values[ANNOTATED].kind == ND_JSON_TRUE;
    return NEARDUP_OK;
}

/* ---- the file ---- */

neardup_status nd_decisions_open(nd_decisions *decisions, const char *path, neardup_error *error) {
    neardup_status status = nd_json_fields_create(names, FIELDS, &decisions->fields, error);
    return status ? status : nd_strand_open(&decisions->strand, path, error);
}

neardup_status nd_decisions_next(nd_decisions *decisions, neardup_error *error) {
    nd_decisions *d = decisions;
    nd_json_value values[FIELDS];
    bool decided = false; /* there are decisions about the input that comes next */
    neardup_status status;
    d->input.dropped.count = d->input.bad.count = d->input.gaps.count = 0;
    while (!(status = next_line(d, values, error))) {
        if (is_text(&values[TYPE], "input")) return read_input(d, values, error);
        if (is_text(&values[TYPE], "summary")) d->summary = true;
        if (!is_text(&values[TYPE], "decision")) continue;
        decided = true;
        status = add_decision(d, values, error);
        if (status) break;
    }
    if (status != NEARDUP_END) return status;
    if (!d->summary) return nd_decisions_fail(d, "breaks off", error);
    return decided ? nd_decisions_fail(d, "has decisions behind its last input", error) : NEARDUP_END;
}

void nd_decisions_release(nd_decisions *decisions) {
    nd_strand_release(&decisions->strand);
    nd_json_fields_free(decisions->fields);
    nd_buffer_release(&decisions->line);
    nd_free(decisions->input.dropped.items);
    nd_free(decisions->input.bad.items);
    nd_free(decisions->input.gaps.items);
    *decisions = (nd_decisions){0};
}
