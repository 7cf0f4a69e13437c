/* SPDX-License-Identifier: MIT */
#include "sketch/banding.h"

#include <math.h>

#include "base/hash.h"
#include "base/target.h"

double neardup_recall(double jaccard, unsigned bands, unsigned rows) { return 1 - pow(1 - pow(jaccard, rows), bands); }

nd_banding nd_banding_solve(double threshold, double recall) {
    for (unsigned rows = ND_SIGNATURE; rows; rows--) {
        unsigned bands = ND_SIGNATURE / rows;
        if (neardup_recall(threshold, bands, rows) >= recall) return (nd_banding){bands, rows};
    }
    return (nd_banding){0, 0};
}

ND_BODY uint64_t band_key(const uint32_t *values, unsigned rows, unsigned band) {
    uint64_t key = band;
    for (unsigned row = 0; row + 1 < rows; row += 2)
        key = nd_avalanche(key ^ (values[row] | (uint64_t)values[row + 1] << 32));
    return rows % 2 ? nd_avalanche(key ^ values[rows - 1]) : key;
}

void nd_band_keys(const uint32_t signature[ND_SIGNATURE], nd_banding banding, uint64_t *keys_out) {
    if (banding.rows == 6) /* the default: unrolled */
        for (unsigned band = 0; band < banding.bands; band++) keys_out[band] = band_key(signature + 6 * band, 6, band);
    else
        for (unsigned band = 0; band < banding.bands; band++)
            keys_out[band] = band_key(signature + band * banding.rows, banding.rows, band);
}
