/* SPDX-License-Identifier: MIT */
/* Winnowing (winnow.h), written once and compiled for each instruction set by the file that includes this. */
#ifndef ND_PASSAGE_WINNOW_BODY_H
#define ND_PASSAGE_WINNOW_BODY_H

#include <string.h>

#include "base/target.h"
#include "passage/winnow.h"

_Static_assert(ND_WINNOW == 4, "three grams beside the one that is chosen");

enum { BEYOND = ND_WINNOW - 1 };

/* Bit i: whether grams[i] is lower than grams[i + ahead], for 64 of them. */
typedef uint64_t find_lower_of_64(const uint64_t *grams, size_t ahead);

/* What is chosen where a window is not full: the lowest, of equal ones the last. */
static inline size_t choose_of_few(const uint64_t *grams, size_t count, uint32_t *positions_out) {
    uint32_t lowest = 0;
    for (uint32_t i = 1; i < count; i++)
        if (grams[i] <= grams[lowest]) lowest = i;
    if (count) positions_out[0] = lowest;
    return count > 0;
}

/* A gram is chosen if of those on both sides of it enough for a window are not lower, and behind it higher. `before`:
 * what is known of the grams before these, the last of which is in the highest bit; those beyond the beginning count as
 * lower. */
ND_BODY uint64_t choose_of_64(const uint64_t *grams, uint64_t before[BEYOND], find_lower_of_64 *find_lower) {
    uint64_t behind[BEYOND + 1] = {~(uint64_t)0}, ahead[BEYOND + 1] = {~(uint64_t)0}, chosen = 0;
    for (int k = 1; k <= BEYOND; k++) { /* so many on either side, and all between them */
        uint64_t lower = find_lower(grams, (size_t)k);
        ahead[k] = ahead[k - 1] & lower;
        behind[k] = behind[k - 1] & ~(lower << k | before[k - 1] >> (64 - k));
        before[k - 1] = lower;
    }
    for (int k = 0; k <= BEYOND; k++) chosen |= behind[k] & ahead[BEYOND - k];
    return chosen;
}

ND_BODY size_t winnow(const uint64_t *grams, size_t count, uint32_t *positions_out, find_lower_of_64 *find_lower) {
    uint64_t before[BEYOND] = {~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0};
    size_t found = 0;
    if (count < ND_WINNOW) return choose_of_few(grams, count, positions_out);
    for (size_t begin = 0; begin < count; begin += 64) {
        uint64_t rest[64 + BEYOND] = {0}; /* what is beyond the end is not higher than anything */
        bool all = count - begin >= 64 + BEYOND;
        if (!all) memcpy(rest, grams + begin, (count - begin) * sizeof *grams);
        uint64_t chosen = choose_of_64(all ? grams + begin : rest, before, find_lower);
        if (count - begin < 64) chosen &= ((uint64_t)1 << (count - begin)) - 1;
        for (; chosen; chosen &= chosen - 1)
            positions_out[found++] = (uint32_t)begin + (uint32_t)__builtin_ctzll(chosen);
    }
    return found;
}

#endif
