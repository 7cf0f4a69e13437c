/* SPDX-License-Identifier: MIT */
/*
 * Paths: how two token sequences correspond, column by column. An edit replaces, leaves out or adds a token. Paths come
 * from furthest-reaching points (Myers, Algorithmica 1986), extended while their score does not fall too far below its
 * best (Zhang, Schwartz, Wagner, Miller, J. Comput. Biol. 2000), so what is alike costs next to nothing.
 */
#ifndef ND_PASSAGE_PATH_H
#define ND_PASSAGE_PATH_H

#include "passage/chain.h"
#include "passage/sequences.h"

enum {
    /* Scores of columns. A passage rises as long as over a third of its words are the same. Measured on annotated
     * reuse: stricter ones lose reworded text, laxer ones gain little. */
    ND_SCORE_MATCH = 4,
    ND_SCORE_REPLACED = -2,
    ND_SCORE_LEFT = -4,
    ND_SCORE_DROP = 60,  /* fall of the score that divides what chains have joined: 30 replaced words */
    ND_EXTEND_DROP = 24, /* fall of the score beyond the ends of a chain that ends the passage: 12 replaced words */
    ND_EXTEND_BAND = 16  /* words by which places may shift there */
};

typedef enum nd_column {
    ND_MATCH,    /* the same token in both */
    ND_REPLACED, /* another one */
    ND_ONLY_A,   /* a token that only the first sequence has here */
    ND_ONLY_B
} nd_column;

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
    nd_link begin;      /* tokens of the first column, */
    nd_link end;        /* and those behind the last */
    uint64_t steps;     /* work done so far, over all paths */
    int32_t *reach;     /* scratch */
    uint16_t near[256]; /* the same; all zero */
} nd_path;

void nd_path_release(nd_path *path);

/* Makes the path through the links of a chain, and beyond its ends as far as it leads. */
neardup_status nd_path_trace(nd_path *path, const nd_two *two, const nd_chain *chain);

#endif
