/* SPDX-License-Identifier: MIT */
/* Exact similarity: sets of shingles, and how much of them two documents share. */
#ifndef ND_MATCH_SET_H
#define ND_MATCH_SET_H

#include "neardup.h"

/* Distinct shingle hashes, rising. Borrowed. */
typedef struct nd_set {
    const uint64_t *hashes;
    size_t size;
} nd_set;

/* How many hashes both sets hold; exact where it is at least `least`, else any number below `least`: the merge stops
 * when `least` can no longer be reached. */
size_t nd_set_shared(nd_set a, nd_set b, size_t least);

/* |A n B| / |A u B|, from the sizes; 0 for two empty sets. */
double nd_jaccard(size_t shared, size_t size_a, size_t size_b);

/* The fewest shared hashes with which sets of these sizes can reach `jaccard`. */
size_t nd_shared_for(double jaccard, size_t size_a, size_t size_b);

#endif
