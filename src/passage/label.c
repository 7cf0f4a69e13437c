/* SPDX-License-Identifier: MIT */
#include "passage/label.h"

#include <stdlib.h>

#include "base/memory.h"

/* What the group has of one text. */
typedef struct part {
    uint32_t source;
    double share; /* of the text's tokens */
} part;

static int compare_shares(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static int compare_sources(const void *left, const void *right) {
    uint32_t a = ((const part *)left)->source, b = ((const part *)right)->source;
    return (a > b) - (a < b);
}

/* Whether the group is less than a quarter of its documents, by the median. `shares` is put into order. */
static bool is_small(double *shares, size_t count) {
    qsort(shares, count, sizeof *shares, compare_shares);
    double median = (shares[(count - 1) / 2] + shares[count / 2]) / 2;
    return median * ND_BOILERPLATE_SHARE < 1;
}

/* The parts of a group, by source. Places of one text stand together. */
static size_t list_parts(const nd_sequences *sequences, const nd_sources *sources, const nd_place *places, size_t count,
                         part *parts) {
    size_t found = 0;
    for (size_t i = 0, tokens = 0; i < count; i++) {
        uint32_t text = places[i].stretch.text;
        tokens += places[i].stretch.end - places[i].stretch.begin;
        if (i + 1 < count && places[i + 1].stretch.text == text) continue;
        parts[found++] = (part){sources->source_of ? sources->source_of[text] : ND_NO_SOURCE,
                                (double)tokens / (double)nd_sequences_size(sequences, text)};
        tokens = 0;
    }
    qsort(parts, found, sizeof *parts, compare_sources);
    return found;
}

/* Counts the sources, and looks for one of which at least half of the documents have it, as a small part. */
static bool has_habit(const nd_sources *sources, const part *parts, size_t count, double *shares, uint64_t *count_out) {
    bool habit = false;
    *count_out = 0;
    for (size_t begin = 0, end; begin < count; begin = end) {
        uint32_t source = parts[begin].source;
        for (end = begin; end < count && parts[end].source == source; end++) shares[end - begin] = parts[end].share;
        if (source == ND_NO_SOURCE) continue;
        ++*count_out;
        if (sources->trivial || sources->texts[source] < ND_MANY_DOCUMENTS) continue;
        habit |= (end - begin) * ND_SOURCE_SHARE >= sources->texts[source] && is_small(shares, end - begin);
    }
    return habit;
}

neardup_status nd_label_of(const nd_sequences *sequences, const nd_sources *sources, const nd_place *places,
                           size_t count, nd_label *label_out) {
    part *parts = nd_allocate(count, sizeof *parts);
    double *shares = nd_allocate(count, sizeof *shares);
    if (!parts || !shares) {
        nd_free(parts);
        nd_free(shares);
        return NEARDUP_ERROR_MEMORY;
    }
    nd_label label = {.label = NEARDUP_SHARED_PASSAGE, .rule = NEARDUP_RULE_OTHER};
    label.documents = list_parts(sequences, sources, places, count, parts);
    bool habit = has_habit(sources, parts, (size_t)label.documents, shares, &label.sources);
    bool many = sources->trivial && label.documents >= ND_MANY_DOCUMENTS;
    for (size_t i = 0; many && i < label.documents; i++) shares[i] = parts[i].share;
    if (label.documents == 1)
        label = (nd_label){NEARDUP_SELF_REPEAT, NEARDUP_RULE_ONE_DOCUMENT, 1, label.sources};
    else if (habit)
        label.label = NEARDUP_BOILERPLATE, label.rule = NEARDUP_RULE_HALF_OF_A_SOURCE;
    else if (many && is_small(shares, (size_t)label.documents))
        label.label = NEARDUP_BOILERPLATE, label.rule = NEARDUP_RULE_MANY_DOCUMENTS;
    else if (label.sources >= 2)
        label.label = NEARDUP_SYNDICATED, label.rule = NEARDUP_RULE_SEVERAL_SOURCES;
    nd_free(parts);
    nd_free(shares);
    *label_out = label;
    return NEARDUP_OK;
}
