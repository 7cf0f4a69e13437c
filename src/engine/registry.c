/* SPDX-License-Identifier: MIT */
#include "engine/registry.h"

#include <string.h>

#include "base/memory.h"

enum { FIRST_SLOTS = 64 };

void nd_registry_release(nd_registry *registry) {
    nd_free(registry->records);
    nd_free(registry->class_of);
    nd_free(registry->checksums);
    nd_free(registry->identities);
    nd_free(registry->digests);
    nd_free(registry->first);
    nd_free(registry->copies);
    nd_free(registry->slots);
    *registry = (nd_registry){0};
}

/* The slot of an identity, or the free one where it belongs. */
static uint32_t *find_slot(const nd_registry *r, nd_hash128 identity) {
    size_t mask = r->slot_count - 1;
    for (size_t i = (size_t)identity.low & mask;; i = (i + 1) & mask) {
        uint32_t class = r->slots[i];
        if (class == ND_NO_ITEM) return &r->slots[i];
        if (r->identities[class].low == identity.low && r->identities[class].high == identity.high) return &r->slots[i];
    }
}

/* Keeps the table at most two thirds full. */
static neardup_status make_room(nd_registry *r) {
    if (r->slot_count && r->classes + 1 <= r->slot_count / 3 * 2) return NEARDUP_OK;
    size_t count = r->slot_count ? 2 * r->slot_count : FIRST_SLOTS;
    uint32_t *slots = nd_allocate(count, sizeof *slots);
    if (!slots) return NEARDUP_ERROR_MEMORY;
    memset(slots, 0xFF, count * sizeof *slots);
    nd_free(r->slots);
    r->slots = slots;
    r->slot_count = count;
    for (uint32_t class = 0; class < r->classes; class ++) *find_slot(r, r->identities[class]) = class;
    return NEARDUP_OK;
}

static neardup_status add_class(nd_registry *r, const nd_draft *draft, uint32_t *slot) {
    if (r->classes == ND_NO_ITEM - 1) return NEARDUP_ERROR_LIMIT;
    size_t count = (size_t)r->classes + 1;
    neardup_status status = nd_reserve(&r->identities, &r->identity_capacity, count, sizeof *r->identities);
    if (!status) status = nd_reserve(&r->digests, &r->digest_capacity, count, sizeof *r->digests);
    if (!status) status = nd_reserve(&r->first, &r->first_capacity, count, sizeof *r->first);
    if (!status) status = nd_reserve(&r->copies, &r->copies_capacity, count, sizeof *r->copies);
    if (status) return status;
    r->identities[r->classes] = draft->identity;
    r->digests[r->classes] = draft->digest;
    r->first[r->classes] = r->documents;
    r->copies[r->classes] = 0;
    *slot = r->classes++;
    return NEARDUP_OK;
}

neardup_status nd_registry_add(nd_registry *registry, const nd_draft *draft, uint32_t *class_out) {
    nd_registry *r = registry;
    neardup_status status = nd_reserve(&r->records, &r->record_capacity, r->documents + 1, sizeof *r->records);
    if (!status) status = nd_reserve(&r->class_of, &r->class_of_capacity, r->documents + 1, sizeof *r->class_of);
    if (!status) status = nd_reserve(&r->checksums, &r->checksum_capacity, r->documents + 1, sizeof *r->checksums);
    if (!status) status = make_room(r);
    if (status) return status;
    uint32_t class = ND_NO_ITEM;
    *class_out = ND_NO_ITEM;
    if (draft->document.condition == NEARDUP_COMPARED) {
        uint32_t *slot = find_slot(r, draft->identity);
        if (*slot == ND_NO_ITEM) {
            status = add_class(r, draft, slot);
            if (status) return status;
            *class_out = *slot;
        }
        class = *slot;
        if (r->copies[class] < UINT32_MAX) r->copies[class]++; /* only one, or more than one, matters */
    }
    r->class_of[r->documents] = class;
    r->checksums[r->documents] = draft->checksum;
    r->records[r->documents++] = (nd_record){.bytes_low = (uint32_t)draft->document.bytes,
                                             .bytes_high = draft->document.bytes >> 32 & 0x1FFFFFFF,
                                             .condition = (unsigned)draft->document.condition & 7,
                                             .tokens = (uint32_t)draft->document.tokens};
    return NEARDUP_OK;
}

neardup_document nd_registry_document(const nd_registry *registry, uint64_t number) {
    const nd_record *record = &registry->records[number];
    uint64_t bytes = (uint64_t)record->bytes_high << 32 | record->bytes_low;
    return (neardup_document){(neardup_condition)record->condition, bytes, record->tokens};
}
