/* SPDX-License-Identifier: MIT */
#include "passage/matrix.h"

#include "base/memory.h"
#include "passage/matrix_body.h"

nd_matrix *nd_matrix_create(const nd_matrix_kernels *kernels) {
    nd_matrix *matrix = nd_allocate_zero(1, sizeof *matrix);
    if (matrix) matrix->kernels = kernels ? kernels : &nd_matrix_portable;
    return matrix;
}

static uint32_t cross_portably(nd_matrix *matrix, const nd_matrix_part *part) { return cross(matrix, part); }

static uint32_t extend_portably(nd_matrix *matrix, const nd_matrix_part *part, int32_t drop, nd_matrix_point *best_out,
                                bool *sure_out) {
    return extend(matrix, part, drop, best_out, sure_out);
}

const nd_matrix_kernels nd_matrix_portable = {cross_portably, extend_portably};

uint32_t nd_matrix_cross(nd_matrix *matrix, const nd_matrix_part *part) { return matrix->kernels->cross(matrix, part); }

uint32_t nd_matrix_extend(nd_matrix *matrix, const nd_matrix_part *part, int32_t drop, nd_matrix_point *best_out,
                          bool *sure_out) {
    return matrix->kernels->extend(matrix, part, drop, best_out, sure_out);
}

/* The entry at a point. */
static int32_t score_at(const nd_matrix *m, int32_t i, int32_t j) {
    int32_t t = i + j, lane = i - first_i(m, t);
    return i < 0 || j < 0 || lane < 0 || lane >= LANES ? NOWHERE : m->rows[t + 1][lane];
}

uint32_t nd_matrix_columns(const nd_matrix *matrix, nd_matrix_point to, uint8_t *columns_out) {
    const nd_matrix_part *p = &matrix->part;
    int32_t i = to.i, j = to.j, step = p->forward ? 1 : -1;
    uint32_t count = 0;
    while (i || j) {
        int32_t score = score_at(matrix, i, j), along = score_at(matrix, i - 1, j - 1);
        nd_column column = ND_ONLY_B;
        nd_code differ = i && j ? p->a[step * (i - 1)] ^ p->b[step * (j - 1)] : 0;
        if (along == score - LOST - (differ >> 16 ? 0 : GAIN))
            column = differ ? ND_REPLACED : ND_MATCH;
        else if (score_at(matrix, i - 1, j) == score - 2 * LOST)
            column = ND_ONLY_A;
        columns_out[count++] = (uint8_t)column;
        i -= column != ND_ONLY_B;
        j -= column != ND_ONLY_A;
    }
    return count;
}
