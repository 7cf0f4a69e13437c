/* SPDX-License-Identifier: MIT */
/*
 * One pass per kind of line, in the schema's order; nothing is held but the table of sources. Fields about passages
 * are left out while no passages were looked for: a 0 would claim that there are none.
 */
#include "report/jsonl.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "report/findings.h"
#include "report/json_out.h"
#include "report/jsonl_passages.h"
#include "report/source_table.h"
#include "report/wording.h"

const char *nd_problem_name(nd_problem_kind kind) {
    switch (kind) {
    case ND_PROBLEM_BINARY: return "binary";
    case ND_PROBLEM_SPECIAL: return "special";
    case ND_PROBLEM_UNREADABLE: return "unreadable";
    case ND_PROBLEM_DAMAGED: return "damaged";
    case ND_PROBLEM_EXPANDED: return "expanded";
    case ND_PROBLEM_UNDECODABLE: return "undecodable";
    case ND_PROBLEM_BAD_RECORD: return "bad-record";
    case ND_PROBLEM_SET_ASIDE: return "set-aside";
    }
    return "unknown";
}

/* Names between commas. */
static void write_list(nd_json *json, const char *key, nd_strings list) {
    char names[1024] = "";
    for (size_t i = 0, used = 0; i < list.count && used < sizeof names; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? "," : "", list.items[i]);
    if (list.count) nd_json_text(json, key, names);
}

/* How texts were read, where that is not the usual way: they may be read again. */
static void write_reading(nd_json *json, const nd_corpus_options *options) {
    if (options->format != ND_FORMAT_AUTO)
        nd_json_text(json, "format", options->format == ND_FORMAT_JSONL ? "jsonl" : "text");
    if (options->markup != ND_MARKUP_AUTO) nd_json_text(json, "markup", "none");
    write_list(json, "encoding", options->encodings);
    write_list(json, "text_field", options->text_fields);
}

void nd_jsonl_write_params(nd_json *json, const nd_report *report) {
    const neardup_options *options = report->options;
    char shingle[32];
    snprintf(shingle, sizeof shingle, "%s:%u", options->shingle_unit == NEARDUP_CHAR ? "char" : "word",
             options->shingle_length);
    nd_json_begin(json, "params");
    nd_json_number(json, "threshold", options->threshold);
    nd_json_text(json, "shingle", shingle);
    nd_json_number(json, "recall", options->recall);
    nd_json_count(json, "seed", options->seed);
    nd_json_count(json, "bands", report->plan->bands);
    nd_json_count(json, "rows", report->plan->rows);
    nd_json_text(json, "keep", report->keep);
    nd_json_text(json, "sources", nd_report_source_rule(report));
    nd_json_text(json, "find", options->passages ? "documents,passages" : "documents");
    if (options->passages) nd_json_count(json, "min_words", options->min_words);
    if (options->min_tokens > 1) nd_json_count(json, "min_tokens", options->min_tokens);
    if (options->clustering == NEARDUP_COMPONENT) nd_json_text(json, "cluster", "component");
    if (report->pairs_from > 0) nd_json_number(json, "pairs_from", report->pairs_from);
    write_reading(json, nd_report_corpus_options(report));
    nd_json_end(json);
}

void nd_jsonl_write_header(const nd_report *report, FILE *out) {
    nd_json json = nd_json_line(out, "header");
    nd_json_text(&json, "schema", "neardup/1");
    nd_json_text(&json, "version", nd_report_version(report));
    nd_json_text(&json, "unicode", nd_report_unicode_version(report));
    nd_jsonl_write_params(&json, report);
    nd_json_share(&json, "expected_recall", report->plan->expected_recall);
    nd_json_end_line(&json);
}

/* Why a document was kept without being compared, where a reader should know; NULL elsewhere. Empty and short documents
 * are counted in the summary only: there the user knows, and they may be many. */
static const char *reason_of(neardup_condition condition) {
    if (condition == NEARDUP_SUSPECT) return "suspect-encoding";
    if (condition == NEARDUP_SET_ASIDE) return "set-aside";
    return NULL;
}

