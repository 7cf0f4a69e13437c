/* SPDX-License-Identifier: MIT */
/* The progress line, phase by phase. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/progress.h"
#include "suite.h"

static nd_progress progress;
static char line[512];

/* What a step writes to standard error, as if the work and the phase had begun that many seconds ago. */
static const char *step(double seconds, neardup_phase phase, uint64_t done, uint64_t total) {
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    int before = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    progress.began = progress.phase_began = nd_clock() - seconds;
    progress.drawn = 0;
    progress.phase = phase;
    ck_assert_int_eq(nd_progress_step(&progress, phase, done, total), 0);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    line[fread(line, 1, sizeof line - 1, file)] = 0;
    fclose(file);
    return line;
}

START_TEST(each_phase_says_how_far_it_is) {
    nd_progress_init(&progress, ND_WHEN_ALWAYS);
    ck_assert_str_eq(step(0.1, NEARDUP_PHASE_SKETCH, 5, 0), "");
    ck_assert_str_eq(step(1, NEARDUP_PHASE_SKETCH, 5000, 0), "\rreading 5,000, 5,000 documents/s\033[K");
    ck_assert_str_eq(step(1, NEARDUP_PHASE_GROUP, 0, 64), "\rgrouping\033[K");
    ck_assert_str_eq(step(9.5, NEARDUP_PHASE_GROUP, 32, 64), "\rgrouping 50 %, 10 s left\033[K");
    ck_assert_str_eq(step(300, NEARDUP_PHASE_FETCH, 2, 4), "\rreading candidates again 50 %, 5 min 00 s left\033[K");
    ck_assert_str_eq(step(7500, NEARDUP_PHASE_VERIFY, 2, 4), "\rcomparing 50 %, 2 h 05 min left\033[K");
    ck_assert_str_eq(step(7500, NEARDUP_PHASE_VERIFY, 4, 4), "\rcomparing 100 %\033[K");
    ck_assert_str_eq(step(9.5, NEARDUP_PHASE_VERIFY, 1230000, 2460000),
                     "\rcomparing 50 %, 10 s left, 130,000 documents/s\033[K");
}
END_TEST

START_TEST(a_line_stays_on_one_line) {
    nd_progress_init(&progress, ND_WHEN_ALWAYS);
    setenv("COLUMNS", "30", 1);
    ck_assert_str_eq(step(10, NEARDUP_PHASE_FETCH, 1230000, 2460000), "\rreading candidates again 50 %\033[K");
    unsetenv("COLUMNS");
}
END_TEST

START_TEST(a_line_is_not_drawn_too_often_or_unasked) {
    nd_progress_init(&progress, ND_WHEN_NEVER);
    ck_assert_str_eq(step(10, NEARDUP_PHASE_GROUP, 1, 2), "");
    nd_progress_init(&progress, ND_WHEN_ALWAYS);
    ck_assert_str_ne(step(10, NEARDUP_PHASE_GROUP, 1, 2), "");
    double drawn = progress.drawn;
    nd_progress_step(&progress, NEARDUP_PHASE_GROUP, 1, 2);
    ck_assert(progress.drawn == drawn);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("progress");
    tcase_add_test(tests, each_phase_says_how_far_it_is);
    tcase_add_test(tests, a_line_stays_on_one_line);
    tcase_add_test(tests, a_line_is_not_drawn_too_often_or_unasked);
    return run_tests(tests);
}
