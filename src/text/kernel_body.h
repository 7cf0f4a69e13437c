/* SPDX-License-Identifier: MIT */
/*
 * Kernels that need no intrinsics: written once, compiled for each instruction set by the file that includes this. They
 * are plain loops that compilers turn into what the target has.
 */
#ifndef ND_TEXT_KERNEL_BODY_H
#define ND_TEXT_KERNEL_BODY_H

#include "base/hash.h"

enum { SHINGLE_ROTATION = 13 }; /* prime to 64, so that 64 places have 64 rotations */

/* Out of line, so that what is inlined into the loop below is only XXH3 of 16 bytes. */
__attribute__((noinline, unused)) static uint64_t hash_long_token(const uint8_t *folded, size_t size, uint64_t seed) {
    return nd_hash64(folded, size, seed);
}

static inline uint64_t hash_token(const uint8_t *folded, size_t size, uint64_t seed) {
    if (__builtin_expect(size > 16, 0)) return hash_long_token(folded, size, seed);
    /* Of the 16 bytes that begin 16 - size bytes in, the first `size` are all ones and the others zero. */
    static const uint8_t ones_then_zeros[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                                255, 255, 255, 255, 255, 255, 255, 255};
    uint64_t padded[2], keep[2];
    memcpy(padded, folded, 16);
    memcpy(keep, ones_then_zeros + 16 - size, 16);
    padded[0] &= keep[0];
    padded[1] &= keep[1];
    return nd_hash64(padded, 16, seed);
}

/* Compilers find XXH3 too large to inline, and must: with the length known it is a dozen instructions. */
__attribute__((flatten)) static inline void hash_tokens(const uint8_t *lower, const uint16_t *edges, size_t count,
                                                        uint64_t seed, uint64_t *hashes_out) {
    for (size_t i = 0; i < count; i++)
        hashes_out[i] = hash_token(lower + edges[2 * i], (size_t)(edges[2 * i + 1] - edges[2 * i]), seed);
}

static inline uint64_t hash_shingle(const uint64_t *tokens, size_t length) {
    uint64_t sum = 0;
    for (size_t i = 0; i < length; i++) sum += nd_rotate_left(tokens[i], (unsigned)(SHINGLE_ROTATION * i));
    return nd_avalanche(sum);
}

static inline void hash_shingles(const uint64_t *tokens, size_t count, size_t length, uint64_t *hashes_out) {
    if (length == 5) /* the default: unrolled, so that whole vectors of shingles are made at a time */
        for (size_t i = 0; i < count; i++)
            hashes_out[i] = nd_avalanche(tokens[i] + nd_rotate_left(tokens[i + 1], SHINGLE_ROTATION) +
                                         nd_rotate_left(tokens[i + 2], 2 * SHINGLE_ROTATION) +
                                         nd_rotate_left(tokens[i + 3], 3 * SHINGLE_ROTATION) +
                                         nd_rotate_left(tokens[i + 4], 4 * SHINGLE_ROTATION));
    else
        for (size_t i = 0; i < count; i++) hashes_out[i] = hash_shingle(tokens + i, length);
}

/* Edges of runs in one word of bits; *carry is whether the bit before it is set, and then whether its last one is. */
static inline uint64_t edges_of(uint64_t word, uint64_t *carry) {
    uint64_t edges = word ^ (word << 1 | *carry);
    *carry = word >> 63;
    return edges;
}

/* The bits of word number `block` that lie in [from, to), as a mask. */
static inline uint64_t stretch_mask(size_t block, size_t from, size_t to) {
    uint64_t mask = ~(uint64_t)0;
    if (64 * block < from) mask &= ~(uint64_t)0 << from % 64;
    if (to - 64 * block < 64) mask &= ~(~(uint64_t)0 << to % 64);
    return mask;
}

enum { AT_ONCE = 24 };

/* The position of the lowest set bit; of no meaning where there is none. */
static inline uint16_t place_of(uint64_t edges, size_t block) {
    return (uint16_t)(64 * block + (size_t)__builtin_ctzll(edges | (uint64_t)1 << 63));
}

static inline size_t list_edges(const uint64_t *word, size_t from, size_t to, uint16_t *edges_out) {
    size_t count = 0;
    uint64_t carry = 0;
    for (size_t block = from / 64; 64 * block < to; block++) {
        uint64_t mask = stretch_mask(block, from, to), edges = edges_of(word[block] & mask, &carry);
        if (to - 64 * block < 64) edges &= mask; /* a run that reaches `to` has no end there */
        /* Most words have fewer edges than AT_ONCE; writing that many whatever there are saves a branch that no
         * processor can foresee. What is written too much is overwritten. */
        uint16_t *out = edges_out + count;
        count += (size_t)__builtin_popcountll(edges);
        for (size_t i = 0; i < AT_ONCE; i++, edges &= edges - 1) out[i] = place_of(edges, block);
        for (size_t i = AT_ONCE; edges; i++, edges &= edges - 1) out[i] = place_of(edges, block);
    }
    return count;
}

#endif
