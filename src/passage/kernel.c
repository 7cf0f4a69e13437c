/* SPDX-License-Identifier: MIT */
#include "passage/kernel.h"

#include "passage/chain_body.h"
#include "passage/matrix_body.h"
#include "passage/winnow_body.h"

static uint64_t find_lower(const uint64_t *grams, size_t ahead) {
    uint64_t lower = 0;
    for (unsigned i = 0; i < 64; i++) lower |= (uint64_t)(grams[i] < grams[i + ahead]) << i;
    return lower;
}

static size_t winnow_portably(const uint64_t *grams, size_t count, uint32_t *positions_out) {
    return winnow(grams, count, positions_out, find_lower);
}

static uint32_t look_back_portably(const uint32_t *a, const uint32_t *b, int32_t *score) {
    return look_back(a, b, score);
}

static uint32_t cross_portably(nd_matrix *matrix, const nd_matrix_part *part) { return cross(matrix, part); }

static uint32_t extend_portably(nd_matrix *matrix, const nd_matrix_part *part, int32_t drop, nd_matrix_point *best_out,
                                bool *sure_out) {
    return extend(matrix, part, drop, best_out, sure_out);
}

const nd_passage_kernels nd_passage_portable = {winnow_portably, look_back_portably, cross_portably, extend_portably};
