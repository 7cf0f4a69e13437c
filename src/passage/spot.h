/* SPDX-License-Identifier: MIT */
/*
 * Spots: places as alignments join them, before they are settled (group.h). Two stretches that share enough are one
 * spot; an alignment is an edge between two; spots that a way of edges connects are a group.
 */
#ifndef ND_PASSAGE_SPOT_H
#define ND_PASSAGE_SPOT_H

#include "passage/align.h"

#define ND_NO_SPOT UINT32_MAX

typedef struct nd_spot {
    nd_stretch stretch;
    uint32_t next;   /* another one in its cell, or ND_NO_SPOT */
    uint32_t parent; /* towards the spot that stands for its group, the lowest of it */
} nd_spot;

/* A spot of a group. */
typedef struct nd_group_spot {
    nd_stretch stretch;
    uint32_t spot;
} nd_group_spot;

/* All zero is empty. */
typedef struct nd_spots {
    nd_spot *items;
    size_t count;
    uint32_t (*ends)[2];    /* by alignment: the spots of its stretches */
    uint32_t *edges;        /* by spot: numbers of its alignments */
    uint32_t *edge_begin;   /* count + 1 */
    nd_group_spot *members; /* by group */
    size_t *group_begin;    /* groups + 1, by the lowest spot */
    size_t groups;
    uint32_t *cells; /* where spots are found by what they are: see spot.c */
    size_t mask;
    uint32_t most; /* stretches that share all but one part in so many are one spot */
} nd_spots;

void nd_spots_release(nd_spots *spots);

/* Fills empty spots with those that alignments lead to; `most` is at least 2: half of the longer. */
neardup_status nd_spots_join(nd_spots *spots, const nd_alignments *alignments, uint32_t most);

/* By text, beginning and end: negative, 0 or positive. */
int nd_stretch_compare(nd_stretch a, nd_stretch b);

/* The same but for the end, as a number (base/order.h). */
static inline uint64_t nd_stretch_number(nd_stretch stretch) { return (uint64_t)stretch.text << 32 | stretch.begin; }

/* Whether two stretches share all but one part in `most` of the longer. */
bool nd_stretch_shares(nd_stretch a, nd_stretch b, uint32_t most);

#endif
