/* SPDX-License-Identifier: MIT */
/* Overlaps: how much of each other two texts have in all the passages in which they were aligned directly. */
#ifndef ND_PASSAGE_OVERLAP_H
#define ND_PASSAGE_OVERLAP_H

#include "passage/align.h"

enum { ND_OVERLAPS = 8 }; /* that a text is part of at the most */

typedef struct nd_overlap {
    uint32_t a, b;               /* texts, a < b */
    uint32_t passages;           /* alignments */
    uint32_t tokens_a, tokens_b; /* that they cover */
} nd_overlap;

/* Sums up `alignments`, in which those of two texts stand together: the largest overlaps first, as long as neither text
 * (of `texts`) has ND_OVERLAPS; *left_out_out counts the others. The array is the caller's, for nd_free, by (a, b). */
neardup_status nd_overlaps_find(const nd_alignments *alignments, size_t texts, nd_overlap **overlaps_out,
                                size_t *count_out, uint64_t *left_out_out);

/* How many tokens `count` stretches of one text cover; they are put into order. */
uint32_t nd_stretches_cover(nd_stretch *stretches, size_t count);

#endif
