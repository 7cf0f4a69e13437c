/* SPDX-License-Identifier: MIT */
/* A corpus as a source: writing down, in order, what a block held. Only the first reading has something to write. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "io/corpus_internal.h"
#include "text/json_string.h"

/* When none of so many records has the text field, the user must have meant another. */
#define RECORDS_WITHOUT_TEXT 1000

/* Bytes of field names in the message about that. */
#define FIELD_NAMES_SIZE 200

neardup_status nd_corpus_tell(nd_corpus *corpus, size_t file, const nd_trouble *trouble, uint64_t record) {
    nd_problem problem = {.kind = trouble->kind,
                          .named = corpus->walk.files[file].named,
                          .path = nd_walk_shown(&corpus->walk, file),
                          .file = {nd_walk_path(&corpus->walk, file), corpus->walk.files[file].size},
                          .record = record,
                          .byte = trouble->byte,
                          .message = {trouble->message, strlen(trouble->message)}};
    return nd_problems_add(&corpus->problems, &problem, file);
}

/* ---- facts of a record ---- */

/* The text that a value stands for: a string's is unescaped into `buffer` if need be. NULL for null, objects, arrays. */
static neardup_status value_text(const nd_json_value *value, nd_buffer *buffer, nd_span *text_out) {
    *text_out = (nd_span){0};
    if (value->kind == ND_JSON_NONE || value->kind == ND_JSON_NULL || value->kind == ND_JSON_OBJECT ||
        value->kind == ND_JSON_ARRAY)
        return NEARDUP_OK;
    *text_out = value->raw;
    if (!value->escaped) return NEARDUP_OK;
    size_t begin = buffer->size;
    neardup_status status = nd_json_unescape(value->raw.data, value->raw.size, buffer);
    if (status == NEARDUP_OK) *text_out = (nd_span){buffer->data + begin, buffer->size - begin};
    return status;
}

/* What is behind the "://" of a URL; NULL where there is none, and the value is no URL with a host. */
static const char *behind_scheme(nd_span url) {
    const char *at = url.data, *end = url.data + url.size;
    while (end - at >= 3 && !strchr("/?#", *at) && *at != ':') at++;
    return end - at >= 3 && memcmp(at, "://", 3) == 0 ? at + 3 : NULL;
}

/* The host of a URL, lower-cased into `buffer`, without user and port; size 0 where there is none. */
static neardup_status host_of(nd_span url, nd_buffer *buffer, nd_span *host_out) {
    const char *at = behind_scheme(url), *end = url.data + url.size;
    *host_out = (nd_span){0};
    if (!at) return NEARDUP_OK;
    const char *stop = at;
    while (stop < end && *stop != '/' && *stop != '?' && *stop != '#' && *stop != '\\') {
        if (*stop == '@') at = stop + 1;
        stop++;
    }
    const char *port = at;
    if (port < stop && *port == '[')
        while (port < stop && *port != ']') port++; /* an IPv6 address has colons of its own */
    while (port < stop && *port != ':') port++;
    size_t begin = buffer->size;
    neardup_status status = nd_buffer_append(buffer, at, (size_t)(port - at));
    for (size_t i = begin; status == NEARDUP_OK && i < buffer->size; i++)
        if (buffer->data[i] >= 'A' && buffer->data[i] <= 'Z') buffer->data[i] = (char)(buffer->data[i] | 0x20);
    if (status == NEARDUP_OK) *host_out = (nd_span){buffer->data + begin, buffer->size - begin};
    return status;
}

/* The span of a raw JSON value, the quotes of a string included. */
static nd_span raw_value(const nd_json_value *value) {
    if (value->kind == ND_JSON_NONE) return (nd_span){0};
    if (value->kind != ND_JSON_STRING) return value->raw;
    return (nd_span){value->raw.data - 1, value->raw.size + 2};
}

