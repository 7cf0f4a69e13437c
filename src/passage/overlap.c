/* SPDX-License-Identifier: MIT */
#include "passage/overlap.h"

#include "base/memory.h"
#include "base/order.h"

static int compare_stretches(const void *left, const void *right) {
    const nd_stretch *a = left, *b = right;
    if (a->begin != b->begin) return a->begin < b->begin ? -1 : 1;
    return (a->end > b->end) - (a->end < b->end);
}

static uint64_t stretch_number(const void *item) { return ((const nd_stretch *)item)->begin; }

static const nd_order by_begin = {sizeof(nd_stretch), stretch_number, compare_stretches};

uint32_t nd_stretches_cover(nd_stretch *stretches, size_t count) {
    uint32_t covered = 0, end = 0;
    nd_put_in_order(stretches, count, &by_begin);
    for (size_t i = 0; i < count; i++) {
        uint32_t from = stretches[i].begin > end ? stretches[i].begin : end;
        if (stretches[i].end <= from) continue;
        covered += stretches[i].end - from;
        end = stretches[i].end;
    }
    return covered;
}

static int compare_size(const void *left, const void *right) {
    const nd_overlap *x = left, *y = right;
    uint64_t first = (uint64_t)x->tokens_a + x->tokens_b, second = (uint64_t)y->tokens_a + y->tokens_b;
    if (first != second) return first > second ? -1 : 1;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

static uint64_t size_number(const void *item) {
    const nd_overlap *o = item;
    return ((uint64_t)UINT32_MAX * 2 - o->tokens_a - o->tokens_b) << 31 | o->a >> 1;
}

static const nd_order by_size = {sizeof(nd_overlap), size_number, compare_size};

static int compare_texts(const void *left, const void *right) {
    const nd_overlap *x = left, *y = right;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

static uint64_t texts_number(const void *item) {
    const nd_overlap *o = item;
    return (uint64_t)o->a << 32 | o->b;
}

static const nd_order by_texts = {sizeof(nd_overlap), texts_number, compare_texts};

/* Sums up one run of alignments. `stretches` has room for it. */
static nd_overlap sum_up(const nd_alignment *alignments, size_t count, nd_stretch *stretches) {
    nd_overlap overlap = {.a = alignments->a.text, .b = alignments->b.text, .passages = (uint32_t)count};
    for (size_t i = 0; i < count; i++) stretches[i] = alignments[i].a;
    overlap.tokens_a = nd_stretches_cover(stretches, count);
    for (size_t i = 0; i < count; i++) stretches[i] = alignments[i].b;
    overlap.tokens_b = nd_stretches_cover(stretches, count);
    return overlap;
}

neardup_status nd_overlaps_find(const nd_alignments *alignments, size_t texts, nd_overlap **overlaps_out,
                                size_t *count_out, uint64_t *left_out_out) {
    const nd_alignment *all = alignments->items;
    nd_overlap *overlaps = nd_allocate(alignments->count, sizeof *overlaps);
    nd_stretch *stretches = nd_allocate(alignments->count, sizeof *stretches);
    uint8_t *taken = nd_allocate_zero(texts, 1);
    neardup_status status = overlaps && stretches && taken ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    size_t count = 0, kept = 0;
    for (size_t begin = 0, end; begin < alignments->count && !status; begin = end) {
        for (end = begin + 1;
             end < alignments->count && all[end].a.text == all[begin].a.text && all[end].b.text == all[begin].b.text;)
            end++;
        overlaps[count++] = sum_up(all + begin, end - begin, stretches);
    }
    nd_put_in_order(overlaps, count, &by_size);
    for (size_t i = 0; i < count; i++) {
        if (taken[overlaps[i].a] >= ND_OVERLAPS || taken[overlaps[i].b] >= ND_OVERLAPS) continue;
        taken[overlaps[i].a]++;
        taken[overlaps[i].b]++;
        overlaps[kept++] = overlaps[i];
    }
    nd_put_in_order(overlaps, kept, &by_texts);
    nd_free(stretches);
    nd_free(taken);
    if (status) {
        nd_free(overlaps);
        return status;
    }
    *overlaps_out = overlaps;
    *count_out = kept;
    *left_out_out = count - kept;
    return NEARDUP_OK;
}
