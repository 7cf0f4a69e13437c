/* SPDX-License-Identifier: MIT */
/* The texts a page shows: which they are, read again; and what clusters and passages are called. */
#ifndef ND_REPORT_HTML_TEXTS_H
#define ND_REPORT_HTML_TEXTS_H

#include "report/plain_text.h"
#include "report/report.h"

typedef struct nd_html_text {
    uint64_t document;
    size_t begin, size; /* in `plain` */
    uint64_t *places;   /* three numbers for each of its places: which it is, and where it begins and ends in UTF-16
                             units of the plain text; in the order of neardup_result_document_places */
    size_t place_count;
} nd_html_text;

typedef struct nd_html_texts {
    nd_html_text *items; /* by document; those that could be read */
    size_t count, capacity;
    nd_buffer plain;       /* the texts, one behind the other */
    char **cluster_titles; /* one each; NULL where there is none; from malloc */
    char **passage_titles;
    size_t clusters, passages;
} nd_html_texts;

/* Reads the texts of clusters and passages again, of the largest first, as far as report->html_text goes. What cannot
 * be read is not there. */
neardup_status nd_html_texts_init(const nd_report *report, nd_html_texts *texts_out, neardup_error *error);

void nd_html_texts_release(nd_html_texts *texts);

#endif
