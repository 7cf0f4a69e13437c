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

/* Scores of columns. A passage in which 30 % of the words are replaced still rises by 1.9 a word; one in which over 57 %
 * are does not rise. */
enum { ND_SCORE_MATCH = 4, ND_SCORE_REPLACED = -3, ND_SCORE_LEFT = -5, ND_SCORE_DROP = 48 };

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

/* A path under way. All zero is empty. */
typedef struct nd_path {
    uint8_t *columns; /* nd_column each */
    size_t count, capacity;
    nd_link begin;  /* tokens of the first column */
    uint64_t steps; /* work done so far, over all paths */
    int32_t *reach; /* scratch */
} nd_path;

void nd_path_release(nd_path *path);

/* Makes the path through the links of a chain, and beyond its ends as far as it leads. */
neardup_status nd_path_trace(nd_path *path, const nd_two *two, const nd_chain *chain);

#endif
