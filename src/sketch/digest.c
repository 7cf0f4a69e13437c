/* SPDX-License-Identifier: MIT */
#include "sketch/digest.h"

#include <math.h>
#include <string.h>

#include "sketch/kernel_body.h"

static const double by_chance = 1.0 / 16;

#define LOST 1e-6 /* the share of pairs at the threshold that the cut-off may cost */

/* Value 32 k + l is nibble k of 32-bit word l, so that vectors of values are shifted alike. */
nd_digest nd_digest_of(const uint32_t signature[ND_SIGNATURE]) {
    uint32_t words[2 * ND_DIGEST_WORDS];
    for (unsigned l = 0; l < 2 * ND_DIGEST_WORDS; l++) {
        const uint32_t *value = signature + l;
        words[l] = (value[0] & 15) | (value[32] & 15) << 4 | (value[64] & 15) << 8 | (value[96] & 15) << 12 |
                   (value[128] & 15) << 16 | (value[160] & 15) << 20 | (value[192] & 15) << 24 | value[224] << 28;
    }
    nd_digest digest;
    memcpy(&digest, words, sizeof digest);
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
