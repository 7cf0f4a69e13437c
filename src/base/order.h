/* SPDX-License-Identifier: MIT */
/*
 * Putting items into order by numbers that tell most of them apart. Where qsort compares each with many others, through
 * a pointer, these are sorted as hashes are (sort.h), and only those with one number are compared.
 */
#ifndef ND_BASE_ORDER_H
#define ND_BASE_ORDER_H

#include <stddef.h>
#include <stdint.h>

typedef struct nd_order {
    size_t size;                                         /* bytes of an item, up to 64 */
    uint64_t (*number)(const void *item);                /* of two items, that of the later one is not lower */
    int (*compare)(const void *left, const void *right); /* as qsort wants it, with a full tie-break */
} nd_order;

/* Puts `count` items (below 2^32) in that order, as qsort would. About linear time as long as few items have one
 * number; of `count` items, numbers are told apart by 64 - log2(count) bits from the first one on in which any two
 * differ. Takes 16 bytes of memory for each of them; without that, qsort does it. */
void nd_put_in_order(void *items, size_t count, const nd_order *order);

#endif
