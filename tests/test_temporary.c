/* SPDX-License-Identifier: MIT */
/* Temporary files are this user's alone and have no name, also where the file system knows none without. */
#define _GNU_SOURCE /* O_TMPFILE */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/temporary.h"
#include "suite.h"

static bool nameless_unknown; /* the file system does not know files without a name */

int __real_open64(const char *path, int flags, ...);
int __wrap_open64(const char *path, int flags, ...);

int __wrap_open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (nameless_unknown && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return __real_open64(path, flags, mode);
}

static size_t count_names(const char *path) {
    size_t count = 0;
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    while (readdir(folder)) count++;
    closedir(folder);
    return count - 2;
}

START_TEST(a_temporary_file_is_private_and_has_no_name) {
    char folder[] = "/tmp/neardup-test-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    umask(0); /* so that the mode is what was asked for */
    nameless_unknown = _i;
    int file = nd_temporary_file(folder);
    ck_assert_int_ge(file, 0);
    struct stat s;
    ck_assert_int_eq(fstat(file, &s), 0);
    ck_assert_int_eq(s.st_mode & 07777, 0600);
    ck_assert_uint_eq(s.st_nlink, 0);
    ck_assert_uint_eq(count_names(folder), 0);
    ck_assert_int_ne(fcntl(file, F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_eq(pwrite(file, "x", 1, 0), 1);
    close(file);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(a_missing_folder_is_told) {
    nameless_unknown = _i;
    ck_assert_int_eq(nd_temporary_file("/nonexistent/folder"), -1);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(temporary_memory_has_no_name) {
    struct stat s;
    int memory = nd_temporary_memory();
    ck_assert_int_ge(memory, 0);
    ck_assert_int_eq(fstat(memory, &s), 0);
    ck_assert_uint_eq(s.st_nlink, 0);
    ck_assert_int_ne(fcntl(memory, F_GETFD) & FD_CLOEXEC, 0);
    close(memory);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("temporary");
    tcase_add_loop_test(tests, a_temporary_file_is_private_and_has_no_name, 0, 2);
    tcase_add_loop_test(tests, a_missing_folder_is_told, 0, 2);
    tcase_add_test(tests, temporary_memory_has_no_name);
    return run_tests(tests);
}
