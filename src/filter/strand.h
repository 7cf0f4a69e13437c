/* SPDX-License-Identifier: MIT */
/* A strand: the lines of a file, taken off one run after another. */
#ifndef ND_FILTER_STRAND_H
#define ND_FILTER_STRAND_H

#include "base/bytes.h"
#include "io/stream.h"

/* All zero is one that is not open. */
typedef struct nd_strand {
    nd_stream *stream;
    char *path; /* NULL: not open */
    nd_buffer block;
    size_t at;
    bool ended;
} nd_strand;

/* Who takes the lines: bytes in order, cut anywhere. */
typedef neardup_status nd_take_bytes(void *context, const char *data, size_t size, neardup_error *error);

/* How lines end. */
typedef struct nd_line_break {
    unsigned size;
    bool big_endian;
} nd_line_break;

/* Opens a file (copied name), closing what was open. NEARDUP_ERROR_SOURCE where that cannot be. */
neardup_status nd_strand_open(nd_strand *strand, const char *path, neardup_error *error);

/* Gives the next `count` lines to `take`. NEARDUP_ERROR_SOURCE where there are not so many. */
neardup_status nd_strand_take(nd_strand *strand, nd_line_break line_break, uint64_t count, nd_take_bytes *take,
                              void *context, neardup_error *error);

/* Puts the next line into `line`, which is used again, unless it cannot be JSON: it may be that of a file without end,
 * such as a device. NEARDUP_ERROR_SOURCE then, and where there is none. */
neardup_status nd_strand_take_json(nd_strand *strand, nd_buffer *line, neardup_error *error);

/* Whether there is nothing left; reads to know. */
neardup_status nd_strand_at_end(nd_strand *strand, bool *end_out, neardup_error *error);

void nd_strand_release(nd_strand *strand);

#endif
