/* SPDX-License-Identifier: MIT */
/* What every program of tests ends with, and cheap assertions for its inner loops. */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>

/* ck_assert for inner loops: Check takes note of every assertion with a system call. */
#define EXPECT(condition, ...)                                                                                         \
    do {                                                                                                               \
        if (!(condition)) ck_abort_msg("\"" #condition "\" does not hold: " __VA_ARGS__);                              \
    } while (0)

/* Runs the tests of one case and releases it; the exit status of the program. */
static inline int run_tests(TCase *tests) {
    tcase_set_timeout(tests, 300);
    Suite *suite = suite_create("neardup");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

#endif
