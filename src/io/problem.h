/* SPDX-License-Identifier: MIT */
/* Problems: what could not be taken as a document, counted by kind, and the first of each kind in detail. */
#ifndef ND_IO_PROBLEM_H
#define ND_IO_PROBLEM_H

#include "base/bytes.h"

typedef enum nd_problem_kind {
    ND_PROBLEM_BINARY,      /* a file with a NUL byte early on */
    ND_PROBLEM_SPECIAL,     /* a FIFO, socket or device met on a walk */
    ND_PROBLEM_UNREADABLE,  /* a file or folder that could not be opened or read */
    ND_PROBLEM_DAMAGED,     /* compressed data that breaks off or is corrupt: the rest of the file is set aside */
    ND_PROBLEM_EXPANDED,    /* compressed data that becomes too large: likewise */
    ND_PROBLEM_UNDECODABLE, /* none of the given charsets decodes the whole file */
    ND_PROBLEM_BAD_RECORD,  /* a line that is not a JSON object with a string in the text field */
    ND_PROBLEM_SET_ASIDE    /* a document larger than the limit: it has its number, but is not read */
} nd_problem_kind;

#define ND_PROBLEM_KINDS 8

typedef struct nd_problem {
    nd_problem_kind kind;
    bool named;      /* the user named this very file, so it counts towards exit status 3 */
    nd_span path;    /* as in nd_corpus_document */
    nd_span file;    /* the path to open, with a NUL behind it; "-" for standard input */
    uint64_t record; /* 0-based line, for a record; else NEARDUP_NONE */
    uint64_t byte;   /* where in the file or line; NEARDUP_NONE where unknown */
    uint64_t bytes;  /* of what is set aside; 0 where unknown */
    nd_span message; /* what is wrong, in a few words, such as "expected ':' after a key" */
} nd_problem;

/* Problems of each kind that are kept in detail: so many named ones, and so many others. */
#define ND_PROBLEMS_KEPT 1000

/* All zero is an empty list. */
typedef struct nd_problems {
    uint64_t counts[ND_PROBLEM_KINDS]; /* in all, */
    uint64_t named[ND_PROBLEM_KINDS];  /* and of those the ones with what the user named */
    nd_problem *items;
    size_t *order; /* parallel: the number of the file it was met at */
    size_t count, capacity, order_capacity;
} nd_problems;

/* What messages call the file: the path to open, or "standard input". */
const char *nd_problem_place(const nd_problem *problem);

void nd_problems_release(nd_problems *problems);

/* Counts a problem and, unless enough of its kind are kept, keeps a copy of it with its spans: behind all that were met
 * at the same or an earlier file. `order` is the number of the file it was met at. */
neardup_status nd_problems_add(nd_problems *problems, const nd_problem *problem, size_t order);

#endif
