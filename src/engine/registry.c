/* SPDX-License-Identifier: MIT */
#include "engine/registry.h"

#include <string.h>

#include "base/memory.h"

enum {
    FIRST_SLOTS = 64,
    AHEAD = 8 /* classes that memory is asked for beforehand when the table is made again */
};

typedef struct class_record {
    nd_hash128 identity;
    uint64_t first; /* document */
} class_record;

void nd_registry_init(nd_registry *registry) {
    *registry = (nd_registry){0};
    nd_pages_init(&registry->records, sizeof(nd_record));
    nd_pages_init(&registry->classes, sizeof(class_record));
}

void nd_registry_release(nd_registry *registry) {
    nd_pages_release(&registry->records);
    nd_pages_release(&registry->classes);
    nd_free(registry->several);
    nd_free(registry->slots);
    nd_free(registry->tags);
    nd_registry_init(registry);
}

static const class_record *class_at(const nd_registry *r, uint32_t class) { return nd_pages_at(&r->classes, class); }

/* Bits that have no say in where the slot is. */
static uint8_t tag_of(nd_hash128 identity) { return (uint8_t)(identity.high >> 57 | 0x80); }

/* The slot of an identity, or the free one where it belongs. */
static size_t find_slot(const nd_registry *r, nd_hash128 identity) {
    size_t mask = r->slot_count - 1;
    uint8_t tag = tag_of(identity);
    for (size_t i = (size_t)identity.low & mask;; i = (i + 1) & mask) {
        if (!r->tags[i]) return i;
        if (r->tags[i] != tag) continue;
        const nd_hash128 *known = &class_at(r, r->slots[i])->identity;
        if (known->low == identity.low && known->high == identity.high) return i;
    }
}

/* Puts a class into the table. */
static void take_slot(nd_registry *r, size_t slot, uint32_t class) {
    r->slots[slot] = class;
    r->tags[slot] = tag_of(class_at(r, class)->identity);
}

/* Puts all classes, which are different ones, into a table that is free. */
static void fill_slots(nd_registry *r) {
    uint32_t classes = nd_registry_classes(r);
    size_t mask = r->slot_count - 1;
    for (uint32_t class = 0; class < classes; class ++) {
        if (classes - class > AHEAD) nd_registry_expect(r, class_at(r, class + AHEAD)->identity);
        size_t slot = (size_t)class_at(r, class)->identity.low & mask;
        while (r->tags[slot]) slot = (slot + 1) & mask;
        take_slot(r, slot, class);
    }
}

/* Keeps the table at most two thirds full. */
static neardup_status make_room(nd_registry *r) {
    uint32_t classes = nd_registry_classes(r);
    if (r->slot_count && classes + 1 <= r->slot_count / 3 * 2) return NEARDUP_OK;
    size_t count = r->slot_count ? 2 * r->slot_count : FIRST_SLOTS;
    nd_registry_close(r); /* it is made again from the classes: two at a time would take half as much again */
    r->slots = nd_allocate(count, sizeof *r->slots);
    r->tags = nd_allocate_zero(count, sizeof *r->tags);
    if (!r->slots || !r->tags) return NEARDUP_ERROR_MEMORY;
    r->slot_count = count;
    fill_slots(r);
    return NEARDUP_OK;
}

static neardup_status add_class(nd_registry *r, const nd_draft *draft, size_t slot) {
    uint32_t class = nd_registry_classes(r);
    if (class == ND_NO_ITEM - 1) return NEARDUP_ERROR_LIMIT;
    if (class % 64 == 0) {
        neardup_status status = nd_reserve(&r->several, &r->several_capacity, class / 64 + 1, sizeof *r->several);
        if (status) return status;
        r->several[class / 64] = 0;
    }
    class_record *record = nd_pages_append(&r->classes);
    if (!record) return NEARDUP_ERROR_MEMORY;
    *record = (class_record){draft->identity, nd_registry_documents(r)};
    take_slot(r, slot, class);
    return NEARDUP_OK;
}

neardup_status nd_registry_add(nd_registry *registry, const nd_draft *draft, uint32_t *class_out) {
    nd_registry *r = registry;
    neardup_status status = nd_pages_reserve(&r->records, 1);
    if (!status) status = make_room(r);
    if (status) return status;
    uint32_t class = *class_out = ND_NO_ITEM;
    if (draft->document.condition == NEARDUP_COMPARED) {
        size_t slot = find_slot(r, draft->identity);
        if (!r->tags[slot]) {
            status = add_class(r, draft, slot);
            if (status) return status;
            *class_out = r->slots[slot];
        } else {
            r->several[r->slots[slot] / 64] |= (uint64_t)1 << r->slots[slot] % 64;
        }
        class = r->slots[slot];
    }
    nd_record *record = nd_pages_append(&r->records);
    *record = (nd_record){.checksum = draft->checksum,
                          .bytes_low = (uint32_t)draft->document.bytes,
                          .bytes_high = draft->document.bytes >> 32 & 0x1FFFFFFF,
                          .condition = (unsigned)draft->document.condition & 7,
                          .tokens = (uint32_t)draft->document.tokens,
                          .class = class};
    return NEARDUP_OK;
}

void nd_registry_close(nd_registry *registry) {
    nd_free(registry->slots);
    nd_free(registry->tags);
    registry->slots = NULL;
    registry->tags = NULL;
    registry->slot_count = 0;
}

size_t nd_registry_bytes(const nd_registry *registry) {
    return nd_pages_bytes(&registry->records) + nd_pages_bytes(&registry->classes) +
           registry->slot_count * (sizeof *registry->slots + sizeof *registry->tags) +
           registry->several_capacity * sizeof *registry->several;
}

neardup_document nd_registry_document(const nd_registry *registry, uint64_t number) {
    const nd_record *record = nd_registry_record(registry, number);
    uint64_t bytes = (uint64_t)record->bytes_high << 32 | record->bytes_low;
    return (neardup_document){(neardup_condition)record->condition, bytes, record->tokens, record->checksum};
}

uint64_t nd_registry_first(const nd_registry *registry, uint32_t class) { return class_at(registry, class)->first; }
