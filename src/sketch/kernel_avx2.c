/* SPDX-License-Identifier: MIT */
#ifdef __x86_64__
#include <immintrin.h>

#include "sketch/kernel_body.h"

enum { BINS = 4, VALUES = 8 }; /* at a time: as many bins as hide each other's multiplications */

ND_AVX2 static inline uint32_t least_of(__m256i v) {
    __m128i least = _mm_min_epu32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    least = _mm_min_epu32(least, _mm_shuffle_epi32(least, 0x4E));
    least = _mm_min_epu32(least, _mm_shuffle_epi32(least, 0xB1));
    return (uint32_t)_mm_cvtsi128_si32(least);
}

/* The least orders of BINS bins over VALUES values or more: lanes along the values. The last ones are looked at twice
 * where they are no whole vector. */
ND_AVX2 static inline void fill_four(const uint32_t *values, size_t count, const uint8_t bins[BINS],
                                     uint32_t *signature) {
    __m256i add[BINS], multiply[BINS], least[BINS];
    for (unsigned k = 0; k < BINS; k++) {
        add[k] = _mm256_set1_epi32((int)nd_fill_add[bins[k]]);
        multiply[k] = _mm256_set1_epi32((int)nd_fill_multiply[bins[k]]);
        least[k] = _mm256_set1_epi32(-1);
    }
    for (size_t i = 0; i < count; i += VALUES) {
        const uint32_t *at = values + (i + VALUES <= count ? i : count - VALUES);
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)at);
        for (unsigned k = 0; k < BINS; k++)
            least[k] = _mm256_min_epu32(least[k], _mm256_mullo_epi32(_mm256_xor_si256(v, add[k]), multiply[k]));
    }
    for (unsigned k = 0; k < BINS; k++) signature[bins[k]] = nd_fill_value(least_of(least[k]));
}

ND_AVX2 void nd_fill_avx2(const uint32_t *values, size_t count, const uint8_t *bins, size_t bin_count,
                          uint32_t *signature) {
    uint32_t few[VALUES];
    if (count < VALUES) {
        for (size_t i = 0; i < VALUES; i++) few[i] = values[i < count ? i : 0];
        values = few;
        count = VALUES;
    }
    size_t b = 0;
    for (; b + BINS <= bin_count; b += BINS) fill_four(values, count, bins + b, signature);
    if (b == bin_count) return;
    uint8_t last[BINS];
    for (size_t k = 0; k < BINS; k++) last[k] = bins[b + k < bin_count ? b + k : b];
    fill_four(values, count, last, signature);
}

ND_AVX2 unsigned nd_agree_avx2(const nd_digest *a, const nd_digest *b) { return count_agreements(a, b); }
#else
typedef int nd_not_for_this_machine;
#endif
