/* SPDX-License-Identifier: MIT */
/* Clusters that are connected components of verified pairs. */
#ifndef ND_MATCH_CONNECT_H
#define ND_MATCH_CONNECT_H

#include "match/cluster.h"

/* Turns the pairs of an outcome that reach the match's threshold into connected clusters: fills its keepers, and the
 * dup_of and shared of its verdicts. rank_of is the best ranked member of each item. */
neardup_status nd_connect(const nd_match *match, const uint64_t *rank_of, nd_outcome *outcome);

#endif
