/* SPDX-License-Identifier: MIT */
/*
 * What is packed for a document, numbers in base 128 with the lowest digits first and the high bit on all but the last:
 *
 *     source + 1, or 0 | size of id | id | for each key: 0, or 2 * size + is_number + 1 | text
 */
#include "io/catalog.h"

#include <string.h>

#include "base/memory.h"
#include "base/number.h"

enum { GROUP = 16 };

void nd_catalog_init(nd_catalog *catalog, size_t key_count) {
    *catalog = (nd_catalog){.key_count = key_count};
    nd_pages_init(&catalog->runs, sizeof(nd_run));
    nd_pages_init(&catalog->groups, sizeof(const char *));
}

void nd_catalog_release(nd_catalog *catalog) {
    nd_pages_release(&catalog->runs);
    nd_pages_release(&catalog->groups);
    nd_arena_release(&catalog->packed);
    nd_buffer_release(&catalog->open);
    nd_names_release(&catalog->sources);
    *catalog = (nd_catalog){0};
}

/* ---- packing ---- */

static neardup_status put_number(nd_buffer *packed, uint64_t number) {
    uint8_t bytes[ND_NUMBER_MOST];
    return nd_buffer_append(packed, bytes, nd_number_put(bytes, number));
}

static uint64_t take_number(const char **at) {
    const uint8_t *from = (const uint8_t *)*at;
    uint64_t number = nd_number_take(&from);
    *at = (const char *)from;
    return number;
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
static bool continues(const nd_catalog *c, nd_origin place) {
    if (!c->runs.count) return false;
    const nd_run *run = nd_pages_at(&c->runs, c->runs.count - 1);
    uint64_t distance = c->documents - run->first_document;
    if (run->place.line == NEARDUP_NONE) return place.line == NEARDUP_NONE && place.file == run->place.file + distance;
    return place.file == run->place.file && place.line == run->place.line + distance;
}

/* Packs the group that is full for good. */
static neardup_status close_group(nd_catalog *c) {
    char *packed = nd_arena_allocate(&c->packed, c->open.size, 1);
    const char **group = packed ? nd_pages_append(&c->groups) : NULL;
    if (!group) return NEARDUP_ERROR_MEMORY;
    memcpy(packed, c->open.data, c->open.size);
    *group = packed;
    c->open.size = 0;
    return NEARDUP_OK;
}

neardup_status nd_catalog_add(nd_catalog *catalog, nd_origin place, const nd_facts *facts) {
    nd_catalog *c = catalog;
    if (!continues(c, place)) {
        nd_run *run = nd_pages_append(&c->runs);
        if (!run) return NEARDUP_ERROR_MEMORY;
        *run = (nd_run){c->documents, place};
    }
    uint32_t source = 0;
    neardup_status status = facts->source.size ? nd_names_add(&c->sources, facts->source, &source) : NEARDUP_OK;
    if (status == NEARDUP_OK) status = put_number(&c->open, facts->source.size ? (uint64_t)source + 1 : 0);
    if (status == NEARDUP_OK) status = put_number(&c->open, facts->id.size);
    if (status == NEARDUP_OK) status = nd_buffer_append(&c->open, facts->id.data, facts->id.size);
    for (size_t i = 0; status == NEARDUP_OK && i < c->key_count; i++) status = put_key(&c->open, &facts->keys[i]);
    if (status == NEARDUP_OK && ++c->documents % GROUP == 0) status = close_group(c);
    return status;
}

/* ---- looking up ---- */

nd_origin nd_catalog_place(const nd_catalog *catalog, uint64_t document) {
    size_t low = 0, high = catalog->runs.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (((const nd_run *)nd_pages_at(&catalog->runs, middle))->first_document <= document)
            low = middle;
        else
            high = middle;
    }
    const nd_run *run = nd_pages_at(&catalog->runs, low);
    nd_origin place = run->place;
    if (place.line == NEARDUP_NONE)
        place.file += (size_t)(document - run->first_document);
    else
        place.line += document - run->first_document;
    return place;
}

/* Where the facts of a document begin. */
static const char *find_facts(const nd_catalog *c, uint64_t document) {
    size_t group = (size_t)(document / GROUP);
    const char *at = group < c->groups.count ? *(const char **)nd_pages_at(&c->groups, group) : c->open.data;
    for (uint64_t i = 0; i < document % GROUP; i++) {
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

size_t nd_catalog_bytes(const nd_catalog *catalog) {
    return nd_pages_bytes(&catalog->runs) + nd_pages_bytes(&catalog->groups) + catalog->packed.bytes +
           catalog->open.capacity + nd_names_bytes(&catalog->sources);
}
