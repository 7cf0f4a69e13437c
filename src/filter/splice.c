/* SPDX-License-Identifier: MIT */
#include "filter/splice.h"

#include "base/memory.h"

bool nd_gaps_follow(const nd_gaps *gaps, nd_gap gap) {
    const nd_gap *last = gaps->count ? &gaps->items[gaps->count - 1] : NULL;
    if (gap.begin >= gap.end) return false;
    return !last || last->record < gap.record || (last->record == gap.record && last->end <= gap.begin);
}

neardup_status nd_gaps_add(nd_gaps *gaps, nd_gap gap) {
    neardup_status status = nd_reserve(&gaps->items, &gaps->capacity, gaps->count + 1, sizeof *gaps->items);
    if (!status) gaps->items[gaps->count++] = gap;
    return status;
}

void nd_splice_begin(nd_splice *splice, nd_span kept, size_t mark) {
    splice->kept = kept.size ? kept : (nd_span){"", 0};
    splice->at = 0;
    splice->mark = mark;
    splice->text.size = 0;
}

neardup_status nd_splice_put(nd_splice *splice, const nd_gap *gap, nd_span piece) {
    nd_splice *s = splice;
    uint64_t before = gap->begin + s->mark;
    if (before < s->text.size || before - s->text.size > s->kept.size - s->at || piece.size != gap->end - gap->begin)
        return NEARDUP_ERROR_SOURCE;
    size_t size = (size_t)before - s->text.size;
    neardup_status status = nd_buffer_append(&s->text, s->kept.data + s->at, size);
    s->at += size;
    return status ? status : nd_buffer_append(&s->text, piece.data, piece.size);
}

neardup_status nd_splice_end(nd_splice *splice) {
    nd_splice *s = splice;
    neardup_status status = nd_buffer_append(&s->text, s->kept.data + s->at, s->kept.size - s->at);
    s->at = s->kept.size;
    return status;
}
