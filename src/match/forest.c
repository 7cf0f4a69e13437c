/* SPDX-License-Identifier: MIT */
#include "match/forest.h"

uint32_t nd_find_root(uint32_t *parent, uint32_t item) {
    while (parent[item] != item) item = parent[item] = parent[parent[item]];
    return item;
}

void nd_join_roots(uint32_t *parent, uint32_t a, uint32_t b) {
    a = nd_find_root(parent, a);
    b = nd_find_root(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
}
