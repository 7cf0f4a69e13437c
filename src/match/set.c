/* SPDX-License-Identifier: MIT */
#include "match/set.h"

enum {
    STRETCH = 64, /* steps of a merge between two looks at whether it can still succeed */
    HALVED = 64   /* hashes in a set that is merged by halves */
};

/* A merge of two sets under way. */
typedef struct merge {
    const uint64_t *a, *a_end, *b, *b_end;
    size_t shared;
} merge;

/* How many hashes can still turn out to be shared, and how many steps are safe: each moves each side by one at the
 * most. */
static inline size_t left_of(const merge *m) {
    size_t a = (size_t)(m->a_end - m->a), b = (size_t)(m->b_end - m->b);
    return a < b ? a : b;
}

static inline void step(merge *m) {
    uint64_t x = *m->a, y = *m->b;
    m->shared += x == y;
    m->a += x <= y;
    m->b += y <= x;
}

/* The first of `count` rising hashes that is not below `hash`. */
static size_t find(const uint64_t *hashes, size_t count, uint64_t hash) {
    size_t begin = 0;
    while (count) {
        size_t half = count / 2;
        if (hashes[begin + half] < hash) {
            begin += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return begin;
}

/* A step of a merge waits for the one before it, so the lower and the upper halves are merged side by side. */
size_t nd_set_shared(nd_set a, nd_set b, size_t least) {
    size_t half = a.size < HALVED ? 0 : a.size / 2, other = half ? find(b.hashes, b.size, a.hashes[half]) : 0;
    merge low = {a.hashes, a.hashes + half, b.hashes, b.hashes + other, 0};
    merge high = {a.hashes + half, a.hashes + a.size, b.hashes + other, b.hashes + b.size, 0};
    for (;;) {
        size_t left_low = left_of(&low), left_high = left_of(&high);
        if ((!left_low && !left_high) || low.shared + high.shared + left_low + left_high < least) break;
        merge l = low, h = high; /* by themselves, in registers */
        size_t both = left_low < left_high ? left_low : left_high;
        if (both)
            for (size_t steps = both < STRETCH ? both : STRETCH; steps--;) {
                step(&l);
                step(&h);
            }
        else if (left_low)
            for (size_t steps = left_low < STRETCH ? left_low : STRETCH; steps--;) step(&l);
        else
            for (size_t steps = left_high < STRETCH ? left_high : STRETCH; steps--;) step(&h);
        low = l;
        high = h;
    }
    return low.shared + high.shared;
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
