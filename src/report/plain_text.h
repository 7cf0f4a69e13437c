/* SPDX-License-Identifier: MIT */
/* A document as people read it: without markup and escapes, as UTF-8; and where given bytes of it went. */
#ifndef ND_REPORT_PLAIN_TEXT_H
#define ND_REPORT_PLAIN_TEXT_H

#include "base/bytes.h"
#include "neardup.h"

/* An edge of something in a text. */
typedef struct nd_plain_mark {
    uint64_t byte; /* of the text, counted as offsets of passages are (neardup_place.begin) */
    uint64_t unit; /* filled in: UTF-16 units of the plain text before it, which is how a browser counts */
    size_t tag;    /* the caller's */
} nd_plain_mark;

/*
 * Appends the plain text of `text` to `out`, sorts `count` marks by byte and fills in their units. Tags of HTML
 * are left out, and those of blocks break the line; white space in it is one space. JSON escapes stand for what they
 * stand for. U+FFFD stands for each byte that is ill-formed and each lone surrogate; line breaks are \n; other control
 * characters are shown by their pictures (U+2400 on). A space that a mark could stand on either side of is outside of
 * what the mark begins or ends.
 */
neardup_status nd_plain_text_append(const neardup_text *text, nd_plain_mark *marks, size_t count, nd_buffer *out);

#endif
