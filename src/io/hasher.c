/* SPDX-License-Identifier: MIT */
#ifndef NDEBUG
/* Of the streaming functions gcc inlines nothing at -Og, and takes it for an error that it was asked to. */
#define XXH_NO_INLINE_HINTS 1
#endif
#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/memory.h"
#include "io/hasher.h"

struct nd_hasher {
    XXH3_state_t *state;
};

nd_hasher *nd_hasher_create(void) {
    nd_hasher *hasher = nd_allocate(1, sizeof *hasher);
    if (!hasher) return NULL;
    hasher->state = XXH3_createState();
    if (!hasher->state) {
        nd_free(hasher);
        return NULL;
    }
    nd_hasher_clear(hasher);
    return hasher;
}

void nd_hasher_free(nd_hasher *hasher) {
    if (!hasher) return;
    XXH3_freeState(hasher->state);
    nd_free(hasher);
}

void nd_hasher_clear(nd_hasher *hasher) { XXH3_128bits_reset(hasher->state); }

void nd_hasher_add(nd_hasher *hasher, const void *data, size_t size) {
    if (size) XXH3_128bits_update(hasher->state, data, size);
}

nd_hash128 nd_hasher_value(const nd_hasher *hasher) {
    XXH128_hash_t hash = XXH3_128bits_digest(hasher->state);
    return (nd_hash128){hash.low64, hash.high64};
}

void nd_hash128_write(nd_hash128 value, char text[33]) {
    snprintf(text, 33, "%016" PRIx64 "%016" PRIx64, value.high, value.low);
}
