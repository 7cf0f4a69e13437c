/* SPDX-License-Identifier: MIT */
#include "passage/chain.h"

#include <string.h>

#include "base/memory.h"
#include "base/order.h"
#include "base/sort.h"
#include "passage/winnow.h"

#define NO_LINK UINT32_MAX

/* Of a step: a way goes on from it; it is in a chain. */
enum { FOLLOWED = 1, TAKEN = 2 };

void nd_chains_release(nd_chains *chains) {
    nd_free(chains->items);
    nd_free(chains->links);
    nd_free(chains->numbers);
    nd_free(chains->ends);
    *chains = (nd_chains){0};
}

/* The step before on the diagonal of step i, or on one that shares its slot; i where there is none. Step i takes its
 * place. What is left of earlier calls is never on a diagonal of this one. */
static uint32_t find_latest(nd_chains *c, uint32_t i) {
    uint32_t *slot = &c->latest[(c->steps.a[i] - c->steps.b[i]) % ND_LATEST], latest = *slot < i ? *slot : i;
    *slot = i;
    return latest;
}

/* Finds the step before step i. A link that goes on where the latest on its diagonal is comes from that: there is
 * hardly a better way to it. */
static void find_previous(nd_chains *c, nd_look_back *look_back, uint32_t i) {
    const struct nd_chain_steps *s = &c->steps;
    uint32_t latest = find_latest(c, i), on = s->a[i] - s->a[latest], previous = latest;
    s->score[i] = ND_GRAM;
    if (on && on <= ND_GRAM && s->b[i] - s->b[latest] == on) {
        s->score[i] = s->score[latest] + (int32_t)on;
    } else {
        uint32_t back = look_back(s->a + i, s->b + i, s->score + i);
        previous = back ? i - back : NO_LINK;
    }
    s->previous[i] = previous;
    if (previous != NO_LINK) s->marks[previous] |= FOLLOWED;
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
static void take_chain(nd_chains *c, uint32_t end, size_t *used) {
    const struct nd_chain_steps *s = &c->steps;
    size_t count = 0;
    uint32_t before = end; /* the step before the first */
    for (; before != NO_LINK && !(s->marks[before] & TAKEN); before = s->previous[before]) count++;
    if (count < 2) return;
    nd_link *to = c->links + *used + count;
    for (uint32_t i = end; i != before; i = s->previous[i]) {
        *--to = (nd_link){s->a[i], s->b[i]};
        s->marks[i] |= TAKEN;
    }
    int32_t score = before == NO_LINK ? 0 : s->score[before];
    c->items[c->count++] = (nd_chain){to, count, (uint32_t)(s->score[end] - score)};
    *used += count;
}

/* Makes room for so many steps, and puts what is none before them. */
static neardup_status reserve(nd_chains *c, size_t count) {
    size_t all = count + ND_LOOK_BACK;
    neardup_status status = nd_reserve(&c->numbers, &c->number_capacity, 5 * all, sizeof *c->numbers);
    if (!status) status = nd_reserve(&c->links, &c->link_capacity, count, sizeof *c->links);
    if (!status) status = nd_reserve(&c->ends, &c->end_capacity, 2 * count, sizeof *c->ends); /* and to sort them */
    if (!status) status = nd_reserve(&c->items, &c->item_capacity, count / 2, sizeof *c->items);
    if (status) return status;
    uint32_t *numbers = c->numbers;
    c->steps = (struct nd_chain_steps){numbers + ND_LOOK_BACK, numbers + all + ND_LOOK_BACK,
                                       (int32_t *)numbers + 2 * all + ND_LOOK_BACK, numbers + 3 * all,
                                       (uint8_t *)(numbers + 4 * all)};
    for (size_t i = 0; i < ND_LOOK_BACK; i++) {
        numbers[i] = numbers[all + i] = 0;
        (c->steps.score - ND_LOOK_BACK)[i] = -ND_GRAM;
    }
    memset(c->steps.marks, 0, count);
    return NEARDUP_OK;
}

neardup_status nd_chains_find(nd_chains *chains, nd_look_back *look_back, const uint64_t *links, size_t count) {
    nd_chains *c = chains;
    c->count = 0;
    if (count < 2) return NEARDUP_OK;
    if (count > INT32_MAX / ND_GRAM) count = INT32_MAX / ND_GRAM; /* of scores that can be told apart */
    neardup_status status = reserve(c, count);
    if (status) return status;
    uint64_t *ends = c->ends; /* falling score << 32 | step, of ways that nothing follows, of two links or more */
    size_t end_count = 0, used = 0;
    for (uint32_t i = 0; i < count; i++) {
        c->steps.a[i] = (uint32_t)(links[i] >> 32);
        c->steps.b[i] = (uint32_t)links[i];
        find_previous(c, look_back, i);
    }
    for (uint32_t i = 0; i < count; i++)
        if (c->steps.previous[i] != NO_LINK && !(c->steps.marks[i] & FOLLOWED))
            ends[end_count++] = (uint64_t)(INT32_MAX - c->steps.score[i]) << 32 | i;
    nd_sort(ends, end_count, ends + count);
    for (size_t i = 0; i < end_count; i++) take_chain(c, (uint32_t)ends[i], &used);
    nd_put_in_order(c->items, c->count, &by_score);
    return NEARDUP_OK;
}
