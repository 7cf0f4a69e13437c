/* SPDX-License-Identifier: MIT */
/*
 * Spots: places as alignments join them, before they are settled (group.h). Two stretches that share enough are one
 * spot; an alignment is an edge between two; spots that a way of edges connects are a group.
 */
#ifndef ND_PASSAGE_SPOT_H
#define ND_PASSAGE_SPOT_H

#include "passage/align.h"

/* An alignment, as one of the two spots it connects has it. */
typedef struct nd_edge {
    uint32_t alignment, other; /* its number, and the spot at its other end */
} nd_edge;

/* Spots by number: those of a group one behind the other, in their order, and groups by their first spot. All zero is
 * empty. */
typedef struct nd_spots {
    nd_stretch *stretches;
    size_t count;
    nd_edge *edges;       /* by spot, those of each by alignment; an alignment within one spot is there twice */
    uint32_t *edge_begin; /* count + 1 */
    size_t *group_begin;  /* groups + 1: the first spot of each */
    size_t groups;
} nd_spots;

void nd_spots_release(nd_spots *spots);

/* Fills empty spots with those that alignments (below 2^30) of so many texts lead to. A stretch is the same spot as the
 * one before that it shares most with, if they share all but one part in `most`, 2 or more, of the longer. */
neardup_status nd_spots_join(nd_spots *spots, const nd_alignments *alignments, size_t texts, uint32_t most);

/* By text, beginning and end: negative, 0 or positive. */
int nd_stretch_compare(nd_stretch a, nd_stretch b);

/* The same but for the end, as a number (base/order.h). */
static inline uint64_t nd_stretch_number(nd_stretch stretch) { return (uint64_t)stretch.text << 32 | stretch.begin; }

/* Whether two stretches share all but one part in `most` of the longer. */
bool nd_stretch_shares(nd_stretch a, nd_stretch b, uint32_t most);

#endif
