/* SPDX-License-Identifier: MIT */
#include "io/extents.h"

#include "base/number.h"

enum { MARK_EVERY = 16 };

typedef struct mark {
    uint64_t begin, packed_at;
} mark;

void nd_extents_init(nd_extents *extents) {
    *extents = (nd_extents){0};
    nd_pages_init(&extents->marks, sizeof(mark));
    nd_pages_init(&extents->packed, 1);
}

void nd_extents_release(nd_extents *extents) {
    nd_pages_release(&extents->marks);
    nd_pages_release(&extents->packed);
    nd_extents_init(extents);
}

static neardup_status put(nd_extents *e, uint64_t number) {
    uint8_t bytes[ND_NUMBER_MOST];
    size_t size = nd_number_put(bytes, number);
    if (nd_pages_reserve(&e->packed, size)) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < size; i++) *(uint8_t *)nd_pages_append(&e->packed) = bytes[i];
    return NEARDUP_OK;
}

neardup_status nd_extents_add(nd_extents *extents, nd_extent extent) {
    nd_extents *e = extents;
    neardup_status status = NEARDUP_OK;
    if (e->documents % MARK_EVERY == 0) {
        mark *m = nd_pages_append(&e->marks);
        if (!m) return NEARDUP_ERROR_MEMORY;
        *m = (mark){extent.begin, e->packed.count};
    } else {
        status = put(e, extent.begin - e->end); /* where it lies before, the difference wraps around, here and back */
    }
    if (!status) status = put(e, extent.size);
    e->end = extent.begin + extent.size;
    e->documents += !status;
    return status;
}

/* The number packed at *at, which moves behind it. */
static uint64_t take(const nd_extents *e, uint64_t *at) {
    uint8_t bytes[ND_NUMBER_MOST];
    size_t size = 0;
    do bytes[size] = *(const uint8_t *)nd_pages_at(&e->packed, (*at)++);
    while (bytes[size++] >= 0x80);
    const uint8_t *from = bytes;
    return nd_number_take(&from);
}

nd_extent nd_extents_at(const nd_extents *extents, uint64_t document) {
    const mark *m = nd_pages_at(&extents->marks, document / MARK_EVERY);
    uint64_t at = m->packed_at;
    nd_extent extent = {m->begin, take(extents, &at)};
    for (uint64_t i = 0; i < document % MARK_EVERY; i++) {
        extent.begin += extent.size + take(extents, &at);
        extent.size = take(extents, &at);
    }
    return extent;
}

size_t nd_extents_bytes(const nd_extents *extents) {
    return nd_pages_bytes(&extents->marks) + nd_pages_bytes(&extents->packed);
}
