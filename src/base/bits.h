/* SPDX-License-Identifier: MIT */
/* Bits of a word. */
#ifndef ND_BASE_BITS_H
#define ND_BASE_BITS_H

#include <stdint.h>

/* 64 flags of 0 or 1 as bits, the first one lowest: multiplying eight flag bytes by this constant puts them side by
 * side in the top byte. */
static inline uint64_t nd_bits_of(const uint8_t flags[64]) {
    uint64_t bits = 0;
    for (unsigned i = 0; i < 8; i++) {
        uint64_t eight = 0;
        for (unsigned j = 0; j < 8; j++) eight |= (uint64_t)flags[8 * i + j] << (8 * j);
        bits |= (eight * 0x0102040810204080ULL >> 56) << (8 * i);
    }
    return bits;
}

/* How many bits are set. What the compiler has for it is a call on x86-64, where not every processor has an instruction
 * for it, and takes three times as long. */
static inline unsigned nd_count_bits(uint64_t word) {
    word -= word >> 1 & 0x5555555555555555ULL;
    word = (word & 0x3333333333333333ULL) + (word >> 2 & 0x3333333333333333ULL);
    return (unsigned)(((word + (word >> 4)) & 0x0F0F0F0F0F0F0F0FULL) * 0x0101010101010101ULL >> 56);
}

#endif
