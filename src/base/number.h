/* SPDX-License-Identifier: MIT */
/* Numbers in as few bytes as they need: base 128, lowest digits first, the high bit on all but the last (LEB128). */
#ifndef ND_BASE_NUMBER_H
#define ND_BASE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

enum { ND_NUMBER_MOST = 10 }; /* bytes of the largest */

/* Writes `number` to `out`; returns how many bytes it took. */
static inline size_t nd_number_put(uint8_t *out, uint64_t number) {
    size_t size = 0;
    for (; number >= 0x80; number >>= 7) out[size++] = (uint8_t)(0x80 | (number & 0x7f));
    out[size++] = (uint8_t)number;
    return size;
}

/* Reads the number at *at and moves *at behind it. */
static inline uint64_t nd_number_take(const uint8_t **at) {
    uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = *(*at)++;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return number;
    }
}

#endif
