/* SPDX-License-Identifier: MIT */
#include "base/order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/sort.h"

enum { FEW = 12, MOST_BYTES = 64 };

/* Insertion sort, for a few items. */
static void insert(char *items, size_t count, const nd_order *order) {
    size_t size = order->size;
    char held[MOST_BYTES];
    for (char *at = items + size, *end = items + count * size; at < end; at += size) {
        char *to = at;
        while (to > items && order->compare(to - size, at) > 0) to -= size;
        if (to == at) continue;
        memcpy(held, at, size);
        memmove(to + size, to, (size_t)(at - to));
        memcpy(to, held, size);
    }
}

/* Makes of each item's number, as far as there is room, and its place what is to be sorted. Returns the bits of the
 * place. */
static unsigned make_keys(const char *items, size_t count, const nd_order *order, uint64_t *keys) {
    unsigned place_bits = 64 - (unsigned)__builtin_clzll(count - 1);
    uint64_t differing = 0, places = ((uint64_t)1 << place_bits) - 1;
    for (size_t i = 0; i < count; i++) {
        keys[i] = order->number(items + i * order->size);
        differing |= keys[i] ^ keys[0];
    }
    unsigned alike = differing ? (unsigned)__builtin_clzll(differing) : 0;
    for (size_t i = 0; i < count; i++) keys[i] = (keys[i] << alike & ~places) | i;
    return place_bits;
}

/* Compares the items that their keys do not tell apart. */
static void finish(char *items, size_t count, const nd_order *order, const uint64_t *keys, unsigned place_bits) {
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && keys[end] >> place_bits == keys[begin] >> place_bits;) end++;
        if (end - begin <= FEW)
            insert(items + begin * order->size, end - begin, order);
        else
            qsort(items + begin * order->size, end - begin, order->size, order->compare);
    }
}

void nd_put_in_order(void *items, size_t count, const nd_order *order) {
    size_t size = order->size;
    if (count <= FEW) {
        insert(items, count, order);
        return;
    }
    uint64_t *keys = nd_allocate(count, 2 * sizeof *keys);
    char *copy = nd_allocate(count, size);
    if (keys && copy) {
        unsigned place_bits = make_keys(items, count, order, keys);
        nd_sort(keys, count, keys + count);
        memcpy(copy, items, count * size);
        for (size_t i = 0; i < count; i++)
            memcpy((char *)items + i * size, copy + (keys[i] & (((uint64_t)1 << place_bits) - 1)) * size, size);
        finish(items, count, order, keys, place_bits);
    } else {
        qsort(items, count, size, order->compare);
    }
    nd_free(keys);
    nd_free(copy);
}
