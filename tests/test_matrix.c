/* SPDX-License-Identifier: MIT */
/* The matrix of two sequences, held against one that is filled in entry by entry, without bounds. */
#include "passage/matrix.h"

#include <string.h>

#include "base/memory.h"
#include "random.h"
#include "suite.h"
#include "support/kernels.h"

enum { MOST = ND_MATRIX_TOKENS, SHIFT = 8, ROUNDS = SANITIZED ? 2000 : 30000, NEVER = -100000, DROP = 24 };

static nd_code a[2 * (MOST + SHIFT)], b[2 * (MOST + SHIFT)];
static int scores[MOST + 1][MOST + 1];

static int better(int x, int y) { return x > y ? x : y; }

static int column_score(nd_column column) {
    return column == ND_MATCH ? ND_SCORE_MATCH : column == ND_REPLACED ? ND_SCORE_REPLACED : ND_SCORE_LEFT;
}

static nd_column column_at(const nd_matrix_part *part, int i, int j) {
    return part->a[part->forward ? i : -i] == part->b[part->forward ? j : -j] ? ND_MATCH : ND_REPLACED;
}

static void fill_in(const nd_matrix_part *part) {
    for (int i = 0; i <= part->a_count; i++)
        for (int j = 0; j <= part->b_count; j++) {
            int best = i || j ? NEVER : 0;
            if (i && j) best = better(best, scores[i - 1][j - 1] + column_score(column_at(part, i - 1, j - 1)));
            if (i) best = better(best, scores[i - 1][j] + ND_SCORE_LEFT);
            if (j) best = better(best, scores[i][j - 1] + ND_SCORE_LEFT);
            scores[i][j] = i - j < part->lowest || i - j > part->highest ? NEVER : best;
        }
}

/* Two sequences with much in common, of few different tokens or many, some of which differ only in low bits. */
static nd_matrix_part draw_part(int shorter, int apart) {
    uint32_t words = 2 + random_below(60), alike = random_below(4);
    for (int i = 0; i < 2 * (MOST + SHIFT); i++) {
        a[i] = (random_below(words) + 1) * 0x01230010u;
        b[i] = random_below(4) < alike ? a[i] : (random_below(words) + 1) * 0x01230010u;
    }
    int shift = (int)random_below(SHIFT), longer = shorter + (int)random_below((uint32_t)apart + 1);
    bool turned = random_below(2);
    return (nd_matrix_part){.a = a + MOST + SHIFT - shift,
                            .b = b + MOST + SHIFT,
                            .a_count = turned ? longer : shorter,
                            .b_count = turned ? shorter : longer,
                            .lowest = -ND_MATRIX_WIDTH,
                            .highest = ND_MATRIX_WIDTH,
                            .forward = random_below(2)};
}

/* The score of the columns to a point, which must be what they say they are and lead there. */
static int walk(const nd_matrix *matrix, const nd_matrix_part *part, nd_matrix_point to) {
    uint8_t columns[2 * MOST];
    uint32_t count = nd_matrix_columns(matrix, to, columns);
    int i = 0, j = 0, score = 0;
    while (count--) {
        nd_column column = (nd_column)columns[count];
        if (column <= ND_REPLACED) EXPECT(column == column_at(part, i, j), "at %d, %d", i, j);
        score += column_score(column);
        i += column != ND_ONLY_B;
        j += column != ND_ONLY_A;
        EXPECT(i - j >= part->lowest && i - j <= part->highest, "diagonal %d", i - j);
    }
    EXPECT(i == to.i && j == to.j, "%d, %d instead of %d, %d", i, j, to.i, to.j);
    return score;
}

START_TEST(ways_to_the_end_are_the_best) {
    random_start("ways to the end");
    const nd_kernels *kernels = kernels_of(_i);
    if (!kernels) return;
    nd_matrix *matrix = nd_matrix_create();
    for (int round = 0; round < ROUNDS; round++) {
        nd_matrix_part part = draw_part((int)random_below(ND_MATRIX_SHORT + 1), 6);
        if (random_below(4) == 0) part.highest = better(part.a_count - part.b_count, 0) + (int)random_below(4);
        if (random_below(4) == 0) part.lowest = -better(part.b_count - part.a_count, 0) - (int)random_below(4);
        fill_in(&part);
        EXPECT(kernels->passage->cross(matrix, &part) == (uint32_t)(part.a_count + part.b_count), "work");
        int score = walk(matrix, &part, (nd_matrix_point){part.a_count, part.b_count});
        /* Ways that lead further off than the matrix goes are never the best where so few tokens are left out. */
        EXPECT(score == scores[part.a_count][part.b_count], "%d instead of %d", score,
               scores[part.a_count][part.b_count]);
    }
    nd_free(matrix);
}
END_TEST

START_TEST(ways_lead_to_any_end) {
    random_start("any end");
    const nd_kernels *kernels = kernels_of(_i);
    if (!kernels) return;
    nd_matrix *matrix = nd_matrix_create();
    for (int round = 0; round < ROUNDS; round++) {
        nd_matrix_part part = draw_part((int)random_below(ND_MATRIX_SHORT + 1), ND_MATRIX_TOKENS - ND_MATRIX_SHORT);
        fill_in(&part);
        kernels->passage->cross(matrix, &part);
        int score = walk(matrix, &part, (nd_matrix_point){part.a_count, part.b_count});
        EXPECT(score <= scores[part.a_count][part.b_count], "%d", score);
    }
    nd_free(matrix);
}
END_TEST

