/* SPDX-License-Identifier: MIT */
#include "report/decision.h"

#include <inttypes.h>

#include "report/findings.h"
#include "report/json_out.h"
#include "report/wording.h"

static void write_id(nd_json *json, const char *key, nd_span id) {
    if (id.size)
        nd_json_raw(json, key, id);
    else
        nd_json_null(json, key);
}

static void write_record(nd_json *json, const char *key, uint64_t record) {
    if (record != NEARDUP_NONE)
        nd_json_count(json, key, record);
    else
        nd_json_null(json, key);
}

/* The fields of the document a decision names. */
static void write_dup(const nd_report *report, nd_json *json, const neardup_decision *decision) {
    nd_corpus_document dup = nd_report_at(report, decision->dup_of);
    nd_json_integer(json, "dup_of", nd_report_number(report, decision->dup_of));
    nd_json_bytes(json, "dup_path", dup.path);
    write_record(json, "dup_record", dup.record);
    write_id(json, "dup_id", dup.id);
}

static uint64_t cluster_size(const nd_report *report, uint64_t number) {
    neardup_cluster cluster = {0};
    nd_report_cluster(report, number, &cluster);
    return cluster.size;
}

void nd_decision_write(const nd_report *report, FILE *out, uint64_t document, uint64_t text_hash) {
    neardup_decision decision;
    nd_report_decision(report, document, &decision);
    nd_corpus_document place = nd_report_at(report, document);
    nd_json json = nd_json_line(out, "decision");
    nd_json_text(&json, "action", "drop");
    nd_json_integer(&json, "doc", nd_report_number(report, document));
    nd_json_bytes(&json, "path", place.path);
    write_record(&json, "record", place.record);
    write_id(&json, "id", place.id);
    write_dup(report, &json, &decision);
    nd_json_text(&json, "kind", decision.identical ? "identical" : "near");
    nd_json_share(&json, "jaccard", decision.jaccard);
    nd_json_count(&json, "cluster", decision.cluster);
    nd_json_count(&json, "cluster_size", cluster_size(report, decision.cluster));
    char hash[24];
    snprintf(hash, sizeof hash, "%016" PRIx64, text_hash);
    nd_json_text(&json, "text_xxh3", hash);
    nd_json_end_line(&json);
}

void nd_decision_write_bad(FILE *out, nd_span path, uint64_t record) {
    nd_json json = nd_json_line(out, "decision");
    nd_json_text(&json, "action", "set-aside");
    nd_json_null(&json, "doc");
    nd_json_bytes(&json, "path", path);
    nd_json_count(&json, "record", record);
    nd_json_end_line(&json);
}

void nd_note_write(const nd_report *report, FILE *out, const char *key, uint64_t document) {
    neardup_decision decision;
    nd_report_decision(report, document, &decision);
    nd_json json = {out, false};
    nd_json_begin(&json, key);
    if (decision.cluster == NEARDUP_NONE)
        nd_json_null(&json, "cluster");
    else
        nd_json_count(&json, "cluster", decision.cluster);
    nd_json_flag(&json, "keep", !decision.dropped);
    if (decision.dropped) {
        /* All keys are always there, also where the path is not UTF-8 and goes by another name. */
        nd_corpus_document dup = nd_report_at(report, decision.dup_of);
        if (!nd_is_utf8(dup.path)) nd_json_null(&json, "dup_path");
        write_dup(report, &json, &decision);
        nd_json_share(&json, "jaccard", decision.jaccard);
    } else {
        static const char *const none[] = {"dup_of", "dup_path", "dup_record", "dup_id", "jaccard"};
        for (size_t i = 0; i < sizeof none / sizeof *none; i++) nd_json_null(&json, none[i]);
    }
    if (decision.cluster == NEARDUP_NONE)
        nd_json_null(&json, "cluster_size");
    else
        nd_json_count(&json, "cluster_size", cluster_size(report, decision.cluster));
    nd_json_end(&json);
}
