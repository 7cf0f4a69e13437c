/* SPDX-License-Identifier: MIT */
#include "engine/registry.h"

#include <string.h>

#include "base/memory.h"

enum { FIRST_SLOTS = 64 };

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
    nd_registry_init(registry);
}

static const class_record *class_at(const nd_registry *r, uint32_t class) { return nd_pages_at(&r->classes, class); }

/* The slot of an identity, or the free one where it belongs. */
static uint32_t *find_slot(const nd_registry *r, nd_hash128 identity) {
    size_t mask = r->slot_count - 1;
    for (size_t i = (size_t)identity.low & mask;; i = (i + 1) & mask) {
        if (r->slots[i] == ND_NO_ITEM) return &r->slots[i];
        const nd_hash128 *known = &class_at(r, r->slots[i])->identity;
        if (known->low == identity.low && known->high == identity.high) return &r->slots[i];
    }
}

/* Keeps the table at most two thirds full. */
static neardup_status make_room(nd_registry *r) {
    uint32_t classes = nd_registry_classes(r);
    if (r->slot_count && classes + 1 <= r->slot_count / 3 * 2) return NEARDUP_OK;
    size_t count = r->slot_count ? 2 * r->slot_count : FIRST_SLOTS;
    nd_free(r->slots); /* it is made again from the classes: two at a time would take half as much again */
    r->slot_count = 0;
    r->slots = nd_allocate(count, sizeof *r->slots);
    if (!r->slots) return NEARDUP_ERROR_MEMORY;
    memset(r->slots, 0xFF, count * sizeof *r->slots);
    r->slot_count = count;
    for (uint32_t class = 0; class < classes; class ++) *find_slot(r, class_at(r, class)->identity) = class;
    return NEARDUP_OK;
}

static neardup_status add_class(nd_registry *r, const nd_draft *draft, uint32_t *slot) {
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
    *slot = class;
    return NEARDUP_OK;
}

neardup_status nd_registry_add(nd_registry *registry, const nd_draft *draft, uint32_t *class_out) {
    nd_registry *r = registry;
    neardup_status status = nd_pages_reserve(&r->records, 1);
    if (!status) status = make_room(r);
    if (status) return status;
    uint32_t class = *class_out = ND_NO_ITEM;
    if (draft->document.condition == NEARDUP_COMPARED) {
        uint32_t *slot = find_slot(r, draft->identity);
        if (*slot == ND_NO_ITEM) {
            status = add_class(r, draft, slot);
            if (status) return status;
            *class_out = *slot;
        } else {
            r->several[*slot / 64] |= (uint64_t)1 << *slot % 64;
        }
        class = *slot;
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
    registry->slots = NULL;
    registry->slot_count = 0;
}

size_t nd_registry_bytes(const nd_registry *registry) {
    return nd_pages_bytes(&registry->records) + nd_pages_bytes(&registry->classes) +
           registry->slot_count * sizeof *registry->slots + registry->several_capacity * sizeof *registry->several;
}

neardup_document nd_registry_document(const nd_registry *registry, uint64_t number) {
    const nd_record *record = nd_registry_record(registry, number);
    uint64_t bytes = (uint64_t)record->bytes_high << 32 | record->bytes_low;
    return (neardup_document){(neardup_condition)record->condition, bytes, record->tokens, record->checksum};
}

uint64_t nd_registry_first(const nd_registry *registry, uint32_t class) { return class_at(registry, class)->first; }