/* What lies beyond the end that is found is not worth it: nowhere does the score rise above what was reached, unless it
 * falls too far before, which is seen by filling in the matrix with that rule. */
static int best_with_drop(const nd_matrix_part *part) {
    int best = 0;
    for (int t = 0; t <= part->a_count + part->b_count; t++) {
        int least = best - DROP;
        for (int i = better(0, t - part->b_count); i <= t && i <= part->a_count; i++) {
            int j = t - i, score = t ? NEVER : 0;
            if (i && j) score = better(score, scores[i - 1][j - 1] + column_score(column_at(part, i - 1, j - 1)));
            if (i) score = better(score, scores[i - 1][j] + ND_SCORE_LEFT);
            if (j) score = better(score, scores[i][j - 1] + ND_SCORE_LEFT);
            scores[i][j] = score < least ? NEVER : score;
            best = better(best, score);
        }
    }
    return best;
}

START_TEST(ways_lead_as_far_as_it_is_worth_it) {
    random_start("as far as it is worth it");
    const nd_kernels *kernels = kernels_of(_i);
    if (!kernels) return;
    nd_matrix *matrix = nd_matrix_create();
    int found = 0, sure_ones = 0;
    for (int round = 0; round < ROUNDS; round++) {
        nd_matrix_part part = draw_part((int)random_below(ND_MATRIX_SHORT + 1), 0);
        nd_matrix_point best = {-1, -1};
        bool sure = false;
        kernels->passage->extend(matrix, &part, DROP, &best, &sure);
        int score = walk(matrix, &part, best), highest = 0;
        fill_in(&part);
        for (int i = 0; i <= part.a_count; i++)
            for (int j = 0; j <= part.b_count; j++) highest = better(highest, scores[i][j]);
        EXPECT(score <= highest, "%d instead of %d", score, highest);
        sure_ones += sure;
        found += !sure && score + 4 * ND_SCORE_MATCH >= best_with_drop(&part);
    }
    /* Diagonals beyond those that are looked at, and the order in which a fall is noticed, matter now and then. */
    ck_assert_int_ge(found, (ROUNDS - sure_ones) * 95 / 100);
    ck_assert_int_gt(sure_ones, ROUNDS / 50);
    nd_free(matrix);
}
END_TEST

START_TEST(nothing_leads_nowhere) {
    const nd_kernels *kernels = kernels_of(_i);
    if (!kernels) return;
    nd_matrix *matrix = nd_matrix_create();
    nd_matrix_part part = {.a = a, .b = b, .lowest = -ND_MATRIX_WIDTH, .highest = ND_MATRIX_WIDTH, .forward = true};
    nd_matrix_point best = {-1, -1};
    bool sure = true;
    ck_assert_uint_eq(kernels->passage->extend(matrix, &part, DROP, &best, &sure), 0);
    ck_assert(best.i == 0 && best.j == 0 && !sure);
    ck_assert_uint_eq(kernels->passage->cross(matrix, &part), 0);
    uint8_t columns[1];
    ck_assert_uint_eq(nd_matrix_columns(matrix, best, columns), 0);
    nd_free(matrix);
}
END_TEST

/* Also where ways are not the best. */
START_TEST(kernels_find_the_same_ways) {
    random_start("the same ways");
    const nd_kernels *both[] = {kernels_of(0), kernels_of(_i)};
    nd_matrix *matrices[] = {nd_matrix_create(), nd_matrix_create()};
    for (int round = 0; round < ROUNDS && both[1]; round++) {
        nd_matrix_part part = draw_part((int)random_below(ND_MATRIX_SHORT + 1), ND_MATRIX_TOKENS - ND_MATRIX_SHORT);
        uint8_t columns[2][2 * MOST];
        nd_matrix_point ends[2] = {{part.a_count, part.b_count}, {part.a_count, part.b_count}};
        bool sure[2] = {false, false}, across = random_below(2);
        if (random_below(4) == 0) part.highest = better(part.a_count - part.b_count, 0) + (int)random_below(4);
        if (random_below(4) == 0) part.lowest = -better(part.b_count - part.a_count, 0) - (int)random_below(4);
        uint32_t work[2], count[2];
        for (int k = 0; k < 2; k++) {
            const nd_passage_kernels *kernels = both[k]->passage;
            work[k] = across ? kernels->cross(matrices[k], &part)
                             : kernels->extend(matrices[k], &part, DROP, &ends[k], &sure[k]);
            count[k] = nd_matrix_columns(matrices[k], ends[k], columns[k]);
        }
        EXPECT(work[0] == work[1] && sure[0] == sure[1], "%u and %u", work[0], work[1]);
        EXPECT(ends[0].i == ends[1].i && ends[0].j == ends[1].j, "%d, %d", ends[1].i, ends[1].j);
        EXPECT(count[0] == count[1] && !memcmp(columns[0], columns[1], count[0]), "columns in round %d", round);
    }
    nd_free(matrices[0]);
    nd_free(matrices[1]);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("matrix");
    tcase_add_loop_test(tests, ways_to_the_end_are_the_best, 0, KERNELS);
    tcase_add_loop_test(tests, ways_lead_to_any_end, 0, KERNELS);
    tcase_add_loop_test(tests, ways_lead_as_far_as_it_is_worth_it, 0, KERNELS);
    tcase_add_loop_test(tests, nothing_leads_nowhere, 0, KERNELS);
    tcase_add_loop_test(tests, kernels_find_the_same_ways, 1, KERNELS);
    return run_tests(tests);
}
