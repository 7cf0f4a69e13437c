/* SPDX-License-Identifier: MIT */
#ifdef __aarch64__
#include <arm_neon.h>

#include "sketch/kernel_body.h"

enum { BINS = 4, VALUES = 4 }; /* at a time: as many bins as hide each other's multiplications */

/* The least orders of BINS bins over VALUES values or more: lanes along the values, as with AVX2. */
static inline void fill_four(const uint32_t *values, size_t count, const uint8_t bins[BINS], uint32_t *signature) {
    uint32x4_t add[BINS], multiply[BINS], least[BINS];
    for (unsigned k = 0; k < BINS; k++) {
        add[k] = vdupq_n_u32(nd_fill_add[bins[k]]);
        multiply[k] = vdupq_n_u32(nd_fill_multiply[bins[k]]);
        least[k] = vdupq_n_u32(UINT32_MAX);
    }
    for (size_t i = 0; i < count; i += VALUES) {
        uint32x4_t v = vld1q_u32(values + (i + VALUES <= count ? i : count - VALUES));
        for (unsigned k = 0; k < BINS; k++)
            least[k] = vminq_u32(least[k], vmulq_u32(veorq_u32(v, add[k]), multiply[k]));
    }
    for (unsigned k = 0; k < BINS; k++) signature[bins[k]] = nd_fill_value(vminvq_u32(least[k]));
}

void nd_fill_neon(const uint32_t *values, size_t count, const uint8_t *bins, size_t bin_count, uint32_t *signature) {
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

/* Counts in bytes: of each pair of values, low and high nibble, whether it differs; at most 16 in each byte. */
unsigned nd_agree_neon(const nd_digest *a, const nd_digest *b) {
    uint8x16_t differ = vdupq_n_u8(0);
    for (unsigned w = 0; w < ND_DIGEST_WORDS; w += 2) {
        uint8x16_t x = vreinterpretq_u8_u64(veorq_u64(vld1q_u64(a->words + w), vld1q_u64(b->words + w)));
        differ = vsubq_u8(differ, vtstq_u8(x, vdupq_n_u8(0x0F)));
        differ = vsubq_u8(differ, vtstq_u8(x, vdupq_n_u8(0xF0)));
    }
    return ND_SIGNATURE - vaddlvq_u8(differ);
}
#else
typedef int nd_not_for_this_machine;
#endif
