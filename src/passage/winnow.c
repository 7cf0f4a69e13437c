/* SPDX-License-Identifier: MIT */
#include "passage/winnow.h"

/* The position of the lowest of grams[begin] to grams[end - 1], the last of equal ones. */
static size_t lowest(const uint64_t *grams, size_t begin, size_t end) {
    size_t at = begin;
    for (size_t i = begin + 1; i < end; i++)
        if (grams[i] <= grams[at]) at = i;
    return at;
}

size_t nd_winnow(const uint64_t *grams, size_t count, uint32_t *positions_out) {
    if (!count) return 0;
    size_t first = count < ND_WINNOW ? count : ND_WINNOW, chosen = 1;
    size_t at = lowest(grams, 0, first);
    positions_out[0] = (uint32_t)at;
    for (size_t i = first; i < count; i++) {
        size_t begin = i + 1 - ND_WINNOW;
        if (grams[i] <= grams[at])
            at = i;
        else if (at < begin)
            at = lowest(grams, begin, i + 1);
        else
            continue;
        positions_out[chosen++] = (uint32_t)at;
    }
    return chosen;
}
