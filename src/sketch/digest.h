/* SPDX-License-Identifier: MIT */
/*
 * The part of a signature that is kept for every document: the low four bits of each value (b-bit minwise hashing, Li
 * and König, WWW 2010). 128 bytes a document, for about 7 % more error than the whole signature.
 */
#ifndef ND_SKETCH_DIGEST_H
#define ND_SKETCH_DIGEST_H

#include "sketch/sketch.h"

enum { ND_DIGEST_WORDS = ND_SIGNATURE / 16 };

typedef struct nd_digest {
    uint64_t words[ND_DIGEST_WORDS];
} nd_digest;

nd_digest nd_digest_of(const uint32_t signature[ND_SIGNATURE]);

/* Kernel: in how many of the 256 values two digests agree. */
typedef unsigned nd_agree(const nd_digest *a, const nd_digest *b);

/* The portable kernel, which is the specification of the others. */
nd_agree nd_agree_portable;

#ifdef __x86_64__
nd_agree nd_agree_avx2;
#endif
#ifdef __aarch64__
nd_agree nd_agree_neon;
#endif

/* The Jaccard similarity that a number of agreements stands for: a sixteenth of the other values agree by chance. May
 * be slightly below 0. */
double nd_digest_estimate(unsigned agreements);

/* The fewest agreements at which a pair at `jaccard` is still worth verifying: at most one in a million of such pairs
 * has fewer. */
unsigned nd_digest_cutoff(double jaccard);

#endif
