/* SPDX-License-Identifier: MIT */
#include "match/set.h"

enum { STRETCH = 64 }; /* steps of the merge between two looks at whether it can still succeed */

size_t nd_set_shared(nd_set a, nd_set b, size_t least) {
    size_t i = 0, j = 0, shared = 0;
    while (i < a.size && j < b.size) {
        size_t left = a.size - i < b.size - j ? a.size - i : b.size - j;
        if (shared + left < least) return shared;
        for (size_t steps = left < STRETCH ? left : STRETCH;
             steps--;) { /* each step moves each side by one at the most */
            uint64_t x = a.hashes[i], y = b.hashes[j];
            shared += x == y;
            i += x <= y;
            j += y <= x;
        }
    }
    return shared;
}

double nd_jaccard(size_t shared, size_t size_a, size_t size_b) {
    size_t all = size_a + size_b - shared;
    return all ? (double)shared / (double)all : 0;
}

size_t nd_shared_for(double jaccard, size_t size_a, size_t size_b) {
    size_t smaller = size_a < size_b ? size_a : size_b;
    double wanted = jaccard / (1 + jaccard) * ((double)size_a + (double)size_b);
    if (wanted > (double)smaller + 1) return smaller + 1; /* out of reach */
    size_t shared = (size_t)wanted;
    while (shared && nd_jaccard(shared - 1, size_a, size_b) >= jaccard) shared--;
    while (shared <= smaller && nd_jaccard(shared, size_a, size_b) < jaccard) shared++;
    return shared;
}
