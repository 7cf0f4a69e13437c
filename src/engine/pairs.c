/* SPDX-License-Identifier: MIT */
/*
 * From pairs of items to pairs of documents. An item that stands for n documents and one that stands for m have n * m
 * pairs, so each document is listed only with its first better ranked partners: its own class's, then those of the
 * items it was verified with, best ranked first. With pairs_once an item has pairs only by its first member, which
 * keeps their number linear.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "engine/result.h"

/* An item seen from another. */
typedef struct neighbour {
    uint64_t rank; /* its first member */
    uint32_t item;
    uint64_t shared;
} neighbour;

/* The graph of verified pairs, and each item's members. */
typedef struct graph {
    const nd_findings *findings;
    bool once;              /* only first members have pairs with other items */
    uint64_t *member_begin; /* items + 1 */
    uint64_t *members;      /* by item, best ranked first */
    uint64_t *begin;        /* items + 1 */
    neighbour *neighbours;  /* by item, best ranked first */
    size_t items;
} graph;

/* The pairs of one document so far. */
typedef struct listing {
    neardup_pair *pairs;
    size_t count, capacity, of_document;
} listing;

/* Turns counts, kept two places on, into where each item's run begins, one place on: dealing moves them into place. */
static void sum_up(uint64_t *begin, size_t items) {
    for (size_t i = 2; i < items + 2; i++) begin[i] += begin[i - 1];
}

static neardup_status group_members(graph *g) {
    const nd_members *all = g->findings->members;
    size_t total = (size_t)all->count;
    g->member_begin = nd_allocate_zero(g->items + 2, sizeof *g->member_begin);
    g->members = nd_allocate(total, sizeof *g->members);
    if (!g->member_begin || !g->members) return NEARDUP_ERROR_MEMORY;
    for (size_t m = 0; m < total; m++) g->member_begin[all->items[m] + 2]++;
    sum_up(g->member_begin, g->items);
    for (size_t m = 0; m < total; m++) g->members[g->member_begin[all->items[m] + 1]++] = m;
    return NEARDUP_OK;
}

static int compare_neighbours(const void *left, const void *right) {
    uint64_t a = ((const neighbour *)left)->rank, b = ((const neighbour *)right)->rank;
    return (a > b) - (a < b);
}

static neardup_status group_neighbours(graph *g) {
    const nd_outcome *outcome = g->findings->outcome;
    g->begin = nd_allocate_zero(g->items + 2, sizeof *g->begin);
    g->neighbours = nd_allocate(2 * outcome->pair_count, sizeof *g->neighbours);
    if (!g->begin || !g->neighbours) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < outcome->pair_count; i++) {
        g->begin[outcome->pairs[i].a + 2]++;
        g->begin[outcome->pairs[i].b + 2]++;
    }
    sum_up(g->begin, g->items);
    for (size_t i = 0; i < outcome->pair_count; i++) {
        const nd_item_pair *pair = &outcome->pairs[i];
        uint64_t rank_a = g->members[g->member_begin[pair->a]], rank_b = g->members[g->member_begin[pair->b]];
        g->neighbours[g->begin[pair->a + 1]++] = (neighbour){rank_b, pair->b, pair->shared};
        g->neighbours[g->begin[pair->b + 1]++] = (neighbour){rank_a, pair->a, pair->shared};
    }
    for (size_t i = 0; i < g->items; i++) {
        size_t count = (size_t)(g->begin[i + 1] - g->begin[i]);
        if (count > 1) qsort(g->neighbours + g->begin[i], count, sizeof *g->neighbours, compare_neighbours);
    }
    return NEARDUP_OK;
}

/* Lists `member` with the members of `item` that rank before it, or the first of them. Returns NEARDUP_END when it has
 * its fill. */
static neardup_status list_with(const graph *g, listing *l, uint64_t member, uint32_t item, uint64_t shared) {
    const nd_members *members = g->findings->members;
    const uint32_t *sizes = g->findings->outcome->sizes;
    uint32_t own = members->items[member];
    uint64_t first = g->member_begin[item], end = g->once ? first + 1 : g->member_begin[item + 1];
    for (uint64_t i = first; i < end && g->members[i] < member; i++) {
        if (l->of_document == ND_LISTED_A_DOCUMENT) return NEARDUP_END;
        neardup_status status = nd_reserve(&l->pairs, &l->capacity, l->count + 1, sizeof *l->pairs);
        if (status) return status;
        neardup_pair pair = {members->documents[g->members[i]], members->documents[member], 1, 1, 1};
        if (item != own) {
            pair.jaccard = nd_jaccard((size_t)shared, sizes[item], sizes[own]);
            pair.containment_a = (double)shared / (double)sizes[item];
            pair.containment_b = (double)shared / (double)sizes[own];
        }
        if (pair.a > pair.b)
            pair = (neardup_pair){pair.b, pair.a, pair.jaccard, pair.containment_b, pair.containment_a};
        l->pairs[l->count++] = pair;
        l->of_document++;
    }
    return NEARDUP_OK;
}

static neardup_status list_member(const graph *g, listing *l, uint64_t member) {
    uint32_t own = g->findings->members->items[member];
    l->of_document = 0;
    neardup_status status = list_with(g, l, member, own, 0);
    if (g->once && l->of_document) return status;
    for (uint64_t i = g->begin[own]; i < g->begin[own + 1] && !status; i++) {
        if (g->neighbours[i].rank > member) break;
        status = list_with(g, l, member, g->neighbours[i].item, g->neighbours[i].shared);
    }
    return status;
}

static int compare_pairs(const void *left, const void *right) {
    const neardup_pair *x = left, *y = right;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

neardup_status nd_result_list_pairs(neardup_result *result, const nd_findings *findings, size_t items, bool once) {
    graph g = {.findings = findings, .items = items, .once = once};
    listing l = {0};
    neardup_status status = group_members(&g);
    if (!status) status = group_neighbours(&g);
    size_t members = (size_t)findings->members->count;
    for (size_t m = 0; m < members && !status; m++) {
        status = list_member(&g, &l, m);
        if (status != NEARDUP_END) continue;
        findings->outcome->verdicts[m].bounded = true;
        status = NEARDUP_OK;
    }
    nd_free(g.member_begin);
    nd_free(g.members);
    nd_free(g.begin);
    nd_free(g.neighbours);
    if (status) {
        nd_free(l.pairs);
        return status;
    }
    if (l.count) qsort(l.pairs, l.count, sizeof *l.pairs, compare_pairs);
    result->pairs = l.pairs;
    result->totals.pairs = l.count;
    return NEARDUP_OK;
}
