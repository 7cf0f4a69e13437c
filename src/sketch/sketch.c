/* SPDX-License-Identifier: MIT */
#include "sketch/sketch.h"

#include <string.h>

#include "sketch/kernel_body.h"

/* What a bin holds before anything falls into it. A value that equals it counts as not having fallen. */
#define EMPTY UINT32_MAX

/* Makes the second round's place and value of a shingle independent of the first's. */
#define SECOND_ROUND 0xD6E8FEB86659FD93ULL

/* One round: the top 8 bits of a shingle times `multiply` are its bin, the 32 bits below its value. */
static void throw_round(const uint64_t *shingles, size_t count, uint64_t multiply, uint32_t bins_out[ND_SIGNATURE]) {
    memset(bins_out, 0xFF, ND_SIGNATURE * sizeof *bins_out);
    for (size_t i = 0; i < count; i++) {
        uint64_t x = shingles[i] * multiply;
        uint32_t value = (uint32_t)(x >> 24), *bin = &bins_out[x >> 56];
        *bin = value < *bin ? value : *bin;
    }
}

/* Lists the bins that hold nothing; returns how many. */
static size_t list_empty(const uint32_t signature[ND_SIGNATURE], uint8_t bins_out[ND_SIGNATURE]) {
    size_t count = 0;
    for (unsigned bin = 0; bin < ND_SIGNATURE; bin++) {
        bins_out[count] = (uint8_t)bin;
        count += signature[bin] == EMPTY;
    }
    return count;
}

void nd_fill_portable(const uint32_t *values, size_t count, const uint8_t *bins, size_t bin_count,
                      uint32_t *signature) {
    fill_bins(values, count, bins, bin_count, signature);
}

void nd_sketch(const uint64_t *shingles, size_t count, nd_fill *fill, uint32_t *values,
               uint32_t signature_out[ND_SIGNATURE]) {
    uint8_t empty[ND_SIGNATURE + 1];
    throw_round(shingles, count, 1, signature_out);
    size_t left = list_empty(signature_out, empty);
    if (!left) return;
    uint32_t second[ND_SIGNATURE];
    throw_round(shingles, count, SECOND_ROUND, second);
    for (size_t i = 0; i < left; i++) signature_out[empty[i]] = second[empty[i]];
    left = list_empty(signature_out, empty);
    if (!left) return;
    for (size_t i = 0; i < count; i++) values[i] = (uint32_t)shingles[i];
    fill(values, count, empty, left, signature_out);
}
