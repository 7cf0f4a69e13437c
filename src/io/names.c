/* SPDX-License-Identifier: MIT */
#include "io/names.h"

#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

enum { FIRST_SLOTS = 64 };

void nd_names_release(nd_names *names) {
    nd_buffer_release(&names->text);
    nd_free(names->ends);
    nd_free(names->table);
    *names = (nd_names){0};
}

nd_span nd_names_at(const nd_names *names, uint32_t number) {
    size_t begin = number ? names->ends[number - 1] : 0;
    return (nd_span){names->text.data + begin, names->ends[number] - begin};
}

/* The place of a name in the table: where it is, or the empty one where it belongs. */
static uint32_t *find(const nd_names *names, nd_span name) {
    size_t mask = names->slots - 1;
    for (size_t i = (size_t)nd_hash64(name.data, name.size, 0) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &names->table[i];
        if (!*slot || nd_span_compare(nd_names_at(names, *slot - 1), name) == 0) return slot;
    }
}

static neardup_status grow(nd_names *names) {
    size_t slots = names->slots ? names->slots * 2 : FIRST_SLOTS;
    uint32_t *table = nd_allocate_zero(slots, sizeof *table);
    if (!table) return NEARDUP_ERROR_MEMORY;
    nd_free(names->table);
    names->table = table;
    names->slots = slots;
    for (uint32_t i = 0; i < names->count; i++) *find(names, nd_names_at(names, i)) = i + 1;
    return NEARDUP_OK;
}

neardup_status nd_names_add(nd_names *names, nd_span name, uint32_t *number_out) {
    neardup_status status = names->count >= names->slots / 2 ? grow(names) : NEARDUP_OK;
    if (status) return status;
    uint32_t *slot = find(names, name);
    if (!*slot) {
        if (names->count >= UINT32_MAX - 1) return NEARDUP_ERROR_LIMIT;
        if (nd_reserve(&names->ends, &names->capacity, names->count + 1, sizeof *names->ends) ||
            nd_buffer_append(&names->text, name.data, name.size))
            return NEARDUP_ERROR_MEMORY;
        names->ends[names->count++] = names->text.size;
        *slot = (uint32_t)names->count;
    }
    *number_out = *slot - 1;
    return NEARDUP_OK;
}

size_t nd_names_bytes(const nd_names *names) {
    return names->text.capacity + names->capacity * sizeof *names->ends + names->slots * sizeof *names->table;
}
