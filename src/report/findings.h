/* SPDX-License-Identifier: MIT */
/*
 * What a report shows, wherever it comes from: a result with its corpus, or one that was saved. The functions are those
 * of neardup.h and io/corpus.h of the same names, with the same promises.
 */
#ifndef ND_REPORT_FINDINGS_H
#define ND_REPORT_FINDINGS_H

#include "report/report.h"

void nd_report_totals(const nd_report *report, neardup_totals *totals_out);

/* The first document from `number` on of which there may be something to tell: of a saved result, which may say that
 * there were any number of them, one that it lists. At least the number of all documents when there is none. */
uint64_t nd_report_next(const nd_report *report, uint64_t number);
neardup_status nd_report_document(const nd_report *report, uint64_t number, neardup_document *document_out);
neardup_status nd_report_decision(const nd_report *report, uint64_t document, neardup_decision *decision_out);
neardup_status nd_report_cluster(const nd_report *report, uint64_t number, neardup_cluster *cluster_out);
neardup_status nd_report_pair(const nd_report *report, uint64_t number, neardup_pair *pair_out);
neardup_status nd_report_passage(const nd_report *report, uint64_t number, neardup_passage *passage_out);
neardup_status nd_report_place(const nd_report *report, uint64_t number, neardup_place *place_out);
neardup_status nd_report_overlap(const nd_report *report, uint64_t number, neardup_overlap *overlap_out);
neardup_status nd_report_extent(const nd_report *report, uint64_t document, neardup_extent *extent_out);
neardup_status nd_report_document_places(const nd_report *report, uint64_t document, const uint64_t **places_out,
                                         size_t *count_out);

nd_corpus_document nd_report_at(const nd_report *report, uint64_t document);
const char *nd_report_source_rule(const nd_report *report);
uint64_t nd_report_problem_count(const nd_report *report, nd_problem_kind kind);
size_t nd_report_problems(const nd_report *report, const nd_problem **problems_out);
size_t nd_report_limit(const nd_report *report);

/* Where texts cannot be read again, the report's `unread` says why. Of a saved result, documents that are no longer
 * what they were are passed over. */
neardup_status nd_report_fetch(const nd_report *report, const uint64_t *documents, size_t count,
                               neardup_status (*take)(void *context, uint64_t document, const neardup_text *text),
                               void *context);

/* The versions of neardup and Unicode that found it all, and the corpus options a text depends on. */
const char *nd_report_version(const nd_report *report);
const char *nd_report_unicode_version(const nd_report *report);
const nd_corpus_options *nd_report_corpus_options(const nd_report *report);

#endif
