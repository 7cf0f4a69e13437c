/* SPDX-License-Identifier: MIT */
/*
 * Kernels that need no intrinsics: written once, compiled for each instruction set by the file that includes this. They
 * are plain loops that compilers turn into what the target has.
 */
#ifndef ND_TEXT_KERNEL_BODY_H
#define ND_TEXT_KERNEL_BODY_H

#include "base/hash.h"
#include "base/target.h"

/* Notes the escapes of block b, whose letters are given. */
static inline void note_escapes(size_t b, uint64_t letters, uint64_t *word, uint64_t *special, uint64_t *escapes_out) {
    escapes_out[b] = letters;
    word[b] &= ~letters;
    special[b] &= ~(letters | letters >> 1);
    if (b && letters & 1) special[b - 1] &= ~(uint64_t)0 >> 1;
}

/* What the hash of a token depends on beside its bytes. */
static inline uint64_t token_key(uint64_t seed) { return nd_avalanche(seed + 0x9E3779B97F4A7C15ULL); }

/* Two words, mixed by XXH3's finishing step: once between them, and twice behind, where once would let the second
 * word's bits show (tests/test_token_hash.c). It takes one multiplication to the low half, which vectors have; XXH3 of
 * 16 bytes takes one to both halves, and cost twice as much. */
static inline uint64_t hash_words(uint64_t low, uint64_t high, uint64_t key) {
    return nd_avalanche(nd_avalanche(nd_avalanche(low ^ key) ^ high));
}

/* Of the 16 bytes that begin 16 - size bytes in, the first `size` are all ones and the others zero. */
static const uint8_t ones_then_zeros[32] = {255, 255, 255, 255, 255, 255, 255, 255,
                                            255, 255, 255, 255, 255, 255, 255, 255};

/* Out of line, so that what is inlined into loops is only the hash of 16 bytes. */
__attribute__((noinline, unused)) static uint64_t hash_long_token(const uint8_t *folded, size_t size, uint64_t seed) {
    return nd_hash64(folded, size, seed);
}

static inline uint64_t hash_token(const uint8_t *folded, size_t size, uint64_t seed) {
    if (__builtin_expect(size > 16, 0)) return hash_long_token(folded, size, seed);
    uint64_t padded[2], keep[2];
    memcpy(padded, folded, 16);
    memcpy(keep, ones_then_zeros + 16 - size, 16);
    return hash_words(padded[0] & keep[0], padded[1] & keep[1], token_key(seed));
}

ND_BODY void hash_tokens(const uint8_t *lower, const uint16_t *edges, size_t count, uint64_t seed,
                         uint64_t *hashes_out) {
    for (size_t i = 0; i < count; i++)
        hashes_out[i] = hash_token(lower + edges[2 * i], (size_t)(edges[2 * i + 1] - edges[2 * i]), seed);
}

/* By how much the token at place i of a shingle is rotated: whole bytes for the first eight, which vectors do in one
 * step, and differently for each of 64. */
static inline unsigned rotation_of(size_t i) { return (unsigned)(8 * i + i / 8); }

static inline uint64_t hash_shingle(const uint64_t *tokens, size_t length) {
    uint64_t sum = 0;
    for (size_t i = 0; i < length; i++) sum += nd_rotate_left(tokens[i], rotation_of(i));
    return nd_avalanche(sum);
}

ND_BODY void hash_shingles(const uint64_t *tokens, size_t count, size_t length, uint64_t *hashes_out) {
    if (length == 5) /* the default: unrolled, so that whole vectors of shingles are made at a time */
        for (size_t i = 0; i < count; i++)
            hashes_out[i] =
                nd_avalanche(tokens[i] + nd_rotate_left(tokens[i + 1], 8) + nd_rotate_left(tokens[i + 2], 16) +
                             nd_rotate_left(tokens[i + 3], 24) + nd_rotate_left(tokens[i + 4], 32));
    else
        for (size_t i = 0; i < count; i++) hashes_out[i] = hash_shingle(tokens + i, length);
}

ND_BODY size_t count_marks(nd_mark_word *words, size_t count) {
    size_t before = 0;
    for (size_t i = 0; i < count; i++) {
        words[i].before = before;
        before += (size_t)__builtin_popcountll(words[i].bits);
    }
    return before;
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

ND_BODY size_t list_edges(const uint64_t *word, size_t from, size_t to, uint16_t *edges_out) {
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
