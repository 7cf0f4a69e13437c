/* SPDX-License-Identifier: MIT */
#include "match/candidate.h"

#include <stdlib.h>

#include "base/memory.h"

neardup_status nd_offers_create(nd_offers *offers, const nd_buckets *buckets, uint32_t limit) {
    *offers = (nd_offers){.buckets = buckets, .limit = limit};
    offers->items = nd_allocate((size_t)buckets->places[buckets->bucket_count], sizeof *offers->items);
    offers->counts = nd_allocate_zero(buckets->bucket_count, sizeof *offers->counts);
    if (offers->items && offers->counts) return NEARDUP_OK;
    nd_offers_release(offers);
    return NEARDUP_ERROR_MEMORY;
}

void nd_offers_release(nd_offers *offers) {
    nd_free(offers->items);
    nd_free(offers->counts);
    *offers = (nd_offers){0};
}

void nd_offers_put(nd_offers *offers, uint32_t item) {
    const nd_buckets *buckets = offers->buckets;
    for (uint64_t i = buckets->begin[item]; i < buckets->begin[item + 1]; i++) {
        uint32_t bucket = buckets->buckets[i], *count = &offers->counts[bucket];
        if (*count < offers->limit) offers->items[buckets->places[bucket] + *count] = item;
        if (*count <= offers->limit) ++*count;
    }
}

uint64_t nd_offers_state(const nd_offers *offers, uint32_t item) {
    const nd_buckets *buckets = offers->buckets;
    uint64_t state = 0;
    for (uint64_t i = buckets->begin[item]; i < buckets->begin[item + 1]; i++)
        state += offers->counts[buckets->buckets[i]];
    return state;
}

void nd_gatherer_begin(nd_gatherer *gatherer, uint32_t item) {
    gatherer->taken = ++gatherer->stamp;
    gatherer->seen[item] = gatherer->taken;
}

static int compare_candidates(const void *left, const void *right) {
    const nd_candidate *a = left, *b = right;
    if (a->agreements != b->agreements) return a->agreements < b->agreements ? 1 : -1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

static neardup_status consider(nd_gatherer *g, uint32_t item, uint32_t candidate, unsigned cutoff) {
    uint64_t *seen = &g->seen[candidate];
    if (*seen == g->taken || *seen == g->stamp) return NEARDUP_OK;
    g->estimated += *seen < g->taken; /* once an item */
    *seen = g->stamp;
    const uint32_t *classes = g->buckets->classes;
    unsigned agreements = g->agree(&g->digests[classes[item]], &g->digests[classes[candidate]]);
    if (agreements < cutoff) return NEARDUP_OK;
    neardup_status status = nd_reserve(&g->candidates, &g->capacity, g->count + 1, sizeof *g->candidates);
    if (!status) g->candidates[g->count++] = (nd_candidate){candidate, agreements, g->rank_of[candidate]};
    return status;
}

neardup_status nd_gather(nd_gatherer *gatherer, const nd_offers *offers, uint32_t item, unsigned cutoff, size_t most,
                         bool *bounded) {
    const nd_buckets *buckets = offers->buckets;
    gatherer->count = 0;
    gatherer->stamp++;
    for (uint64_t i = buckets->begin[item]; i < buckets->begin[item + 1]; i++) {
        uint32_t bucket = buckets->buckets[i], count = offers->counts[bucket];
        if (count > offers->limit) {
            *bounded = true;
            count = offers->limit;
        }
        for (uint32_t k = 0; k < count; k++) {
            neardup_status status = consider(gatherer, item, offers->items[buckets->places[bucket] + k], cutoff);
            if (status) return status;
        }
    }
    if (gatherer->count > 1)
        qsort(gatherer->candidates, gatherer->count, sizeof *gatherer->candidates, compare_candidates);
    if (gatherer->count > most) {
        gatherer->count = most;
        *bounded = true;
    }
    for (size_t i = 0; i < gatherer->count; i++) gatherer->seen[gatherer->candidates[i].item] = gatherer->taken;
    return NEARDUP_OK;
}
