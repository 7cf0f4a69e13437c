/* SPDX-License-Identifier: MIT */
#include "passage/matrix.h"

#include <stddef.h>
#include <string.h>

#include "base/memory.h"

enum {
    LANES = ND_MATRIX_WIDTH / 2, /* entries of an anti-diagonal: every other diagonal crosses it */
    ROWS = 2 * ND_MATRIX_TOKENS + 1,
    PAD = LANES + 2, /* tokens beside a sequence that are read, and do not matter */
    UNIT = 2,        /* of scores: they are even, and so kept in bytes, */
    START = -8,      /* from here on */
    NOWHERE = -124,  /* an entry that no way leads to */
    LEAST = -120,    /* the lowest of any other */
    LOST = ND_SCORE_REPLACED / UNIT,
    GAIN = ND_SCORE_MATCH / UNIT - LOST,
    SURE = 8 /* matches one behind the other that put anything else out of reach */
};

_Static_assert(ND_SCORE_LEFT == 2 * ND_SCORE_REPLACED, "what is left out is lost twice");
_Static_assert(START + 2 * ND_MATRIX_SHORT < 128, "scores fit into bytes");
_Static_assert(START - 60 - 2 * (ND_MATRIX_WIDTH - 6) >= LEAST, "as the lowest do");
_Static_assert(NOWHERE + GAIN + LOST < LEAST && NOWHERE + 2 * LOST >= -128, "nothing comes from nowhere");

/* The scores of an anti-diagonal t = i + j, or what is to be added to them. Lane l is on diagonal base + t % 2 + 2 l.
 * The compiler knows what the machine has for sixteen bytes. */
typedef int8_t lanes __attribute__((vector_size(LANES)));
typedef uint64_t words __attribute__((vector_size(LANES)));

struct nd_matrix {
    lanes rows[ROWS + 1]; /* by anti-diagonal, from -1 on */
    nd_matrix_part part;
    int32_t base; /* the lowest diagonal; even */
    /* Two bytes of each code: where those of others are the same by chance, a way may not be the best, but its columns
     * are right. */
    uint8_t a[2][ND_MATRIX_TOKENS + 2 * PAD];
    uint8_t b[2][ND_MATRIX_TOKENS + 2 * PAD]; /* turned round */
};

nd_matrix *nd_matrix_create(void) { return nd_allocate_zero(1, sizeof(nd_matrix)); }

static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

static inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

/* i of lane 0; j of lane 0. */
static inline int32_t first_i(const nd_matrix *m, int32_t t) { return (t + m->base + (t & 1)) / 2; }

static inline int32_t first_j(const nd_matrix *m, int32_t t) { return (t - m->base - (t & 1)) / 2; }

/* ---- lanes ---- */

static inline lanes all_of(int8_t value) { return value - (lanes){0}; }

static inline lanes load(const void *from) {
    lanes value;
    memcpy(&value, from, sizeof value);
    return value;
}

static inline lanes choose(lanes which, lanes yes, lanes no) { return (yes & which) | (no & ~which); }

static inline lanes higher(lanes a, lanes b) { return choose(a > b, a, b); }

static inline bool any(lanes which) {
    words w = (words)which;
    return (w[0] | w[1]) != 0;
}

/* Each lane's next one; each one's last. */
static inline lanes next(lanes of) {
    words w = (words)of;
    return (lanes)(w >> 8 | (words){w[1], (uint8_t)NOWHERE} << 56);
}

static inline lanes last(lanes of) {
    words w = (words)of;
    return (lanes)(w << 8 | (words){(uint64_t)(uint8_t)NOWHERE << 56, w[0]} >> 56);
}

/* ---- anti-diagonals ---- */

static void copy_codes(uint8_t *one, uint8_t *other, const nd_code *from, int32_t count) {
    for (int32_t i = 0; i < count; i++) one[i] = (uint8_t)(from[i] >> 16);
    for (int32_t i = 0; i < count; i++) other[i] = (uint8_t)(from[i] >> 24);
}

static void copy_turned(uint8_t *one, uint8_t *other, const nd_code *from, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        one[i] = (uint8_t)(from[count - 1 - i] >> 16);
        other[i] = (uint8_t)(from[count - 1 - i] >> 24);
    }
}

/* Gets ready to fill in anti-diagonals, of which the first is. */
static void begin(nd_matrix *m, const nd_matrix_part *part, int32_t base) {
    m->base = base;
    m->part = *part;
    if (part->forward) {
        copy_codes(m->a[0] + PAD, m->a[1] + PAD, part->a, part->a_count);
        copy_turned(m->b[0] + PAD, m->b[1] + PAD, part->b, part->b_count);
    } else {
        copy_turned(m->a[0] + PAD, m->a[1] + PAD, part->a - part->a_count + 1, part->a_count);
        copy_codes(m->b[0] + PAD, m->b[1] + PAD, part->b - part->b_count + 1, part->b_count);
    }
    m->rows[0] = m->rows[1] = all_of(NOWHERE);
    m->rows[1][-base / 2] = START;
}

/* The lanes of two neighbouring anti-diagonals, an odd one and an even one, that are on diagonals that may be used. */
typedef struct limits {
    int32_t from[2], to[2];
} limits;

