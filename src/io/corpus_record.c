/* SPDX-License-Identifier: MIT */
/* A line of JSON Lines as a document, or why it is none. */
#include <string.h>

#include "io/corpus_internal.h"

bool nd_line_next(nd_span *rest, nd_span *line_out) {
    if (!rest->size) return false;
    const char *end = memchr(rest->data, '\n', rest->size);
    size_t size = end ? (size_t)(end - rest->data) : rest->size;
    *line_out = (nd_span){rest->data, size};
    size += end != NULL;
    *rest = (nd_span){rest->data + size, rest->size - size};
    return true;
}

static bool is_blank(nd_span line) {
    for (size_t i = 0; i < line.size; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r') return false;
    return true;
}

/* Writes the texts that are there behind one another with an escaped line break between. There is room: together they
 * are shorter than the line, in which quotes, a key and a comma stand between any two. */
static nd_span join(const nd_json_value *values, size_t count, nd_buffer *joined) {
    char *begin = joined->data + joined->size, *to = begin;
    for (size_t i = 0; i < count; i++) {
        if (values[i].kind == ND_JSON_NONE) continue;
        if (to != begin) {
            memcpy(to, "\\n", 2);
            to += 2;
        }
        if (values[i].raw.size) memcpy(to, values[i].raw.data, values[i].raw.size);
        to += values[i].raw.size;
    }
    joined->size += (size_t)(to - begin);
    return (nd_span){begin, (size_t)(to - begin)};
}

bool nd_line_parse(const nd_corpus *corpus, nd_span line, bool again, nd_buffer *joined, nd_line *line_out) {
    const nd_wanted *wanted = &corpus->wanted;
    nd_json_value *values = line_out->values; /* cppcheck-suppress ctuuninitvar ; an array, which is written here */
    nd_bad *bad = &line_out->bad;
    *bad = (nd_bad){.text = line, .byte = NEARDUP_NONE};
    if (line.size > corpus->limit) {
        memset(values, 0, sizeof line_out->values);
        line_out->text = (neardup_text){.form = NEARDUP_JSON, .set_aside = true};
        line_out->bytes = line.size;
        return true;
    }
    nd_json_error error;
    nd_json_kind kind = (again ? nd_json_rescan : nd_json_scan)(wanted->fields, line, values, &error);
    if (kind == ND_JSON_NONE) {
        if (is_blank(line)) return false;
        bad->byte = error.byte;
        bad->reason = error.reason;
        return false;
    }
    bad->object = kind == ND_JSON_OBJECT;
    size_t present = 0, strings = 0, last = 0;
    for (size_t i = 0; i < wanted->texts; i++) {
        if (values[i].kind == ND_JSON_NONE) continue;
        present++;
        strings += values[i].kind == ND_JSON_STRING;
        last = i;
    }
    bad->has_text = present > 0;
    if (!present || strings < present) {
        bad->reason = !bad->object ? "not a JSON object" : present ? "the text field is not a string" : "no text field";
        return false;
    }
    nd_span text = present == 1 ? values[last].raw : join(values, wanted->texts, joined);
    line_out->text = (neardup_text){.data = text.data,
                                    .size = text.size,
                                    .form = NEARDUP_JSON,
                                    .raw_offset = present == 1 ? (uint64_t)(text.data - line.data) : NEARDUP_NONE};
    return true;
}
