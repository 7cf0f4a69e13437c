/* SPDX-License-Identifier: MIT */
/*
 * Groups: places that say the same. Alignments join the spots they connect (spot.h), the longest first; two overlapping
 * places are one when they share at least half of the longer. What is joined that way can drift, so every group is then
 * settled: what alignments connect with its first place, or with another one that fits, is aligned to the first, and is
 * a place if it fits. The others form groups of their own. Alignments of which too much is in no place are grouped once
 * more.
 */
#ifndef ND_PASSAGE_GROUP_H
#define ND_PASSAGE_GROUP_H

#include "passage/align.h"
#include "passage/sequences.h"

/* A place: a stretch, and how it corresponds to the first place of its group. */
typedef struct nd_place {
    nd_stretch stretch;
    uint32_t matched, columns;
} nd_place;

/* Groups of places. All zero is empty. */
typedef struct nd_groups {
    nd_place *places; /* by group; in a group by text and token */
    size_t place_count, place_capacity;
    size_t
        *begin; /* count + 1: group i is places[begin[i]] to places[begin[i + 1] - 1], of two or more; by first place */
    size_t count, begin_capacity;
} nd_groups;

void nd_groups_release(nd_groups *groups);

/* Bytes of memory that nd_groups_make needs at the most for each alignment, and for each text. */
enum { ND_GROUPING_BYTES = 216, ND_GROUPING_TEXT_BYTES = 2 * sizeof(size_t) };

/* Makes groups of alignments, which are used up. */
neardup_status nd_groups_make(const nd_sequences *sequences, const nd_align_rules *rules, nd_alignments *alignments,
                              unsigned threads, nd_groups *groups, neardup_error *error);

#endif
