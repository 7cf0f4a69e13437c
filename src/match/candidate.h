/* SPDX-License-Identifier: MIT */
/* Candidates: what the buckets of an item offer, narrowed down by digest estimates. */
#ifndef ND_MATCH_CANDIDATE_H
#define ND_MATCH_CANDIDATE_H

#include <stdatomic.h>

#include "match/bucket.h"
#include "sketch/digest.h"

/* For every bucket the first `limit` items that were put into it. All zero is empty. Different threads may put and
 * gather at a time as long as no bucket is put into by one and looked at by another. */
typedef struct nd_offers {
    const nd_buckets *buckets;
    uint32_t *heads;  /* by bucket: 1 + the newest of its nodes, or 0 */
    uint16_t *counts; /* by bucket; limit + 1 says that more wanted in */
    struct nd_offer {
        uint32_t item, next; /* next: as in heads */
    } * nodes;               /* room for one of each entry, which costs memory as far as it is used */
    atomic_uint used;        /* nodes */
    uint32_t limit;          /* below 2^16 - 1 */
} nd_offers;

neardup_status nd_offers_create(nd_offers *offers, const nd_buckets *buckets, uint32_t limit);
void nd_offers_release(nd_offers *offers);

/* Puts an item into all its buckets. */
void nd_offers_put(nd_offers *offers, uint32_t item);

/* A number that changes whenever one of the item's buckets offers more. */
uint64_t nd_offers_state(const nd_offers *offers, uint32_t item);

/* An item that may be similar to another. */
typedef struct nd_candidate {
    uint32_t item;
    uint32_t agreements; /* of the digests, 0 to 256 */
    uint64_t rank;       /* lower is better ranked */
} nd_candidate;

/* One thread's gathering. All zero but for the first four is a new one. */
typedef struct nd_gatherer {
    const nd_buckets *buckets;
    const nd_digest *digests; /* by item */
    nd_agree *agree;
    const uint64_t *rank_of; /* by item */
    struct nd_met *met;      /* a table, open addressing by item, of those that were met since `taken` */
    size_t met_slots, met_count;
    uint64_t stamp; /* of the gathering under way: rises with each */
    uint64_t taken; /* of the item under way: marks what was a candidate of it already */
    nd_candidate *candidates;
    size_t count, capacity;
    uint64_t estimated; /* candidates whose digests were compared, each once an item, in all */
} nd_gatherer;

void nd_gatherer_release(nd_gatherer *gatherer);

/* Begins an item: it is no candidate of its own. */
neardup_status nd_gatherer_begin(nd_gatherer *gatherer, uint32_t item);

/* Replaces the gatherer's candidates by what `offers` has for the item and was no candidate since begin: those with
 * at least `cutoff` agreements, the most promising `most` of them, best first, ties by rank. What `cutoff` or `most`
 * left out can still be a candidate next time. Sets *bounded where a bucket or `most` held something back; leaves it as
 * it is otherwise. */
neardup_status nd_gather(nd_gatherer *gatherer, const nd_offers *offers, uint32_t item, unsigned cutoff, size_t most,
                         bool *bounded);

#endif
