/* SPDX-License-Identifier: MIT */
/* Temporary data: what is written comes back, what is damaged is noticed, and what cannot be written is said. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/spill.h"
#include "random.h"
#include "suite.h"

enum { PIECES = 60, LARGEST = 3 << 20 };

static char data[LARGEST], back[LARGEST];

static void fill(uint64_t seed, size_t size) {
    for (size_t i = 0; i < size; i++)
        data[i] = (char)((seed = seed * 6364136223846793005ULL + 1442695040888963407ULL) >> 56);
}

START_TEST(pieces_come_back) {
    random_start("pieces");
    for (int round = 0; round < 4; round++) {
        nd_spill spill = {.folder = "/tmp"};
        nd_piece pieces[PIECES];
        uint64_t seeds[PIECES], total = 0;
        neardup_error error;
        for (int i = 0; i < PIECES; i++) {
            size_t size = random_below(3) ? random_below(1000) : random_below(round ? LARGEST : 20000);
            seeds[i] = random_bits();
            fill(seeds[i], size);
            ck_assert_int_eq(NEARDUP_OK, nd_spill_write(&spill, data, size, &pieces[i], &error));
            ck_assert_uint_eq(pieces[i].offset, total);
            total += size;
        }
        ck_assert_uint_eq(spill.size, total);
        EXPECT(spill.open == (total > 1 << 20), "a file of %llu bytes", (unsigned long long)total);
        for (int i = PIECES; i-- > 0;) {
            fill(seeds[i], pieces[i].size);
            ck_assert_int_eq(NEARDUP_OK, nd_spill_read(&spill, &pieces[i], back, &error));
            EXPECT(memcmp(data, back, pieces[i].size) == 0, "piece %d", i);
            size_t from = pieces[i].size / 3, size = pieces[i].size / 2;
            ck_assert_int_eq(NEARDUP_OK, nd_spill_read_at(&spill, pieces[i].offset + from, size, back, &error));
            EXPECT(memcmp(data + from, back, size) == 0, "part of piece %d", i);
        }
        nd_spill_release(&spill);
    }
}
END_TEST

static nd_piece write_large(nd_spill *spill) {
    nd_piece piece;
    neardup_error error;
    fill(1, LARGEST);
    ck_assert_int_eq(NEARDUP_OK, nd_spill_write(spill, data, LARGEST, &piece, &error));
    ck_assert(spill->open);
    return piece;
}

START_TEST(damage_is_noticed) {
    nd_spill spill = {.folder = "/tmp"};
    neardup_error error;
    nd_piece piece = write_large(&spill);
    ck_assert_int_eq(1, pwrite(spill.file, "x", 1, LARGEST / 2) + (data[LARGEST / 2] == 'x'));
    ck_assert_int_eq(NEARDUP_ERROR_SYSTEM, nd_spill_read(&spill, &piece, back, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "/tmp are not what was written"));
    ck_assert_int_eq(0, ftruncate(spill.file, LARGEST / 2));
    ck_assert_int_eq(NEARDUP_ERROR_SYSTEM, nd_spill_read(&spill, &piece, back, &error));
    nd_spill_release(&spill);
}
END_TEST

START_TEST(the_file_has_no_name_and_is_private) {
    char folder[] = "/tmp/neardup-test-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    nd_spill spill = {.folder = folder};
    write_large(&spill);
    struct stat s;
    ck_assert_int_eq(0, fstat(spill.file, &s));
    ck_assert_int_eq(0600, s.st_mode & 0777);
    ck_assert_uint_eq(0, s.st_nlink);
    ck_assert_int_ne(0, fcntl(spill.file, F_GETFD) & FD_CLOEXEC);
    ck_assert_int_eq(0, rmdir(folder)); /* it is empty */
    nd_spill_release(&spill);
}
END_TEST

START_TEST(a_missing_folder_is_named) {
    nd_spill spill = {.folder = "/nonexistent/folder"};
    neardup_error error;
    nd_piece piece;
    ck_assert_int_eq(NEARDUP_OK, nd_spill_write(&spill, data, 100, &piece, &error)); /* a little needs no file */
    ck_assert_int_eq(NEARDUP_OK, nd_spill_read(&spill, &piece, back, &error));
    ck_assert_int_eq(NEARDUP_ERROR_SYSTEM, nd_spill_write(&spill, data, LARGEST, &piece, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "/nonexistent/folder: No such file"));
    nd_spill_release(&spill);
}
END_TEST

START_TEST(a_full_disk_is_told) {
    struct rlimit limit = {.rlim_cur = 2 << 20, .rlim_max = RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(0, setrlimit(RLIMIT_FSIZE, &limit));
    nd_spill spill = {.folder = "/tmp"};
    neardup_error error;
    ck_assert_int_eq(NEARDUP_ERROR_SYSTEM, nd_spill_write(&spill, data, LARGEST, NULL, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "cannot be written in /tmp: File too large"));
    nd_spill_release(&spill);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("spill");
    tcase_add_test(tests, pieces_come_back);
    tcase_add_test(tests, damage_is_noticed);
    tcase_add_test(tests, the_file_has_no_name_and_is_private);
    tcase_add_test(tests, a_missing_folder_is_named);
    tcase_add_test(tests, a_full_disk_is_told);
    return run_tests(tests);
}
