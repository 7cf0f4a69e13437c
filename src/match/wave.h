/* SPDX-License-Identifier: MIT */
/*
 * A wave of members that are decided at the same time, split into groups: two members that share a bucket or an item,
 * or that a chain of such members joins, are of one group, so that what one group does cannot matter to another.
 */
#ifndef ND_MATCH_WAVE_H
#define ND_MATCH_WAVE_H

#include "match/bucket.h"

/* All zero is empty. */
typedef struct nd_wave {
    const nd_buckets *buckets;
    const uint32_t *items_of;  /* the item of each member */
    bool split;                /* else all are one group */
    size_t count;              /* of members */
    uint64_t *added, *members; /* as they came, and by group */
    size_t *begin;             /* groups + 1: group g is members[begin[g]] to members[begin[g + 1]], rising */
    size_t groups;
    uint64_t *expected; /* the members of large groups, which only one thread will decide */
    size_t expected_count;
    uint32_t *parent;                   /* by place in `added` */
    uint32_t *last_in_bucket, *last_of; /* by bucket and by item: which addition, of all waves, was its last */
    uint32_t additions;                 /* in the waves before; may wrap around, which joins more than is needed */
} nd_wave;

/* Makes room for waves of `capacity` members, below 2^32. */
neardup_status nd_wave_create(nd_wave *wave, const nd_buckets *buckets, const uint32_t *items_of, size_t capacity,
                              bool split);
void nd_wave_release(nd_wave *wave);

/* Begins the next wave. */
void nd_wave_clear(nd_wave *wave);

/* Adds a member; by rising number. */
void nd_wave_add(nd_wave *wave, uint64_t member);

/* Splits what was added into groups, in the order of their first members. */
void nd_wave_split(nd_wave *wave);

#endif
