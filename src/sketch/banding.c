/* SPDX-License-Identifier: MIT */
#include "sketch/banding.h"

#include <math.h>

#include "base/hash.h"

double neardup_recall(double jaccard, unsigned bands, unsigned rows) { return 1 - pow(1 - pow(jaccard, rows), bands); }

nd_banding nd_banding_solve(double threshold, double recall) {
    for (unsigned rows = ND_SIGNATURE; rows; rows--) {
        unsigned bands = ND_SIGNATURE / rows;
        if (neardup_recall(threshold, bands, rows) >= recall) return (nd_banding){bands, rows};
    }
    return (nd_banding){0, 0};
}

void nd_band_keys(const uint32_t signature[ND_SIGNATURE], nd_banding banding, uint64_t *keys_out) {
    for (unsigned band = 0; band < banding.bands; band++)
        keys_out[band] = nd_hash64(signature + band * banding.rows, banding.rows * sizeof *signature, band);
}
