/* SPDX-License-Identifier: MIT */
#include "report/report.h"

#include "report/csv.h"
#include "report/html.h"
#include "report/jsonl.h"
#include "report/paths.h"
#include "report/text.h"

static const nd_report_format formats[] = {
    {"text", "to read: groups of copies, and what differs in them", true, nd_text_write},
    {"jsonl", "for programs: everything, as JSON Lines (schema neardup/1)", true, nd_jsonl_write},
    {"csv", "for spreadsheets: a row per document that has copies", false, nd_csv_write},
    {"html", "to look at: one page with lists, charts and texts side by side", true, nd_html_write},
    {"paths", "for scripts: the documents that could go, one a line", false, nd_paths_write},
};

int64_t nd_report_number(const nd_report *report, uint64_t document) {
    return document < report->references ? -(int64_t)document - 1 : (int64_t)(document - report->references);
}

const char *nd_report_fate(const nd_report *report, uint64_t document, const neardup_decision *decision) {
    return document < report->references ? "reference" : decision->dropped ? "dropped" : "kept";
}

const nd_report_format *nd_report_find(const char *name, size_t size) {
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (nd_span_equals((nd_span){name, size}, formats[i].name)) return &formats[i];
    return NULL;
}

const nd_report_format *nd_report_formats(size_t *count_out) {
    *count_out = sizeof formats / sizeof *formats;
    return formats;
}
