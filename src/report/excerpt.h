/* SPDX-License-Identifier: MIT */
/* The first words of a text, for people to recognise it by. */
#ifndef ND_REPORT_EXCERPT_H
#define ND_REPORT_EXCERPT_H

#include <stdio.h>

#include "neardup.h"

/* Writes the first line of `text` that has something in it (of HTML: its title, or else the first words outside tags)
 * as visible text, at most some 200 bytes of it; nothing where there is none. The beginning of the document is enough;
 * it may be cut anywhere. */
void nd_excerpt_write(FILE *out, const neardup_text *text);

#endif
