/* SPDX-License-Identifier: MIT */
#include "sketch/digest.h"

#include <math.h>

#include "sketch/kernel_body.h"

static const double by_chance = 1.0 / 16;

#define LOST 1e-6 /* the share of pairs at the threshold that the cut-off may cost */

nd_digest nd_digest_of(const uint32_t signature[ND_SIGNATURE]) {
    nd_digest digest;
    for (unsigned w = 0; w < ND_DIGEST_WORDS; w++) {
        uint64_t word = 0;
        for (unsigned i = 0; i < 16; i++) word |= (uint64_t)(signature[16 * w + i] & 15) << (4 * i);
        digest.words[w] = word;
    }
    return digest;
}

unsigned nd_agree_portable(const nd_digest *a, const nd_digest *b) { return count_agreements(a, b); }

double nd_digest_estimate(unsigned agreements) {
    return ((double)agreements / ND_SIGNATURE - by_chance) / (1 - by_chance);
}

unsigned nd_digest_cutoff(double jaccard) {
    double agree = jaccard + (1 - jaccard) * by_chance, below = 0;
    if (agree >= 1) return ND_SIGNATURE;
    double log_of = ND_SIGNATURE * log(1 - agree); /* of the probability of k agreements, which are binomial */
    for (unsigned k = 0; k < ND_SIGNATURE; k++) {
        below += exp(log_of);
        if (below > LOST) return k;
        log_of += log((double)(ND_SIGNATURE - k) / (k + 1)) + log(agree / (1 - agree));
    }
    return ND_SIGNATURE;
}
