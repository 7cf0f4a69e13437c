/* SPDX-License-Identifier: MIT */
/* Joining: union-find, and the clusters that are connected components of verified pairs. */
#ifndef ND_MATCH_CONNECT_H
#define ND_MATCH_CONNECT_H

#include "match/cluster.h"

/* Union-find, with path halving and the smaller root winning, so that the outcome does not depend on the order of
 * unions. parent[i] = i at first. */
uint32_t nd_find_root(uint32_t *parent, uint32_t item);
void nd_join_roots(uint32_t *parent, uint32_t a, uint32_t b);

/* Turns the pairs of an outcome that reach the match's threshold into connected clusters: fills its keepers, and the dup_of
 * and shared of its verdicts. rank_of is the best ranked member of each item. */
neardup_status nd_connect(const nd_match *match, const uint64_t *rank_of, nd_outcome *outcome);

#endif
