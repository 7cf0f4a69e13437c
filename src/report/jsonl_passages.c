/* SPDX-License-Identifier: MIT */
#include "report/jsonl_passages.h"

#include "report/findings.h"
#include "report/wording.h"

void nd_jsonl_write_document(nd_json *json, const nd_corpus_document *place) {
    nd_json_bytes(json, "path", place->path);
    if (place->record != NEARDUP_NONE) nd_json_count(json, "record", place->record);
    if (place->id.size) nd_json_raw(json, "id", place->id);
}

void nd_jsonl_write_mention(const nd_report *report, nd_json *json, uint64_t document) {
    nd_json_integer(json, "doc", nd_report_number(report, document));
    if (report->brief) return;
    nd_corpus_document place = nd_report_at(report, document);
    nd_jsonl_write_document(json, &place);
}

void nd_jsonl_write_extent(const nd_report *report, nd_json *json, uint64_t document) {
    neardup_extent extent;
    if (nd_report_extent(report, document, &extent)) return;
    nd_json_count(json, "repeated_tokens", extent.repeated);
    nd_json_count(json, "shared_tokens", extent.shared);
    nd_json_count(json, "boilerplate_tokens", extent.boilerplate);
}

static void write_place(const nd_report *report, FILE *out, uint64_t number) {
    neardup_place place;
    nd_report_place(report, number, &place);
    nd_json json = nd_json_line(out, "place");
    nd_json_count(&json, "passage", place.passage);
    nd_jsonl_write_mention(report, &json, place.document);
    nd_json_count(&json, "begin", place.begin);
    nd_json_count(&json, "end", place.end);
    nd_json_count(&json, "char_begin", place.char_begin);
    nd_json_count(&json, "char_end", place.char_end);
    if (place.raw_begin != NEARDUP_NONE) {
        nd_json_count(&json, "raw_begin", place.raw_begin);
        nd_json_count(&json, "raw_end", place.raw_end);
    }
    nd_json_count(&json, "line", place.line);
    nd_json_count(&json, "line_end", place.line_end);
    nd_json_count(&json, "paragraphs", place.paragraphs);
    nd_json_count(&json, "tokens", place.token_end - place.token_begin);
    nd_json_share(&json, "identity", place.identity);
    nd_json_end_line(&json);
}

static void write_passage(const nd_report *report, FILE *out, uint64_t number) {
    neardup_passage passage;
    nd_report_passage(report, number, &passage);
    nd_json json = nd_json_line(out, "passage");
    nd_json_count(&json, "passage", number);
    nd_json_text(&json, "label", nd_label_name(passage.label));
    nd_json_text(&json, "rule", nd_rule_text(passage.rule));
    nd_json_count(&json, "places", passage.places);
    nd_json_count(&json, "documents", passage.documents);
    nd_json_count(&json, "sources", passage.sources);
    nd_json_count(&json, "tokens", passage.tokens);
    nd_json_share(&json, "identity", passage.identity);
    nd_json_end_line(&json);
    for (uint64_t i = 0; i < passage.places; i++) write_place(report, out, passage.first_place + i);
}

static void write_overlap(const nd_report *report, FILE *out, uint64_t number) {
    neardup_overlap overlap;
    nd_report_overlap(report, number, &overlap);
    nd_json json = nd_json_line(out, "overlap");
    nd_json_integer(&json, "a", nd_report_number(report, overlap.a));
    nd_json_integer(&json, "b", nd_report_number(report, overlap.b));
    nd_json_text(&json, "relation", overlap.contains ? "contains" : "overlaps");
    nd_json_count(&json, "passages", overlap.passages);
    nd_json_count(&json, "tokens_a", overlap.tokens_a);
    nd_json_count(&json, "tokens_b", overlap.tokens_b);
    nd_json_share(&json, "coverage_a", overlap.coverage_a);
    nd_json_share(&json, "coverage_b", overlap.coverage_b);
    if (overlap.jaccard >= 0) nd_json_share(&json, "jaccard", overlap.jaccard);
    nd_json_end_line(&json);
}

void nd_jsonl_write_passages(const nd_report *report, FILE *out) {
    neardup_totals totals;
    nd_report_totals(report, &totals);
    for (uint64_t i = 0; i < totals.passages && !ferror(out); i++) write_passage(report, out, i);
    for (uint64_t i = 0; i < totals.overlaps && !ferror(out); i++) write_overlap(report, out, i);
}
