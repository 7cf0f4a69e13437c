/* SPDX-License-Identifier: MIT */
#include "sketch/sketch.h"

#include <string.h>

#include "base/bits.h"
#include "base/hash.h"

/* What a bin holds before anything falls into it. A value that equals it counts as not having fallen. */
#define EMPTY UINT32_MAX

/* Shingles from which on the first round most likely leaves no bin empty: 256 bins with 1,600 leave half a one. */
enum { SECOND_ROUND_UNLIKELY = 1600 };

/* The first round: the top 8 bits of a shingle are its bin, the 32 bits below its value. All shingles of a bin have the
 * same top 8 bits, so that a bin can take them whole: that is one step less. */
static inline void throw(uint64_t shingle, uint64_t bins[ND_SIGNATURE]) {
    uint64_t *bin = &bins[shingle >> 56];
    *bin = shingle < *bin ? shingle : *bin;
}

/* The second round takes a shingle with its halves swapped, so that neither its bin nor what orders it there is what
 * mattered in the first. */
static inline void throw_again(uint64_t shingle, uint32_t bins[ND_SIGNATURE]) {
    uint32_t value = (uint32_t)nd_rotate_left(shingle, 8), *bin = &bins[(uint32_t)shingle >> 24];
    *bin = value < *bin ? value : *bin;
}

/* The value of a shingle in the first round; EMPTY of a bin that nothing has fallen into. */
static inline uint32_t value_of(uint64_t shingle) { return (uint32_t)(shingle >> 24); }

static void throw_once(const uint64_t *shingles, size_t count, uint32_t first_out[ND_SIGNATURE]) {
    uint64_t first[ND_SIGNATURE];
    memset(first, 0xFF, sizeof first);
    for (size_t i = 0; i < count; i++) throw(shingles[i], first);
    for (unsigned bin = 0; bin < ND_SIGNATURE; bin++) first_out[bin] = value_of(first[bin]);
}

/* Both rounds at once: they wait for different bins. A bin that the first leaves empty takes what the second put
 * there. */
static void throw_twice(const uint64_t *shingles, size_t count, uint32_t signature_out[ND_SIGNATURE]) {
    uint64_t first[ND_SIGNATURE];
    uint32_t second[ND_SIGNATURE];
    memset(first, 0xFF, sizeof first);
    memset(second, 0xFF, sizeof second);
    for (size_t i = 0; i < count; i++) {
        throw(shingles[i], first);
        throw_again(shingles[i], second);
    }
    for (unsigned bin = 0; bin < ND_SIGNATURE; bin++) {
        uint32_t value = value_of(first[bin]);
        signature_out[bin] = value == EMPTY ? second[bin] : value;
    }
}

/* Whether a bin holds nothing. */
static bool any_empty(const uint32_t signature[ND_SIGNATURE]) {
    uint32_t empty = 0;
    for (unsigned bin = 0; bin < ND_SIGNATURE; bin++) empty |= signature[bin] == EMPTY;
    return empty;
}

/* Lists the bins that hold nothing; returns how many. In steps that compilers can vectorise: of most bins there is
 * nothing to say. */
static size_t list_empty(const uint32_t signature[ND_SIGNATURE], uint8_t bins_out[ND_SIGNATURE]) {
    uint8_t flags[ND_SIGNATURE];
    for (unsigned bin = 0; bin < ND_SIGNATURE; bin++) flags[bin] = signature[bin] == EMPTY;
    size_t count = 0;
    for (unsigned bin = 0; bin < ND_SIGNATURE; bin += 64)
        for (uint64_t empty = nd_bits_of(flags + bin); empty; empty &= empty - 1)
            bins_out[count++] = (uint8_t)(bin + (unsigned)__builtin_ctzll(empty));
    return count;
}

/* Lanes along the values, so that compilers can vectorise it. */
void nd_fill_portable(const uint32_t *values, size_t count, const uint8_t *bins, size_t bin_count,
                      uint32_t *signature) {
    for (size_t b = 0; b < bin_count; b++) {
        uint32_t add = nd_fill_add[bins[b]], multiply = nd_fill_multiply[bins[b]], least[ND_FILL_VALUES];
        memset(least, 0xFF, sizeof least);
        for (size_t i = 0; i < count; i += ND_FILL_VALUES)
            for (unsigned k = 0; k < ND_FILL_VALUES; k++) {
                uint32_t order = nd_fill_order(values[i + k], add, multiply);
                least[k] = order < least[k] ? order : least[k];
            }
        for (unsigned k = 1; k < ND_FILL_VALUES; k++) least[0] = least[k] < least[0] ? least[k] : least[0];
        signature[bins[b]] = nd_fill_value(least[0]);
    }
}

void nd_sketch(const uint64_t *shingles, size_t count, nd_fill *fill, uint32_t *values,
               uint32_t signature_out[ND_SIGNATURE]) {
    if (count >= SECOND_ROUND_UNLIKELY) {
        throw_once(shingles, count, signature_out);
        if (!any_empty(signature_out)) return;
    }
    throw_twice(shingles, count, signature_out);
    uint8_t empty[ND_SIGNATURE];
    size_t left = list_empty(signature_out, empty);
    if (!left) return;
    for (size_t i = 0; i < count; i++) values[i] = (uint32_t)shingles[i];
    for (; left % ND_FILL_BINS; left++) empty[left] = empty[0];
    for (; count % ND_FILL_VALUES; count++) values[count] = values[0];
    fill(values, count, empty, left, signature_out);
}
