/* SPDX-License-Identifier: MIT */
/* The lines of schema neardup/1 that are about passages. */
#ifndef ND_REPORT_JSONL_PASSAGES_H
#define ND_REPORT_JSONL_PASSAGES_H

#include "report/json_out.h"
#include "report/report.h"

/* The fields that say where a document is and what it is called. */
void nd_jsonl_write_document(nd_json *json, const nd_corpus_document *place);

/* The number of a document, and, unless report->brief, what it is called. */
void nd_jsonl_write_mention(const nd_report *report, nd_json *json, uint64_t document);

/* The fields of a document that say how much of it is in passages. */
void nd_jsonl_write_extent(const nd_report *report, nd_json *json, uint64_t document);

/* All passages, each with its places, then the overlaps. */
void nd_jsonl_write_passages(const nd_report *report, FILE *out);

#endif