static void write_document(const nd_report *report, FILE *out, uint64_t number) {
    neardup_document document;
    neardup_decision decision;
    nd_report_document(report, number, &document);
    nd_report_decision(report, number, &decision);
    const char *reason = reason_of(document.condition);
    const uint64_t *places;
    size_t place_count = 0;
    nd_report_document_places(report, number, &places, &place_count);
    if (decision.cluster == NEARDUP_NONE && !reason && !place_count) return;

    nd_corpus_document place = nd_report_at(report, number);
    nd_json json = nd_json_line(out, "document");
    nd_json_integer(&json, "doc", nd_report_number(report, number));
    nd_jsonl_write_document(&json, &place);
    if (nd_span_compare(place.file, place.path) != 0) nd_json_bytes(&json, "file", place.file);
    nd_json_count(&json, "bytes", document.bytes);
    nd_json_count(&json, "tokens", document.tokens);
    if (place.source.size) nd_json_bytes(&json, "source", place.source);
    if (place.encoding.size) nd_json_bytes(&json, "encoding", place.encoding);
    nd_json_text(&json, "status", nd_report_fate(report, number, &decision));
    if (reason) nd_json_text(&json, "reason", reason);
    if (report->options->passages) nd_jsonl_write_extent(report, &json, number);
    if (document.checksum && !report->brief) {
        char checksum[24];
        snprintf(checksum, sizeof checksum, "%016" PRIx64, document.checksum);
        nd_json_text(&json, "checksum", checksum);
    }
    nd_json_end_line(&json);
}

/* Whether it kept a file, or the rest of one, from being read. */
static bool is_skipped(nd_problem_kind kind) { return kind != ND_PROBLEM_BAD_RECORD && kind != ND_PROBLEM_SET_ASIDE; }

/* Files that gave no document, or not all of theirs. They have no number. */
static void write_skipped(const nd_report *report, FILE *out) {
    const nd_problem *problems;
    size_t count = nd_report_problems(report, &problems);
    for (size_t i = 0; i < count; i++) {
        if (!is_skipped(problems[i].kind)) continue;
        nd_json json = nd_json_line(out, "document");
        nd_json_null(&json, "doc");
        nd_json_bytes(&json, "path", problems[i].path);
        nd_json_text(&json, "status", "skipped");
        nd_json_text(&json, "reason", nd_problem_name(problems[i].kind));
        if (problems[i].message.size) nd_json_string(&json, "message", problems[i].message);
        nd_json_end_line(&json);
    }
}

static void write_member(const nd_report *report, FILE *out, uint64_t cluster, uint64_t number) {
    neardup_decision decision;
    nd_report_decision(report, number, &decision);
    nd_json json = nd_json_line(out, "member");
    nd_json_count(&json, "cluster", cluster);
    nd_jsonl_write_mention(report, &json, number);
    nd_json_text(&json, "status", nd_report_fate(report, number, &decision));
    if (decision.dropped) {
        nd_json_integer(&json, "dup_of", nd_report_number(report, decision.dup_of));
        if (!report->brief) nd_json_bytes(&json, "dup_path", nd_report_at(report, decision.dup_of).path);
        nd_json_text(&json, "kind", decision.identical ? "identical" : "near");
        nd_json_share(&json, "jaccard", decision.jaccard);
        nd_json_share(&json, "containment", decision.containment);
        nd_json_flag(&json, "same_bytes", decision.same_bytes);
    }
    nd_json_end_line(&json);
}

static void write_cluster(const nd_report *report, FILE *out, uint64_t number) {
    neardup_cluster cluster;
    nd_report_cluster(report, number, &cluster);
    nd_json json = nd_json_line(out, "cluster");
    nd_json_count(&json, "cluster", number);
    nd_json_integer(&json, "keep", nd_report_number(report, cluster.keep));
    nd_json_count(&json, "size", cluster.size);
    nd_json_count(&json, "identical", cluster.identical);
    nd_json_count(&json, "near", cluster.near);
    nd_json_share(&json, "min_jaccard", cluster.min_jaccard);
    nd_json_end_line(&json);
    for (size_t i = 0; i < cluster.size; i++) write_member(report, out, number, cluster.members[i]);
}

static void write_pair(const nd_report *report, FILE *out, uint64_t number) {
    neardup_pair pair;
    nd_report_pair(report, number, &pair);
    if (pair.jaccard < (report->pairs_from > 0 ? report->pairs_from : report->options->threshold)) return;
    nd_json json = nd_json_line(out, "pair");
    nd_json_integer(&json, "a", nd_report_number(report, pair.a));
    nd_json_integer(&json, "b", nd_report_number(report, pair.b));
    nd_json_share(&json, "jaccard", pair.jaccard);
    nd_json_share(&json, "containment_a", pair.containment_a);
    nd_json_share(&json, "containment_b", pair.containment_b);
    nd_json_end_line(&json);
}

