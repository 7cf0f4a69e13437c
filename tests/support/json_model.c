/* SPDX-License-Identifier: MIT */
#include "support/json_model.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "text/json_string.h"

/*
 * Makes a line fit for jansson where the two differ on purpose: it wants strings to be UTF-8 (so bytes above ASCII
 * become a letter, which is as wrong outside of strings and as right inside), has no lone surrogates (\ud... becomes
 * \ue...; where that backslash was itself escaped, it changes text only), no NUL in keys, and takes a NUL byte for the
 * end.
 */
static void adapt(char *line, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)line[i] >= 0x80) line[i] = 'x';
        if (!line[i]) line[i] = '\x01';
    }
    for (size_t i = 0; i + 6 <= size; i++) {
        char *escape = line + i;
        if (memcmp(escape, "\\u", 2) != 0) continue;
        if (escape[2] == 'd' || escape[2] == 'D') escape[2] = 'e';
        if (memcmp(escape, "\\u0000", 6) == 0) escape[5] = '1';
    }
}

/* The value of a dotted name by its definition: the longest literal key that leads to one, first. NULL: none. */
static json_t *naive_lookup(json_t *object, const char *name, size_t size) {
    json_t *value = json_object_getn(object, name, size);
    if (value || !json_is_object(object)) return value;
    for (size_t dot = size; dot--;) {
        if (name[dot] != '.') continue;
        value = naive_lookup(json_object_getn(object, name, dot), name + dot + 1, size - dot - 1);
        if (value) return value;
    }
    return NULL;
}

/* Whether our place of a value holds what jansson says is there. */
static void check_value(const nd_json_value *ours, json_t *theirs, nd_span line) {
    EXPECT((ours->kind == ND_JSON_NONE) == (theirs == NULL), "%.*s", (int)line.size, line.data);
    if (!theirs) return;
    nd_span raw = ours->raw;
    if (ours->kind == ND_JSON_STRING) raw = (nd_span){raw.data - 1, raw.size + 2};
    json_t *parsed = json_loadb(raw.data, raw.size, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
    EXPECT(parsed && json_equal(parsed, theirs), "%.*s: %.*s", (int)line.size, line.data, (int)raw.size, raw.data);
    json_decref(parsed);
    if (ours->kind != ND_JSON_STRING) return;
    nd_buffer text = {0};
    EXPECT(nd_json_unescape(ours->raw.data, ours->raw.size, &text) == NEARDUP_OK, "no memory");
    EXPECT(text.size == json_string_length(theirs) &&
               (!text.size || memcmp(text.data, json_string_value(theirs), text.size) == 0),
           "%.*s", (int)line.size, line.data);
    nd_buffer_release(&text);
}

/* What is known to be valid is scanned again with the same outcome; what is not, without going beyond it. */
static void check_rescan(const nd_json_fields *fields, nd_span line, nd_json_kind kind, const nd_json_value *values,
                         size_t count) {
    nd_json_value again[JSON_MODEL_NAMES];
    nd_json_error error = {0};
    nd_json_kind found = nd_json_rescan(fields, line, again, &error);
    if (kind == ND_JSON_NONE) return;
    EXPECT(found == kind, "%.*s", (int)line.size, line.data);
    for (size_t i = 0; i < count; i++)
        EXPECT(again[i].kind == values[i].kind && again[i].escaped == values[i].escaped &&
                   again[i].raw.data == values[i].raw.data && again[i].raw.size == values[i].raw.size,
               "field %zu of %.*s", i, (int)line.size, line.data);
}

bool json_check_line(const char *const *names, size_t count, const nd_json_fields *fields, const char *line,
                     size_t size) {
    nd_json_value values[JSON_MODEL_NAMES];
    nd_json_error error = {0};
    char *copy = malloc(size ? size : 1); /* of its very size on the heap, so that reading beyond it is seen */
    memcpy(copy, line, size);
    nd_json_kind before = nd_json_scan(fields, (nd_span){copy, size}, values, &error);
    EXPECT(before != ND_JSON_NONE || error.byte <= size, "byte %zu", error.byte);
    adapt(copy, size);
    nd_span span = {copy, size};
    nd_json_kind ours = nd_json_scan(fields, span, values, &error);
    EXPECT(before == ours, "%.*s", (int)size, copy);
    check_rescan(fields, span, ours, values, count);
    json_error_t reason;
    json_t *theirs = json_loadb(copy, size, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &reason);
    bool valid = theirs != NULL;
    /* It has no place for some numbers, which says nothing about the line. */
    if (theirs || json_error_code(&reason) != json_error_numeric_overflow) {
        EXPECT((ours != ND_JSON_NONE) == valid, "ours: %s at %zu; jansson: %s\n%.*s", ours ? "valid" : error.reason,
               error.byte, reason.text, (int)size, copy);
        for (size_t i = 0; valid && i < count; i++)
            check_value(&values[i], naive_lookup(theirs, names[i], strlen(names[i])), span);
    }
    json_decref(theirs);
    free(copy);
    return valid;
}
