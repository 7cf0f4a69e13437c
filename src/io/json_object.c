/* SPDX-License-Identifier: MIT */
#include "io/json_object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/json_string.h"

/* The members of a valid object. */
static void list_members(nd_span object, nd_json_object *object_out) {
    object_out->count = 0;
    nd_json_member *m = object_out->members;
    while (object_out->count < ND_JSON_MEMBERS && nd_json_next_member(&object, &m->key, &m->value)) {
        object_out->count++;
        m++;
    }
}

neardup_status nd_json_object_read(nd_span line, nd_json_object *object_out, nd_json_error *error_out) {
    static const char *const none[] = {"-"};
    nd_json_fields *fields;
    nd_json_value value;
    if (nd_json_fields_create(none, 1, &fields, NULL)) return NEARDUP_ERROR_MEMORY;
    nd_json_kind kind = nd_json_scan(fields, line, &value, error_out);
    nd_json_fields_free(fields);
    if (kind == ND_JSON_NONE) return NEARDUP_ERROR_ARGUMENT;
    if (kind != ND_JSON_OBJECT) {
        *error_out = (nd_json_error){0, "expected an object"};
        return NEARDUP_ERROR_ARGUMENT;
    }
    list_members(line, object_out);
    return NEARDUP_OK;
}

const nd_json_value *nd_json_object_find(const nd_json_object *object, const char *name) {
    for (size_t i = object->count; i-- > 0;)
        if (nd_span_equals(object->members[i].key, name))
            return object->members[i].value.kind == ND_JSON_NULL ? NULL : &object->members[i].value;
    return NULL;
}

bool nd_json_object_within(const nd_json_object *object, const char *name, nd_json_object *within_out) {
    const nd_json_value *value = nd_json_object_find(object, name);
    if (!value || value->kind != ND_JSON_OBJECT) return false;
    list_members(value->raw, within_out);
    return true;
}

/* A number as a C string, in a buffer that no exact one overflows; false where it is none. */
static bool copy_number(const nd_json_value *value, char digits[64]) {
    if (value->kind != ND_JSON_NUMBER || value->raw.size > 63) return false;
    memcpy(digits, value->raw.data, value->raw.size);
    digits[value->raw.size] = 0;
    return true;
}

bool nd_json_count_of(const nd_json_object *object, const char *name, uint64_t *count_out) {
    const nd_json_value *value = nd_json_object_find(object, name);
    char digits[64], *end;
    if (!value) return true;
    if (!copy_number(value, digits) || digits[0] == '-') return false;
    errno = 0;
    uint64_t count = strtoull(digits, &end, 10);
    if (*end || errno) return false;
    *count_out = count;
    return true;
}

bool nd_json_integer_of(const nd_json_object *object, const char *name, int64_t *number_out) {
    const nd_json_value *value = nd_json_object_find(object, name);
    char digits[64], *end;
    if (!value) return true;
    if (!copy_number(value, digits)) return false;
    errno = 0;
    int64_t number = strtoll(digits, &end, 10);
    if (*end || errno) return false;
    *number_out = number;
    return true;
}

bool nd_json_number_of(const nd_json_object *object, const char *name, double *number_out) {
    const nd_json_value *value = nd_json_object_find(object, name);
    char digits[64];
    if (!value) return true;
    if (!copy_number(value, digits)) return false;
    *number_out = strtod(digits, NULL);
    return true;
}

bool nd_json_flag_of(const nd_json_object *object, const char *name, bool *flag_out) {
    const nd_json_value *value = nd_json_object_find(object, name);
    if (!value) return true;
    if (value->kind != ND_JSON_TRUE && value->kind != ND_JSON_FALSE) return false;
    *flag_out = value->kind == ND_JSON_TRUE;
    return true;
}

static nd_span keep(nd_arena *arena, const char *data, size_t size) {
    char *copy = nd_arena_allocate(arena, size + 1, 1);
    if (!copy) return (nd_span){0};
    if (size) memcpy(copy, data, size);
    copy[size] = 0;
    return (nd_span){copy, size};
}

bool nd_json_text_of(const nd_json_object *object, const char *name, nd_arena *arena, nd_span *text_out) {
    const nd_json_value *value = nd_json_object_find(object, name);
    if (!value) return true;
    if (value->kind != ND_JSON_STRING) return false;
    nd_buffer text = {0};
    *text_out = (nd_span){0};
    if (!nd_json_unescape(value->raw.data, value->raw.size, &text)) *text_out = keep(arena, text.data, text.size);
    nd_buffer_release(&text);
    return true;
}

/* Six bits of base64; -1 for what is none. */
static int sextet(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Decodes base64 in place. */
static bool decode(char *text, size_t *size) {
    size_t count = *size, written = 0;
    if (count % 4) return false;
    for (size_t i = 0; i < count; i += 4) {
        unsigned group = 0, padding = 0;
        for (size_t j = 0; j < 4; j++) {
            bool pad = text[i + j] == '=' && i + 4 == count && j >= 2;
            int bits = pad ? 0 : sextet(text[i + j]);
            if (bits < 0 || (padding && !pad)) return false;
            padding += pad;
            group = group << 6 | (unsigned)bits;
        }
        for (unsigned j = 0; j < 3 - padding; j++) text[written++] = (char)(group >> (16 - 8 * j) & 255);
    }
    text[written] = 0;
    *size = written;
    return true;
}

bool nd_json_bytes_of(const nd_json_object *object, const char *name, nd_arena *arena, nd_span *bytes_out) {
    char encoded[64];
    snprintf(encoded, sizeof encoded, "%s_b64", name);
    const nd_json_value *value = nd_json_object_find(object, encoded);
    if (!value) return nd_json_text_of(object, name, arena, bytes_out);
    if (value->kind != ND_JSON_STRING || value->escaped) return false;
    nd_span copy = keep(arena, value->raw.data, value->raw.size);
    if (copy.data && !decode((char *)(uintptr_t)copy.data, &copy.size)) return false;
    *bytes_out = copy;
    return true;
}
