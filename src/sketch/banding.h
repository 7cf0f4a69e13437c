/* SPDX-License-Identifier: MIT */
/*
 * Banding: a signature is cut into bands of rows; two documents that agree in all rows of one band are candidates. At
 * Jaccard j that happens with probability 1 - (1 - j^rows)^bands (Indyk and Motwani, STOC 1998; Leskovec, Rajaraman,
 * Ullman: Mining of Massive Datasets, chapter 3).
 */
#ifndef ND_SKETCH_BANDING_H
#define ND_SKETCH_BANDING_H

#include "sketch/sketch.h"

typedef struct nd_banding {
    unsigned bands, rows;
} nd_banding;

/* The banding with the most rows (so the fewest false candidates) that finds a pair at `threshold` with probability
 * `recall` or more, and as many bands as fit the signature. rows is 0 where even one row does not reach it. */
nd_banding nd_banding_solve(double threshold, double recall);

/* Writes one 64-bit key a band: its number, mixed with its rows, two at a time, by XXH3's finishing step. Bands of one
 * or two rows never share a key. */
void nd_band_keys(const uint32_t signature[ND_SIGNATURE], nd_banding banding, uint64_t *keys_out);

#endif
