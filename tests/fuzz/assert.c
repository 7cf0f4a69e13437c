/* SPDX-License-Identifier: MIT */
/* Models that tests share assert by Check, which is not there when a fuzzer runs them: a failure ends the process. */
#include <check.h>
#include <stdarg.h>

#include "fuzz/fuzz.h"

void _mark_point(const char *file, int line) {
    (void)file;
    (void)line;
}

void _ck_assert_failed(const char *file, int line, const char *expr, const char *msg, ...) {
    fprintf(stderr, "%s:%d: %s ", file, line, expr);
    va_list arguments;
    va_start(arguments, msg);
    if (msg) vfprintf(stderr, msg, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    abort();
}
