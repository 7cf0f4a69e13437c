/* SPDX-License-Identifier: MIT */
/*
 * Says a long text by what it repeats of itself, however far back: what deflate, which looks back 32 KiB, cannot see.
 * Near-copies, which a report is full of, come to a few bytes for each stretch that is the same.
 */
#ifndef ND_REPORT_LONG_MATCHES_H
#define ND_REPORT_LONG_MATCHES_H

#include "base/bytes.h"

/*
 * Writes `text`, at most 4 GiB, as a sequence of
 *
 *     number of bytes n, n bytes, number of bytes m, distance d
 *
 * which stand for the n bytes followed by m bytes of the text so far, which are all before the place they are copied
 * to. They begin d bytes behind where the bytes copied last ended (at first: the text's beginning); as an edit takes
 * the place of a few words, that is mostly near. Numbers are as base/number.h has them; d is 2d where it is not
 * negative, else -2d - 1; it is left out where m is 0, which is only at the end.
 */
neardup_status nd_long_matches_write(nd_span text,
                                     neardup_status (*write)(void *context, const void *data, size_t size),
                                     void *context);

#endif
