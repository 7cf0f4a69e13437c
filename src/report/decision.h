/* SPDX-License-Identifier: MIT */
/* What was decided about one document, as a line of its own or beside its text. */
#ifndef ND_REPORT_DECISION_H
#define ND_REPORT_DECISION_H

#include "report/report.h"

/* Writes the decision line (schema neardup/1) of a dropped document whose text has the given XXH3. */
void nd_decision_write(const nd_report *report, FILE *out, uint64_t document, uint64_t text_hash);

/* A cut: what is taken out of a document that stays, because it stands elsewhere, too. */
typedef struct nd_cut {
    uint64_t place;                /* of a passage: the cut is all of it or part of it */
    uint64_t begin, end;           /* bytes of the text, as in neardup_place */
    uint64_t char_begin, char_end; /* code points of the same */
    uint64_t raw_begin, raw_end;   /* of a record: bytes of its line; else, or where they are not known, NEARDUP_NONE */
} nd_cut;

/* Writes the decision line of a cut whose text has the given XXH3. */
void nd_decision_write_cut(const nd_report *report, FILE *out, const nd_cut *cut, uint64_t text_hash);

/* Writes a line that keeps what is cut of a record: `literal`, a piece of a JSON string, stands in it byte for byte. */
void nd_cut_write(const nd_report *report, FILE *out, const nd_cut *cut, nd_span literal);

/* Writes the decision line of a line that is no record and was put aside. */
void nd_decision_write_bad(FILE *out, nd_span path, uint64_t record);

/* Cuts in one document, in order. */
typedef struct nd_cut_list {
    const nd_cut *items;
    size_t count;
} nd_cut_list;

/* Writes the member that annotates a document, with a comma before it: ,"KEY":{...}. `key` needs no escapes. Where
 * `cuts` is not NULL it lists what could be cut. */
void nd_note_write(const nd_report *report, FILE *out, const char *key, uint64_t document, const nd_cut_list *cuts);

#endif
