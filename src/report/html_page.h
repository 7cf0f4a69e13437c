/* SPDX-License-Identifier: MIT */
/* The page without its data, put together from html/ in this folder when the program is built (cmake/page.cmake). */
#ifndef ND_REPORT_HTML_PAGE_H
#define ND_REPORT_HTML_PAGE_H

#include <stddef.h>

/* UTF-8, with a NUL behind it. It has one of each of these markers, in this order, which stand for what a report says.
 */
extern const unsigned char nd_html_page[];

#define ND_HTML_LISTS  "<!-- lists -->"
#define ND_HTML_RESULT "<!-- result -->"
#define ND_HTML_TEXTS  "<!-- texts -->"

#endif
