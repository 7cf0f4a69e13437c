/* SPDX-License-Identifier: MIT */
/* The first lines of a text, for people to recognise it by. */
#ifndef ND_REPORT_EXCERPT_H
#define ND_REPORT_EXCERPT_H

#include <stdio.h>

#include "neardup.h"

enum { ND_EXCERPT_LINES = 16 };

/* Writes the first lines of `text` that have a letter or digit (of HTML: its title, or else the first words outside
 * tags) as visible text, each with a line break behind it: at most ND_EXCERPT_LINES, and some 200 bytes of each. The
 * beginning of the document is enough; it may be cut anywhere. */
void nd_excerpt_write(FILE *out, const neardup_text *text);

#endif
