/* SPDX-License-Identifier: MIT */
#ifdef __x86_64__
#pragma GCC target("avx2,bmi,bmi2,popcnt")
#include "text/kernel.h"

#include <immintrin.h>

#include "text/kernel_body.h"

/* Signed bytes from `low` to `high`, both below 0x80. */
static inline __m256i between(__m256i v, char low, char high) {
    return _mm256_and_si256(_mm256_cmpgt_epi8(v, _mm256_set1_epi8((char)(low - 1))),
                            _mm256_cmpgt_epi8(_mm256_set1_epi8((char)(high + 1)), v));
}

static inline uint32_t classify_half(const uint8_t *in, const uint8_t special[2], uint8_t *lower_out,
                                     uint32_t *special_out) {
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)in);
    __m256i upper = between(v, 'A', 'Z'), bit = _mm256_and_si256(upper, _mm256_set1_epi8(0x20));
    __m256i lower = _mm256_or_si256(v, bit);
    _mm256_storeu_si256((__m256i *)(void *)lower_out, lower);
    __m256i word = _mm256_or_si256(between(lower, 'a', 'z'), between(v, '0', '9'));
    __m256i marked = _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)special[0])),
                                     _mm256_cmpeq_epi8(v, _mm256_set1_epi8((char)special[1])));
    *special_out = (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(v, marked)); /* the sign bit is that of 0x80 and up */
    return (uint32_t)_mm256_movemask_epi8(word);
}

static void classify(const uint8_t *in, size_t blocks, const uint8_t special[2], uint8_t *lower_out, uint64_t *word_out,
                     uint64_t *special_out) {
    for (size_t b = 0; b < blocks; b++) {
        uint32_t special_low, special_high;
        uint32_t low = classify_half(in + 64 * b, special, lower_out + 64 * b, &special_low);
        uint32_t high = classify_half(in + 64 * b + 32, special, lower_out + 64 * b + 32, &special_high);
        word_out[b] = (uint64_t)high << 32 | low;
        special_out[b] = (uint64_t)special_high << 32 | special_low;
    }
}

const nd_text_kernels nd_text_avx2 = {classify, list_edges, hash_tokens, hash_shingles};
#else
typedef int nd_not_for_this_machine;
#endif
