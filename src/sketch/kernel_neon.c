/* SPDX-License-Identifier: MIT */
#ifdef __aarch64__
#include <arm_neon.h>

#include "sketch/digest.h"
#include "sketch/sketch.h"

/* Lanes along the values, as with AVX2. */
void nd_fill_neon(const uint32_t *values, size_t count, const uint8_t *bins, size_t bin_count, uint32_t *signature) {
    for (size_t b = 0; b < bin_count; b += ND_FILL_BINS) {
        uint32x4_t add[ND_FILL_BINS], multiply[ND_FILL_BINS], least[ND_FILL_BINS];
        for (unsigned k = 0; k < ND_FILL_BINS; k++) {
            add[k] = vdupq_n_u32(nd_fill_add[bins[b + k]]);
            multiply[k] = vdupq_n_u32(nd_fill_multiply[bins[b + k]]);
            least[k] = vdupq_n_u32(UINT32_MAX);
        }
        for (size_t i = 0; i < count; i += 4) {
            uint32x4_t v = vld1q_u32(values + i);
            for (unsigned k = 0; k < ND_FILL_BINS; k++)
                least[k] = vminq_u32(least[k], vmulq_u32(veorq_u32(v, add[k]), multiply[k]));
        }
        for (unsigned k = 0; k < ND_FILL_BINS; k++) signature[bins[b + k]] = nd_fill_value(vminvq_u32(least[k]));
    }
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
