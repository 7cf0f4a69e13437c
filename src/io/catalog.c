/* SPDX-License-Identifier: MIT */
/*
 * What is packed for a document, numbers in base 128 with the lowest digits first and the high bit on all but the last:
 *
 *     source + 1, or 0 | size of id | id | for each key: 0, or 2 * size + is_number + 1 | text
 */
#include "io/catalog.h"

#include "base/memory.h"

enum { MARK_EVERY = 16, NUMBER_MOST = 10 };

void nd_catalog_release(nd_catalog *catalog) {
    nd_free(catalog->runs);
    nd_free(catalog->marks);
    nd_buffer_release(&catalog->packed);
    nd_names_release(&catalog->sources);
    *catalog = (nd_catalog){0};
}

/* ---- packing ---- */

static neardup_status put_number(nd_buffer *packed, uint64_t number) {
    char bytes[NUMBER_MOST];
    size_t size = 0;
    for (; number >= 0x80; number >>= 7) bytes[size++] = (char)(0x80 | (number & 0x7f));
    bytes[size++] = (char)number;
    return nd_buffer_append(packed, bytes, size);
}

static uint64_t take_number(const char **at) {
    uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        unsigned char byte = (unsigned char)*(*at)++;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return number;
    }
}

static nd_span take_span(const char **at, uint64_t size) {
    nd_span span = {*at, (size_t)size};
    *at += size;
    return span;
}

static nd_span take_sized(const char **at) {
    uint64_t size = take_number(at);
    return take_span(at, size);
}

static neardup_status put_key(nd_buffer *packed, const nd_key *key) {
    if (!key->text.data) return put_number(packed, 0);
    neardup_status status = put_number(packed, 2 * (uint64_t)key->text.size + key->is_number + 1);
    return status ? status : nd_buffer_append(packed, key->text.data, key->text.size);
}

static nd_key take_key(const char **at) {
    uint64_t number = take_number(at);
    if (!number) return (nd_key){0};
    return (nd_key){.text = take_span(at, (number - 1) / 2), .is_number = (number - 1) % 2};
}

/* ---- adding ---- */

/* Whether a document at `place` goes on with the last run. */
static bool continues(const nd_catalog *c, nd_place place) {
    if (!c->run_count) return false;
    const nd_run *run = &c->runs[c->run_count - 1];
    uint64_t distance = c->documents - run->first_document;
    if (run->place.line == NEARDUP_NONE) return place.line == NEARDUP_NONE && place.file == run->place.file + distance;
    return place.file == run->place.file && place.line == run->place.line + distance;
}

neardup_status nd_catalog_add(nd_catalog *catalog, nd_place place, const nd_facts *facts) {
    nd_catalog *c = catalog;
    if (!continues(c, place)) {
        if (nd_reserve(&c->runs, &c->run_capacity, c->run_count + 1, sizeof *c->runs)) return NEARDUP_ERROR_MEMORY;
        c->runs[c->run_count++] = (nd_run){c->documents, place};
    }
    if (c->documents % MARK_EVERY == 0) {
        if (nd_reserve(&c->marks, &c->mark_capacity, c->mark_count + 1, sizeof *c->marks)) return NEARDUP_ERROR_MEMORY;
        c->marks[c->mark_count++] = c->packed.size;
    }
    uint32_t source = 0;
    neardup_status status = facts->source.size ? nd_names_add(&c->sources, facts->source, &source) : NEARDUP_OK;
    if (status == NEARDUP_OK) status = put_number(&c->packed, facts->source.size ? (uint64_t)source + 1 : 0);
    if (status == NEARDUP_OK) status = put_number(&c->packed, facts->id.size);
    if (status == NEARDUP_OK) status = nd_buffer_append(&c->packed, facts->id.data, facts->id.size);
    for (size_t i = 0; status == NEARDUP_OK && i < c->key_count; i++) status = put_key(&c->packed, &facts->keys[i]);
    if (status == NEARDUP_OK) c->documents++;
    return status;
}

/* ---- looking up ---- */

nd_place nd_catalog_place(const nd_catalog *catalog, uint64_t document) {
    size_t low = 0, high = catalog->run_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (catalog->runs[middle].first_document <= document)
            low = middle;
        else
            high = middle;
    }
    const nd_run *run = &catalog->runs[low];
    nd_place place = run->place;
    if (place.line == NEARDUP_NONE)
        place.file += (size_t)(document - run->first_document);
    else
        place.line += document - run->first_document;
    return place;
}

/* Where the facts of a document begin. */
static const char *find_facts(const nd_catalog *c, uint64_t document) {
    const char *at = c->packed.data + c->marks[document / MARK_EVERY];
    for (uint64_t i = 0; i < document % MARK_EVERY; i++) {
        take_number(&at);
        take_sized(&at);
        for (size_t k = 0; k < c->key_count; k++) take_key(&at);
    }
    return at;
}

nd_span nd_catalog_id(const nd_catalog *catalog, uint64_t document) {
    const char *at = find_facts(catalog, document);
    take_number(&at);
    return take_sized(&at);
}

nd_span nd_catalog_source(const nd_catalog *catalog, uint64_t document) {
    const char *at = find_facts(catalog, document);
    uint64_t number = take_number(&at);
    return number ? nd_names_at(&catalog->sources, (uint32_t)(number - 1)) : (nd_span){0};
}

nd_key nd_catalog_key(const nd_catalog *catalog, uint64_t document, size_t key) {
    const char *at = find_facts(catalog, document);
    take_number(&at);
    take_sized(&at);
    for (size_t i = 0; i < key; i++) take_key(&at);
    return take_key(&at);
}