static neardup_status write_sources(const nd_report *report, FILE *out, neardup_error *error) {
    nd_source_table table;
    neardup_status status = nd_source_table_init(report, &table, error);
    if (status) return status;
    for (size_t i = 0; i < table.count; i++) {
        const nd_source_row *row = &table.rows[i];
        if (!nd_source_row_matters(report, row)) continue;
        nd_json json = nd_json_line(out, "source");
        nd_json_bytes(&json, "source", row->name);
        nd_json_count(&json, "documents", row->documents);
        nd_json_count(&json, "dropped", row->dropped);
        nd_json_count(&json, "tokens", row->tokens);
        if (report->options->passages) nd_json_count(&json, "boilerplate_tokens", row->boilerplate);
        nd_json_end_line(&json);
    }
    nd_source_table_release(&table);
    return NEARDUP_OK;
}

/* ---- warnings ---- */

static nd_json begin_warning(FILE *out, const char *code, const char *message) {
    nd_json json = nd_json_line(out, "warning");
    nd_json_text(&json, "code", code);
    nd_json_text(&json, "message", message);
    return json;
}

static void warn_of_large_clusters(const nd_report *report, FILE *out, uint64_t clusters) {
    for (uint64_t number = 0; number < clusters; number++) {
        neardup_cluster cluster;
        nd_report_cluster(report, number, &cluster);
        if (cluster.size < ND_LARGE_CLUSTER) continue;
        char message[160];
        snprintf(message, sizeof message,
                 "cluster %" PRIu64 " has %zu documents: look at a few before all but one of them go", number,
                 cluster.size);
        nd_json json = begin_warning(out, "large-cluster", message);
        nd_json_count(&json, "cluster", number);
        nd_json_count(&json, "size", cluster.size);
        nd_json_end_line(&json);
    }
}

static void warn_of_suspects(const nd_report *report, FILE *out, const neardup_totals *totals) {
    uint64_t left = totals->suspect;
    for (uint64_t number = totals->references; left; number++) {
        neardup_document document;
        nd_report_document(report, number, &document);
        if (document.condition != NEARDUP_SUSPECT) continue;
        nd_corpus_document place = nd_report_at(report, number);
        nd_json json = begin_warning(out, "suspect-encoding",
                                     "over 1 % of its bytes are not well-formed UTF-8: kept and not compared; "
                                     "--encoding names its charset");
        nd_json_integer(&json, "doc", nd_report_number(report, number));
        nd_jsonl_write_document(&json, &place);
        nd_json_end_line(&json);
        left--;
    }
}

/* Bad records, or documents that are set aside. */
static void warn_of_each(const nd_report *report, FILE *out, nd_problem_kind kind) {
    const nd_problem *problems;
    size_t count = nd_report_problems(report, &problems);
    for (size_t i = 0; i < count; i++) {
        if (problems[i].kind != kind) continue;
        nd_json json = nd_json_line(out, "warning");
        nd_json_text(&json, "code", nd_problem_name(kind));
        nd_json_string(&json, "message", problems[i].message);
        nd_json_bytes(&json, "path", problems[i].path);
        if (problems[i].record != NEARDUP_NONE) nd_json_count(&json, "record", problems[i].record);
        if (problems[i].byte != NEARDUP_NONE) nd_json_count(&json, "byte", problems[i].byte);
        if (problems[i].bytes) nd_json_count(&json, "size", problems[i].bytes);
        if (kind == ND_PROBLEM_SET_ASIDE) nd_json_count(&json, "limit", nd_report_limit(report));
        nd_json_end_line(&json);
    }
}

static void warn_with_count(FILE *out, const char *code, const char *message, uint64_t count) {
    if (!count) return;
    nd_json json = begin_warning(out, code, message);
    nd_json_count(&json, "count", count);
    nd_json_end_line(&json);
}

/* Problems are listed up to a number of each kind. */
static void warn_of_unlisted(const nd_report *report, FILE *out) {
    const nd_problem *problems;
    uint64_t left[ND_PROBLEM_KINDS], all = 0;
    size_t listed = nd_report_problems(report, &problems);
    for (int kind = 0; kind < ND_PROBLEM_KINDS; kind++)
        left[kind] = nd_report_problem_count(report, (nd_problem_kind)kind);
    for (size_t i = 0; i < listed; i++) left[problems[i].kind]--;
    for (int kind = 0; kind < ND_PROBLEM_KINDS; kind++) all += left[kind];
    if (!all) return;
    nd_json json = begin_warning(out, "not-listed",
                                 "further files or lines that could not be read; the first of each kind are listed");
    nd_json_count(&json, "count", all);
    nd_json_begin(&json, "kinds");
    for (int kind = 0; kind < ND_PROBLEM_KINDS; kind++)
        if (left[kind]) nd_json_count(&json, nd_problem_name((nd_problem_kind)kind), left[kind]);
    nd_json_end(&json);
    nd_json_end_line(&json);
}

