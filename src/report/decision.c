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
static void write_dup(const nd_report *report, nd_json *json, uint64_t dup_of) {
    nd_corpus_document dup = nd_report_at(report, dup_of);
    nd_json_integer(json, "dup_of", nd_report_number(report, dup_of));
    nd_json_bytes(json, "dup_path", dup.path);
    write_record(json, "dup_record", dup.record);
    write_id(json, "dup_id", dup.id);
}

static uint64_t cluster_size(const nd_report *report, uint64_t number) {
    neardup_cluster cluster = {0};
    nd_report_cluster(report, number, &cluster);
    return cluster.size;
}

static void write_hash(nd_json *json, uint64_t text_hash) {
    char hash[24];
    snprintf(hash, sizeof hash, "%016" PRIx64, text_hash);
    nd_json_text(json, "text_xxh3", hash);
}

/* The fields that say which document it is. */
static void write_document(const nd_report *report, nd_json *json, uint64_t document) {
    nd_corpus_document place = nd_report_at(report, document);
    nd_json_integer(json, "doc", nd_report_number(report, document));
    nd_json_bytes(json, "path", place.path);
    write_record(json, "record", place.record);
    write_id(json, "id", place.id);
}

/* Begins the decision line about a document. */
static nd_json begin_decision(const nd_report *report, FILE *out, const char *action, uint64_t document) {
    nd_json json = nd_json_line(out, "decision");
    nd_json_text(&json, "action", action);
    write_document(report, &json, document);
    return json;
}

void nd_decision_write(const nd_report *report, FILE *out, uint64_t document, uint64_t text_hash) {
    neardup_decision decision;
    nd_report_decision(report, document, &decision);
    nd_json json = begin_decision(report, out, "drop", document);
    write_dup(report, &json, decision.dup_of);
    nd_json_text(&json, "kind", decision.identical ? "identical" : "near");
    nd_json_share(&json, "jaccard", decision.jaccard);
    nd_json_count(&json, "cluster", decision.cluster);
    nd_json_count(&json, "cluster_size", cluster_size(report, decision.cluster));
    write_hash(&json, text_hash);
    nd_json_end_line(&json);
}

/* The fields of a cut: where it is, of which passage, and where that is kept. */
static void write_cut(const nd_report *report, nd_json *json, const nd_cut *cut) {
    neardup_place place, first;
    neardup_passage passage;
    nd_report_place(report, cut->place, &place);
    nd_report_passage(report, place.passage, &passage);
    nd_report_place(report, passage.first_place, &first);
    nd_json_count(json, "begin", cut->begin);
    nd_json_count(json, "end", cut->end);
    nd_json_count(json, "char_begin", cut->char_begin);
    nd_json_count(json, "char_end", cut->char_end);
    if (cut->raw_begin != NEARDUP_NONE) {
        nd_json_count(json, "raw_begin", cut->raw_begin);
        nd_json_count(json, "raw_end", cut->raw_end);
    }
    nd_json_count(json, "passage", place.passage);
    nd_json_text(json, "label", nd_label_name(passage.label));
    nd_json_share(json, "identity", place.identity);
    write_dup(report, json, first.document);
    nd_json_count(json, "dup_begin", first.begin);
    nd_json_count(json, "dup_end", first.end);
}

void nd_decision_write_cut(const nd_report *report, FILE *out, const nd_cut *cut, uint64_t text_hash) {
    neardup_place place;
    nd_report_place(report, cut->place, &place);
    nd_json json = begin_decision(report, out, "cut", place.document);
    write_cut(report, &json, cut);
    write_hash(&json, text_hash);
    nd_json_end_line(&json);
}

void nd_cut_write(const nd_report *report, FILE *out, const nd_cut *cut, nd_span literal) {
    neardup_place place;
    nd_report_place(report, cut->place, &place);
    nd_json json = nd_json_line(out, "cut");
    write_document(report, &json, place.document);
    nd_json_count(&json, "raw_begin", cut->raw_begin);
    nd_json_count(&json, "raw_end", cut->raw_end);
    nd_json_flush(&json);
    fputs(",\"text\":\"", out);
    fwrite(literal.data, 1, literal.size, out);
    putc('"', out);
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

/* The cuts as a list under "passages". */
static void write_cuts(const nd_report *report, nd_json *json, const nd_cut_list *cuts) {
    nd_json_flush(json);
    fputs(",\"passages\":[", json->out);
    for (size_t i = 0; i < cuts->count; i++) {
        fputs(i ? ",{" : "{", json->out);
        json->first = true;
        write_cut(report, json, &cuts->items[i]);
        nd_json_flush(json);
        putc('}', json->out);
    }
    putc(']', json->out);
    json->first = false;
}

void nd_note_write(const nd_report *report, FILE *out, const char *key, uint64_t document, const nd_cut_list *cuts) {
    neardup_decision decision;
    nd_report_decision(report, document, &decision);
    nd_json json = nd_json_part(out, false);
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
        write_dup(report, &json, decision.dup_of);
        nd_json_share(&json, "jaccard", decision.jaccard);
    } else {
        static const char *const none[] = {"dup_of", "dup_path", "dup_record", "dup_id", "jaccard"};
        for (size_t i = 0; i < sizeof none / sizeof *none; i++) nd_json_null(&json, none[i]);
    }
    if (decision.cluster == NEARDUP_NONE)
        nd_json_null(&json, "cluster_size");
    else
        nd_json_count(&json, "cluster_size", cluster_size(report, decision.cluster));
    if (cuts) write_cuts(report, &json, cuts);
    nd_json_end(&json);
    nd_json_flush(&json);
}
