/* SPDX-License-Identifier: MIT */
/* The tokeniser's inner kernel: which bytes of a window are ASCII letters or digits, and their lower case. */
#ifndef ND_TEXT_CLASSIFY_H
#define ND_TEXT_CLASSIFY_H

#include <stddef.h>
#include <stdint.h>

/*
 * For `blocks` blocks of 64 bytes at `in`, bit i of word b of each result speaks of byte 64 b + i:
 *     lower_out    the byte, A-Z made a-z (64 * blocks bytes)
 *     word_out     whether it is an ASCII letter or digit
 *     special_out  whether it needs a closer look: 0x80 and up, or one of the two bytes in `special` (give one twice, or
 *                  0x80, where there are fewer)
 */
typedef void nd_classify(const uint8_t *in, size_t blocks, const uint8_t special[2], uint8_t *lower_out,
                         uint64_t *word_out, uint64_t *special_out);

/* The portable kernel, which is the specification of the others. */
nd_classify nd_classify_portable;

#endif
