/* SPDX-License-Identifier: MIT */
/*
 * Sorting hashes. They spread evenly unless somebody made them not to, so one pass that puts each into the bucket of
 * its leading bits, with about as many buckets as hashes, leaves an array that insertion sort finishes in about n
 * steps. Buckets that are still large go through the next bits first (an MSD radix sort), so the worst input costs six
 * passes, not n^2.
 */
#include "base/sort.h"

#include <string.h>

/* Counters of the first pass are up to 64 KB of stack, of each below it 16 KB. Each page of them is touched on the way
 * in (-fstack-clash-protection), which takes longer than to sort a few values: those never come so far. */
enum { FIRST_BITS = 14, BUCKET_BITS = 12, SMALL = 32, FEW = 16 };

/* For how many leading bits there is about one hash a bucket: 3 in 4 to 3 in 2. */
static unsigned bits_for(size_t count, unsigned most) {
    unsigned bits = 1;
    while (bits < most && (size_t)3 << bits <= 2 * count) bits++;
    return bits;
}

/* Spreads hashes over buckets by the `bits` bits from `shift` on. Sets places_out to where each bucket ends; returns
 * the size of the largest. */
static size_t spread(const uint64_t *hashes, size_t count, unsigned shift, unsigned bits, uint64_t *spread_out,
                     uint32_t *places_out) {
    size_t buckets = (size_t)1 << bits, mask = buckets - 1;
    memset(places_out, 0, buckets * sizeof *places_out);
    for (size_t i = 0; i < count; i++) places_out[hashes[i] >> shift & mask]++;
    uint32_t begin = 0, largest = 0;
    for (size_t b = 0; b < buckets; b++) {
        uint32_t size = places_out[b];
        places_out[b] = begin;
        begin += size;
        largest = size > largest ? size : largest;
    }
    for (size_t i = 0; i < count; i++) spread_out[places_out[hashes[i] >> shift & mask]++] = hashes[i];
    return largest;
}

/* Orders hashes that agree in their `known` leading bits until no run that is out of order is longer than SMALL.
 * Recursion goes at most 64 / log2(SMALL) = 13 deep. */
/* NOLINTNEXTLINE(misc-no-recursion): see above */
static void distribute(uint64_t *hashes, size_t count, uint64_t *scratch, unsigned known) {
    if (known == 64) return;
    uint32_t places[1 << BUCKET_BITS];
    unsigned bits = bits_for(count, BUCKET_BITS < 64 - known ? BUCKET_BITS : 64 - known);
    spread(hashes, count, 64 - known - bits, bits, scratch, places);
    memcpy(hashes, scratch, count * sizeof *hashes);
    for (size_t b = 0, begin = 0; b < (size_t)1 << bits; begin = places[b++])
        if (places[b] - begin > SMALL) distribute(hashes + begin, places[b] - begin, scratch, known + bits);
}

/* Insertion sort of `from`, which may be `to`. The last two values are kept in hand, and a value goes before the last
 * of them without a branch: only one that goes further back, which is rare, takes one. */
static void insert(const uint64_t *from, size_t count, uint64_t *to) {
    uint64_t last = from[0], before = 0;
    to[0] = last;
    for (size_t i = 1; i < count; i++) {
        uint64_t value = from[i], low = value < last ? value : last;
        last = value < last ? last : value;
        to[i] = last;
        to[i - 1] = low;
        if (low < before) {
            size_t j = i - 1;
            for (; j && to[j - 1] > low; j--) to[j] = to[j - 1];
            to[j] = low;
            low = to[i - 1];
        }
        before = low;
    }
}

/* How many leading bits all values agree in; 64 where they are all the same. Of hashes the first few tell. */
static unsigned count_known(const uint64_t *values, size_t count) {
    uint64_t differing = 0;
    for (size_t i = 1; i < count && !(differing >> 63); i++) differing |= values[i] ^ values[0];
    return differing ? (unsigned)__builtin_clzll(differing) : 64;
}

/* Sorts by up to `most` bits first, for which there are counters. */
static void sort_by(uint64_t *values, size_t count, uint64_t *scratch, uint32_t *places, unsigned most) {
    unsigned known = count_known(values, count);
    if (known == 64) return;
    unsigned bits = bits_for(count, most < 64 - known ? most : 64 - known);
    if (spread(values, count, 64 - known - bits, bits, scratch, places) <= SMALL) {
        insert(scratch, count, values);
        return;
    }
    memcpy(values, scratch, count * sizeof *values);
    for (size_t b = 0, begin = 0; b < (size_t)1 << bits; begin = places[b++])
        if (places[b] - begin > SMALL) distribute(values + begin, places[b] - begin, scratch, known + bits);
    insert(values, count, values);
}

__attribute__((noinline)) static void sort_some(uint64_t *values, size_t count, uint64_t *scratch) {
    uint32_t places[1 << BUCKET_BITS];
    sort_by(values, count, scratch, places, BUCKET_BITS);
}

__attribute__((noinline)) static void sort_many(uint64_t *values, size_t count, uint64_t *scratch) {
    uint32_t places[1 << FIRST_BITS];
    sort_by(values, count, scratch, places, FIRST_BITS);
}

void nd_sort(uint64_t *values, size_t count, uint64_t *scratch) {
    if (count > (size_t)1 << BUCKET_BITS)
        sort_many(values, count, scratch);
    else if (count > FEW)
        sort_some(values, count, scratch);
    else if (count)
        insert(values, count, values);
}

/* Two bits for every value, in tables of eight to sixteen bits for each, tell most of them. */
size_t nd_drop_single(uint64_t *values, size_t count, unsigned low, uint64_t *scratch) {
    size_t words = 1, kept = 0;
    if (count < 2) return 0;
    while (words * 8 < count) words *= 2;
    uint64_t *once = scratch, *twice = scratch + words;
    memset(scratch, 0, 2 * words * sizeof *scratch);
    for (size_t i = 0; i < count; i++) {
        uint64_t key = values[i] >> low, bit = (uint64_t)1 << (key & 63);
        size_t word = key >> 6 & (words - 1);
        twice[word] |= once[word] & bit;
        once[word] |= bit;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t value = values[i], key = value >> low;
        values[kept] = value;
        kept += twice[key >> 6 & (words - 1)] >> (key & 63) & 1;
    }
    return kept;
}

size_t nd_distinct(uint64_t *values, size_t count) {
    if (!count) return 0;
    size_t kept = 0;
    uint64_t value = values[0];
    for (size_t i = 1; i < count; i++) { /* writes every value, and goes on where the next one is another */
        values[kept] = value;
        kept += values[i] != value;
        value = values[i];
    }
    values[kept] = value;
    return kept + 1;
}
