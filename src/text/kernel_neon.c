/* SPDX-License-Identifier: MIT */
/* Letters and hashes are the portable ones: a character is looked up by itself, and NEON multiplies no 64-bit words,
 * nor is what takes its place fewer instructions. */
#ifdef __aarch64__
#include <arm_neon.h>

#include "text/kernel.h"
#include "text/kernel_body.h"
#include "text/unicode.h"

/* ---- marks ---- */

/* Bytes from `low` on, `count` of them. */
static inline uint8x16_t among(uint8x16_t v, uint8_t low, uint8_t count) {
    return vcltq_u8(vsubq_u8(v, vdupq_n_u8(low)), vdupq_n_u8(count));
}

/* 64 bytes of all or no bits as 64 bits: each keeps a bit of its own of eight, and neighbours are added. */
static inline uint64_t gather(const uint8x16_t flags[4]) {
    const uint8x16_t own = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201));
    uint8x16_t low = vpaddq_u8(vandq_u8(flags[0], own), vandq_u8(flags[1], own));
    uint8x16_t high = vpaddq_u8(vandq_u8(flags[2], own), vandq_u8(flags[3], own));
    uint8x16_t all = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(all, all)), 0);
}

static void classify(const uint8_t *in, size_t blocks, const uint8_t special[2], uint8_t *lower_out, uint64_t *word_out,
                     uint64_t *special_out) {
    const uint8x16_t first = vdupq_n_u8(special[0]), second = vdupq_n_u8(special[1]);
    for (size_t b = 0; b < blocks; b++) {
        uint8x16_t word[4], other[4];
        for (size_t i = 0; i < 4; i++) {
            uint8x16_t v = vld1q_u8(in + 64 * b + 16 * i);
            uint8x16_t lower = vorrq_u8(v, vandq_u8(among(v, 'A', 26), vdupq_n_u8(0x20)));
            vst1q_u8(lower_out + 64 * b + 16 * i, lower);
            word[i] = vorrq_u8(among(lower, 'a', 26), among(v, '0', 10));
            other[i] = vorrq_u8(vcgeq_u8(v, vdupq_n_u8(0x80)), vorrq_u8(vceqq_u8(v, first), vceqq_u8(v, second)));
        }
        word_out[b] = gather(word);
        special_out[b] = gather(other);
    }
}

/* ---- edges ---- */

/* Eight bits at a time, as with AVX2. Where each eight's places go is known beforehand: a multiplication adds up how
 * many the eights before it have (at most 56, which a byte holds). */
static size_t list_edges_by_table(const uint64_t *word, size_t from, size_t to, uint16_t *edges_out) {
    uint16_t *out = edges_out;
    uint64_t carry = 0;
    for (size_t block = from / 64; 64 * block < to; block++) {
        uint64_t mask = stretch_mask(block, from, to), edges = edges_of(word[block] & mask, &carry);
        if (to - 64 * block < 64) edges &= mask; /* a run that reaches `to` has no end there */
        uint64_t counts = vget_lane_u64(vreinterpret_u64_u8(vcnt_u8(vcreate_u8(edges))), 0);
        uint64_t before = counts * 0x0101010101010101; /* byte i: the counts of eights 0 to i */
        uint16x8_t base = vdupq_n_u16((uint16_t)(64 * block));
        vst1q_u16(out, vaddw_u8(base, vld1_u8(nd_table_bits[edges & 255])));
        for (unsigned i = 1; i < 8; i++) {
            uint8x8_t places = vld1_u8(nd_table_bits[edges >> 8 * i & 255]);
            uint16x8_t from_here = vaddq_u16(base, vdupq_n_u16((uint16_t)(8 * i)));
            vst1q_u16(out + (before >> 8 * (i - 1) & 255), vaddw_u8(from_here, places));
        }
        out += before >> 56;
    }
    return (size_t)(out - edges_out);
}

const nd_text_kernels nd_text_neon = {classify,
                                      nd_pass_escapes_portable,
                                      nd_find_bytes_portable,
                                      nd_take_letters_portable,
                                      list_edges_by_table,
                                      nd_list_split_edges_portable,
                                      nd_hash_tokens_portable,
                                      nd_hash_shingles_portable,
                                      nd_count_marks_portable};
#else
typedef int nd_not_for_this_machine;
#endif
