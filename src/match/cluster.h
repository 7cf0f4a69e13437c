/* SPDX-License-Identifier: MIT */
/*
 * Which document stays. Members (documents with company) are taken in order of preference; one that has a kept document
 * at least `threshold` similar to it is dropped for the most similar such one, all others are kept. There is no
 * chaining: what a document is dropped for is itself kept. Every similarity that decides is computed exactly.
 *
 * Members are decided in waves. Those of a wave that no chain of shared buckets joins cannot meet and are decided in
 * parallel; the outcome is that of deciding one by one, however long waves are. Sets are asked for when they are
 * needed, so that only a few need be held.
 *
 * Work is bounded per document by constants, so time is linear on any input: a bucket offers the first
 * ND_KEPT_A_BUCKET kept classes that came into it, and of what all buckets offer the ND_VERIFIED_A_DOCUMENT most
 * promising by their digests are verified. Where a bound bites the document is counted as bounded.
 */
#ifndef ND_MATCH_CLUSTER_H
#define ND_MATCH_CLUSTER_H

#include "match/bucket.h"
#include "match/set.h"
#include "sketch/digest.h"

enum {
    ND_KEPT_A_BUCKET = 64,       /* a pair at the threshold meets in five buckets on average: all must be this full */
    ND_VERIFIED_A_DOCUMENT = 64, /* documents that are kept are unlike each other: few can be like one more */
    ND_SEEN_A_BUCKET = 256,      /* the same two bounds for pairs that are listed but decide nothing */
    ND_LISTED_A_DOCUMENT = 256
};

/* No member. */
#define ND_NO_MEMBER UINT64_MAX

/* What became of a member. */
typedef struct nd_verdict {
    uint64_t dup_of; /* the member it is a duplicate of; ND_NO_MEMBER when kept */
    uint32_t shared; /* shingles shared with dup_of; unused where they are of one class */
    bool bounded;    /* a bound kept it from being compared with all candidates */
} nd_verdict;

/* A verified pair of items, a < b. */
typedef struct nd_item_pair {
    uint32_t a, b;
    uint32_t shared;
} nd_item_pair;

/* Which of the two sets that a worker looks at together. */
typedef enum nd_role { ND_OWN, ND_OTHER, ND_ROLES } nd_role;

/* What is to be decided. Borrowed. */
typedef struct nd_match {
    const nd_buckets *buckets;
    const nd_digest *digests; /* by item */
    const uint32_t *members;  /* the item of each member, best ranked first; members are known by their place in it */
    uint64_t member_count;
    uint64_t references; /* the first so many members are kept whatever they resemble */
    double threshold;
    bool pairs;                   /* collect verified pairs, of dropped documents too */
    double pairs_from;            /* lowest Jaccard collected: above 0, at most threshold */
    bool components_are_clusters; /* cluster by connected components of pairs at the threshold; needs pairs */
    nd_agree *agree;
    unsigned threads;
    size_t wave; /* members of a wave */
    void *context;
    /* Gives the set of an item, of 2^32 - 1 hashes at most, until `worker` asks for another in the same role. By
     * several threads at a time. */
    neardup_status (*set)(void *context, unsigned worker, nd_role role, uint32_t item, nd_set *set_out);
    /* Says that the sets of many items will be asked for one after the other, so that it is best to have each at hand;
     * called for each, by several threads at a time. NULL: does nothing. */
    neardup_status (*expect)(void *context, unsigned worker, uint32_t item);
    /* Called between waves with the members decided and the pairs collected so far; what it returns but NEARDUP_OK ends
     * the work. NULL: none. */
    neardup_status (*after_wave)(void *context, uint64_t decided, size_t pairs);
} nd_match;

/* All zero is empty. */
typedef struct nd_outcome {
    nd_verdict *verdicts; /* one a member */
    uint64_t *keepers;    /* by member: the kept one of its cluster, itself where it is that. NULL: dup_of is */
    uint32_t *sizes;      /* by item: of its set, where that was asked for */
    nd_item_pair *pairs;  /* by (a, b), each once */
    size_t pair_count;
    uint64_t candidates, verified; /* pairs estimated and pairs compared exactly */
} nd_outcome;

void nd_outcome_release(nd_outcome *outcome);

/* Decides every member. The outcome depends neither on threads nor on the length of waves. */
neardup_status nd_match_run(const nd_match *match, nd_outcome *outcome);

#endif
