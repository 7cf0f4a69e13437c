/* SPDX-License-Identifier: MIT */
#include "filter/guard.h"

#include "report/source_table.h"

/* 29 of 100 are not more than 29 %, although .29 * 100 is a little less than 29. */
static bool is_more(uint64_t part, uint64_t whole, double share) {
    return (double)part > (double)whole * share * (1 + 1e-12);
}

/* Finds the cluster that most documents of a source (any, where its size is 0) would go for. */
static void find_cluster(const nd_report *report, nd_span source, nd_guard *guard) {
    neardup_totals totals;
    neardup_result_totals(report->result, &totals);
    guard->cluster = NEARDUP_NONE;
    guard->in_cluster = 0;
    for (uint64_t number = 0; number < totals.clusters; number++) {
        neardup_cluster cluster;
        neardup_result_cluster(report->result, number, &cluster);
        if (cluster.size - 1 <= guard->in_cluster) continue;
        uint64_t count = 0;
        for (size_t i = 1; i < cluster.size; i++)
            count += !source.size ||
                     nd_span_compare(nd_corpus_document_at(report->corpus, cluster.members[i]).source, source) == 0;
        if (count <= guard->in_cluster) continue;
        guard->cluster = number;
        guard->in_cluster = count;
    }
}

neardup_status nd_guard_look(const nd_report *report, double share, nd_guard *guard_out, neardup_error *error) {
    nd_source_table table;
    neardup_status status = nd_source_table_init(report, &table, error);
    if (status) return status;
    neardup_totals totals;
    neardup_result_totals(report->result, &totals);
    nd_guard guard = {.cluster = NEARDUP_NONE};
    for (size_t i = 0; i < table.count; i++) {
        const nd_source_row *row = &table.rows[i];
        if (row->documents < ND_GUARDED_SOURCE || !row->dropped) continue;
        /* a / b > c / d without rounding; counts of documents are far from overflow. */
        if (guard.documents && row->dropped * guard.documents <= guard.dropped * row->documents) continue;
        guard.source = row->name;
        guard.documents = row->documents;
        guard.dropped = row->dropped;
    }
    nd_source_table_release(&table);
    guard.by_source = guard.documents && is_more(guard.dropped, guard.documents, share);
    guard.exceeded = guard.by_source || is_more(totals.dropped, totals.documents, share);
    find_cluster(report, guard.by_source ? guard.source : (nd_span){0}, &guard);
    *guard_out = guard;
    return NEARDUP_OK;
}