static neardup_status collect_facts(nd_corpus *corpus, const nd_record *record, const nd_json_value *keys,
                                    nd_facts *facts_out) {
    nd_buffer *text = &corpus->text;
    text->size = 0;
    *facts_out = (nd_facts){.id = raw_value(&record->id), .keys = corpus->keys};
    /* Spans into the buffer must not move: escaped values and the host take at most their raw size each. */
    size_t most = 2 * record->source.raw.size;
    for (size_t i = 0; i < corpus->wanted.key_count; i++) most += keys[i].raw.size;
    neardup_status status = nd_buffer_reserve(text, most);
    if (status == NEARDUP_OK) status = value_text(&record->source, text, &facts_out->source);
    if (status == NEARDUP_OK && corpus->options->source == ND_SOURCE_HOST)
        status = host_of(facts_out->source, text, &facts_out->source);
    for (size_t i = 0; status == NEARDUP_OK && i < corpus->wanted.key_count; i++) {
        corpus->keys[i].is_number = keys[i].kind == ND_JSON_NUMBER;
        status = value_text(&keys[i], text, &corpus->keys[i].text);
    }
    corpus->source_seen = corpus->source_seen || record->source.kind != ND_JSON_NONE;
    return status;
}

/* ---- the text field ---- */

/* Names the fields of the first object without a text field. */
static neardup_status collect_field_names(nd_corpus *corpus, nd_span object) {
    nd_span key;
    nd_json_value value;
    neardup_status status = NEARDUP_OK;
    while (status == NEARDUP_OK && nd_json_next_member(&object, &key, &value)) {
        if (corpus->field_names.size + key.size + 2 > FIELD_NAMES_SIZE)
            return nd_buffer_append(&corpus->field_names, ", ...", 5);
        if (corpus->field_names.size) status = nd_buffer_append(&corpus->field_names, ", ", 2);
        if (status == NEARDUP_OK) status = nd_buffer_append(&corpus->field_names, key.data, key.size);
    }
    return status;
}

static neardup_status fail_without_text(const nd_corpus *corpus, neardup_error *error) {
    const nd_strings *names = &corpus->options->text_fields;
    const char *name = names->count ? names->items[0] : "text";
    unsigned long long count = corpus->records_without;
    return nd_fail(
        error, NEARDUP_ERROR_ARGUMENT,
        "none of the first %llu record%s has the field \"%.100s\"%s; the first has the fields: %.*s. Name the one "
        "that holds the text with --text-field",
        count, count == 1 ? "" : "s", name, names->count > 1 ? " or another that was named" : "",
        (int)corpus->field_names.size, corpus->field_names.data ? corpus->field_names.data : "");
}

/* Counts the objects before the first one that has a text field. */
static neardup_status look_for_text(nd_corpus *corpus, const nd_slot *slot, neardup_error *error) {
    for (size_t i = 0; !corpus->text_seen && i < slot->bad_count; i++) {
        const nd_bad *bad = &slot->bad[i];
        if (slot->count && slot->records[0].line < bad->line) break;
        corpus->text_seen = bad->has_text;
        if (bad->has_text || !bad->object) continue;
        if (corpus->records_without++ == 0 && collect_field_names(corpus, bad->text)) return nd_fail_memory(error);
        if (corpus->records_without == RECORDS_WITHOUT_TEXT) return fail_without_text(corpus, error);
    }
    corpus->text_seen = corpus->text_seen || slot->count;
    return NEARDUP_OK;
}

/* ---- blocks ---- */

static neardup_status commit_bad(nd_corpus *corpus, const nd_slot *slot, uint64_t first_line) {
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; status == NEARDUP_OK && i < slot->bad_count; i++) {
        const nd_bad *bad = &slot->bad[i];
        nd_trouble trouble = {.kind = ND_PROBLEM_BAD_RECORD, .byte = bad->byte};
        snprintf(trouble.message, sizeof trouble.message, "%s", bad->reason);
        status = nd_corpus_tell(corpus, slot->file, &trouble, first_line + bad->line);
    }
    return status;
}

