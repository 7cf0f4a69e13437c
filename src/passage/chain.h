/* SPDX-License-Identifier: MIT */
/*
 * Chains: links between two texts that lie one behind the other on nearly the same diagonal, so that they may be one
 * passage. Two hits within ND_DIAGONALS diagonals are the least (the two-hit rule of gapped BLAST: Altschul et al.
 * 1997); links are chained with a bounded look-back (as in minimap: Li 2016), so time is linear in them.
 */
#ifndef ND_PASSAGE_CHAIN_H
#define ND_PASSAGE_CHAIN_H

#include "neardup.h"

enum {
    ND_DIAGONALS = 20, /* tokens that may be added or left out between two links of a chain */
    ND_CHAIN_GAP = 60, /* tokens from one link of a chain to the next: some three sentences */
    ND_LOOK_BACK = 24, /* links that are considered as the one before, */
    ND_LATEST = 64     /* besides the latest one on the same diagonal: slots for these */
};

/* A link: the same gram at token a of the one and token b of the other text. */
typedef struct nd_link {
    uint32_t a, b;
} nd_link;

/* A chain: `count` links, rising in a and b. */
typedef struct nd_chain {
    const nd_link *links;
    size_t count;
    uint32_t score; /* tokens its grams cover, less what is added or left out between them */
} nd_chain;

/* The best of the ND_LOOK_BACK links before a link to come from. All are pairs a[i], b[i], and the one is a[0], b[0];
 * score[i] is that of the best way up to link i, and score[0] that of none. Returns how far back it is, and has added
 * its worth to score[0]; of equal ones it is the nearest. 0 if there is no way that is worth more. A link that nothing
 * leads from has a score below 0. Those before a[0], b[0] and score[0] must be readable; numbers are below 2^31. */
typedef uint32_t nd_look_back(const uint32_t *a, const uint32_t *b, int32_t *score);

/* What nd_chains_find works in, and its result. All zero is empty. */
typedef struct nd_chains {
    nd_chain *items; /* best first */
    size_t count;
    nd_link *links; /* of the chains */
    struct nd_chain_steps {
        uint32_t *a, *b; /* of each link, with ND_LOOK_BACK before the first that are none */
        int32_t *score;  /* of the best way up to it; the same there */
        uint32_t *previous;
        uint8_t *marks;
    } steps;
    uint32_t *numbers; /* what those point into */
    uint64_t *ends;
    uint32_t latest[ND_LATEST]; /* steps, by diagonal */
    size_t item_capacity, link_capacity, number_capacity, end_capacity;
} nd_chains;

void nd_chains_release(nd_chains *chains);

/* Finds the chains of two or more links among `links`: a << 32 | b, sorted. Every link is in one chain at the most.
 * The result replaces that of the call before. */
neardup_status nd_chains_find(nd_chains *chains, nd_look_back *look_back, const uint64_t *links, size_t count);

#endif
