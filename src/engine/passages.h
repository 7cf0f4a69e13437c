/* SPDX-License-Identifier: MIT */
/* The passages of a result, and the readings that find them. */
#ifndef ND_ENGINE_PASSAGES_H
#define ND_ENGINE_PASSAGES_H

#include "engine/passage_texts.h"
#include "passage/group.h"
#include "passage/overlap.h"
#include "text/position.h"

/* What a document has of passages. */
typedef struct nd_document_places {
    uint64_t document;
    uint64_t begin, end; /* in nd_passages.by_document */
    neardup_extent extent;
} nd_document_places;

/* All zero is empty. */
typedef struct nd_passages {
    neardup_passage *passages;
    neardup_place *places;
    uint64_t *by_document;         /* numbers of places, by document and token */
    nd_document_places *documents; /* those that have places, rising */
    neardup_overlap *overlaps;
    size_t passage_count, place_count, document_count, overlap_count;
} nd_passages;

void nd_passages_release(nd_passages *passages);

/* Memory for the following that is used again. All zero is empty. */
typedef struct nd_locator {
    nd_tokens tokens; /* marked */
    nd_layout layout;
    uint32_t *paragraphs; /* their first tokens */
    size_t paragraph_capacity;
} nd_locator;

void nd_locator_release(nd_locator *locator);

/* Fills in the offsets of places[numbers[i]], `count` of them, in a text whose tokens they count.
 * NEARDUP_ERROR_CHANGED where a place reaches behind the last token. */
neardup_status nd_locate_places(nd_locator *locator, const nd_settings *settings, const neardup_text *text,
                                neardup_place *places, const uint64_t *numbers, size_t count);

/* Finds what texts have in common with each other, and repeat of themselves. `dropped` is a byte for each document, not
 * 0 for those that do not stay. */
neardup_status nd_engine_fingerprint(neardup_engine *engine, const nd_registry *registry, const uint8_t *dropped,
                                     nd_passage_texts *texts, neardup_error *error);

/* The last reading: fills in the offsets of all places. */
neardup_status nd_engine_locate(neardup_engine *engine, const nd_registry *registry, nd_passages *passages,
                                neardup_error *error);

/* Fills the result's passages with what the alignments amount to, but for offsets; they are put into another order. */
neardup_status nd_passages_make(const neardup_engine *engine, neardup_result *result, const uint8_t *dropped,
                                nd_passage_texts *texts, neardup_error *error);

/* Fills in the overlaps of the result, which are by (a, b): how much of the two texts they are, and how alike those
 * are. Needs besides so many bytes. */
neardup_status nd_overlaps_compare(const neardup_engine *engine, const nd_passage_texts *texts,
                                   const nd_overlap *overlaps, size_t count, nd_passages *passages,
                                   neardup_error *error);
size_t nd_overlaps_compare_bytes(size_t count, size_t texts);

/* Finds the passages of a result that has its decisions. */
neardup_status nd_engine_passages(neardup_engine *engine, neardup_result *result, neardup_error *error);

#endif