static neardup_status commit_lines(nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    nd_reading *r = &corpus->reading;
    if (r->commit_file != slot->file) r->commit_line = 0;
    r->commit_file = slot->file;
    uint64_t first_line = r->commit_line;
    r->commit_line += slot->lines;
    neardup_status status = corpus->text_seen ? NEARDUP_OK : look_for_text(corpus, slot, error);
    if (status) return status;
    for (size_t i = 0; status == NEARDUP_OK && i < slot->count; i++) {
        nd_facts facts;
        status = collect_facts(corpus, &slot->records[i], slot->keys + i * corpus->wanted.key_count, &facts);
        if (status == NEARDUP_OK)
            status =
                nd_catalog_add(&corpus->catalog, (nd_place){slot->file, first_line + slot->records[i].line}, &facts);
    }
    if (status == NEARDUP_OK) status = commit_bad(corpus, slot, first_line);
    return status ? nd_fail(error, status, "%s", neardup_status_text(status)) : NEARDUP_OK;
}

static neardup_status commit_files(nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    nd_facts facts = {.keys = corpus->keys};
    for (size_t i = 0; i < corpus->wanted.key_count; i++) corpus->keys[i] = (nd_key){0};
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; status == NEARDUP_OK && i < slot->files; i++) {
        const nd_outcome *outcome = &slot->outcomes[i];
        if (outcome->taken)
            status = nd_catalog_add(&corpus->catalog, (nd_place){slot->file + i, NEARDUP_NONE}, &facts);
        else
            status = nd_corpus_tell(corpus, slot->file + i, &outcome->trouble, NEARDUP_NONE);
    }
    return status ? nd_fail(error, status, "%s", neardup_status_text(status)) : NEARDUP_OK;
}

/* The end of the first reading. */
static neardup_status conclude(nd_corpus *corpus, neardup_error *error) {
    if (!corpus->text_seen && corpus->records_without) return fail_without_text(corpus, error);
    if (corpus->catalog.documents) return NEARDUP_OK;
    for (size_t i = 0; i < corpus->walk.count; i++)
        if (corpus->facts[i].state == ND_FILE_TAKEN) return NEARDUP_OK;
    for (size_t i = 0; i < corpus->problems.count; i++) {
        const nd_problem *p = &corpus->problems.items[i];
        if (p->kind == ND_PROBLEM_UNREADABLE && p->named)
            return nd_fail(error, NEARDUP_ERROR_SOURCE, "%.300s cannot be read: %.*s", nd_problem_place(p),
                           (int)p->message.size, p->message.data);
    }
    return NEARDUP_OK;
}

neardup_status nd_corpus_commit(void *context, unsigned slot, uint64_t first_document, neardup_error *error) {
    nd_corpus *corpus = context;
    nd_slot *s = &corpus->slots[slot];
    nd_reading *r = &corpus->reading;
    if (first_document != r->documents)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "blocks were committed out of order");
    r->documents += s->count;
    if (r->number > 1) {
        bool differs = r->documents > corpus->catalog.documents ||
                       (s->kind == ND_BLOCK_LAST && r->documents < corpus->catalog.documents);
        return differs ? nd_fail(error, NEARDUP_ERROR_CHANGED, "the input changed while it was being read")
                       : NEARDUP_OK;
    }
    neardup_status status = NEARDUP_OK;
    switch (s->kind) {
    case ND_BLOCK_NOTHING: break;
    case ND_BLOCK_LINES: status = commit_lines(corpus, s, error); break;
    case ND_BLOCK_FILES:
    case ND_BLOCK_LOADED: return commit_files(corpus, s, error);
    case ND_BLOCK_LAST: return conclude(corpus, error);
    }
    if (status == NEARDUP_OK && s->trouble.present && nd_corpus_tell(corpus, s->file, &s->trouble, NEARDUP_NONE))
        status = nd_fail_memory(error);
    return status;
}
