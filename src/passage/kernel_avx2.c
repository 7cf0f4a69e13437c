/* SPDX-License-Identifier: MIT */
#ifdef __x86_64__
#include <immintrin.h>

#include "passage/chain_body.h"
#include "passage/kernel.h"
#include "passage/matrix_body.h"
#include "passage/winnow_body.h"

/* Numbers from 2^63 on are negative ones to the instruction that compares them: so all are moved by as much. */
ND_AVX2 static uint64_t find_lower(const uint64_t *grams, size_t ahead) {
    const __m256i moved = _mm256_set1_epi64x(INT64_MIN);
    uint64_t lower = 0;
    for (unsigned i = 0; i < 64; i += 4) {
        __m256i here = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(grams + i)), moved);
        __m256i there = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(grams + i + ahead)), moved);
        lower |= (uint64_t)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(there, here))) << i;
    }
    return lower;
}

ND_AVX2 static size_t winnow_avx2(const uint64_t *grams, size_t count, uint32_t *positions_out) {
    return winnow(grams, count, positions_out, find_lower);
}

ND_AVX2 static uint32_t look_back_avx2(const uint32_t *a, const uint32_t *b, int32_t *score) {
    return look_back(a, b, score);
}

ND_AVX2 static uint32_t cross_avx2(nd_matrix *matrix, const nd_matrix_part *part) { return cross(matrix, part); }

ND_AVX2 static uint32_t extend_avx2(nd_matrix *matrix, const nd_matrix_part *part, int32_t drop,
                                    nd_matrix_point *best_out, bool *sure_out) {
    return extend(matrix, part, drop, best_out, sure_out);
}

const nd_passage_kernels nd_passage_avx2 = {winnow_avx2, look_back_avx2, cross_avx2, extend_avx2};
#else
typedef int nd_not_for_this_machine;
#endif
