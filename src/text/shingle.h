/* SPDX-License-Identifier: MIT */
/* From tokens to shingles, each a 64-bit hash. */
#ifndef ND_TEXT_SHINGLE_H
#define ND_TEXT_SHINGLE_H

#include "text/token.h"

/* Which shingles: `length` consecutive tokens, or code points of the folded text. */
typedef struct nd_shingle_rules {
    neardup_unit unit;
    unsigned length;                /* 1 to 64 */
    uint64_t seed;                  /* of NEARDUP_CHAR; words carry that of their tokens */
    const nd_text_kernels *kernels; /* NULL: the portable ones */
} nd_shingle_rules;

/* Shingles of one document in text order, repeats included. All zero is empty. */
typedef struct nd_shingles {
    uint64_t *hashes;
    size_t count, capacity;
} nd_shingles;

void nd_shingles_release(nd_shingles *shingles);

/* Replaces what is in `shingles` by those of `tokens` (which must hold their text for NEARDUP_CHAR). n units have
 * n - length + 1 shingles; fewer than `length` units are one shingle of all of them; no token, no shingle. */
neardup_status nd_shingle(const nd_shingle_rules *rules, const nd_tokens *tokens, nd_shingles *shingles);

#endif
