/* SPDX-License-Identifier: MIT */
#include "report/saved_finish.h"

#include <stdlib.h>

#include "base/memory.h"

static neardup_status number_document(nd_saved *s, uint64_t *key) {
    const neardup_totals *t = &s->totals;
    bool reference = *key < ND_SAVED_NO_REFERENCE;
    uint64_t number = reference ? *key : *key - ND_SAVED_NO_REFERENCE;
    if (number >= (reference ? t->references : t->documents)) return NEARDUP_ERROR_ARGUMENT;
    *key = reference ? number : number + t->references;
    return NEARDUP_OK;
}

static neardup_status number_documents(nd_saved *s) {
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < s->documents.count && !status; i++) {
        status = number_document(s, &s->documents.items[i].number);
        uint64_t *dup_of = &s->documents.items[i].decision.dup_of;
        if (!status && *dup_of != NEARDUP_NONE) status = number_document(s, dup_of);
    }
    for (size_t i = 0; i < s->clusters.count && !status; i++) status = number_document(s, &s->clusters.items[i].keep);
    for (size_t i = 0; i < s->members.count && !status; i++) status = number_document(s, &s->members.items[i]);
    for (size_t i = 0; i < s->places.count && !status; i++) status = number_document(s, &s->places.items[i].document);
    for (size_t i = 0; i < s->overlaps.count && !status; i++) {
        status = number_document(s, &s->overlaps.items[i].a);
        if (!status) status = number_document(s, &s->overlaps.items[i].b);
    }
    for (size_t i = 0; i < s->pairs.count && !status; i++) {
        status = number_document(s, &s->pairs.items[i].a);
        if (!status) status = number_document(s, &s->pairs.items[i].b);
    }
    return status;
}

static int compare_places(const void *left, const void *right) {
    const neardup_place *a = *(const neardup_place *const *)left, *b = *(const neardup_place *const *)right;
    if (a->document != b->document) return a->document < b->document ? -1 : 1;
    if (a->begin != b->begin) return a->begin < b->begin ? -1 : 1;
    return a < b ? -1 : a > b; /* they are in the order of passages, which is that of first places */
}

/* Lists the places by document. */
static neardup_status list_places(nd_saved *s) {
    size_t count = s->places.count;
    const neardup_place **order = nd_allocate(count, sizeof *order);
    neardup_status status = order ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    if (!status)
        status = nd_reserve(&s->by_document.items, &s->by_document.capacity, count, sizeof *s->by_document.items);
    for (size_t i = 0; i < count && !status; i++) order[i] = &s->places.items[i];
    if (count && !status) qsort(order, count, sizeof *order, compare_places);
    for (size_t i = 0; i < count && !status; i++) s->by_document.items[i] = (uint64_t)(order[i] - s->places.items);
    if (!status) s->by_document.count = count;
    uint64_t at = 0;
    for (size_t i = 0; i < s->documents.count; i++) {
        s->documents.items[i].first_place = at;
        at += s->documents.items[i].places;
    }
    nd_free(order);
    return status;
}

static int compare_paths(const void *left, const void *right) {
    const nd_corpus_document *a = *(nd_corpus_document *const *)left, *b = *(nd_corpus_document *const *)right;
    int order = nd_span_compare(a->path, b->path);
    return order ? order : nd_span_compare(a->file, b->file);
}

/* Where two files have one path, people are shown what opens them. */
static neardup_status choose_shown(nd_saved *s) {
    size_t count = s->documents.count;
    nd_corpus_document **places = nd_allocate(count, sizeof *places);
    bool ambiguous = false;
    if (!places) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) places[i] = &s->documents.items[i].place;
    if (count) qsort(places, count, sizeof *places, compare_paths);
    for (size_t i = 1; i < count; i++)
        ambiguous |= nd_span_compare(places[i - 1]->path, places[i]->path) == 0 &&
                     nd_span_compare(places[i - 1]->file, places[i]->file) != 0;
    for (size_t i = 0; i < count && ambiguous; i++) places[i]->shown = places[i]->file;
    nd_free(places);
    return NEARDUP_OK;
}

neardup_status nd_saved_finish(nd_saved *s) {
    const uint64_t *members = s->members.items;
    for (size_t i = 0; i < s->clusters.count; i++) {
        s->clusters.items[i].members = members;
        members += s->clusters.items[i].size;
    }
    s->totals.clusters = s->clusters.count;
    s->totals.passages = s->passages.count;
    s->totals.places = s->places.count;
    s->totals.overlaps = s->overlaps.count;
    s->totals.pairs = s->pairs.count;
    neardup_status status = number_documents(s);
    if (!status) status = list_places(s);
    return status ? status : choose_shown(s);
}
