/* SPDX-License-Identifier: MIT */
#include "report/saved.h"

#include "base/memory.h"

void nd_saved_release(nd_saved *saved) {
    nd_free(saved->documents.items);
    nd_free(saved->clusters.items);
    nd_free(saved->members.items);
    nd_free(saved->passages.items);
    nd_free(saved->places.items);
    nd_free(saved->by_document.items);
    nd_free(saved->overlaps.items);
    nd_free(saved->pairs.items);
    nd_free(saved->sources.items);
    nd_problems_release(&saved->problems);
    nd_arena_release(&saved->arena);
    *saved = (nd_saved){0};
}

/* The place of the first listed document that is not before `number`. */
static size_t find(const nd_saved *saved, uint64_t number) {
    size_t low = 0, high = saved->documents.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (saved->documents.items[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t nd_saved_next(const nd_saved *saved, uint64_t number) {
    size_t place = find(saved, number);
    return place < saved->documents.count ? saved->documents.items[place].number : NEARDUP_NONE;
}

const nd_saved_document *nd_saved_document_at(const nd_saved *saved, uint64_t number) {
    static const nd_saved_document unlisted = {
        .number = NEARDUP_NONE,
        .decision = {.dup_of = NEARDUP_NONE, .cluster = NEARDUP_NONE},
        .place = {.path = {"", 0}, .file = {"", 0}, .shown = {"", 0}, .record = NEARDUP_NONE},
    };
    size_t place = find(saved, number);
    bool listed = place < saved->documents.count && saved->documents.items[place].number == number;
    return listed ? &saved->documents.items[place] : &unlisted;
}
