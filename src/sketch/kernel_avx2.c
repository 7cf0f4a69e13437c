/* SPDX-License-Identifier: MIT */
#ifdef __x86_64__
#include <immintrin.h>

#include "sketch/kernel_body.h"
#include "sketch/sketch.h"

ND_AVX2 static inline uint32_t least_of(__m256i v) {
    __m128i least = _mm_min_epu32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    least = _mm_min_epu32(least, _mm_shuffle_epi32(least, 0x4E));
    least = _mm_min_epu32(least, _mm_shuffle_epi32(least, 0xB1));
    return (uint32_t)_mm_cvtsi128_si32(least);
}

/* Lanes along the values, and as many bins at a time as hide each other's multiplications. */
ND_AVX2 void nd_fill_avx2(const uint32_t *values, size_t count, const uint8_t *bins, size_t bin_count,
                          uint32_t *signature) {
    for (size_t b = 0; b < bin_count; b += ND_FILL_BINS) {
        __m256i add[ND_FILL_BINS], multiply[ND_FILL_BINS], least[ND_FILL_BINS];
        for (unsigned k = 0; k < ND_FILL_BINS; k++) {
            add[k] = _mm256_set1_epi32((int)nd_fill_add[bins[b + k]]);
            multiply[k] = _mm256_set1_epi32((int)nd_fill_multiply[bins[b + k]]);
            least[k] = _mm256_set1_epi32(-1);
        }
        for (size_t i = 0; i < count; i += ND_FILL_VALUES) {
            __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(values + i));
            for (unsigned k = 0; k < ND_FILL_BINS; k++)
                least[k] = _mm256_min_epu32(least[k], _mm256_mullo_epi32(_mm256_xor_si256(v, add[k]), multiply[k]));
        }
        for (unsigned k = 0; k < ND_FILL_BINS; k++) signature[bins[b + k]] = nd_fill_value(least_of(least[k]));
    }
}

ND_AVX2 unsigned nd_agree_avx2(const nd_digest *a, const nd_digest *b) { return count_agreements(a, b); }
#else
typedef int nd_not_for_this_machine;
#endif
