/* SPDX-License-Identifier: MIT */
/* Schema neardup/1: the result as JSON Lines, for programs. */
#ifndef ND_REPORT_JSONL_H
#define ND_REPORT_JSONL_H

#include "report/json_out.h"
#include "report/report.h"

/* Clusters from this size on are pointed out in a large-cluster warning: chains of copies that big are more often a
 * template or an empty page than a text somebody reprinted. */
#define ND_LARGE_CLUSTER 1000

neardup_status nd_jsonl_write(const nd_report *report, FILE *out, neardup_error *error);

/* Parts of it for files of other kinds: the object `params`, and the fields of the summary but the time. */
void nd_jsonl_write_params(nd_json *json, const nd_report *report);
void nd_jsonl_write_counts(nd_json *json, const nd_report *report);

/* The first and the last line. */
void nd_jsonl_write_header(const nd_report *report, FILE *out);
void nd_jsonl_write_summary(const nd_report *report, FILE *out);

/* The short name of a kind of problem as the schema has it: "binary", "unreadable" ... Static. */
const char *nd_problem_name(nd_problem_kind kind);

#endif
