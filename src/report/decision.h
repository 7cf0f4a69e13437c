/* SPDX-License-Identifier: MIT */
/* What was decided about one document, as a line of its own or beside its text. */
#ifndef ND_REPORT_DECISION_H
#define ND_REPORT_DECISION_H

#include "report/report.h"

/* Writes the decision line (schema neardup/1) of a dropped document whose text has the given XXH3. */
void nd_decision_write(const nd_report *report, FILE *out, uint64_t document, uint64_t text_hash);

/* Writes the decision line of a line that is no record and was put aside. */
void nd_decision_write_bad(FILE *out, nd_span path, uint64_t record);

/* Writes the member that annotates a document, with a comma before it: ,"KEY":{...}. `key` needs no escapes. */
void nd_note_write(const nd_report *report, FILE *out, const char *key, uint64_t document);

#endif
