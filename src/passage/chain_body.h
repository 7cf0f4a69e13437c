/* SPDX-License-Identifier: MIT */
/* Looking back from a link (chain.h), written once and compiled for each instruction set by the file that includes
 * this. */
#ifndef ND_PASSAGE_CHAIN_BODY_H
#define ND_PASSAGE_CHAIN_BODY_H

#include "base/target.h"
#include "passage/chain.h"
#include "passage/winnow.h"

/* What it is worth to go from a link to one that is so many tokens on in either text, or back below 0; at most 0 where
 * that cannot be. */
static inline int32_t gain(int32_t a, int32_t b) {
    int32_t shorter = a < b ? a : b;
    uint32_t apart = a < b ? (uint32_t)b - (uint32_t)a : (uint32_t)a - (uint32_t)b;
    uint32_t worth = (uint32_t)(shorter < ND_GRAM ? shorter : ND_GRAM) - (apart + 3) / 4;
    return shorter > 0 && shorter <= ND_CHAIN_GAP ? (int32_t)worth : 0;
}

_Static_assert((ND_DIAGONALS + 1 + 3) / 4 >= ND_GRAM, "what is further off is worth nothing");

ND_BODY uint32_t look_back(const uint32_t *a, const uint32_t *b, int32_t *score) {
    int32_t scores[ND_LOOK_BACK], best = 0;
    for (int i = 0; i < ND_LOOK_BACK; i++) { /* without branches, so that compilers vectorise it */
        int32_t worth = gain((int32_t)(a[0] - a[i - ND_LOOK_BACK]), (int32_t)(b[0] - b[i - ND_LOOK_BACK]));
        scores[i] = worth > 0 ? score[i - ND_LOOK_BACK] + worth : 0;
        best = scores[i] > best ? scores[i] : best;
    }
    if (best <= score[0]) return 0;
    uint32_t back = 1;
    while (scores[ND_LOOK_BACK - back] != best) back++;
    score[0] = best;
    return back;
}

#endif
