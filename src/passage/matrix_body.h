/* SPDX-License-Identifier: MIT */
/*
 * How a matrix is filled in: written once, for vectors of sixteen bytes, and compiled for each instruction set by the
 * file that includes this. What compilers do not find by themselves is said in instructions that every x86-64 has.
 */
#ifndef ND_PASSAGE_MATRIX_BODY_H
#define ND_PASSAGE_MATRIX_BODY_H

#include <stddef.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/target.h"
#include "passage/matrix.h"

enum {
    LANES = ND_MATRIX_WIDTH / 2, /* entries of an anti-diagonal: every other diagonal crosses it */
    ROWS = 2 * ND_MATRIX_TOKENS + 1,
    PAD = 2 * LANES, /* tokens beside a sequence that are written or read, and do not matter */
    SEEN = 16,       /* the first bit of a code that is in the two bytes of it that are kept, */
    TOKEN = 1,       /* but for a bit which is set in one byte of every token, */
    END_A = 0,       /* and not in the byte that is behind an end */
    END_B = 2,
    UNIT = 2,    /* of scores: they are even, and so kept in bytes, */
    START = 120, /* from here on */
    NOWHERE = 0, /* an entry that no way leads to */
    LEAST = 8,   /* the lowest of any other */
    LOST = -ND_SCORE_REPLACED / UNIT,
    GAIN = ND_SCORE_MATCH / UNIT + LOST,
    SURE = 8 /* matches one behind the other that put anything else out of reach */
};

_Static_assert(ND_SCORE_LEFT == 2 * ND_SCORE_REPLACED, "what is left out is lost twice");
_Static_assert(START + 2 * ND_MATRIX_SHORT <= UINT8_MAX - GAIN, "scores fit into bytes");
_Static_assert(START - 60 - 2 * (ND_MATRIX_WIDTH - 6) >= LEAST, "as the lowest do");
_Static_assert(NOWHERE + GAIN < LEAST, "nothing comes from nowhere");

/* The scores of an anti-diagonal t = i + j, or what is to be added to them. Lane l is on diagonal base + t % 2 + 2 l.
 * The compiler knows what the machine has for sixteen bytes. */
typedef uint8_t lanes __attribute__((vector_size(LANES)));
typedef int8_t places __attribute__((vector_size(LANES)));
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

static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

static inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

/* i of lane 0; j of lane 0. */
static inline int32_t first_i(const nd_matrix *m, int32_t t) { return (t + m->base + (t & 1)) / 2; }

static inline int32_t first_j(const nd_matrix *m, int32_t t) { return (t - m->base - (t & 1)) / 2; }

/* ---- lanes ---- */

static inline lanes all_of(int32_t value) { return (uint8_t)value - (lanes){0}; }

static inline lanes load(const void *from) {
    lanes value;
    memcpy(&value, from, sizeof value);
    return value;
}

#ifdef __SSE2__
static inline lanes higher(lanes a, lanes b) { return (lanes)_mm_max_epu8((__m128i)a, (__m128i)b); }

/* What is left of scores after a loss; of those that no way leads to, nothing. */
static inline lanes lose(lanes from, int32_t loss) {
    return (lanes)_mm_subs_epu8((__m128i)from, (__m128i)all_of(loss));
}

/* What scores have above a limit. */
static inline lanes above(lanes score, lanes limit) { return (lanes)_mm_subs_epu8((__m128i)score, (__m128i)limit); }

static inline bool any(lanes which) {
    return _mm_movemask_epi8(_mm_cmpeq_epi8((__m128i)which, _mm_setzero_si128())) != 0xFFFF;
}
#else
static inline lanes higher(lanes a, lanes b) { return (a & (lanes)(a > b)) | (b & ~(lanes)(a > b)); }

static inline lanes lose(lanes from, int32_t loss) { return higher(from, all_of(loss)) - all_of(loss); }

static inline lanes above(lanes score, lanes limit) { return higher(score, limit) - limit; }

static inline bool any(lanes which) {
    words w = (words)which;
    return (w[0] | w[1]) != 0;
}
#endif

/* Where scores are as high as a limit. */
static inline lanes reaches(lanes score, lanes limit) { return (lanes)(higher(score, limit) == score); }

#ifdef __clang__
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (lanes){__VA_ARGS__})
#endif

