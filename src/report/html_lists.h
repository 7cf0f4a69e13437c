/* SPDX-License-Identifier: MIT */
/* What a page shows where scripts do not run: the groups of copies and the passages, as lists. */
#ifndef ND_REPORT_HTML_LISTS_H
#define ND_REPORT_HTML_LISTS_H

#include "report/html_texts.h"

/* Writes bytes as text of an element: visible (nd_write_visible), and nothing of it is markup. */
void nd_html_write_text(FILE *out, nd_span text);

/* Writes the lists: of each kind the first ones, as many as a person reads. */
void nd_html_lists_write(const nd_report *report, const nd_html_texts *texts, FILE *out);

#endif
