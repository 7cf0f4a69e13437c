/* SPDX-License-Identifier: MIT */
/* Open addressing with linear probing, at most half full. Inode 0 does not exist on disk, but some file systems of the
 * kernel's own use it, so that emptiness is a flag of its own. */
#include "io/inodes.h"

#include "base/memory.h"

typedef struct entry {
    uint64_t device, inode;
    size_t number;
    bool used;
} entry;

struct nd_inodes {
    entry *entries;
    size_t capacity, count; /* capacity: a power of two */
};

enum { FIRST_CAPACITY = 64 };

nd_inodes *nd_inodes_create(void) {
    nd_inodes *inodes = nd_allocate_zero(1, sizeof *inodes);
    if (!inodes) return NULL;
    inodes->capacity = FIRST_CAPACITY;
    inodes->entries = nd_allocate_zero(inodes->capacity, sizeof *inodes->entries);
    if (inodes->entries) return inodes;
    nd_free(inodes);
    return NULL;
}

void nd_inodes_free(nd_inodes *inodes) {
    if (!inodes) return;
    nd_free(inodes->entries);
    nd_free(inodes);
}

/* The entry that holds the pair, or the empty one where it belongs. */
static entry *find(const nd_inodes *inodes, uint64_t device, uint64_t inode) {
    /* Fibonacci hashing: inodes are mostly consecutive, the high bits of the product spread them. */
    uint64_t hash = (inode ^ device << 32 ^ device >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    size_t mask = inodes->capacity - 1;
    for (size_t i = (size_t)(hash >> 20) & mask;; i = (i + 1) & mask) {
        entry *e = &inodes->entries[i];
        if (!e->used || (e->device == device && e->inode == inode)) return e;
    }
}

static neardup_status grow(nd_inodes *inodes) {
    nd_inodes larger = {.capacity = inodes->capacity * 2, .count = inodes->count};
    larger.entries = nd_allocate_zero(larger.capacity, sizeof *larger.entries);
    if (!larger.entries) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < inodes->capacity; i++) {
        const entry *e = &inodes->entries[i];
        if (e->used) *find(&larger, e->device, e->inode) = *e;
    }
    nd_free(inodes->entries);
    *inodes = larger;
    return NEARDUP_OK;
}

neardup_status nd_inodes_add(nd_inodes *inodes, uint64_t device, uint64_t inode, size_t number, size_t *first_out) {
    if (inodes->count >= inodes->capacity / 2) {
        neardup_status status = grow(inodes);
        if (status) return status;
    }
    entry *e = find(inodes, device, inode);
    if (!e->used) {
        *e = (entry){device, inode, number, true};
        inodes->count++;
    }
    *first_out = e->number;
    return NEARDUP_OK;
}

bool nd_inodes_has(const nd_inodes *inodes, uint64_t device, uint64_t inode) {
    return find(inodes, device, inode)->used;
}