static uint64_t count_skipped(const nd_report *report) {
    uint64_t skipped = 0;
    for (int kind = 0; kind < ND_PROBLEM_KINDS; kind++)
        if (is_skipped((nd_problem_kind)kind)) skipped += nd_report_problem_count(report, (nd_problem_kind)kind);
    return skipped;
}

static void write_warnings(const nd_report *report, FILE *out, const neardup_totals *totals) {
    warn_of_large_clusters(report, out, totals->clusters);
    warn_of_suspects(report, out, totals);
    warn_of_each(report, out, ND_PROBLEM_BAD_RECORD);
    warn_of_each(report, out, ND_PROBLEM_SET_ASIDE);
    warn_with_count(out, "unreadable", "files or folders that could not be read",
                    nd_report_problem_count(report, ND_PROBLEM_UNREADABLE));
    warn_with_count(out, "bounded",
                    report->options->pairs
                        ? "documents for which a bound on the work bit: not all pairs are listed, and some copies "
                          "may be missing"
                        : "documents for which a bound on the work bit: some copies may be missing",
                    totals->bounded);
    warn_with_count(out, "passages-bounded",
                    "documents for which a bound on the work bit: some of their passages may be missing",
                    totals->passages_bounded);
    warn_of_unlisted(report, out);
}

void nd_jsonl_write_counts(nd_json *json, const nd_report *report) {
    neardup_totals found, *totals = &found;
    nd_report_totals(report, totals);
    if (totals->references) nd_json_count(json, "references", totals->references);
    nd_json_count(json, "documents", totals->documents);
    nd_json_count(json, "bytes", totals->bytes);
    nd_json_count(json, "kept", totals->kept);
    nd_json_count(json, "dropped", totals->dropped);
    nd_json_count(json, "dropped_bytes", totals->dropped_bytes);
    nd_json_count(json, "clusters", totals->clusters);
    nd_json_count(json, "identical", totals->identical);
    nd_json_count(json, "near", totals->near);
    if (report->options->passages) {
        nd_json_count(json, "passages", totals->passages);
        if (totals->overlaps_left_out) nd_json_count(json, "overlaps_left_out", totals->overlaps_left_out);
    }
    nd_json_count(json, "empty", totals->empty);
    if (report->options->min_tokens > 1) nd_json_count(json, "short", totals->short_documents);
    if (totals->set_aside) nd_json_count(json, "set_aside", totals->set_aside);
    nd_json_count(json, "bad", nd_report_problem_count(report, ND_PROBLEM_BAD_RECORD));
    nd_json_count(json, "skipped", count_skipped(report));
    nd_json_count(json, "candidate_pairs", totals->candidate_pairs);
    nd_json_count(json, "verified_pairs", totals->verified_pairs);
    nd_json_count(json, "bounded", totals->bounded);
}

void nd_jsonl_write_summary(const nd_report *report, FILE *out) {
    nd_json json = nd_json_line(out, "summary");
    nd_jsonl_write_counts(&json, report);
    char seconds[400]; /* of DBL_MAX */
    nd_json_raw(&json, "seconds",
                (nd_span){seconds, (size_t)snprintf(seconds, sizeof seconds, "%.2f", report->seconds)});
    nd_json_end_line(&json);
}

neardup_status nd_jsonl_write(const nd_report *report, FILE *out, neardup_error *error) {
    neardup_totals totals;
    nd_report_totals(report, &totals);
    nd_jsonl_write_header(report, out);
    uint64_t documents = totals.references + totals.documents;
    for (uint64_t i = nd_report_next(report, 0); i < documents && !ferror(out); i = nd_report_next(report, i + 1))
        write_document(report, out, i);
    write_skipped(report, out);
    for (uint64_t i = 0; i < totals.clusters && !ferror(out); i++) write_cluster(report, out, i);
    nd_jsonl_write_passages(report, out);
    for (uint64_t i = 0; report->pairs && i < totals.pairs && !ferror(out); i++) write_pair(report, out, i);
    neardup_status status = write_sources(report, out, error);
    if (status) return status;
    write_warnings(report, out, &totals);
    nd_jsonl_write_summary(report, out);
    return NEARDUP_OK;
}
