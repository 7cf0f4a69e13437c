/* SPDX-License-Identifier: MIT */
/*
 * Paths: how two token sequences correspond, column by column. An edit replaces, leaves out or adds a token. What is
 * the same is passed over; a matrix is filled in only where something else comes between (matrix.h).
 */
#ifndef ND_PASSAGE_PATH_H
#define ND_PASSAGE_PATH_H

#include "passage/kernel.h"

enum {
    ND_SCORE_DROP = 60,  /* fall of the score that divides what chains have joined: 30 replaced words */
    ND_EXTEND_DROP = 24, /* fall of the score beyond the ends of a chain that ends the passage: 12 replaced words */
};

/* Two sequences; where both are one text, the second place is behind the first, and the distance is kept. */
typedef struct nd_two {
    nd_sequence a, b;
    bool same;
} nd_two;

/* So many columns of one kind, behind one another. */
typedef struct nd_columns {
    uint32_t count : 30;
    uint32_t column : 2; /* nd_column */
} nd_columns;

/* A path under way. All zero is empty. */
typedef struct nd_path {
    nd_columns *runs;
    size_t count, capacity;
    nd_link begin;                     /* tokens of the first column, */
    nd_link end;                       /* and those behind the last */
    uint64_t steps;                    /* work done so far, over all paths */
    nd_matrix *matrix;                 /* scratch */
    const nd_passage_kernels *kernels; /* borrowed */
} nd_path;

void nd_path_release(nd_path *path);

/* Makes the path through the links of a chain, and beyond its ends as far as it leads. */
neardup_status nd_path_trace(nd_path *path, const nd_two *two, const nd_chain *chain);

#endif
