/* SPDX-License-Identifier: MIT */
#include "match/connect.h"

#include <string.h>

#include "base/memory.h"
#include "match/forest.h"

typedef struct connecting {
    const uint64_t *rank_of;
    const nd_outcome *outcome;
    uint32_t *parent;          /* by item */
    const nd_item_pair **best; /* by item: the pair that explains it best, or NULL */
    uint64_t *keeper_of;       /* by item that is a root: the best ranked member of its cluster */
} connecting;

static double jaccard_of(const connecting *c, const nd_item_pair *pair) {
    return nd_jaccard(pair->shared, c->outcome->sizes[pair->a], c->outcome->sizes[pair->b]);
}

static uint32_t other_of(const nd_item_pair *pair, uint32_t item) { return pair->a == item ? pair->b : pair->a; }

/* A better ranked neighbour explains better than a worse, then a more similar one, then the best ranked. */
static bool explains_better(const connecting *c, uint32_t item, const nd_item_pair *pair, const nd_item_pair *than) {
    if (!than) return true;
    uint32_t x = other_of(pair, item), y = other_of(than, item);
    bool x_before = c->rank_of[x] < c->rank_of[item], y_before = c->rank_of[y] < c->rank_of[item];
    if (x_before != y_before) return x_before;
    double jaccard_x = jaccard_of(c, pair), jaccard_y = jaccard_of(c, than);
    if (jaccard_x != jaccard_y) return jaccard_x > jaccard_y;
    return c->rank_of[x] < c->rank_of[y];
}

static void join_pairs(connecting *c, size_t items, double threshold) {
    for (size_t i = 0; i < items; i++) c->parent[i] = (uint32_t)i;
    for (size_t i = 0; i < c->outcome->pair_count; i++) {
        const nd_item_pair *pair = &c->outcome->pairs[i];
        if (jaccard_of(c, pair) < threshold) continue;
        nd_join_roots(c->parent, pair->a, pair->b);
        if (explains_better(c, pair->a, pair, c->best[pair->a])) c->best[pair->a] = pair;
        if (explains_better(c, pair->b, pair, c->best[pair->b])) c->best[pair->b] = pair;
    }
}

/* Members come best ranked first: the first of a cluster is its keeper. */
static void give_verdicts(connecting *c, const nd_match *match, nd_outcome *outcome) {
    memset(c->keeper_of, 0xFF, match->buckets->items * sizeof *c->keeper_of);
    for (uint64_t m = 0; m < match->member_count; m++) {
        uint32_t item = match->members[m];
        uint64_t *keeper = &c->keeper_of[nd_find_root(c->parent, item)];
        nd_verdict *verdict = &outcome->verdicts[m];
        if (*keeper == ND_NO_MEMBER) *keeper = m;
        outcome->keepers[m] = *keeper;
        if (m != c->rank_of[item]) {
            verdict->dup_of = c->rank_of[item];
        } else if (*keeper != m) { /* then it has a pair, or it would be alone */
            verdict->dup_of = c->rank_of[other_of(c->best[item], item)];
            verdict->shared = c->best[item]->shared;
        }
    }
}

neardup_status nd_connect(const nd_match *match, const uint64_t *rank_of, nd_outcome *outcome) {
    size_t items = match->buckets->items;
    connecting c = {.rank_of = rank_of, .outcome = outcome};
    c.parent = nd_allocate(items, sizeof *c.parent);
    c.best = nd_allocate_zero(items, sizeof(const nd_item_pair *));
    c.keeper_of = nd_allocate(items, sizeof *c.keeper_of);
    outcome->keepers = nd_allocate((size_t)match->member_count, sizeof *outcome->keepers);
    bool complete = c.parent && c.best && c.keeper_of && outcome->keepers;
    if (complete) {
        join_pairs(&c, items, match->threshold);
        give_verdicts(&c, match, outcome);
    }
    nd_free(c.parent);
    nd_free(c.best);
    nd_free(c.keeper_of);
    return complete ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
}
