/* SPDX-License-Identifier: MIT */
#include "match/candidate.h"

#include <stdlib.h>

#include "base/memory.h"

neardup_status nd_offers_create(nd_offers *offers, const nd_buckets *buckets, uint32_t limit) {
    *offers = (nd_offers){.buckets = buckets, .limit = limit};
    if (buckets->begin[buckets->items] >= UINT32_MAX) return NEARDUP_ERROR_LIMIT; /* nodes are numbered in 32 bits */
    offers->heads = nd_allocate_zero(buckets->bucket_count, sizeof *offers->heads);
    offers->counts = nd_allocate_zero(buckets->bucket_count, sizeof *offers->counts);
    offers->nodes = nd_allocate((size_t)buckets->begin[buckets->items], sizeof *offers->nodes);
    if (offers->heads && offers->counts && offers->nodes) return NEARDUP_OK;
    nd_offers_release(offers);
    return NEARDUP_ERROR_MEMORY;
}

void nd_offers_release(nd_offers *offers) {
    nd_free(offers->heads);
    nd_free(offers->counts);
    nd_free(offers->nodes);
    *offers = (nd_offers){0};
}

void nd_offers_put(nd_offers *offers, uint32_t item) {
    const nd_buckets *buckets = offers->buckets;
    for (uint64_t i = buckets->begin[item]; i < buckets->begin[item + 1]; i++) {
        uint32_t bucket = buckets->buckets[i], count = offers->counts[bucket];
        if (count < offers->limit) {
            uint32_t node = atomic_fetch_add_explicit(&offers->used, 1, memory_order_relaxed);
            offers->nodes[node] = (struct nd_offer){item, offers->heads[bucket]};
            offers->heads[bucket] = node + 1;
        }
        if (count <= offers->limit) offers->counts[bucket] = (uint16_t)(count + 1);
    }
}

uint64_t nd_offers_state(const nd_offers *offers, uint32_t item) {
    const nd_buckets *buckets = offers->buckets;
    uint64_t state = 0;
    for (uint64_t i = buckets->begin[item]; i < buckets->begin[item + 1]; i++)
        state += offers->counts[buckets->buckets[i]];
    return state;
}

/* ---- what an item has met ---- */

typedef struct nd_met {
    uint64_t stamp; /* of the gathering that met it last; a slot is free where that is before the item under way */
    uint32_t item;
} met;

enum { MET_SLOTS = 256 };

void nd_gatherer_release(nd_gatherer *gatherer) {
    nd_free(gatherer->met);
    nd_free(gatherer->candidates);
    *gatherer = (nd_gatherer){0};
}

/* The slot of an item, or the free one where it belongs. */
static met *find_met(const nd_gatherer *g, uint32_t item) {
    size_t mask = g->met_slots - 1;
    for (size_t i = item * 0x9E3779B97F4A7C15ULL >> 32 & mask;; i = (i + 1) & mask)
        if (g->met[i].stamp < g->taken || g->met[i].item == item) return &g->met[i];
}

/* Keeps the table at most half full. */
static neardup_status make_room(nd_gatherer *g) {
    if (2 * g->met_count < g->met_slots) return NEARDUP_OK;
    met *old = g->met;
    size_t old_slots = g->met_slots, slots = old ? 2 * old_slots : MET_SLOTS;
    met *table = nd_allocate_zero(slots, sizeof *table);
    if (!table) return NEARDUP_ERROR_MEMORY;
    g->met = table;
    g->met_slots = slots;
    for (size_t i = 0; i < old_slots; i++)
        if (old[i].stamp >= g->taken) *find_met(g, old[i].item) = old[i];
    nd_free(old);
    return NEARDUP_OK;
}

neardup_status nd_gatherer_begin(nd_gatherer *gatherer, uint32_t item) {
    gatherer->taken = ++gatherer->stamp;
    gatherer->met_count = 0;
    if (make_room(gatherer)) return NEARDUP_ERROR_MEMORY;
    *find_met(gatherer, item) = (met){gatherer->taken, item};
    gatherer->met_count = 1;
    return NEARDUP_OK;
}

/* ---- gathering ---- */

static int compare_candidates(const void *left, const void *right) {
    const nd_candidate *a = left, *b = right;
    if (a->agreements != b->agreements) return a->agreements < b->agreements ? 1 : -1;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

static neardup_status consider(nd_gatherer *g, uint32_t item, uint32_t candidate, unsigned cutoff) {
    met *slot = find_met(g, candidate);
    if (slot->stamp == g->taken || slot->stamp == g->stamp) return NEARDUP_OK;
    if (slot->stamp < g->taken) { /* once an item */
        g->estimated++;
        g->met_count++;
    }
    *slot = (met){g->stamp, candidate};
    unsigned agreements = g->agree(&g->digests[item], &g->digests[candidate]);
    if (agreements >= cutoff) {
        if (nd_reserve(&g->candidates, &g->capacity, g->count + 1, sizeof *g->candidates)) return NEARDUP_ERROR_MEMORY;
        g->candidates[g->count++] = (nd_candidate){candidate, agreements, g->rank_of[candidate]};
    }
    return make_room(g);
}

/* Considers what a bucket offers. */
static neardup_status look_into(nd_gatherer *g, const nd_offers *offers, uint32_t bucket, uint32_t item,
                                unsigned cutoff) {
    for (uint32_t node = offers->heads[bucket]; node; node = offers->nodes[node - 1].next) {
        neardup_status status = consider(g, item, offers->nodes[node - 1].item, cutoff);
        if (status) return status;
    }
    return NEARDUP_OK;
}

neardup_status nd_gather(nd_gatherer *gatherer, const nd_offers *offers, uint32_t item, unsigned cutoff, size_t most,
                         bool *bounded) {
    const nd_buckets *buckets = offers->buckets;
    gatherer->count = 0;
    gatherer->stamp++;
    for (uint64_t i = buckets->begin[item]; i < buckets->begin[item + 1]; i++) {
        uint32_t bucket = buckets->buckets[i];
        *bounded |= offers->counts[bucket] > offers->limit;
        neardup_status status = look_into(gatherer, offers, bucket, item, cutoff);
        if (status) return status;
    }
    if (gatherer->count > 1)
        qsort(gatherer->candidates, gatherer->count, sizeof *gatherer->candidates, compare_candidates);
    if (gatherer->count > most) {
        gatherer->count = most;
        *bounded = true;
    }
    for (size_t i = 0; i < gatherer->count; i++)
        find_met(gatherer, gatherer->candidates[i].item)->stamp = gatherer->taken;
    return NEARDUP_OK;
}