static limits find_limits(const nd_matrix *m) {
    int32_t low = m->part.lowest - m->base, high = m->part.highest - m->base;
    return (limits){{larger(low >> 1, 0), larger((low + 1) >> 1, 0)},
                    {smaller((high - 1) >> 1, LANES - 1), smaller(high >> 1, LANES - 1)}};
}

/* Lanes from one to another. */
static inline lanes lanes_between(int32_t from, int32_t to) {
    const lanes numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return (numbers >= all_of((int8_t)from)) & (numbers <= all_of((int8_t)to));
}

/* Where both codes of a lane are the same; a and b are those of lane 0. */
static inline lanes find_same(const nd_matrix *m, int32_t a, int32_t b) {
    ptrdiff_t at_a = (ptrdiff_t)PAD + a, at_b = (ptrdiff_t)PAD + m->part.b_count - 1 - b;
    return (load(m->a[0] + at_a) == load(m->b[0] + at_b)) & (load(m->a[1] + at_a) == load(m->b[1] + at_b));
}

/* Fills in anti-diagonals t, which is odd, and t + 1 with scores of `least` and more. Returns the higher one of each
 * lane. */
static inline lanes fill(nd_matrix *m, const limits *within, int32_t t, lanes least) {
    int32_t i = first_i(m, t), j = first_j(m, t), behind_a = m->part.a_count - i, behind_b = j - m->part.b_count;
    lanes *rows = m->rows + t + 1, before = rows[-1];
    lanes off = higher(before, next(before)) + LOST;
    lanes odd = higher(rows[-2] + (find_same(m, i - 1, j - 1) & GAIN), off) + LOST;
    lanes inside =
        lanes_between(larger(larger(-i, behind_b), within->from[0]), smaller(smaller(behind_a, j), within->to[0]));
    odd = choose((odd >= least) & inside, odd, all_of(NOWHERE));
    off = higher(odd, last(odd)) + LOST;
    lanes even = higher(before + (find_same(m, i - 1, j) & GAIN), off) + LOST;
    inside = lanes_between(larger(larger(-i, behind_b + 1), within->from[1]),
                           smaller(smaller(behind_a, j + 1), within->to[1]));
    even = choose((even >= least) & inside, even, all_of(NOWHERE));
    rows[0] = odd;
    rows[1] = even;
    return higher(odd, even);
}

uint32_t nd_matrix_cross(nd_matrix *matrix, const nd_matrix_part *part) {
    int32_t all = part->a_count + part->b_count, off = part->a_count - part->b_count;
    begin(matrix, part, (off / 2 - LANES) / 2 * 2);
    const limits within = find_limits(matrix);
    for (int32_t t = 1; t <= all; t += 2) fill(matrix, &within, t, all_of(LEAST));
    return (uint32_t)all;
}

/* The first point from anti-diagonal t on that has a score. */
static nd_matrix_point find(const nd_matrix *m, int32_t t, int32_t score) {
    for (;; t++)
        for (int32_t lane = 0; lane < LANES; lane++)
            if (m->rows[t + 1][lane] == score) return (nd_matrix_point){first_i(m, t) + lane, first_j(m, t) - lane};
}

uint32_t nd_matrix_extend(nd_matrix *matrix, const nd_matrix_part *part, int32_t drop, nd_matrix_point *best_out,
                          bool *sure_out) {
    int32_t t = 1, all = part->a_count + part->b_count, best = START, best_t = 0, in_line = 0;
    begin(matrix, part, -LANES);
    const limits within = find_limits(matrix);
    for (bool open = true; t <= all && in_line < SURE && open; t += 2) {
        lanes most = fill(matrix, &within, t, all_of((int8_t)(best - drop / UNIT)));
        open = any(most > NOWHERE);
        if (!any(most > (int8_t)best)) continue;
        best += any(most > (int8_t)(best + 1)) ? 2 : 1;
        in_line = best_t + 2 == t ? in_line + 1 : 0;
        best_t = t;
    }
    *best_out = find(matrix, best_t, best);
    *sure_out = in_line == SURE;
    return (uint32_t)t;
}

/* ---- back ---- */

/* The entry at a point. */
static int32_t score_at(const nd_matrix *m, int32_t i, int32_t j) {
    int32_t t = i + j, lane = i - first_i(m, t);
    return i < 0 || j < 0 || lane < 0 || lane >= LANES ? NOWHERE : m->rows[t + 1][lane];
}

uint32_t nd_matrix_columns(const nd_matrix *matrix, nd_matrix_point to, uint8_t *columns_out) {
    const nd_matrix_part *p = &matrix->part;
    int32_t i = to.i, j = to.j, step = p->forward ? 1 : -1;
    uint32_t count = 0;
    while (i || j) {
        int32_t score = score_at(matrix, i, j), along = score_at(matrix, i - 1, j - 1);
        nd_column column = ND_ONLY_B;
        nd_code differ = i && j ? p->a[step * (i - 1)] ^ p->b[step * (j - 1)] : 0;
        if (along == score - LOST - (differ >> 16 ? 0 : GAIN))
            column = differ ? ND_REPLACED : ND_MATCH;
        else if (score_at(matrix, i - 1, j) == score - 2 * LOST)
            column = ND_ONLY_A;
        columns_out[count++] = (uint8_t)column;
        i -= column != ND_ONLY_B;
        j -= column != ND_ONLY_A;
    }
    return count;
}
