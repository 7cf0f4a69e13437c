/* SPDX-License-Identifier: MIT */
#include "passage/matrix.h"

#include "base/memory.h"
#include "passage/matrix_body.h"

nd_matrix *nd_matrix_create(void) { return nd_allocate_zero(1, sizeof(nd_matrix)); }

/* The entry beside one, in the same lane or, with `turn`, in the next one or the last; NOWHERE where that is none. */
static inline int32_t score_beside(const uint8_t *entry, int32_t lane, int32_t turn) {
    return lane + turn < 0 || lane + turn >= LANES ? NOWHERE : entry[turn - LANES];
}

/* From a point with i tokens of a behind it, lane 0 of whose anti-diagonal t has so many, a column that passes one of
 * them alone leads back to the same lane of the odd anti-diagonals, and the one before it of the even ones; one that
 * passes one of b, to the next one, and the same; one that passes both, to the same of t - 2. */
uint32_t nd_matrix_columns(const nd_matrix *matrix, nd_matrix_point to, uint8_t *columns_out) {
    const nd_matrix_part *p = &matrix->part;
    int32_t i = to.i, j = to.j, step = p->forward ? 1 : -1, t = i + j, lane = i - first_i(matrix, t);
    const uint8_t *entry = (const uint8_t *)&matrix->rows[t + 1] + lane;
    int32_t score = *entry;
    uint32_t count = 0;
    while (i && j) {
        nd_code differ = p->a[step * (i - 1)] ^ p->b[step * (j - 1)];
        if (entry[-2 * LANES] == score + LOST - (is_same(differ) ? GAIN : 0)) {
            columns_out[count++] = (uint8_t)(differ ? ND_REPLACED : ND_MATCH);
            i--, j--, entry -= 2 * LANES;
        } else {
            int32_t odd = (i + j) & 1, turn = odd - 1;
            bool only_a = score_beside(entry, lane, turn) == score + 2 * LOST;
            columns_out[count++] = (uint8_t)(only_a ? ND_ONLY_A : ND_ONLY_B);
            turn = only_a ? turn : odd;
            i -= only_a, j -= !only_a, lane += turn, entry += turn - LANES;
        }
        score = *entry;
    }
    memset(columns_out + count, i ? ND_ONLY_A : ND_ONLY_B, (size_t)(i + j));
    return count + (uint32_t)(i + j);
}
