/* SPDX-License-Identifier: MIT */
/*
 * One page that holds everything and asks for nothing: the result (schema neardup/1), the texts it is about, and the
 * program that shows them (html/ in this folder). It opens from a disk; its Content-Security-Policy allows its own
 * script and style and nothing else. Without scripts it is a list.
 */
#ifndef ND_REPORT_HTML_H
#define ND_REPORT_HTML_H

#include "report/report.h"

/* Texts a page holds unless told otherwise, and at most; bytes. */
#define ND_HTML_TEXT_USUAL ((uint64_t)64 << 20)
#define ND_HTML_TEXT_MOST  ((uint64_t)1 << 30)

/* The least similarity of the pairs in its distribution. */
#define ND_HTML_PAIRS_FROM 0.5

/* Texts that cannot be read again are left out. */
neardup_status nd_html_write(const nd_report *report, FILE *out, neardup_error *error);

#endif
