/* SPDX-License-Identifier: MIT */
/* Says a text by its words: those that occur often become one byte or two, with a space between them understood.
 * Deflate then makes about a fifth less of it than it would of the text. */
#ifndef ND_REPORT_VOCABULARY_H
#define ND_REPORT_VOCABULARY_H

#include "base/bytes.h"

/*
 * Appends to `out` the vocabulary, each word with a line break behind it, then an empty line, then the text. `text` is
 * at most 4 GiB of UTF-8 without control characters other than line breaks and tabs (as nd_plain_text_append makes it),
 * so that 43 bytes do not occur in it: 1 to 8, 11 to 31, 127, 192, 193, and 245 to 255. The first 19 of them stand for
 * the first 19 words; each of the others, with the byte behind it, for one of the next 256. Where one word directly
 * follows another, a space is between them. All other bytes stand for themselves.
 */
neardup_status nd_vocabulary_encode(nd_span text, nd_buffer *out);

#endif
