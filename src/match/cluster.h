/* SPDX-License-Identifier: MIT */
/*
 * Which document stays. Members of a component are taken in order of preference; one that has a kept document at least
 * `threshold` similar to it is dropped for the most similar such one, all others are kept. There is no chaining: what
 * a document is dropped for is itself kept. Every similarity that decides is computed exactly.
 *
 * Work is bounded per document by constants, so time is linear on any input: a bucket offers the first
 * ND_KEPT_A_BUCKET kept classes that came into it, and of what all buckets offer the ND_VERIFIED_A_DOCUMENT most
 * promising by their digests are verified. Where a bound bites the document is counted as bounded.
 */
#ifndef ND_MATCH_CLUSTER_H
#define ND_MATCH_CLUSTER_H

#include "match/bucket.h"
#include "match/component.h"
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

/* What became of a member; members are known by their index in nd_components.members. */
typedef struct nd_verdict {
    uint64_t dup_of; /* the member it is a duplicate of; ND_NO_MEMBER when kept */
    uint64_t keeper; /* the kept member of its cluster; itself when kept */
    size_t shared;   /* shingles shared with dup_of; unused where they are of one class */
    bool bounded;    /* a bound kept it from being compared with all candidates */
} nd_verdict;

/* A verified pair of items, a < b. */
typedef struct nd_item_pair {
    uint32_t a, b;
    uint64_t shared;
} nd_item_pair;

/* What is to be decided. Borrowed. */
typedef struct nd_match {
    const nd_buckets *buckets;
    const nd_components *components;
    const nd_digest *digests; /* by class */
    const nd_set *sets;       /* by item; may be empty for an item in no bucket */
    double threshold;
    bool pairs;                   /* collect verified pairs, of dropped documents too */
    double pairs_from;            /* lowest Jaccard collected: above 0, at most threshold */
    bool components_are_clusters; /* cluster by connected components of pairs at the threshold; needs pairs */
    nd_agree *agree;
    unsigned threads;
    /* Called now and then with the members decided since the last call; what it returns but NEARDUP_OK ends the work. By
     * several threads at a time. */
    neardup_status (*done)(void *context, uint64_t members);
    void *context;
} nd_match;

/* All zero is empty. */
typedef struct nd_outcome {
    nd_verdict *verdicts; /* one a member */
    nd_item_pair *pairs;  /* by (a, b), each once */
    size_t pair_count;
    uint64_t candidates, verified; /* pairs estimated and pairs compared exactly */
} nd_outcome;

void nd_outcome_release(nd_outcome *outcome);

/* Decides every member of every component. The outcome does not depend on threads. */
neardup_status nd_match_run(const nd_match *match, nd_outcome *outcome);

/*
 * The same for a caller that holds sets only for a while, decision by decision: neither pairs nor connected clusters can
 * be had so. By one thread at a time.
 */
typedef struct nd_matcher nd_matcher;

/* `match` must outlive the matcher; its sets may come and go between decisions, but for their sizes. */
neardup_status nd_matcher_create(const nd_match *match, nd_matcher **matcher_out);
void nd_matcher_free(nd_matcher *matcher);

/* Decides a member; those of one component in order. The set of its item must be there where the item has no kept
 * member yet, and those of all kept items that share a bucket with it. Sets *kept_out to whether it is kept. */
neardup_status nd_matcher_decide(nd_matcher *matcher, uint64_t member, bool *kept_out);

/* Gives the outcome, when every member has been decided. */
neardup_status nd_matcher_finish(nd_matcher *matcher, nd_outcome *outcome);

#endif
