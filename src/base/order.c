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

/* Moves every item to the place of the key that has its own, cycle by cycle; what has been moved has its new place in
 * its key. */
static void move(char *items, size_t count, size_t size, uint64_t *keys, unsigned place_bits) {
    const uint64_t places = ((uint64_t)1 << place_bits) - 1;
    char held[MOST_BYTES];
    for (size_t begin = 0; begin < count; begin++) {
        size_t to = begin, from = (size_t)(keys[to] & places);
        if (from == begin) continue;
        memcpy(held, items + begin * size, size);
        for (; from != begin; to = from, from = (size_t)(keys[to] & places)) {
            memcpy(items + to * size, items + from * size, size);
            keys[to] = (keys[to] & ~places) | to;
        }
        memcpy(items + to * size, held, size);
        keys[to] = (keys[to] & ~places) | to;
    }
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
    if (count <= FEW) {
        insert(items, count, order);
        return;
    }
    uint64_t *keys = nd_allocate(count, 2 * sizeof *keys);
    if (keys) {
        unsigned place_bits = make_keys(items, count, order, keys);
        nd_sort(keys, count, keys + count);
        move(items, count, order->size, keys, place_bits);
        finish(items, count, order, keys, place_bits);
    } else {
        qsort(items, count, order->size, order->compare);
    }
    nd_free(keys);
}
