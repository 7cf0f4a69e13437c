/* SPDX-License-Identifier: MIT */
/* The sketch floor's inner loops, written once, compiled for each instruction set by the file that includes this. */
#ifndef ND_SKETCH_KERNEL_BODY_H
#define ND_SKETCH_KERNEL_BODY_H

#include "sketch/digest.h"
#include "sketch/sketch.h"

enum { LANES = 16 };

static inline uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* The least hash of one bin: lanes along the shingles. */
static inline uint32_t least_of_bin(const uint32_t *values, size_t count, uint8_t bin) {
    uint32_t add = nd_fill_add[bin], multiply = nd_fill_multiply[bin], least = UINT32_MAX;
    for (size_t i = 0; i < count; i++) least = smaller(least, nd_fill_hash(values[i], add, multiply));
    return least;
}

/* The least hashes of LANES bins: lanes along the bins, which serves few shingles better. */
static inline void least_of_bins(const uint32_t *values, size_t count, const uint8_t *bins, uint32_t *signature) {
    uint32_t add[LANES], multiply[LANES], least[LANES];
    for (unsigned k = 0; k < LANES; k++) {
        add[k] = nd_fill_add[bins[k]];
        multiply[k] = nd_fill_multiply[bins[k]];
        least[k] = UINT32_MAX;
    }
    for (size_t i = 0; i < count; i++)
        for (unsigned k = 0; k < LANES; k++) least[k] = smaller(least[k], nd_fill_hash(values[i], add[k], multiply[k]));
    for (unsigned k = 0; k < LANES; k++) signature[bins[k]] = least[k];
}

static inline void fill_bins(const uint32_t *values, size_t count, const uint8_t *bins, size_t bin_count,
                             uint32_t *signature) {
    size_t b = 0;
    for (; b + LANES <= bin_count; b += LANES) least_of_bins(values, count, bins + b, signature);
    for (; b < bin_count; b++) signature[bins[b]] = least_of_bin(values, count, bins[b]);
}

static inline unsigned count_agreements(const nd_digest *a, const nd_digest *b) {
    unsigned differ = 0;
    for (unsigned w = 0; w < ND_DIGEST_WORDS; w++) {
        uint64_t x = a->words[w] ^ b->words[w];
        x |= x >> 2;
        x |= x >> 1;
        differ += (unsigned)__builtin_popcountll(x & 0x1111111111111111ULL);
    }
    return ND_SIGNATURE - differ;
}

#endif
