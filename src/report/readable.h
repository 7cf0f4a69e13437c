/* SPDX-License-Identifier: MIT */
/*
 * A text as its readers see it, character by character: JSON escapes decoded, HTML without tags, scripts and comments.
 * Good enough to show, not a parser: what is shown here decides nothing.
 */
#ifndef ND_REPORT_READABLE_H
#define ND_REPORT_READABLE_H

#include "base/bytes.h"
#include "neardup.h"

/* A text being read. */
typedef struct nd_readable {
    neardup_form form;
    const char *at, *end;
    int32_t second; /* of two characters that one reference stands for; 0: none is due */
} nd_readable;

/* Begins with `text`, or a part of one that begins and ends between characters, and outside of tags. */
nd_readable nd_readable_begin(neardup_form form, nd_span text);

/* The next character (of HTML: a space for a line break, and for a tag that parts words); false at the end. An
 * ill-formed byte and a lone surrogate are passed over. */
bool nd_readable_next(nd_readable *readable, int32_t *code_out);

/* The inside of the title element of an HTML text; empty where there is none. */
nd_span nd_readable_title(nd_span html);

#endif
