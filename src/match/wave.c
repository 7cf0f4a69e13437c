/* SPDX-License-Identifier: MIT */
#include "match/wave.h"

#include <string.h>

#include "base/memory.h"
#include "match/forest.h"

enum { LARGE_GROUP = 64 };

neardup_status nd_wave_create(nd_wave *wave, const nd_buckets *buckets, const uint32_t *items_of, size_t capacity,
                              bool split) {
    nd_wave *w = wave;
    *w = (nd_wave){.buckets = buckets, .items_of = items_of, .split = split};
    w->added = nd_allocate(capacity, sizeof *w->added);
    w->members = nd_allocate(capacity, sizeof *w->members);
    w->expected = nd_allocate(capacity, sizeof *w->expected);
    w->begin = nd_allocate(capacity + 2, sizeof *w->begin);
    w->parent = nd_allocate(capacity, sizeof *w->parent);
    w->last_in_bucket = nd_allocate_zero(split ? buckets->bucket_count : 0, sizeof *w->last_in_bucket);
    w->last_of = nd_allocate_zero(split ? buckets->items : 0, sizeof *w->last_of);
    if (w->added && w->members && w->expected && w->begin && w->parent && w->last_in_bucket && w->last_of)
        return NEARDUP_OK;
    nd_wave_release(w);
    return NEARDUP_ERROR_MEMORY;
}

void nd_wave_release(nd_wave *wave) {
    nd_free(wave->added);
    nd_free(wave->members);
    nd_free(wave->expected);
    nd_free(wave->begin);
    nd_free(wave->parent);
    nd_free(wave->last_in_bucket);
    nd_free(wave->last_of);
    *wave = (nd_wave){0};
}

void nd_wave_clear(nd_wave *wave) {
    wave->additions += (uint32_t)wave->count;
    wave->count = 0;
}

/* Joins addition `place` of this wave to the one noted in *last, if that is of this wave, and takes its place. */
static void join_last(nd_wave *w, uint32_t *last, uint32_t place) {
    uint32_t before =
        *last - w->additions - 1; /* 0 in *last, for none, is a place far behind, or an addition too many */
    if (before < place) nd_join_roots(w->parent, before, place);
    *last = w->additions + place + 1;
}

void nd_wave_add(nd_wave *wave, uint64_t member) {
    nd_wave *w = wave;
    uint32_t place = (uint32_t)w->count++, item = w->items_of[member];
    w->added[place] = member;
    w->parent[place] = place;
    if (!w->split) return;
    join_last(w, &w->last_of[item], place);
    for (uint64_t i = w->buckets->begin[item]; i < w->buckets->begin[item + 1]; i++)
        join_last(w, &w->last_in_bucket[w->buckets->buckets[i]], place);
}

/* Sorts the members by group. A group's root is its first place, so groups come in the order of roots. */
static void deal(nd_wave *w) {
    size_t *ends = w->begin + 1; /* first sizes, by root; then by group, where each begins, and from there on ends */
    memset(w->begin, 0, (w->count + 2) * sizeof *w->begin);
    for (uint32_t i = 0; i < w->count; i++) ends[nd_find_root(w->parent, i)]++;
    size_t before = 0;
    w->groups = 0;
    for (uint32_t i = 0; i < w->count; i++) {
        if (w->parent[i] != i) continue;
        size_t size = ends[i];
        ends[w->groups] = before;
        w->expected[i] = w->groups++; /* for a moment: the group of a root */
        before += size;
    }
    for (uint32_t i = 0; i < w->count; i++) w->members[ends[w->expected[nd_find_root(w->parent, i)]]++] = w->added[i];
}

void nd_wave_split(nd_wave *wave) {
    nd_wave *w = wave;
    w->expected_count = 0;
    if (w->split) {
        deal(w);
        for (size_t g = 0; g < w->groups; g++)
            for (size_t i = w->begin[g]; i < w->begin[g + 1] && w->begin[g + 1] - w->begin[g] >= LARGE_GROUP; i++)
                w->expected[w->expected_count++] = w->members[i];
    } else {
        w->groups = w->count > 0;
        memcpy(w->members, w->added, w->count * sizeof *w->members);
        w->begin[0] = 0;
        w->begin[1] = w->count;
    }
}
