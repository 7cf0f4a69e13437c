/* SPDX-License-Identifier: MIT */
/* What a filter decided, as --decisions wrote it down, read back one input after the other. */
#ifndef ND_FILTER_DECISIONS_H
#define ND_FILTER_DECISIONS_H

#include "filter/splice.h"
#include "filter/strand.h"
#include "io/json.h"

/* Lines of one input, by number from 0, rising. */
typedef struct nd_line_list {
    uint64_t *items;
    size_t count, capacity;
} nd_line_list;

/* An input as it was, and what went of it. NEARDUP_NONE stands for a number that the decisions do not tell. */
typedef struct nd_decided {
    nd_span output;           /* its path below the folder of the outputs, with a NUL behind it */
    uint64_t bytes;           /* its size */
    uint64_t lines;           /* how many; NEARDUP_NONE: it is one document */
    nd_span hash;             /* its XXH3-128 in hexadecimal; empty where it is not told */
    nd_line_break line_break; /* how its lines end */
    bool mark;                /* it begins with a byte order mark */
    bool open_end;            /* its last line has no line break */
    bool annotated;           /* its records got notes, and all of them stayed */
    nd_line_list dropped;     /* records that went, */
    nd_line_list bad;         /* lines that are no records, */
    nd_gaps gaps;             /* and what was cut of what stayed */
} nd_decided;

/* Decisions being read. All zero at first. */
typedef struct nd_decisions {
    nd_strand strand;
    nd_json_fields *fields;
    nd_buffer line;
    bool summary;     /* that has been read: nothing is missing */
    nd_decided input; /* the one that was read last, valid until the next; its output is the caller's */
} nd_decisions;

/* Opens the file of decisions (copied name). NEARDUP_ERROR_SOURCE where that cannot be. To be released whatever the
 * outcome. */
neardup_status nd_decisions_open(nd_decisions *decisions, const char *path, neardup_error *error);

/* Reads on to the next input, with what was decided about it; its output is to be freed with nd_free. NEARDUP_END
 * behind the last; NEARDUP_ERROR_SOURCE where this is not what --decisions wrote, or breaks off. */
neardup_status nd_decisions_next(nd_decisions *decisions, neardup_error *error);

/* Says what the file of decisions does that it should not, such as "breaks off": always NEARDUP_ERROR_SOURCE. */
neardup_status nd_decisions_fail(const nd_decisions *decisions, const char *what, neardup_error *error);

void nd_decisions_release(nd_decisions *decisions);

#endif
