/* SPDX-License-Identifier: MIT */
/* Sorting of 64-bit values that are hashes in their leading bits. */
#ifndef ND_BASE_SORT_H
#define ND_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Sorts `count` values (below 2^32 of them), smallest first. Linear time on any input, fastest where the leading bits
 * spread evenly. `scratch` has room for `count` values. */
void nd_sort(uint64_t *values, size_t count, uint64_t *scratch);

/* Drops most values, in any order, that agree with no other one in what is above their `low` low bits (below 64, and
 * spread evenly there); the others stay as they are. Returns how many are left. `scratch` has room for `count`. */
size_t nd_drop_single(uint64_t *values, size_t count, unsigned low, uint64_t *scratch);

/* Drops repeats from sorted values; returns how many are left. */
size_t nd_distinct(uint64_t *values, size_t count);

#endif
