/* SPDX-License-Identifier: MIT */
#include "report/saved_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "report/saved_finish.h"

neardup_status nd_saved_fail(const nd_saved_line *line, const char *what) {
    const char *name = strcmp(line->name, "-") == 0 ? "standard input" : line->name;
    nd_fail(line->error, NEARDUP_ERROR_SOURCE, "%.200s:%llu: %s", name, (unsigned long long)line->number, what);
    return NEARDUP_ERROR_SOURCE;
}

neardup_status nd_saved_fail_field(const nd_saved_line *line, const char *name, const char *kind) {
    char what[128];
    snprintf(what, sizeof what, "\"%s\" of this %.20s line should be %s", name, line->type.data, kind);
    return nd_saved_fail(line, what);
}

neardup_status nd_saved_line_read(nd_saved_line *line, nd_span text) {
    static const nd_span unknown = {"result", 6}; /* until its type has been read */
    nd_json_error wrong;
    line->number++;
    neardup_status status = nd_json_object_read(text, &line->object, &wrong);
    if (status == NEARDUP_ERROR_ARGUMENT) {
        char what[128];
        snprintf(what, sizeof what, "%s at byte %zu: is this what neardup scan -r jsonl wrote?", wrong.reason,
                 wrong.byte);
        return nd_saved_fail(line, what);
    }
    line->type = unknown;
    return status ? status : nd_saved_take_text(line, "type", &line->type);
}

/* ---- fields that must be there ---- */

static bool has(const nd_saved_line *line, const char *name) { return nd_json_object_find(&line->object, name); }

neardup_status nd_saved_take_count(const nd_saved_line *line, const char *name, uint64_t *count_out) {
    if (has(line, name) && nd_json_count_of(&line->object, name, count_out)) return NEARDUP_OK;
    return nd_saved_fail_field(line, name, "a count");
}

neardup_status nd_saved_take_share(const nd_saved_line *line, const char *name, double *share_out) {
    double share;
    if (!has(line, name) || !nd_json_number_of(&line->object, name, &share))
        return nd_saved_fail_field(line, name, "a number");
    return nd_saved_take_optional_share(line, name, share_out);
}

neardup_status nd_saved_take_time(const nd_saved_line *line, const char *name, double *seconds_out) {
    const double most = 1e12; /* what reports have room for */
    double seconds = -1;
    if (!nd_json_number_of(&line->object, name, &seconds) || !(seconds >= 0 && seconds <= most))
        return nd_saved_fail_field(line, name, "a time");
    *seconds_out = seconds;
    return NEARDUP_OK;
}

neardup_status nd_saved_take_key(const nd_saved_line *line, const char *name, uint64_t *key_out) {
    int64_t number = 0;
    if (!has(line, name) || !nd_json_integer_of(&line->object, name, &number))
        return nd_saved_fail_field(line, name, "the number of a document");
    *key_out = number < 0 ? (uint64_t) - (number + 1) : (uint64_t)number | ND_SAVED_NO_REFERENCE;
    return NEARDUP_OK;
}

neardup_status nd_saved_take_word(const nd_saved_line *line, const char *name, const char *(*word)(int), int count,
                                  int *which_out) {
    nd_span text;
    neardup_status status = nd_saved_take_text(line, name, &text);
    for (int i = 0; i < count && !status; i++)
        if (nd_span_equals(text, word(i))) {
            *which_out = i;
            return NEARDUP_OK;
        }
    return status ? status : nd_saved_fail_field(line, name, "a word this version of neardup knows");
}

/* ---- fields that may be missing ---- */

neardup_status nd_saved_take_optional_count(const nd_saved_line *line, const char *name, uint64_t *count_out) {
    if (nd_json_count_of(&line->object, name, count_out)) return NEARDUP_OK;
    return nd_saved_fail_field(line, name, "a count");
}

neardup_status nd_saved_take_optional_share(const nd_saved_line *line, const char *name, double *share_out) {
    double share = 0;
    if (!has(line, name)) return NEARDUP_OK;
    if (!nd_json_number_of(&line->object, name, &share) || !(share >= 0 && share <= 1))
        return nd_saved_fail_field(line, name, "a number from 0 to 1");
    *share_out = share;
    return NEARDUP_OK;
}

neardup_status nd_saved_take_flag(const nd_saved_line *line, const char *name, bool *flag_out) {
    if (nd_json_flag_of(&line->object, name, flag_out)) return NEARDUP_OK;
    return nd_saved_fail_field(line, name, "true or false");
}

neardup_status nd_saved_take_checksum(const nd_saved_line *line, const char *name, uint64_t *checksum_out) {
    nd_span text;
    neardup_status status = nd_saved_take_text(line, name, &text);
    if (status || !text.size) return status;
    char *end;
    uint64_t checksum = strtoull(text.data, &end, 16);
    if (*end) return nd_saved_fail_field(line, name, "16 hexadecimal digits");
    *checksum_out = checksum;
    return NEARDUP_OK;
}

neardup_status nd_saved_take_literal(const nd_saved_line *line, const char *name, nd_span *literal_out) {
    const nd_json_value *value = nd_json_object_find(&line->object, name);
    if (!value) return NEARDUP_OK;
    size_t quotes = value->kind == ND_JSON_STRING, size = value->raw.size;
    char *copy = nd_arena_allocate(line->arena, size + 2, 1);
    if (!copy) return NEARDUP_ERROR_MEMORY;
    if (quotes) copy[0] = copy[size + 1] = '"';
    if (size) memcpy(copy + quotes, value->raw.data, size);
    *literal_out = (nd_span){copy, size + 2 * quotes};
    return NEARDUP_OK;
}

neardup_status nd_saved_take_text(const nd_saved_line *line, const char *name, nd_span *text_out) {
    nd_span text = {"", 0};
    if (!nd_json_bytes_of(&line->object, name, line->arena, &text)) return nd_saved_fail_field(line, name, "a string");
    if (!text.data) return NEARDUP_ERROR_MEMORY;
    *text_out = text;
    return NEARDUP_OK;
}

neardup_status nd_saved_take_list(const nd_saved_line *line, const char *name, nd_strings *list_out) {
    nd_span text;
    neardup_status status = nd_saved_take_text(line, name, &text);
    if (status || !text.size) return status;
    size_t count = 1;
    for (size_t i = 0; i < text.size; i++) count += text.data[i] == ',';
    const char **items = nd_arena_allocate(line->arena, count, sizeof *items);
    if (!items) return NEARDUP_ERROR_MEMORY;
    char *at = (char *)(uintptr_t)text.data; /* the arena's */
    for (size_t i = 0; i < count; i++) {
        items[i] = at;
        at += strcspn(at, ",");
        *at++ = 0;
    }
    *list_out = (nd_strings){items, count};
    return NEARDUP_OK;
}
