/* SPDX-License-Identifier: MIT */
#include "passage/chain.h"

#include "base/memory.h"
#include "base/order.h"
#include "base/sort.h"
#include "passage/winnow.h"

#define NO_LINK UINT32_MAX

/* A link on its best way from a beginning. */
struct nd_chain_step {
    nd_link link;
    uint32_t previous; /* or NO_LINK */
    int32_t score;     /* of the way up to here */
    bool followed;     /* a way goes on from it */
    bool taken;        /* it is in a chain */
};

void nd_chains_release(nd_chains *chains) {
    nd_free(chains->items);
    nd_free(chains->links);
    nd_free(chains->steps);
    nd_free(chains->ends);
    *chains = (nd_chains){0};
}

/* What it is worth to go from one link to the next; 0 where that cannot be. */
static int32_t gain(nd_link from, nd_link to) {
    if (to.a <= from.a || to.b <= from.b) return 0;
    uint32_t a = to.a - from.a, b = to.b - from.b, shorter = a < b ? a : b, apart = a < b ? b - a : a - b;
    if (shorter > ND_CHAIN_GAP || apart > ND_DIAGONALS) return 0;
    int32_t worth = shorter < ND_GRAM ? (int32_t)shorter : ND_GRAM;
    worth -= (int32_t)(apart + 3) / 4;
    return worth > 0 ? worth : 0;
}

/* Whether one link goes on where the other is: there is no better way to it. */
static bool is_next(nd_link from, nd_link to) { return to.a - from.a == to.b - from.b && to.a - from.a <= ND_GRAM; }

static void find_previous(struct nd_chain_step *steps, size_t i) {
    struct nd_chain_step *step = &steps[i];
    for (size_t j = i, looked = 0; j-- && looked < ND_LOOK_BACK; looked++) {
        if (step->link.a - steps[j].link.a > ND_CHAIN_GAP + ND_DIAGONALS) break;
        int32_t worth = gain(steps[j].link, step->link);
        if (!worth || steps[j].score + worth <= step->score) continue;
        step->score = steps[j].score + worth;
        step->previous = (uint32_t)j;
        if (is_next(steps[j].link, step->link)) break;
    }
    if (step->previous != NO_LINK) steps[step->previous].followed = true;
}

static int compare_chains(const void *left, const void *right) {
    const nd_chain *a = left, *b = right;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    if (a->links->a != b->links->a) return a->links->a < b->links->a ? -1 : 1;
    return (a->links->b > b->links->b) - (a->links->b < b->links->b);
}

static uint64_t chain_number(const void *item) {
    const nd_chain *c = item;
    return (uint64_t)(UINT32_MAX - c->score) << 32 | c->links->a;
}

static const nd_order by_score = {sizeof(nd_chain), chain_number, compare_chains};

/* Takes the way that ends at step `end`, as far back as it is free, as a chain if it has two links. */
static void take_chain(nd_chains *c, size_t end, size_t *used) {
    size_t count = 0, first = end;
    for (size_t i = end; i != NO_LINK && !c->steps[i].taken; i = c->steps[i].previous) {
        count++;
        first = i;
    }
    if (count < 2) return;
    int32_t before = c->steps[first].previous == NO_LINK ? 0 : c->steps[c->steps[first].previous].score;
    nd_link *to = c->links + *used + count;
    for (size_t i = end, n = 0; n < count; i = c->steps[i].previous, n++) {
        *--to = c->steps[i].link;
        c->steps[i].taken = true;
    }
    c->items[c->count++] = (nd_chain){to, count, (uint32_t)(c->steps[end].score - before)};
    *used += count;
}

static neardup_status reserve(nd_chains *c, size_t count) {
    neardup_status status = nd_reserve(&c->steps, &c->step_capacity, count, sizeof *c->steps);
    if (!status) status = nd_reserve(&c->links, &c->link_capacity, count, sizeof *c->links);
    if (!status) status = nd_reserve(&c->ends, &c->end_capacity, 2 * count, sizeof *c->ends); /* and to sort them */
    if (!status) status = nd_reserve(&c->items, &c->item_capacity, count / 2, sizeof *c->items);
    return status;
}

neardup_status nd_chains_find(nd_chains *chains, const uint64_t *links, size_t count) {
    nd_chains *c = chains;
    c->count = 0;
    if (count < 2) return NEARDUP_OK;
    if (count > INT32_MAX / ND_GRAM) count = INT32_MAX / ND_GRAM; /* of scores that can be told apart */
    neardup_status status = reserve(c, count);
    if (status) return status;
    uint64_t *ends = c->ends; /* falling score << 32 | step, of ways that nothing follows, of two links or more */
    size_t end_count = 0, used = 0;
    for (size_t i = 0; i < count; i++) {
        c->steps[i] = (struct nd_chain_step){
            .link = {(uint32_t)(links[i] >> 32), (uint32_t)links[i]}, .previous = NO_LINK, .score = ND_GRAM};
        find_previous(c->steps, i);
    }
    for (size_t i = 0; i < count; i++)
        if (c->steps[i].previous != NO_LINK && !c->steps[i].followed)
            ends[end_count++] = (uint64_t)(INT32_MAX - c->steps[i].score) << 32 | i;
    nd_sort(ends, end_count, ends + count);
    for (size_t i = 0; i < end_count; i++) take_chain(c, (uint32_t)ends[i], &used);
    nd_put_in_order(c->items, c->count, &by_score);
    return NEARDUP_OK;
}
