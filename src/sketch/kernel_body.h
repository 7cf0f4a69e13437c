/* SPDX-License-Identifier: MIT */
/* The sketch floor's inner loops, written once, compiled for each instruction set by the file that includes this. */
#ifndef ND_SKETCH_KERNEL_BODY_H
#define ND_SKETCH_KERNEL_BODY_H

#include "base/target.h"
#include "sketch/digest.h"

ND_BODY unsigned count_agreements(const nd_digest *a, const nd_digest *b) {
    unsigned differ = 0;
    for (unsigned w = 0; w < ND_DIGEST_WORDS; w++) {
        uint64_t x = a->words[w] ^ b->words[w];
        x |= x >> 2;
        x |= x >> 1;
        differ += (unsigned)__builtin_popcountll(x & 0x1111111111111111ULL);
    }
    return ND_SIGNATURE - differ;
}

#endif
