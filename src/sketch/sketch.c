/* SPDX-License-Identifier: MIT */
#include "sketch/sketch.h"

#include <string.h>

#include "base/hash.h"

/* What a bin holds before anything falls into it. A value that equals it counts as not having fallen. */
#define EMPTY UINT32_MAX

/* Shingles from which on the first round most likely leaves no bin empty: 256 bins with 1,600 leave half a one. */
enum { SECOND_ROUND_UNLIKELY = 1600 };

/* A round: the top 8 bits of a shingle are its bin, the 32 bits below its value. The second round takes it with its
 * halves swapped, so that neither its bin nor what orders it there is what mattered in the first. */
static inline void throw(uint64_t shingle, uint32_t bins[ND_SIGNATURE]) {
    uint32_t value = (uint32_t)(shingle >> 24), *bin = &bins[shingle >> 56];
    *bin = value < *bin ? value : *bin;
}

static void throw_once(const uint64_t *shingles, size_t count, uint32_t first_out[ND_SIGNATURE]) {
    memset(first_out, 0xFF, ND_SIGNATURE * sizeof *first_out);
    for (size_t i = 0; i < count; i++) throw(shingles[i], first_out);
}

/* Both rounds at once: they wait for different bins. */
static void throw_twice(const uint64_t *shingles, size_t count, uint32_t first_out[ND_SIGNATURE],
                        uint32_t second_out[ND_SIGNATURE]) {
    memset(first_out, 0xFF, ND_SIGNATURE * sizeof *first_out);
    memset(second_out, 0xFF, ND_SIGNATURE * sizeof *second_out);
    for (size_t i = 0; i < count; i++) {
        throw(shingles[i], first_out);
        throw(nd_rotate_left(shingles[i], 32), second_out);
    }
}

/* Whether a bin holds nothing. */
static bool any_empty(const uint32_t signature[ND_SIGNATURE]) {
    uint32_t empty = 0;
    for (unsigned bin = 0; bin < ND_SIGNATURE; bin++) empty |= signature[bin] == EMPTY;
    return empty;
}

/* Lists the bins that hold nothing; returns how many. */
static size_t list_empty(const uint32_t signature[ND_SIGNATURE], uint8_t bins_out[ND_SIGNATURE]) {
    size_t count = 0;
    for (unsigned bin = 0; bin < ND_SIGNATURE; bin += 32) {
        uint32_t empty = 0;
        for (unsigned i = 0; i < 32; i++) empty |= (uint32_t)(signature[bin + i] == EMPTY) << i;
        for (; empty; empty &= empty - 1) bins_out[count++] = (uint8_t)(bin + (unsigned)__builtin_ctz(empty));
    }
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
    uint32_t second[ND_SIGNATURE];
    if (count >= SECOND_ROUND_UNLIKELY) {
        throw_once(shingles, count, signature_out);
        if (!any_empty(signature_out)) return;
    }
    throw_twice(shingles, count, signature_out, second);
    for (unsigned bin = 0; bin < ND_SIGNATURE; bin++)
        signature_out[bin] = signature_out[bin] == EMPTY ? second[bin] : signature_out[bin];
    uint8_t empty[ND_SIGNATURE];
    size_t left = list_empty(signature_out, empty);
    if (!left) return;
    for (size_t i = 0; i < count; i++) values[i] = (uint32_t)shingles[i];
    for (; left % ND_FILL_BINS; left++) empty[left] = empty[0];
    for (; count % ND_FILL_VALUES; count++) values[count] = values[0];
    fill(values, count, empty, left, signature_out);
}
