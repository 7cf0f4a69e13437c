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

neardup_status nd_line_parse(const nd_corpus *corpus, nd_span line, nd_json_value *values, nd_buffer *joined,
                             neardup_text *text_out, nd_bad *bad_out) {
    *bad_out = (nd_bad){.text = line, .byte = NEARDUP_NONE};
    if (line.size > corpus->limit) {
        memset(values, 0, (corpus->wanted.keys + corpus->wanted.key_count) * sizeof *values);
        *text_out = (neardup_text){.form = NEARDUP_JSON, .set_aside = true};
        return NEARDUP_OK;
    }
    nd_json_error error;
    nd_json_kind kind = nd_json_scan(corpus->wanted.fields, line, values, &error);
    if (kind != ND_JSON_OBJECT) {
        if (kind == ND_JSON_NONE && is_blank(line)) return NEARDUP_END;
        if (kind == ND_JSON_NONE) bad_out->byte = error.byte;
        bad_out->reason = kind == ND_JSON_NONE ? error.reason : "not a JSON object";
        return NEARDUP_END;
    }
    size_t present = 0, strings = 0, last = 0;
    for (size_t i = 0; i < corpus->wanted.texts; i++) {
        if (values[i].kind == ND_JSON_NONE) continue;
        present++;
        strings += values[i].kind == ND_JSON_STRING;
        last = i;
    }
    if (!present || strings < present) {
        bad_out->object = true;
        bad_out->has_text = present > 0;
        bad_out->reason = present ? "the text field is not a string" : "no text field";
        return NEARDUP_END;
    }
    nd_span text = present == 1 ? values[last].raw : join(values, corpus->wanted.texts, joined);
    *text_out = (neardup_text){.data = text.data, .size = text.size, .form = NEARDUP_JSON};
    return NEARDUP_OK;
}
