/* SPDX-License-Identifier: MIT */
/* The sketch floor's inner loops, written once, compiled for each instruction set by the file that includes this. */
#ifndef ND_SKETCH_KERNEL_BODY_H
#define ND_SKETCH_KERNEL_BODY_H

#include "base/target.h"
#include "sketch/digest.h"
#include "sketch/sketch.h"

enum { LANES = 16 };

static inline uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* The least order of LANES bins, or fewer: lanes along the bins. */
ND_BODY void fill_few(const uint32_t *values, size_t count, const uint8_t *bins, size_t bin_count,
                      uint32_t *signature) {
    uint32_t add[LANES], multiply[LANES], least[LANES];
    for (unsigned k = 0; k < LANES; k++) {
        unsigned bin = bins[k < bin_count ? k : 0];
        add[k] = nd_fill_add[bin];
        multiply[k] = nd_fill_multiply[bin];
        least[k] = UINT32_MAX;
    }
    for (size_t i = 0; i < count; i++)
        for (unsigned k = 0; k < LANES; k++)
            least[k] = smaller(least[k], nd_fill_order(values[i], add[k], multiply[k]));
    for (unsigned k = 0; k < bin_count; k++) signature[bins[k]] = nd_fill_value(least[k]);
}

ND_BODY void fill_bins(const uint32_t *values, size_t count, const uint8_t *bins, size_t bin_count,
                       uint32_t *signature) {
    for (size_t b = 0; b < bin_count; b += LANES)
        fill_few(values, count, bins + b, bin_count - b < LANES ? bin_count - b : LANES, signature);
}

ND_BODY unsigned count_agreements(const nd_digest *a, const nd_digest *b) {
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
