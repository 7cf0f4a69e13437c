/* SPDX-License-Identifier: MIT */
#include "report/findings.h"

#include "report/saved.h"
#include "report/saved_texts.h"

void nd_report_totals(const nd_report *report, neardup_totals *totals_out) {
    if (report->saved)
        *totals_out = report->saved->totals;
    else
        neardup_result_totals(report->result, totals_out);
}

neardup_status nd_report_document(const nd_report *report, uint64_t number, neardup_document *document_out) {
    if (!report->saved) return neardup_result_document(report->result, number, document_out);
    *document_out = nd_saved_document_at(report->saved, number)->known;
    return NEARDUP_OK;
}

neardup_status nd_report_decision(const nd_report *report, uint64_t document, neardup_decision *decision_out) {
    if (!report->saved) return neardup_result_decision(report->result, document, decision_out);
    *decision_out = nd_saved_document_at(report->saved, document)->decision;
    return NEARDUP_OK;
}

uint64_t nd_report_next(const nd_report *report, uint64_t number) {
    return report->saved ? nd_saved_next(report->saved, number) : number;
}

neardup_status nd_report_extent(const nd_report *report, uint64_t document, neardup_extent *extent_out) {
    if (!report->saved) return neardup_result_extent(report->result, document, extent_out);
    *extent_out = nd_saved_document_at(report->saved, document)->extent;
    return NEARDUP_OK;
}

nd_corpus_document nd_report_at(const nd_report *report, uint64_t document) {
    if (!report->saved) return nd_corpus_document_at(report->corpus, document);
    return nd_saved_document_at(report->saved, document)->place;
}

neardup_status nd_report_document_places(const nd_report *report, uint64_t document, const uint64_t **places_out,
                                         size_t *count_out) {
    if (!report->saved) return neardup_result_document_places(report->result, document, places_out, count_out);
    const nd_saved_document *saved = nd_saved_document_at(report->saved, document);
    *places_out = saved->places ? report->saved->by_document.items + saved->first_place : NULL;
    *count_out = saved->places;
    return NEARDUP_OK;
}

/* Element `number` of a list of the saved result. */
#define GIVE(list, out)                                                                                                \
    do {                                                                                                               \
        if (number >= report->saved->list.count) return NEARDUP_ERROR_ARGUMENT;                                        \
        *(out) = report->saved->list.items[number];                                                                    \
        return NEARDUP_OK;                                                                                             \
    } while (0)

neardup_status nd_report_cluster(const nd_report *report, uint64_t number, neardup_cluster *cluster_out) {
    if (!report->saved) return neardup_result_cluster(report->result, number, cluster_out);
    GIVE(clusters, cluster_out);
}

neardup_status nd_report_pair(const nd_report *report, uint64_t number, neardup_pair *pair_out) {
    if (!report->saved) return neardup_result_pair(report->result, number, pair_out);
    GIVE(pairs, pair_out);
}

neardup_status nd_report_passage(const nd_report *report, uint64_t number, neardup_passage *passage_out) {
    if (!report->saved) return neardup_result_passage(report->result, number, passage_out);
    GIVE(passages, passage_out);
}

neardup_status nd_report_place(const nd_report *report, uint64_t number, neardup_place *place_out) {
    if (!report->saved) return neardup_result_place(report->result, number, place_out);
    GIVE(places, place_out);
}

neardup_status nd_report_overlap(const nd_report *report, uint64_t number, neardup_overlap *overlap_out) {
    if (!report->saved) return neardup_result_overlap(report->result, number, overlap_out);
    GIVE(overlaps, overlap_out);
}

const char *nd_report_source_rule(const nd_report *report) {
    return report->saved ? report->saved->source_rule : nd_corpus_source_rule(report->corpus);
}

uint64_t nd_report_problem_count(const nd_report *report, nd_problem_kind kind) {
    return report->saved ? report->saved->problems.counts[kind] : nd_corpus_problem_count(report->corpus, kind);
}

size_t nd_report_problems(const nd_report *report, const nd_problem **problems_out) {
    if (!report->saved) return nd_corpus_problems(report->corpus, problems_out);
    *problems_out = report->saved->problems.items;
    return report->saved->problems.count;
}

size_t nd_report_limit(const nd_report *report) {
    return report->saved ? (size_t)report->saved->limit : nd_corpus_limit(report->corpus);
}

neardup_status nd_report_fetch(const nd_report *report, const uint64_t *documents, size_t count,
                               neardup_status (*take)(void *context, uint64_t document, const neardup_text *text),
                               void *context) {
    if (report->saved) return nd_saved_texts_fetch(report->saved, documents, count, take, context, report->unread);
    neardup_error reason = {0};
    neardup_status status = nd_corpus_fetch(report->corpus, documents, count, take, context, &reason);
    if (status < 0 && status != NEARDUP_ERROR_MEMORY && report->unread && !report->unread->status)
        *report->unread = reason;
    return status;
}

const char *nd_report_version(const nd_report *report) {
    return report->saved ? report->saved->version : neardup_version();
}

const char *nd_report_unicode_version(const nd_report *report) {
    return report->saved ? report->saved->unicode : neardup_unicode_version();
}

const nd_corpus_options *nd_report_corpus_options(const nd_report *report) {
    return report->saved ? &report->saved->corpus_options : nd_corpus_options_of(report->corpus);
}
