/* SPDX-License-Identifier: MIT */
/*
 * Fast similarity sketching (Dahlgaard, Knudsen, Thorup: Fast Similarity Sketching, FOCS 2017): a signature of 256
 * values in which two sets agree, value by value, with probability equal to their Jaccard similarity.
 *
 * Each shingle falls into a random bin for a fixed number of rounds, and a bin keeps the smallest value of the first
 * round that reached it. A bin that is still empty takes the minimum, over all shingles, of a hash of its own, as in
 * classical MinHash. So each bin holds the minimum of a random order on the shingles that does not depend on the set,
 * which is what makes the estimate unbiased at any size. The number of rounds must never depend on the document: two
 * similar documents on different sides of such a switch would not agree.
 */
#ifndef ND_SKETCH_SKETCH_H
#define ND_SKETCH_SKETCH_H

#include "neardup.h"

enum { ND_SIGNATURE = NEARDUP_SIGNATURE_VALUES };

/* How many bins and values fill kernels take at a time: whole steps are what they are given. */
enum { ND_FILL_BINS = 4, ND_FILL_VALUES = 8 };

/* Kernel: for each of `bin_count` bins (numbers 0 to 255 in `bins`), the least of `count` shingle values by the bin's
 * own order (nd_fill_order), put into signature[bin] as nd_fill_value. Both counts are multiples, above 0, of those
 * above: repeats do no harm. */
typedef void nd_fill(const uint32_t *values, size_t count, const uint8_t *bins, size_t bin_count, uint32_t *signature);

/* The portable kernel, which is the specification of the others. */
nd_fill nd_fill_portable;

#ifdef __x86_64__
nd_fill nd_fill_avx2;
#endif
#ifdef __aarch64__
nd_fill nd_fill_neon;
#endif

/* What bin `bin` orders shingle values by: an odd multiple of the value moved by a constant, both from SplitMix64. A
 * permutation of 32-bit values that are hashes already. */
static inline uint32_t nd_fill_order(uint32_t value, uint32_t add, uint32_t multiply) {
    return (value ^ add) * multiply;
}

/* The value that stands for the least order: mixed, as its low bits are those of the shingle, and the digest keeps low
 * bits. */
static inline uint32_t nd_fill_value(uint32_t order) { return (order ^ order >> 15) * 0x2C1B3C6Du; }

/* The constants of the bins' hashes. */
extern const uint32_t nd_fill_add[ND_SIGNATURE], nd_fill_multiply[ND_SIGNATURE];

/* Writes the signature of `count` > 0 shingles (repeats do no harm). `values` is scratch for `count` values and
 * ND_FILL_VALUES more. */
void nd_sketch(const uint64_t *shingles, size_t count, nd_fill *fill, uint32_t *values,
               uint32_t signature_out[ND_SIGNATURE]);

#endif
