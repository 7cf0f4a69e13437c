/* SPDX-License-Identifier: MIT */
/* What a group is called: the line that tells its text from the others. */
#ifndef ND_REPORT_TEXT_TITLE_H
#define ND_REPORT_TEXT_TITLE_H

#include "neardup.h"

/* Replaces each of `count` excerpts (as nd_excerpt_write makes them; NUL-terminated, from malloc) by the one of its
 * lines that serves best as a title. Pages of one site begin alike, and with menus, so a line that several excerpts
 * have is passed over, and so is a run of short lines. */
neardup_status nd_text_titles_choose(char **excerpts, size_t count);

#endif
