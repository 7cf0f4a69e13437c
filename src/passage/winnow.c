/* SPDX-License-Identifier: MIT */
#include "passage/winnow.h"

/* Two grams one behind the other: the lower one, of equal ones the second. */
typedef struct pair {
    uint64_t gram;
    uint32_t at;
} pair;

static pair pair_before(const uint64_t *grams, uint32_t end) {
    uint64_t first = grams[end - 2], second = grams[end - 1];
    return (pair){first < second ? first : second, end - 1 - (first < second)};
}

/* Where the lower one of two pairs is, of equal ones that of the second. */
static uint32_t lower_of(pair first, pair second) {
    uint32_t is_first = -(uint32_t)(first.gram < second.gram); /* all ones, and no branch: it is a matter of chance */
    return second.at ^ ((first.at ^ second.at) & is_first);
}

/* A window is two pairs. What it chooses is written in any case, over what the window before chose if it is the same.
 */
size_t nd_winnow(const uint64_t *grams, size_t count, uint32_t *positions_out) {
    _Static_assert(ND_WINNOW == 4, "two pairs");
    if (!count) return 0;
    size_t chosen = 0;
    pair pairs[3] = {{grams[0], 0}, {grams[0], 0}, {grams[0], 0}}; /* the last ones */
    positions_out[0] = 0;
    for (uint32_t end = 2; end <= count; end++) {
        pairs[0] = pairs[1];
        pairs[1] = pairs[2];
        pairs[2] = pair_before(grams, end);
        uint32_t at = lower_of(pairs[0], pairs[2]);
        chosen += (size_t)(end > ND_WINNOW) & (size_t)(at != positions_out[chosen]);
        positions_out[chosen] = at;
    }
    return chosen + 1;
}
