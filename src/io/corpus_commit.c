/* SPDX-License-Identifier: MIT */
/* A corpus as a source: writing down, in order, what a block held. Only the first reading has something to write. */
#include <inttypes.h>
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
    corpus->facts[file].binary |= trouble->kind == ND_PROBLEM_BINARY;
    nd_problem problem = {.kind = trouble->kind,
                          .named = nd_walk_file_at(&corpus->walk, file)->named,
                          .path = nd_walk_shown(&corpus->walk, file),
                          .file = {nd_walk_path(&corpus->walk, file), nd_walk_file_at(&corpus->walk, file)->size},
                          .record = record,
                          .byte = trouble->byte,
                          .bytes = trouble->bytes,
                          .message = {trouble->message, strlen(trouble->message)}};
    return nd_problems_add(&corpus->problems, &problem, file);
}

nd_trouble nd_corpus_set_aside(const nd_corpus *corpus, uint64_t bytes) {
    nd_trouble trouble = {.present = true, .kind = ND_PROBLEM_SET_ASIDE, .byte = NEARDUP_NONE, .bytes = bytes};
    char size[48] = "";
    if (bytes) snprintf(size, sizeof size, "it has %" PRIu64 " bytes, and ", bytes);
    snprintf(trouble.message, sizeof trouble.message,
             "%sno more than %zu bytes are read of one document with the memory there is; cut it into parts, or allow "
             "more (--memory)",
             size, corpus->limit);
    return trouble;
}

/* ---- facts of a record ---- */

/* The text that a value stands for: a string's is unescaped into `buffer` if need be. NULL for null, objects, arrays.
 */
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
    if (!url.size) return NULL;
    const char *at = url.data, *end = url.data + url.size;
    while (end - at >= 3 && !strchr("/?#", *at) && *at != ':') at++;
    return end - at >= 3 && memcmp(at, "://", 3) == 0 ? at + 3 : NULL;
}

