/* SPDX-License-Identifier: MIT */
/* What came from each source, added up over all documents. */
#ifndef ND_REPORT_SOURCE_TABLE_H
#define ND_REPORT_SOURCE_TABLE_H

#include "report/report.h"

typedef struct nd_source_row {
    nd_span name; /* belongs to the corpus, or the saved result */
    uint64_t documents, dropped, tokens, boilerplate;
    bool records; /* whether any of its documents is a record of a file */
} nd_source_row;

typedef struct nd_source_table {
    nd_source_row *rows; /* by name */
    size_t count;
} nd_source_table;

/* Adds up `report`'s documents. Documents without a source are in no row. */
neardup_status nd_source_table_init(const nd_report *report, nd_source_table *table_out, neardup_error *error);

void nd_source_table_release(nd_source_table *table);

/* Whether a row says more than its one document would: not a file that is a document and its own source. */
bool nd_source_row_matters(const nd_report *report, const nd_source_row *row);

#endif
