/* SPDX-License-Identifier: MIT */
#include "io/json_fields.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "text/json_string.h"

/* ---- names ---- */

static neardup_status add_name(nd_json_fields *f, const char *name, char **text, neardup_error *error) {
    size_t size = strlen(name);
    unsigned dots = 0;
    for (size_t i = 0; i < size; i++) dots += name[i] == '.';
    if (!size || size > ND_JSON_NAME_SIZE || dots > ND_JSON_NAME_DOTS)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "the field name \"%.60s\" cannot be used: a name has 1 to %d bytes and at most %d dots", name,
                       ND_JSON_NAME_SIZE, ND_JSON_NAME_DOTS);
    size_t ways = (size_t)1 << dots;
    if (f->slots + ways > ND_JSON_SLOTS)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "too many field names with dots: name fewer fields");
    memcpy(*text, name, size);
    f->names[f->count++] = (nd_json_name){*text, (uint32_t)size, (uint16_t)dots, (uint16_t)f->slots};
    *text += size;
    f->slots += ways;
    f->dotted = f->dotted || dots;
    if (size > f->longest) f->longest = size;
    if (dots + 1 > f->deepest) f->deepest = dots + 1;
    return NEARDUP_OK;
}

neardup_status nd_json_fields_create(const char *const *names, size_t count, nd_json_fields **fields_out,
                                     neardup_error *error) {
    if (count > ND_JSON_NAMES)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "too many field names: at most %d can be used", ND_JSON_NAMES);
    nd_json_fields *f = nd_allocate_zero(1, sizeof *f);
    size_t size = 0;
    for (size_t i = 0; i < count; i++) size += strlen(names[i]);
    if (f) {
        f->names = nd_allocate(count, sizeof *f->names);
        f->text = nd_allocate(size, 1);
    }
    neardup_status status = f && f->names && f->text ? NEARDUP_OK : nd_fail_memory(error);
    char *text = f ? f->text : NULL;
    for (size_t i = 0; status == NEARDUP_OK && i < count; i++) status = add_name(f, names[i], &text, error);
    if (status == NEARDUP_OK)
        *fields_out = f;
    else
        nd_json_fields_free(f);
    return status;
}

void nd_json_fields_free(nd_json_fields *fields) {
    if (!fields) return;
    nd_free(fields->names);
    nd_free(fields->text);
    nd_free(fields);
}

/* ---- matching ---- */

void nd_json_match_begin(nd_json_match *match, const nd_json_fields *fields) {
    match->fields = fields;
    match->live = 0;
    match->leads = false;
    match->open = 0;
    match->due_count = 0;
    for (size_t i = 0; i < fields->slots; i++) {
        match->slots[i].kind = ND_JSON_NONE;
        match->open_depth[i] = 0;
    }
    for (size_t i = 0; i < fields->count; i++) match->progress[0][i] = (nd_json_progress){.live = 1};
}

/* Voids every way of a name that begins as `way` does up to and with the dot of that bit. */
static void void_ways(nd_json_match *m, const nd_json_name *name, unsigned way, unsigned bit) {
    unsigned last = way | (bit - 1);
    for (unsigned w = way; w <= last; w++) m->slots[name->first_slot + w].kind = ND_JSON_NONE;
}

/* Matches a key against what is left of one name. */
static void match_name(nd_json_match *m, size_t index, nd_span key) {
    const nd_json_name *name = &m->fields->names[index];
    const nd_json_progress *now = &m->progress[m->live - 1][index];
    if (!now->live) return;
    size_t left = name->size - now->at;
    if (key.size > left || memcmp(key.data, name->text + now->at, key.size) != 0) return;
    if (key.size == left) {
        m->due[m->due_count++] = (uint16_t)(name->first_slot + now->way);
        return;
    }
    if (name->text[now->at + key.size] != '.') return;
    unsigned dots = now->dots;
    for (size_t i = 0; i < key.size; i++) dots += key.data[i] == '.';
    unsigned bit = 1U << (name->dots - 1 - dots), way = now->way | bit;
    void_ways(m, name, way, bit);
    m->progress[m->live][index] = (nd_json_progress){
        .live = 1,
        .at = (uint8_t)(now->at + key.size + 1),
        .dots = (uint8_t)(dots + 1),
        .way = (uint8_t)way,
    };
    m->leads = true;
}

/* Unescapes a key into `text` as far as it can match a name at all; false when it cannot. */
static bool unescape_key(const nd_json_match *m, nd_span key, char *text, size_t *size_out) {
    /* An escape takes at most six bytes for one byte of text. */
    if (key.size > 6 * m->fields->longest) return false;
    nd_buffer buffer = {.data = text, .size = 0, .capacity = 6 * ND_JSON_NAME_SIZE};
    if (nd_json_unescape(key.data, key.size, &buffer)) return false;
    *size_out = buffer.size;
    return buffer.size <= m->fields->longest;
}

void nd_json_match_key(nd_json_match *match, nd_span key, bool escaped) {
    char text[6 * ND_JSON_NAME_SIZE]; /* unescaping never makes a string longer, so this is not grown */
    match->due_count = 0;
    match->leads = false;
    if (escaped) {
        size_t size;
        if (!unescape_key(match, key, text, &size)) return;
        key = (nd_span){text, size};
    }
    if (key.size > match->fields->longest) return;
    if (match->fields->dotted && match->live < match->fields->deepest)
        for (size_t i = 0; i < match->fields->count; i++) match->progress[match->live][i].live = 0;
    for (size_t i = 0; i < match->fields->count; i++) match_name(match, i, key);
}

void nd_json_match_end(const nd_json_match *match, nd_json_value *values_out) {
    for (size_t i = 0; i < match->fields->count; i++) {
        const nd_json_name *name = &match->fields->names[i];
        const nd_json_value *slot = &match->slots[name->first_slot];
        const nd_json_value *end = slot + ((size_t)1 << name->dots);
        while (slot + 1 < end && slot->kind == ND_JSON_NONE) slot++;
        values_out[i] = slot->kind == ND_JSON_NONE ? (nd_json_value){0} : *slot;
    }
}
