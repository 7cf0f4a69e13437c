/* SPDX-License-Identifier: MIT */
#include "cli/dedup_summary.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "cli/message.h"
#include "cli/search.h"
#include "report/wording.h"

static double share_of(uint64_t part, uint64_t whole) { return whole ? (double)part / (double)whole : 0; }

/* A line put together from pieces, to be told at once. */
typedef struct line {
    char text[2048];
    FILE *out;
} line;

static bool begin(line *l) {
    memset(l->text, 0, sizeof l->text);
    l->out = fmemopen(l->text, sizeof l->text - 1, "w");
    return l->out != NULL;
}

static void end(line *l) {
    fclose(l->out);
    nd_message("%s", l->text);
}

/* "12 of 40 documents of source \"blog\"", or of all. */
static void write_share(FILE *out, const nd_report *report, const nd_guard *guard) {
    neardup_totals totals;
    neardup_result_totals(report->result, &totals);
    uint64_t dropped = guard->by_source ? guard->dropped : totals.dropped;
    uint64_t documents = guard->by_source ? guard->documents : totals.documents;
    fprintf(out, "%s of %s", nd_wording_count(dropped).text,
            nd_wording_counted(documents, "document", "documents").text);
    if (guard->by_source) {
        fputs(" of the source ", out);
        fwrite(guard->source.data, 1, guard->source.size, out);
    }
}

/* Where a document is. */
static void write_document(FILE *out, const nd_report *report, uint64_t document) {
    nd_corpus_document place = nd_corpus_document_at(report->corpus, document);
    if (nd_span_equals(place.shown, "-"))
        fputs("standard input", out);
    else
        fwrite(place.shown.data, 1, place.shown.size, out);
    if (place.record != NEARDUP_NONE) fprintf(out, ":%" PRIu64, place.record + 1);
}

/* The cluster most of them belong to, by the document that stays. */
static void write_cluster(FILE *out, const nd_report *report, const nd_guard *guard) {
    neardup_cluster cluster;
    if (neardup_result_cluster(report->result, guard->cluster, &cluster)) return;
    fprintf(out, "; most of them, %s, for ", nd_wording_count(guard->in_cluster).text);
    write_document(out, report, cluster.keep);
}

void nd_dedup_tell_refusal(const nd_report *report, const nd_guard *guard, double share) {
    line l;
    if (!begin(&l)) return;
    write_share(l.out, report, guard);
    fprintf(l.out, " would go, more than --max-drop %g%%", share * 100);
    write_cluster(l.out, report, guard);
    fputs(". Nothing is written", l.out);
    end(&l);
}

void nd_dedup_tell_loss(const nd_report *report, const nd_guard *guard) {
    line l;
    if (!begin(&l)) return;
    fputs("warning: ", l.out);
    write_share(l.out, report, guard);
    fputs(" go", l.out);
    write_cluster(l.out, report, guard);
    fputs(" (--max-drop sets a limit)", l.out);
    end(&l);
}

/* ---- summary ---- */

static void tell_documents(const nd_filter *filter, const neardup_totals *totals) {
    line l;
    if (!begin(&l)) return;
    fprintf(l.out, "%s in, %s kept, %s %s", nd_wording_counted(totals->documents, "document", "documents").text,
            nd_wording_count(totals->kept).text, nd_wording_count(totals->dropped).text,
            filter->note_key ? "marked as copies" : "dropped");
    if (totals->dropped)
        fprintf(l.out, " (%s identical, %s near)", nd_wording_count(totals->identical).text,
                nd_wording_count(totals->near).text);
    if (totals->references)
        fprintf(l.out, "; compared with %s, too",
                nd_wording_counted(totals->references, "reference", "references").text);
    uint64_t bad = nd_corpus_problem_count(filter->report->corpus, ND_PROBLEM_BAD_RECORD);
    if (bad > filter->counts.bad) /* the others are accounted for by their lines */
        fprintf(l.out, ", among which %s",
                nd_wording_counted(bad - filter->counts.bad, "line is no record", "lines are no records").text);
    end(&l);
}

/* Accounts for every line of the input. */
static void tell_lines(const nd_filter *filter, const neardup_totals *totals) {
    const nd_filter_counts *c = &filter->counts;
    line l;
    if (!(c->bad || c->blank || c->others || c->lost) || !begin(&l)) return;
    const char *comma = "";
    if (c->lines) {
        fprintf(l.out, "%s: %s", nd_wording_counted(c->lines, "line", "lines").text,
                nd_wording_counted(totals->documents - c->files, "document", "documents").text);
        if (c->bad)
            fprintf(l.out, ", %s (%s)", nd_wording_counted(c->bad, "bad record", "bad records").text,
                    filter->targets[ND_FATE_BAD].name ? "moved to --bad-records" : "kept in place");
        if (c->blank) fprintf(l.out, ", %s", nd_wording_counted(c->blank, "empty line", "empty lines").text);
        comma = "; ";
    }
    if (c->others) {
        fprintf(l.out, "%s%s that %s no document copied as well", comma,
                nd_wording_counted(c->others, "file", "files").text, c->others == 1 ? "is" : "are");
        comma = "; ";
    }
    if (c->lost) fprintf(l.out, "%s%s could not be copied", comma, nd_wording_counted(c->lost, "file", "files").text);
    end(&l);
}

/* What was cut or marked, and what was not. */
static void tell_cuts(const nd_filter *filter) {
    const nd_filter_counts *c = &filter->counts;
    line l;
    if (filter->cuts.use == ND_PASSAGES_LEAVE || !begin(&l)) return;
    fprintf(l.out, "%s (%s) %s", nd_wording_counted(c->cuts, "passage", "passages").text,
            nd_wording_bytes(c->cut_bytes).text, filter->note_key ? "marked in" : "cut out of");
    fprintf(l.out, " %s", nd_wording_counted(c->cut_documents, "document", "documents").text);
    if (c->uncut)
        fprintf(l.out, "; %s whole, because %s HTML, not UTF-8, or joined from several fields",
                nd_wording_counted(c->uncut, "document stays", "documents stay").text,
                c->uncut == 1 ? "it is" : "they are");
    end(&l);
}

static void tell_largest(const nd_filter *filter) {
    const nd_report *report = filter->report;
    nd_guard guard;
    line l;
    if (nd_guard_look(report, 1, &guard, NULL) || guard.cluster == NEARDUP_NONE || !begin(&l)) return;
    neardup_cluster cluster;
    neardup_result_cluster(report->result, guard.cluster, &cluster);
    fprintf(l.out, "largest group: %s, of which stays ",
            nd_wording_counted(cluster.size, "document", "documents").text);
    write_document(l.out, report, cluster.keep);
    if (guard.documents) {
        fputs("; most reduced source: ", l.out);
        fwrite(guard.source.data, 1, guard.source.size, l.out);
        fprintf(l.out, ", by %s", nd_wording_percent(share_of(guard.dropped, guard.documents), 0).text);
    }
    end(&l);
}

void nd_dedup_tell_lost(const nd_filter *filter) {
    uint64_t lost = filter->counts.lost;
    if (lost) nd_message("%s could not be copied", nd_wording_counted(lost, "file", "files").text);
}

void nd_dedup_tell_summary(const nd_filter *filter, double seconds) {
    neardup_totals totals;
    neardup_result_totals(filter->report->result, &totals);
    tell_documents(filter, &totals);
    tell_lines(filter, &totals);
    tell_cuts(filter);
    tell_largest(filter);
    nd_message("%.1f s, peak memory %s", seconds, nd_wording_bytes(nd_peak_memory()).text);
}
