/* SPDX-License-Identifier: MIT */
/*
 * Fingerprints of a text: some of its grams, chosen so that any two texts that share a stretch choose the same ones in
 * it (winnowing: Schleimer, Wilkerson, Aiken, SIGMOD 2003).
 */
#ifndef ND_PASSAGE_WINNOW_H
#define ND_PASSAGE_WINNOW_H

#include <stddef.h>
#include <stdint.h>

enum {
    ND_GRAM = 5,    /* tokens of a gram */
    ND_WINNOW = 4,  /* grams of a window, each of which has a fingerprint */
    ND_CERTAIN = 12 /* tokens of a stretch that has two fingerprints for certain: 5 + 2 * 4 - 1 */
};

/*
 * Chooses of every ND_WINNOW consecutive grams the one with the lowest hash, of equal ones the last. Writes their
 * positions, rising, to positions_out, which has room for `count`, and returns how many there are. Fewer grams than a
 * window holds are one window. The last one and not, as in robust winnowing, the one chosen before: a choice that
 * depends on nothing but its window is the same wherever the window occurs, in repetitive text too.
 */
typedef size_t nd_winnow(const uint64_t *grams, size_t count, uint32_t *positions_out);

#endif
