/* SPDX-License-Identifier: MIT */
/*
 * Sorting hashes. They spread evenly unless somebody made them not to, so one pass that puts each into the bucket of
 * its leading bits leaves an array that insertion sort finishes in about n steps. Buckets that are still large go
 * through the next bits first (an MSD radix sort), so the worst input costs six passes, not n^2.
 */
#include "base/sort.h"

#include <string.h>

enum { BUCKET_BITS = 12, SMALL = 32 };

/* Orders hashes that agree in their `known` leading bits until no run that is out of order is longer than SMALL. Recursion
 * goes at most 64 / log2(SMALL) = 13 deep. */
static void distribute(uint64_t *hashes, size_t count, uint64_t *scratch, unsigned known) {
    if (count <= SMALL || known == 64) return;
    uint32_t place[(1 << BUCKET_BITS) + 1];
    unsigned bits = 1;
    while (bits < BUCKET_BITS && (size_t)1 << bits < count) bits++;
    if (bits > 64 - known) bits = 64 - known;
    unsigned shift = 64 - known - bits;
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    memset(place, 0, (mask + 2) * sizeof *place);
    for (size_t i = 0; i < count; i++) place[(hashes[i] >> shift & mask) + 1]++;
    for (size_t b = 0; b <= mask; b++) place[b + 1] += place[b];
    for (size_t i = 0; i < count; i++) scratch[place[hashes[i] >> shift & mask]++] = hashes[i];
    memcpy(hashes, scratch, count * sizeof *hashes);
    for (size_t b = 0, begin = 0; b <= mask; begin = place[b++])
        distribute(hashes + begin, place[b] - begin, scratch, known + bits);
}

static void insertion_sort(uint64_t *hashes, size_t count) {
    for (size_t i = 1; i < count; i++) {
        uint64_t hash = hashes[i];
        size_t j = i;
        for (; j && hashes[j - 1] > hash; j--) hashes[j] = hashes[j - 1];
        hashes[j] = hash;
    }
}

void nd_sort(uint64_t *values, size_t count, uint64_t *scratch) {
    distribute(values, count, scratch, 0);
    insertion_sort(values, count);
}

size_t nd_distinct(uint64_t *values, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!kept || values[i] != values[kept - 1]) values[kept++] = values[i];
    return kept;
}
