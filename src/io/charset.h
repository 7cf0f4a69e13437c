/* SPDX-License-Identifier: MIT */
/* Charsets: bytes of a file to UTF-8, piece by piece. UTF-16 is told by its byte order mark; others are iconv's. */
#ifndef ND_IO_CHARSET_H
#define ND_IO_CHARSET_H

#include "base/bytes.h"

typedef struct nd_decoder nd_decoder;

/* Bytes of a UTF-16 byte order mark. */
#define ND_UTF16_MARK 2

/* "UTF-16LE" or "UTF-16BE" when the data begin with its byte order mark, else NULL. */
const char *nd_utf16_by_mark(const void *data, size_t size);

/* Makes a decoder for a charset. NEARDUP_ERROR_ARGUMENT when the system does not know it, and for what does not begin
 * with a letter or digit: some systems take such a name for the locale's charset. */
neardup_status nd_decoder_create(const char *charset, nd_decoder **decoder_out, neardup_error *error);

/* Makes a decoder for UTF-16 that never fails: unpaired surrogates and a last odd byte become U+FFFD. NULL when there
 * is no memory. */
nd_decoder *nd_decoder_create_utf16(bool big_endian);

void nd_decoder_free(nd_decoder *decoder);

/* Makes ready for another text. */
void nd_decoder_reset(nd_decoder *decoder);

/* Decodes the next piece of a text and appends it to `out`; a character may straddle two pieces. `last` says that no
 * piece follows. NEARDUP_ERROR_SOURCE when the bytes are none of the charset's: `out` then holds what could be decoded,
 * and the decoder must be reset. */
neardup_status nd_decoder_feed(nd_decoder *decoder, const void *data, size_t size, bool last, nd_buffer *out);

#endif
