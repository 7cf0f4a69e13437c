/* SPDX-License-Identifier: MIT */
#include "engine/streaming.h"

#include <string.h>

#include "base/memory.h"

/* Finds for every item its component, its last document, and the last document that shares a bucket with it. */
static neardup_status find_last_uses(nd_streaming *s) {
    const nd_buckets *buckets = s->match->buckets;
    const nd_components *components = s->match->components;
    uint64_t *last_in_bucket = nd_allocate_zero(buckets->bucket_count, sizeof *last_in_bucket);
    if (!last_in_bucket) return NEARDUP_ERROR_MEMORY;
    for (size_t c = 0; c < components->count; c++)
        for (uint64_t m = components->begin[c]; m < components->begin[c + 1]; m++) { /* by rising document */
            s->component_of[components->members[m].item] = (uint32_t)c;
            s->last_own[components->members[m].item] = components->members[m].document;
        }
    for (size_t i = 0; i < buckets->items; i++)
        for (uint64_t b = buckets->begin[i]; b < buckets->begin[i + 1]; b++) {
            uint64_t *last = &last_in_bucket[buckets->buckets[b]];
            if (s->last_own[i] > *last) *last = s->last_own[i];
        }
    for (size_t i = 0; i < buckets->items; i++) {
        s->last_use[i] = s->last_own[i];
        for (uint64_t b = buckets->begin[i]; b < buckets->begin[i + 1]; b++)
            if (last_in_bucket[buckets->buckets[b]] > s->last_use[i])
                s->last_use[i] = last_in_bucket[buckets->buckets[b]];
    }
    nd_free(last_in_bucket);
    return NEARDUP_OK;
}

neardup_status nd_streaming_init(nd_streaming *streaming, const neardup_engine *engine, const nd_match *match,
                                 nd_set *sets) {
    nd_streaming *s = streaming;
    *s = (nd_streaming){.engine = engine, .match = match, .sets = sets};
    size_t items = match->buckets->items, components = match->components->count;
    s->last_own = nd_allocate(items, sizeof *s->last_own);
    s->last_use = nd_allocate(items, sizeof *s->last_use);
    s->component_of = nd_allocate(items, sizeof *s->component_of);
    s->next_member = nd_copy(match->components->begin, components * sizeof *s->next_member);
    s->expire_first = nd_allocate(engine->blocks, sizeof *s->expire_first);
    s->expire_next = nd_allocate(items, sizeof *s->expire_next);
    if (!s->last_own || !s->last_use || !s->component_of || !s->next_member || !s->expire_first || !s->expire_next)
        return NEARDUP_ERROR_MEMORY;
    memset(s->expire_first, 0xFF, engine->blocks * sizeof *s->expire_first);
    neardup_status status = find_last_uses(s);
    return status ? status : nd_matcher_create(match, &s->matcher);
}

static void release_set(nd_streaming *s, uint32_t item) {
    nd_free((void *)(uintptr_t)s->sets[item].hashes);
    s->sets[item].hashes = NULL;
}

void nd_streaming_release(nd_streaming *streaming) {
    for (size_t b = 0; streaming->expire_first && b < streaming->engine->blocks; b++)
        for (uint32_t i = streaming->expire_first[b]; i != ND_NO_ITEM; i = streaming->expire_next[i])
            release_set(streaming, i);
    nd_matcher_free(streaming->matcher);
    nd_free(streaming->last_own);
    nd_free(streaming->last_use);
    nd_free(streaming->component_of);
    nd_free(streaming->next_member);
    nd_free(streaming->expire_first);
    nd_free(streaming->expire_next);
    *streaming = (nd_streaming){0};
}

/* Goes on to the block of a document, releasing the sets that are not needed behind those before it. */
static void go_to_block_of(nd_streaming *s, uint64_t document) {
    while (s->block + 1 < s->engine->blocks && s->engine->block_first[s->block + 1] <= document) {
        for (uint32_t i = s->expire_first[s->block]; i != ND_NO_ITEM; i = s->expire_next[i]) release_set(s, i);
        s->expire_first[s->block++] = ND_NO_ITEM;
    }
}

/* The block a document is in. */
static size_t block_of(const nd_streaming *s, uint64_t document) {
    size_t low = s->block, high = s->engine->blocks; /* blocks can be empty: the last that begins with it has it */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s->engine->block_first[middle] <= document)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Copies a borrowed set, to be released behind the block of document `until`. */
static neardup_status hold_set(nd_streaming *s, uint32_t item, nd_set set, uint64_t until) {
    uint64_t *hashes = nd_copy(set.hashes, set.size * sizeof *hashes);
    if (!hashes) return NEARDUP_ERROR_MEMORY;
    s->sets[item].hashes = hashes;
    uint32_t *first = &s->expire_first[block_of(s, until)];
    s->expire_next[item] = *first;
    *first = item;
    return NEARDUP_OK;
}

neardup_status nd_streaming_take(void *context, uint64_t document, uint32_t item, nd_set set) {
    nd_streaming *s = context;
    go_to_block_of(s, document);
    if (set.size) s->sets[item] = set;
    bool kept;
    neardup_status status = nd_matcher_decide(s->matcher, s->next_member[s->component_of[item]]++, &kept);
    if (!set.size) return status;
    s->sets[item].hashes = NULL; /* it was borrowed */
    uint64_t until = kept ? s->last_use[item] : s->last_own[item];
    return status || until <= document ? status : hold_set(s, item, set, until);
}

neardup_status nd_streaming_finish(nd_streaming *streaming, nd_outcome *outcome) {
    return nd_matcher_finish(streaming->matcher, outcome);
}
