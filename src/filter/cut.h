/* SPDX-License-Identifier: MIT */
/*
 * Cuts: which parts of a document that stays are taken out, because they repeat what stands elsewhere. Of every passage
 * the first place stays; another place goes if it is nearly the same, snapped inward to whole sentences, and to whole
 * paragraphs with their line breaks where one is covered entirely. No sentence goes of which anything belongs to the
 * first place of a passage whose other places go: so what a cut points to is always there.
 */
#ifndef ND_FILTER_CUT_H
#define ND_FILTER_CUT_H

#include "report/decision.h"

/* The least identity of a place that is cut. */
#define ND_CUT_IDENTITY 0.95

typedef enum nd_passages_use {
    ND_PASSAGES_LEAVE,
    ND_PASSAGES_CUT, /* out of what stays */
    ND_PASSAGES_MARK /* in the notes */
} nd_passages_use;

/* What becomes of repeated passages. */
typedef struct nd_cut_rules {
    nd_passages_use use;
    unsigned labels; /* of which passages: a bit 1 << neardup_label for each */
} nd_cut_rules;

/* Whether something of the document may have to go: it stays, is no reference, and has a place that is not the first.
 */
bool nd_cuts_expected(const nd_cut_rules *rules, const nd_report *report, uint64_t document);

/* A part of the text, in bytes. */
typedef struct nd_part {
    uint64_t begin, end;
    uint64_t place;
} nd_part;

typedef struct nd_parts {
    nd_part *items;
    size_t count, capacity;
} nd_parts;

/* Finds cuts; memory that is used again. All zero at first; one thread at a time. */
typedef struct nd_cutter {
    nd_cut *cuts; /* of one document, in order; none overlap */
    size_t count;
    /* Inside. */
    size_t capacity;
    nd_parts repeated, first; /* places, by where they begin: those that go, and those that stay whatever else goes */
} nd_cutter;

void nd_cutter_release(nd_cutter *cutter);

/* Replaces cutter->cuts by those of a document for which nd_cuts_expected holds. `text` is its text, not NEARDUP_HTML;
 * raw offsets count from text->raw_offset. */
neardup_status nd_cutter_find(nd_cutter *cutter, const nd_cut_rules *rules, const nd_report *report, uint64_t document,
                              const neardup_text *text);

#endif
