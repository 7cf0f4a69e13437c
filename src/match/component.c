/* SPDX-License-Identifier: MIT */
#include "match/component.h"

#include <string.h>

#include "base/memory.h"

void nd_components_release(nd_components *components) {
    nd_free(components->begin);
    nd_free(components->members);
    *components = (nd_components){0};
}

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

/* Joins all items of a bucket to the first of them. first[bucket] is scratch. */
static void join_buckets(const nd_buckets *buckets, uint32_t *parent, uint32_t *first) {
    for (size_t i = 0; i < buckets->items; i++) parent[i] = (uint32_t)i;
    memset(first, 0xFF, buckets->bucket_count * sizeof *first);
    for (uint32_t i = 0; i < buckets->items; i++)
        for (uint64_t b = buckets->begin[i]; b < buckets->begin[i + 1]; b++) {
            uint32_t *head = &first[buckets->buckets[b]];
            if (*head == ND_NO_ITEM)
                *head = i;
            else
                nd_join_roots(parent, *head, i);
        }
}

/* A walk over the documents that belong to an item, best ranked first. */
typedef struct walk {
    const nd_buckets *buckets;
    const nd_ranking *ranking;
    const uint32_t *item_of;
    uint64_t next;
} walk;

static bool next_member(walk *w, nd_member *member_out) {
    while (w->next < w->ranking->documents) {
        uint64_t document = w->ranking->order ? w->ranking->order[w->next] : w->next;
        w->next++;
        uint32_t class = w->ranking->class_of[document];
        if (class == ND_NO_ITEM || w->item_of[class] == ND_NO_ITEM) continue;
        *member_out = (nd_member){document, w->item_of[class]};
        return true;
    }
    return false;
}

/* Two walks: the first numbers components and counts their members, the second deals the members out. */
static neardup_status deal_members(walk *w, uint32_t *parent, uint32_t *number, nd_components *components) {
    size_t items = w->buckets->items;
    components->begin = nd_allocate_zero(items + 2, sizeof *components->begin);
    if (!components->begin) return NEARDUP_ERROR_MEMORY;
    memset(number, 0xFF, items * sizeof *number);
    uint64_t *counts = components->begin + 2; /* shifted, so that dealing leaves begin in its place */
    nd_member member;
    size_t total = 0;
    for (w->next = 0; next_member(w, &member); total++) {
        uint32_t root = nd_find_root(parent, member.item);
        if (number[root] == ND_NO_ITEM) number[root] = (uint32_t)components->count++;
        counts[number[root]]++;
    }
    for (size_t i = 2; i < components->count + 2; i++) components->begin[i] += components->begin[i - 1];
    components->members = nd_allocate(total, sizeof *components->members);
    if (!components->members) return NEARDUP_ERROR_MEMORY;
    for (w->next = 0; next_member(w, &member);)
        components->members[components->begin[number[nd_find_root(parent, member.item)] + 1]++] = member;
    return NEARDUP_OK;
}

neardup_status nd_components_build(const nd_buckets *buckets, const nd_ranking *ranking, nd_components *components) {
    *components = (nd_components){0};
    uint32_t *parent = nd_allocate(buckets->items, sizeof *parent);
    uint32_t *number = nd_allocate(buckets->items, sizeof *number);
    uint32_t *first = nd_allocate(buckets->bucket_count, sizeof *first);
    uint32_t *item_of = nd_buckets_invert(buckets, ranking->classes);
    neardup_status status = NEARDUP_ERROR_MEMORY;
    if (parent && number && first && item_of) {
        join_buckets(buckets, parent, first);
        walk w = {.buckets = buckets, .ranking = ranking, .item_of = item_of};
        status = deal_members(&w, parent, number, components);
    }
    nd_free(parent);
    nd_free(number);
    nd_free(first);
    nd_free(item_of);
    if (status) nd_components_release(components);
    return status;
}