/* Each lane's next one; each one's last. */
static inline lanes next(lanes of) {
    return SHUFFLE(of, all_of(NOWHERE), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
}

static inline lanes last(lanes of) {
    return SHUFFLE(all_of(NOWHERE), of, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
}

static inline lanes reversed(lanes of) { return SHUFFLE(of, of, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0); }

#undef SHUFFLE

/* Two bytes of each of LANES codes. */
static inline void take_bytes(const nd_code *codes, lanes *one, lanes *other) {
#ifdef __SSE2__
    __m128i low = _mm_set1_epi16(0xFF), halves[LANES / 8];
    for (int32_t k = 0; k < LANES / 8; k++) {
        const __m128i *from = (const __m128i *)(codes + 8 * k);
        halves[k] = _mm_packs_epi32(_mm_srai_epi32(_mm_loadu_si128(from), SEEN),
                                    _mm_srai_epi32(_mm_loadu_si128(from + 1), SEEN));
    }
    *one = (lanes)_mm_packus_epi16(_mm_and_si128(halves[0], low), _mm_and_si128(halves[1], low)) | TOKEN;
    *other = (lanes)_mm_packus_epi16(_mm_srli_epi16(halves[0], 8), _mm_srli_epi16(halves[1], 8));
#else
    for (int32_t k = 0; k < LANES; k++) {
        (*one)[k] = (uint8_t)(codes[k] >> SEEN) | TOKEN;
        (*other)[k] = (uint8_t)(codes[k] >> (SEEN + 8));
    }
#endif
}

/* Whether codes are the same for a matrix, by the bits in which they differ. */
static inline bool is_same(nd_code differ) { return !(differ >> SEEN & ~(nd_code)TOKEN); }

/* ---- anti-diagonals ---- */

/* Two bytes of each of some codes, on or back from one on. Most parts have ND_MATRIX_STEP of them. */
ND_BODY void copy_codes(uint8_t *one, uint8_t *other, const nd_code *from, int32_t count, int32_t step) {
    int32_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        lanes bytes[2];
        take_bytes(from + (step > 0 ? i : -i - LANES + 1), &bytes[0], &bytes[1]);
        for (int k = 0; k < 2; k++) {
            if (step < 0) bytes[k] = reversed(bytes[k]);
            memcpy((k ? other : one) + i, &bytes[k], LANES);
        }
    }
    for (; i < count; i++) {
        one[i] = (uint8_t)(from[step * i] >> SEEN) | TOKEN;
        other[i] = (uint8_t)(from[step * i] >> (SEEN + 8));
    }
}

/* What a part looks like while it is filled in. It is a copy: stores of lanes may change anything in memory, for all
 * that compilers know. */
typedef struct view {
    const uint8_t *a[2], *b[2]; /* bytes of token 0 of a and, with those of later ones in front of it, of b */
    lanes used[2];              /* lanes on diagonals that may be used, of an even anti-diagonal and an odd one; */
    bool open;                  /* they all are */
} view;

/* Lanes from one to another; either may be beyond an end. */
static inline lanes lanes_between(int32_t from, int32_t to) {
    const places numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    places low = (int8_t)(larger(from, 0) - 1) - (places){0}, high = (int8_t)(smaller(to, LANES) + 1) - (places){0};
    return (lanes)((numbers > low) & (numbers < high));
}

/* Gets ready to fill in anti-diagonals, of which the first is. */
ND_BODY view begin(nd_matrix *m, const nd_matrix_part *part, int32_t base) {
    uint8_t *a[] = {m->a[0] + PAD, m->a[1] + PAD};
    uint8_t *b[] = {m->b[0] + PAD + ND_MATRIX_TOKENS - 1, m->b[1] + PAD + ND_MATRIX_TOKENS - 1};
    ptrdiff_t back = (ptrdiff_t)part->b_count - 1;
    int32_t step = part->forward ? 1 : -1;
    copy_codes(a[0], a[1], part->a, part->a_count, step);
    copy_codes(b[0] - back, b[1] - back, part->b + step * back, part->b_count, -step);
    m->base = base;
    m->part = *part;
    m->rows[0] = m->rows[1] = all_of(NOWHERE);
    m->rows[1][-base / 2] = START;
    int32_t low = part->lowest - base, high = part->highest - base;
    return (view){.a = {a[0], a[1]},
                  .b = {b[0], b[1]},
                  .used = {lanes_between((low + 1) >> 1, high >> 1), lanes_between(low >> 1, (high - 1) >> 1)},
                  .open = low <= 0 && high >= 2 * LANES - 1};
}

/* The last two anti-diagonals, the second of which is an even one. What has fallen too far is kept out of the entries
 * that ways go on from by both tokens. It need not be where they go on by one of them, as it only falls further: so
 * that is not waited for. */
typedef struct front {
    lanes odd, even; /* without what has fallen too far */
    lanes all;       /* the second with it */
} front;

/* The anti-diagonals before the first one. */
static inline front first(const nd_matrix *m) { return (front){m->rows[0], m->rows[1], m->rows[1]}; }

/* Puts something that is like no token behind the ends, as far as lanes reach: (a_count + b_count + LANES) / 2 + 2 from
 * the beginning. Two vectors are enough where neither sequence is much longer. */
ND_BODY void end(nd_matrix *m, const nd_matrix_part *part) {
    const lanes behind_a = all_of(END_A), behind_b = all_of(END_B);
    uint8_t *a = m->a[0] + PAD + part->a_count;
    uint8_t *b = m->b[0] + PAD + ND_MATRIX_TOKENS - LANES - part->b_count;
    for (int i = 0; i < 2; i++) {
        memcpy(a + LANES * i, &behind_a, LANES);
        memcpy(b - LANES * i, &behind_b, LANES);
    }
}

_Static_assert((ND_MATRIX_STEP + LANES) / 2 + 2 <= 2 * LANES, "two vectors reach as far");
_Static_assert(2 * LANES <= PAD, "and there is room for them");

/* Where both codes of a lane are the same; a and b are those of lane 0. */
static inline lanes find_same(const view *v, ptrdiff_t a, ptrdiff_t b) {
    return (load(v->a[0] + a) == load(v->b[0] - b)) & (load(v->a[1] + a) == load(v->b[1] - b));
}

/* Fills in an odd anti-diagonal, whose lane 0 is at i and j, and the next one with scores from `least` on. rows[0] is
 * the first of them. No way leads to what is before the beginning of a sequence, and none back from behind its end. */
ND_BODY front fill(lanes *rows, const view *v, front before, int32_t i, int32_t j, lanes least) {
    lanes off = lose(higher(before.all, next(before.all)), 2 * LOST);
    lanes odd = higher(lose(before.odd + (find_same(v, i - 1, j - 1) & GAIN), LOST), off);
    if (!v->open) odd &= v->used[1];
    off = lose(higher(odd, last(odd)), 2 * LOST);
    lanes even = higher(lose(before.even + (find_same(v, i - 1, j) & GAIN), LOST), off);
    if (!v->open) even &= v->used[0];
    front now = {odd & reaches(odd, least), even & reaches(even, least), even}; /* NOWHERE is 0 */
    rows[0] = now.odd;
    rows[1] = now.even;
    return now;
}

ND_BODY uint32_t cross(nd_matrix *m, const nd_matrix_part *part) {
    int32_t all = part->a_count + part->b_count, off = part->a_count - part->b_count;
    const view v = begin(m, part, (off / 2 - LANES) / 2 * 2);
    front at = first(m);
    for (int32_t t = 1, i = first_i(m, 1), j = first_j(m, 1); t <= all; t += 2, i++, j++)
        at = fill(m->rows + t + 1, &v, at, i, j, all_of(LEAST));
    return (uint32_t)all;
}

/* The first point from anti-diagonal t on that has a score. */
static inline nd_matrix_point find(const nd_matrix *m, int32_t t, int32_t score) {
    for (;; t++) {
        words found = (words)(m->rows[t + 1] == all_of(score));
        if (!(found[0] | found[1])) continue;
        int32_t lane = (found[0] ? __builtin_ctzll(found[0]) : 64 + __builtin_ctzll(found[1])) / 8;
        return (nd_matrix_point){first_i(m, t) + lane, first_j(m, t) - lane};
    }
}

ND_BODY uint32_t extend(nd_matrix *m, const nd_matrix_part *part, int32_t drop, nd_matrix_point *best_out,
                        bool *sure_out) {
    int32_t t = 1, all = part->a_count + part->b_count, best = START, best_t = 0, in_line = 0;
    const view v = begin(m, part, -LANES);
    end(m, part);
    front at = first(m);
    lanes highest = all_of(best), least = all_of(best - drop / UNIT);
    bool alive = true;
    for (int32_t i = first_i(m, 1), j = first_j(m, 1); t <= all && in_line < SURE && alive; t += 2, i++, j++) {
        at = fill(m->rows + t + 1, &v, at, i, j, least);
        lanes most = higher(at.odd, at.even);
        if (any(above(most, highest))) {
            best += any(above(most, all_of(best + 1))) ? 2 : 1;
            highest = all_of(best);
            least = all_of(best - drop / UNIT);
            in_line = best_t + 2 == t ? in_line + 1 : 0;
            best_t = t;
        } else {
            alive = any(most);
        }
    }
    *best_out = find(m, best_t, best);
    *sure_out = in_line == SURE;
    return (uint32_t)t - 1;
}

#endif
