/* SPDX-License-Identifier: MIT */
/* xxHash's XXH3, compiled into each user: short inputs of known length are what it is called with most. */
#ifndef ND_BASE_HASH_H
#define ND_BASE_HASH_H

#include <string.h>

#include "neardup.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#define XXH_INLINE_ALL
#include <xxhash.h>
#pragma GCC diagnostic pop

/* Token hashes and marks are taken of bytes as words, and would come out differently elsewhere. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "neardup is written for little-endian machines");

/* 128 bits that stand for a long sequence. */
typedef struct nd_hash128 {
    uint64_t low, high;
} nd_hash128;

static inline uint64_t nd_hash64(const void *data, size_t size, uint64_t seed) {
    return XXH3_64bits_withSeed(data, size, seed);
}

static inline nd_hash128 nd_hash128_of(const void *data, size_t size, uint64_t seed) {
    XXH128_hash_t hash = XXH3_128bits_withSeed(data, size, seed);
    return (nd_hash128){hash.low64, hash.high64};
}

/* A hash of a text as it was given, which tells whether it is given again. */
static inline uint64_t nd_hash_text(const neardup_text *text) {
    if (text->set_aside) return nd_hash64(NULL, 0, text->size);
    return nd_hash64(text->data, text->size, (uint64_t)text->form + 1);
}

/* XXH3's finishing step: a bijection after which every bit depends on every bit. */
static inline uint64_t nd_avalanche(uint64_t x) {
    x ^= x >> 37;
    x *= 0x165667919E3779F9ULL;
    return x ^ x >> 32;
}

static inline uint64_t nd_rotate_left(uint64_t x, unsigned bits) { return x << (bits & 63) | x >> (-bits & 63); }

#endif
