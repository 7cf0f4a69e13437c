/* SPDX-License-Identifier: MIT */
/*
 * A result that was saved as JSON Lines (schema neardup/1), read back: all that reports show. Documents that a result
 * does not list are kept, in no cluster and without passages.
 */
#ifndef ND_REPORT_SAVED_H
#define ND_REPORT_SAVED_H

#include "base/arena.h"
#include "io/corpus.h"
#include "report/source_table.h"

/* A document that is listed. */
typedef struct nd_saved_document {
    uint64_t number;
    neardup_document known; /* checksum is 0 where the result has none */
    neardup_decision decision;
    neardup_extent extent;
    nd_corpus_document place;
    uint64_t first_place, places; /* in by_document */
} nd_saved_document;

#define ND_LIST(type)                                                                                                  \
    struct {                                                                                                           \
        type *items;                                                                                                   \
        size_t count, capacity;                                                                                        \
    }

typedef struct nd_saved {
    const char *name; /* of the file, borrowed */
    const char *version, *unicode, *keep, *source_rule;
    neardup_options options;
    neardup_plan plan;
    nd_corpus_options corpus_options; /* but for the operands */
    neardup_totals totals;
    double seconds;
    uint64_t limit;                       /* bytes of the largest document that was read */
    ND_LIST(nd_saved_document) documents; /* by number */
    ND_LIST(neardup_cluster) clusters;
    ND_LIST(uint64_t) members; /* of the clusters, one behind the other */
    ND_LIST(neardup_passage) passages;
    ND_LIST(neardup_place) places;
    ND_LIST(uint64_t) by_document; /* numbers of places, by document and token */
    ND_LIST(neardup_overlap) overlaps;
    ND_LIST(neardup_pair) pairs;
    ND_LIST(nd_source_row) sources;
    nd_problems problems;
    nd_arena arena; /* all texts */
} nd_saved;

/* Reads a saved result, compressed or not; "-" is standard input. `name` is borrowed. NEARDUP_ERROR_SOURCE with a
 * sentence that names the file and the line where it is not what neardup writes, or ends too early. To be released
 * whatever the outcome. */
neardup_status nd_saved_read(const char *name, nd_saved *saved_out, neardup_error *error);

void nd_saved_release(nd_saved *saved);

/* The first document from `number` on that is listed, or NEARDUP_NONE. A result says how many documents there were,
 * which may be any number: what is done for each of them is done for those that are listed. */
uint64_t nd_saved_next(const nd_saved *saved, uint64_t number);

/* A document; for one that is not listed, what holds of all those. */
const nd_saved_document *nd_saved_document_at(const nd_saved *saved, uint64_t number);

#endif
