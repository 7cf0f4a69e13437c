/* SPDX-License-Identifier: MIT */
/*
 * The matrix of two token sequences: entry (i, j) is the best score of a way from the beginning of both to behind the
 * first i tokens of the one and j of the other. Only the diagonals about that of the beginning are looked at, and they
 * are filled in by anti-diagonals, whose entries do not depend on each other (Wozniak, CABIOS 1997), so that the
 * compiler computes many at a time.
 */
#ifndef ND_PASSAGE_MATRIX_H
#define ND_PASSAGE_MATRIX_H

#include "passage/codes.h"

enum {
    /* Scores of columns. A passage rises as long as over a third of its words are the same. Measured on annotated
     * reuse: stricter ones lose reworded text, laxer ones gain little. */
    ND_SCORE_MATCH = 4,
    ND_SCORE_REPLACED = -2,
    ND_SCORE_LEFT = -4,
    ND_MATRIX_TOKENS = 80, /* of the longer sequence, */
    ND_MATRIX_SHORT = 60,  /* and of the shorter one, at the most */
    ND_MATRIX_STEP = 32,   /* tokens that are enough to see whether a way leads on */
    ND_MATRIX_WIDTH = 32   /* diagonals */
};

typedef enum nd_column {
    ND_MATCH,    /* the same token in both */
    ND_REPLACED, /* another one */
    ND_ONLY_A,   /* a token that only the first sequence has here */
    ND_ONLY_B
} nd_column;

/* What is aligned: two sequences, read forward or backward, so that token i is a[i] or a[-i]. */
typedef struct nd_matrix_part {
    const nd_code *a, *b;
    int32_t a_count, b_count;
    int32_t lowest, highest; /* diagonals, i - j, that may be used; 0 is among them */
    bool forward;
} nd_matrix_part;

/* Behind the first i and j tokens. */
typedef struct nd_matrix_point {
    int32_t i, j;
} nd_matrix_point;

/* What the following work in; all that is in it is overwritten. */
typedef struct nd_matrix nd_matrix;

/* What has room for any part; NULL when there is no memory. Freed by nd_free. */
nd_matrix *nd_matrix_create(void);

/* Fills in the whole matrix. Its end must be within ND_MATRIX_WIDTH / 2 + 4 diagonals of its beginning. Returns the
 * number of anti-diagonals, each of which is the same work. */
typedef uint32_t nd_matrix_cross(nd_matrix *matrix, const nd_matrix_part *part);

/* Fills in the matrix as long as some score is not more than `drop` below the highest (the X-drop rule: Zhang,
 * Schwartz, Wagner, Miller, J. Comput. Biol. 2000), or until so much is the same from the highest on that nothing
 * else comes near it. *best_out is the point of the highest, the first of equal ones by i + j; *sure_out tells whether
 * it was that. Returns as above. */
typedef uint32_t nd_matrix_extend(nd_matrix *matrix, const nd_matrix_part *part, int32_t drop,
                                  nd_matrix_point *best_out, bool *sure_out);

/* Writes the columns of the best way to a point of the matrix, the last one first; returns how many. `columns_out` has
 * room for i + j. */
uint32_t nd_matrix_columns(const nd_matrix *matrix, nd_matrix_point to, uint8_t *columns_out);

#endif