/* The host of a URL, lower-cased into `buffer`, without user and port; size 0 where there is none. */
static neardup_status host_of(nd_span url, nd_buffer *buffer, nd_span *host_out) {
    const char *at = behind_scheme(url);
    *host_out = (nd_span){0};
    if (!at) return NEARDUP_OK;
    const char *stop = at, *end = url.data + url.size;
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

static neardup_status collect_facts(nd_corpus *corpus, const nd_taken_line *record, const nd_json_value *keys,
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

/* Appends the names of an object's fields, at most `most` bytes of them. */
static neardup_status add_field_names(nd_buffer *names, nd_span object, size_t most) {
    nd_span key;
    nd_json_value value;
    size_t begin = names->size;
    neardup_status status = NEARDUP_OK;
    while (status == NEARDUP_OK && nd_json_next_member(&object, &key, &value)) {
        const char *comma = names->size > begin ? ", " : "";
        bool more = names->size - begin + key.size + 2 > most;
        status = nd_buffer_append(names, comma, strlen(comma));
        if (status == NEARDUP_OK)
            status = more ? nd_buffer_append(names, "...", 3) : nd_buffer_append(names, key.data, key.size);
        if (more) break;
    }
    return status;
}

static neardup_status fail_without_text(const nd_corpus *corpus, neardup_error *error) {
    const nd_strings *wanted = &corpus->options->text_fields;
    const char *name = wanted->count ? wanted->items[0] : "text";
    const char *file = nd_walk_path(&corpus->walk, corpus->file_without);
    unsigned long long count = corpus->records_without;
    char first[80] = "there is no record that has";
    if (count > 1) snprintf(first, sizeof first, "none of the first %llu records has", count);
    return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                   "%s the field \"%.60s\"%s; the first, in %.120s, has the fields: %.*s. Name the one that holds the "
                   "text with --text-field",
                   first, name, wanted->count > 1 ? " or another that was named" : "",
                   strcmp(file, "-") == 0 ? "standard input" : file, (int)corpus->field_names.size,
                   corpus->field_names.data ? corpus->field_names.data : "");
}

/* Whether the user meant the file to hold records, so that it must have the text field; a file of JSON met on a walk
 * may be there for another purpose. */
static bool must_have_text(const nd_corpus *corpus, size_t file) {
    return nd_walk_file_at(&corpus->walk, file)->named || corpus->options->format == ND_FORMAT_JSONL;
}

/* Counts an object without the text field. Those of files that need not have it count until there are others. */
static neardup_status count_without(nd_corpus *corpus, size_t file, nd_span object) {
    bool required = must_have_text(corpus, file);
    if (!required && corpus->required_without) return NEARDUP_OK;
    if (required && !corpus->required_without) corpus->records_without = 0;
    corpus->required_without = required;
    if (corpus->records_without++) return NEARDUP_OK;
    corpus->file_without = file;
    corpus->field_names.size = 0;
    return add_field_names(&corpus->field_names, object, FIELD_NAMES_SIZE);
}

/* Counts the objects before the first one that has a text field. */
static neardup_status look_for_text(nd_corpus *corpus, const nd_slot *slot, neardup_error *error) {
    for (size_t i = 0; !corpus->text_seen && i < slot->bad_count; i++) {
        const nd_bad *bad = &slot->bad[i];
        if (slot->count && slot->records[0].line < bad->line) break;
        corpus->text_seen = bad->has_text;
        if (bad->has_text || !bad->object) continue;
        if (count_without(corpus, slot->file, bad->text)) return nd_fail_memory(error);
        if (corpus->required_without && corpus->records_without == RECORDS_WITHOUT_TEXT)
            return fail_without_text(corpus, error);
    }
    corpus->text_seen = corpus->text_seen || slot->count;
    return NEARDUP_OK;
}

/* ---- what options rule out ---- */

static neardup_status check_absent(const nd_corpus *corpus, const nd_slot *slot, uint64_t first_line,
                                   neardup_error *error) {
    if (!slot->taken || slot->file < corpus->walk.references) return NEARDUP_OK;
    return nd_fail(
        error, NEARDUP_ERROR_ARGUMENT,
        "%.250s:%" PRIu64 " has the key \"%.60s\" already: name another with --annotate-key, or add one more "
        "with --force (of two equal keys the last counts)",
        nd_corpus_name(corpus, slot->file), first_line + slot->taken_line + 1, corpus->options->absent_field);
}

static neardup_status check_whole(const nd_corpus *corpus, size_t file, const nd_trouble *trouble,
                                  neardup_error *error) {
    bool partly = trouble->kind == ND_PROBLEM_DAMAGED || trouble->kind == ND_PROBLEM_EXPANDED ||
                  (trouble->byte != NEARDUP_NONE && trouble->kind == ND_PROBLEM_UNREADABLE) ||
                  (corpus->facts[file].records && trouble->kind == ND_PROBLEM_UNDECODABLE);
    if (!corpus->options->whole || !trouble->present || !partly) return NEARDUP_OK;
    char byte[48] = "";
    if (trouble->byte != NEARDUP_NONE) snprintf(byte, sizeof byte, " (at byte %" PRIu64 ")", trouble->byte);
    return nd_fail(error, NEARDUP_ERROR_SOURCE, "%.250s cannot be read to its end: %s%s; nothing is written",
                   nd_corpus_name(corpus, file), trouble->message, byte);
}

/* ---- blocks ---- */

/* Adds to a message which fields there are, while messages are kept. */
static neardup_status name_fields(nd_corpus *corpus, nd_span object, nd_trouble *trouble) {
    if (corpus->problems.counts[ND_PROBLEM_BAD_RECORD] >= ND_PROBLEMS_KEPT) return NEARDUP_OK;
    size_t size = strlen(trouble->message), room = sizeof trouble->message - size;
    corpus->text.size = 0;
    neardup_status status = add_field_names(&corpus->text, object, room - sizeof "; its fields are: , ...");
    if (status == NEARDUP_OK && corpus->text.size)
        snprintf(trouble->message + size, room, "; its fields are: %.*s", (int)corpus->text.size, corpus->text.data);
    return status;
}

static neardup_status commit_bad(nd_corpus *corpus, const nd_slot *slot, uint64_t first_line) {
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; status == NEARDUP_OK && i < slot->bad_count; i++) {
        const nd_bad *bad = &slot->bad[i];
        nd_trouble trouble = {.kind = ND_PROBLEM_BAD_RECORD, .byte = bad->byte};
        snprintf(trouble.message, sizeof trouble.message, "%s", bad->reason);
        if (bad->object && !bad->has_text) status = name_fields(corpus, bad->text, &trouble);
        if (status == NEARDUP_OK) status = nd_corpus_tell(corpus, slot->file, &trouble, first_line + bad->line);
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
    if (!status) status = check_absent(corpus, slot, first_line, error);
    if (status) return status;
    const nd_json_value *keys = slot->keys;
    for (size_t i = 0; status == NEARDUP_OK && i < slot->count; i++) {
        nd_facts facts;
        status = collect_facts(corpus, &slot->records[i], keys, &facts);
        if (keys) keys += corpus->wanted.key_count;
        uint64_t line = first_line + slot->records[i].line;
        if (status == NEARDUP_OK) status = nd_catalog_add(&corpus->catalog, (nd_origin){slot->file, line}, &facts);
        if (status == NEARDUP_OK && nd_corpus_is_random(corpus))
            status = nd_extents_add(&corpus->extents, slot->records[i].extent);
        if (status || !slot->records[i].set_aside) continue;
        nd_trouble trouble = nd_corpus_set_aside(corpus, slot->records[i].bytes);
        status = nd_corpus_tell(corpus, slot->file, &trouble, line);
    }
    if (status == NEARDUP_OK) status = commit_bad(corpus, slot, first_line);
    return status ? nd_fail(error, status, "%s", neardup_status_text(status)) : NEARDUP_OK;
}

static neardup_status commit_files(nd_corpus *corpus, nd_slot *slot, neardup_error *error) {
    nd_facts facts = {.keys = corpus->keys};
    for (size_t i = 0; i < corpus->wanted.key_count; i++) corpus->keys[i] = (nd_key){0};
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; status == NEARDUP_OK && i < slot->files; i++) {
        const nd_file_outcome *outcome = &slot->outcomes[i];
        status = check_whole(corpus, slot->file + i, &outcome->trouble, error);
        if (status) return status;
        corpus->file_seen = corpus->file_seen || outcome->taken;
        if (outcome->taken)
            status = nd_catalog_add(&corpus->catalog, (nd_origin){slot->file + i, NEARDUP_NONE}, &facts);
        if (outcome->taken && status == NEARDUP_OK) /* the file is all of it */
            status = nd_extents_add(&corpus->extents, (nd_extent){corpus->extents.end, 0});
        if (status == NEARDUP_OK && outcome->trouble.present)
            status = nd_corpus_tell(corpus, slot->file + i, &outcome->trouble, NEARDUP_NONE);
    }
    return status ? nd_fail(error, status, "%s", neardup_status_text(status)) : NEARDUP_OK;
}

/* The end of the first reading. */
static neardup_status conclude(nd_corpus *corpus, neardup_error *error) {
    bool nothing = !corpus->catalog.documents;
    if (!corpus->text_seen && corpus->records_without && (nothing || corpus->required_without))
        return fail_without_text(corpus, error);
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
    uint64_t first_line = s->kind == ND_BLOCK_LINES && r->commit_file == s->file ? r->commit_line : 0;
    r->documents += s->count;
    if (r->number > 1) {
        bool differs = r->documents > corpus->catalog.documents ||
                       (s->kind == ND_BLOCK_LAST && r->documents < corpus->catalog.documents);
        return differs ? nd_fail(error, NEARDUP_ERROR_CHANGED,
                                 "the input changed while it was being read: run again when nothing writes to it")
                       : NEARDUP_OK;
    }
    nd_block_facts *block = nd_pages_append(&corpus->blocks);
    if (!block) return nd_fail_memory(error);
    *block = (nd_block_facts){first_document, first_line, s->begin, s->file, (uint32_t)s->files, s->kind};
    neardup_status status = s->kind == ND_BLOCK_LAST ? NEARDUP_OK : check_whole(corpus, s->file, &s->trouble, error);
    if (status) return status;
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
