/* SPDX-License-Identifier: MIT */
/* A splice: what was cut out of a text, put back into what was left of it. */
#ifndef ND_FILTER_SPLICE_H
#define ND_FILTER_SPLICE_H

#include "base/bytes.h"

/* Where a cut was. */
typedef struct nd_gap {
    uint64_t record;     /* the line it was in; NEARDUP_NONE for a file that is one document */
    uint64_t begin, end; /* bytes of the line or file as it was, a byte order mark not counted */
} nd_gap;

/* Gaps of one input, in order. All zero is empty. */
typedef struct nd_gaps {
    nd_gap *items;
    size_t count, capacity;
} nd_gaps;

/* Adds one; false where it does not come behind the last. */
bool nd_gaps_follow(const nd_gaps *gaps, nd_gap gap);
neardup_status nd_gaps_add(nd_gaps *gaps, nd_gap gap);

/* A text being put together. Zero but for `kept` and `mark` at first; `text` is used again. */
typedef struct nd_splice {
    nd_span kept;   /* what was left, borrowed */
    size_t at;      /* so much of it is in `text` */
    size_t mark;    /* bytes of its byte order mark */
    nd_buffer text; /* as it was, so far */
} nd_splice;

/* Begins another text. */
void nd_splice_begin(nd_splice *splice, nd_span kept, size_t mark);

/* Puts a piece into its gap, with what comes before. NEARDUP_ERROR_SOURCE where they do not fit. */
neardup_status nd_splice_put(nd_splice *splice, const nd_gap *gap, nd_span piece);

/* Puts what comes behind the last gap. */
neardup_status nd_splice_end(nd_splice *splice);

#endif
