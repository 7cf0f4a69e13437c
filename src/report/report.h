/* SPDX-License-Identifier: MIT */
/* A report: one rendering of a result. Each format is one file behind this interface. */
#ifndef ND_REPORT_REPORT_H
#define ND_REPORT_REPORT_H

#include <stdio.h>

#include "io/corpus.h"
#include "neardup.h"

struct nd_saved;

/* Everything a report may show, as report/findings.h gives it. Borrowed during nd_report_write. */
typedef struct nd_report {
    const neardup_result *result;
    nd_corpus *corpus;            /* not const: text excerpts are read again from it */
    const struct nd_saved *saved; /* a result that was saved, in place of these two; else NULL */
    const neardup_options *options;
    const neardup_plan *plan;
    uint64_t references;   /* as the result's totals have it */
    const char *keep;      /* the --keep policy as given */
    double seconds;        /* wall time so far */
    bool all;              /* text: every group, not the 20 largest */
    bool pairs;            /* jsonl: a line per verified pair, */
    double pairs_from;     /* whose similarity is at least that */
    bool color;            /* text */
    unsigned width;        /* text: columns */
    bool brief;            /* jsonl: only the line of a document says what it is called, and no checksum of it */
    bool nul;              /* paths: separated by NUL */
    uint64_t html_text;    /* html: bytes of text it holds at most */
    neardup_error *unread; /* set to why a text it would show could not be read again, the first time; or NULL */
} nd_report;

typedef struct nd_report_format {
    const char *name; /* as in -r NAME[:FILE] */
    const char *summary;
    bool passages; /* whether it shows them */
    /* Writes the whole report. Whether `out` took it is the caller's to see (ferror, fclose): a stream that has failed
     * is not an error here. */
    neardup_status (*write)(const nd_report *report, FILE *out, neardup_error *error);
} nd_report_format;

/* The number that stands for a document in reports: counted from 0 without the references, which have -1, -2 and so on.
 */
int64_t nd_report_number(const nd_report *report, uint64_t document);

/* What becomes of a document, in a word: "kept", "dropped" or "reference". Static. */
const char *nd_report_fate(const nd_report *report, uint64_t document, const neardup_decision *decision);

/* The format of that name, or NULL. */
const nd_report_format *nd_report_find(const char *name, size_t size);

/* All formats, for help and messages. */
const nd_report_format *nd_report_formats(size_t *count_out);

#endif
