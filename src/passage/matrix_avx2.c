/* SPDX-License-Identifier: MIT */
#ifdef __x86_64__
#include "passage/matrix_body.h"

ND_AVX2 static uint32_t cross_avx2(nd_matrix *matrix, const nd_matrix_part *part) { return cross(matrix, part); }

ND_AVX2 static uint32_t extend_avx2(nd_matrix *matrix, const nd_matrix_part *part, int32_t drop,
                                    nd_matrix_point *best_out, bool *sure_out) {
    return extend(matrix, part, drop, best_out, sure_out);
}

const nd_matrix_kernels nd_matrix_avx2 = {cross_avx2, extend_avx2};
#else
typedef int nd_not_for_this_machine;
#endif
