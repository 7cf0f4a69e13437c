/* SPDX-License-Identifier: MIT */
/* The allocator and what grows in it: sizes that overflow, sizes of zero, growth, and failure that changes nothing. */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/memory.h"
#include "random.h"
#include "suite.h"

#if defined __GLIBC__ && !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
#include <malloc.h>
#if __GLIBC_PREREQ(2, 33)
#define SEES_ALLOCATOR 1 /* what it has from the system can be asked for, and it is the one of nd_give_back */
#endif
#endif

/* Sanitizers end a program that asks for too much, unless told that it knows what it does. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);
const char *__asan_default_options(void) { return "allocator_may_return_null=1"; }
const char *__tsan_default_options(void) { return "allocator_may_return_null=1"; }

static const size_t half = SIZE_MAX / 2 + 1;

START_TEST(sizes_that_overflow_are_refused) {
    ck_assert_ptr_null(nd_allocate(half, 2));
    ck_assert_ptr_null(nd_allocate(SIZE_MAX, SIZE_MAX));
    ck_assert_ptr_null(nd_allocate_zero(half, 2));
    ck_assert_ptr_null(nd_allocate_zero(SIZE_MAX, 16));
    ck_assert_ptr_null(nd_copy("x", SIZE_MAX));
    nd_arena arena = {0};
    ck_assert_ptr_null(nd_arena_allocate(&arena, half, 2));
    ck_assert_ptr_null(nd_arena_allocate(&arena, SIZE_MAX, 1));
    nd_arena_release(&arena);
}
END_TEST

START_TEST(nothing_can_be_allocated_and_freed) {
    void *none[] = {nd_allocate(0, 8), nd_allocate(8, 0), nd_allocate_zero(0, 8), nd_copy(NULL, 0)};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        ck_assert_ptr_nonnull(none[i]);
        nd_free(none[i]);
    }
    nd_free(NULL);
}
END_TEST

START_TEST(zeroed_is_zero_and_a_copy_ends_in_nul) {
    unsigned char *zeros = nd_allocate_zero(1000, 7);
    for (size_t i = 0; i < 7000; i++) EXPECT(zeros[i] == 0, "byte %zu", i);
    nd_free(zeros);
    char *copy = nd_copy("ab\0cd", 5);
    ck_assert_mem_eq(copy, "ab\0cd\0", 6);
    nd_free(copy);
}
END_TEST

START_TEST(reserve_grows_by_half_and_keeps_what_is_there) {
    uint32_t *values = NULL;
    size_t capacity = 0, moves = 0, before = 0;
    for (size_t count = 0; count < 1000000; count++) {
        EXPECT(nd_reserve(&values, &capacity, count + 1, sizeof *values) == NEARDUP_OK, "%zu", count);
        EXPECT(capacity > count, "%zu of %zu", capacity, count);
        if (capacity != before) {
            EXPECT(capacity >= before + before / 2, "from %zu to %zu", before, capacity);
            moves++;
        }
        before = capacity;
        values[count] = (uint32_t)(count * 2654435761u);
    }
    ck_assert_uint_lt(moves, 40);
    for (size_t i = 0; i < 1000000; i++) EXPECT(values[i] == (uint32_t)(i * 2654435761u), "value %zu", i);
    ck_assert_int_eq(NEARDUP_OK, nd_reserve(&values, &capacity, 5, sizeof *values));
    ck_assert_uint_eq(capacity, before); /* enough is left as it is */
    nd_free(values);
}
END_TEST

START_TEST(reserve_that_fails_changes_nothing) {
    uint64_t *values = NULL;
    size_t capacity = 0;
    ck_assert_int_eq(NEARDUP_ERROR_MEMORY, nd_reserve(&values, &capacity, SIZE_MAX / 4, sizeof *values));
    ck_assert_ptr_null(values);
    ck_assert_uint_eq(capacity, 0);
    ck_assert_int_eq(NEARDUP_OK, nd_reserve(&values, &capacity, 10, sizeof *values));
    values[9] = 42;
    uint64_t *before = values;
    size_t room = capacity;
    ck_assert_int_eq(NEARDUP_ERROR_MEMORY, nd_reserve(&values, &capacity, SIZE_MAX / 8 + 1, sizeof *values));
    ck_assert_int_eq(NEARDUP_ERROR_MEMORY, nd_reserve(&values, &capacity, SIZE_MAX, sizeof *values));
    ck_assert_ptr_eq(values, before);
    ck_assert_uint_eq(capacity, room);
    ck_assert_uint_eq(values[9], 42);
    nd_free(values);
}
END_TEST

#ifdef SEES_ALLOCATOR
/* Pages of this process that are in memory. */
static size_t resident(void) {
    size_t all = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%zu %zu", &all, &pages), 2);
    fclose(file);
    return pages;
}

START_TEST(what_was_released_is_given_back_unless_there_is_plenty) {
    enum { BLOCKS = 1 << 11, BYTES = 1 << 15 };
    static void *blocks[BLOCKS];
    size_t pages = BLOCKS * (size_t)BYTES / (size_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < BLOCKS; i++) {
        blocks[i] = nd_allocate(BYTES, 1);
        memset(blocks[i], 1, BYTES);
    }
    void *behind = nd_allocate(BYTES, 1); /* so that the allocator does not give back by itself what is the last */
    for (size_t i = 0; i < BLOCKS; i++) nd_free(blocks[i]);
    struct mallinfo2 all = mallinfo2();
    size_t before = resident();
    nd_give_back(all.arena + all.hblkhd);
    EXPECT(resident() + pages / 8 > before, "%zu pages of %zu", resident(), before);
    nd_give_back(all.arena + all.hblkhd - 1);
    EXPECT(resident() + pages / 8 * 7 < before, "%zu pages of %zu", resident(), before);
    nd_free(behind);
}
END_TEST
#endif

START_TEST(a_buffer_holds_what_was_appended) {
    random_start("buffer");
    nd_buffer buffer = {0};
    static char model[300000];
    size_t size = 0;
    while (size < sizeof model - 1000) {
        size_t piece = random_below(1000);
        for (size_t i = 0; i < piece; i++) model[size + i] = (char)random_bits();
        ck_assert_int_eq(NEARDUP_OK, nd_buffer_append(&buffer, piece ? model + size : NULL, piece));
        size += piece;
        model[size] = 'x';
        ck_assert_int_eq(NEARDUP_OK, nd_buffer_append_byte(&buffer, model[size++]));
    }
    ck_assert_uint_eq(buffer.size, size);
    ck_assert_mem_eq(buffer.data, model, size);
    ck_assert_int_eq(NEARDUP_ERROR_MEMORY, nd_buffer_reserve(&buffer, SIZE_MAX));
    ck_assert_int_eq(NEARDUP_ERROR_MEMORY, nd_buffer_reserve(&buffer, SIZE_MAX - size));
    ck_assert_mem_eq(buffer.data, model, size);
    nd_buffer_release(&buffer);
    ck_assert_ptr_null(buffer.data);
}
END_TEST

START_TEST(spans_are_ordered_by_unsigned_bytes) {
    static const nd_span rising[] = {{NULL, 0}, {"\0", 1}, {"a", 1}, {"a\0", 2}, {"ab", 2}, {"b", 1}, {"\xC3", 1}};
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 7; j++) {
            int order = nd_span_compare(rising[i], rising[j]);
            ck_assert_int_eq((order > 0) - (order < 0), (i > j) - (i < j));
        }
    ck_assert(nd_span_equals((nd_span){"abc", 2}, "ab"));
    ck_assert(!nd_span_equals((nd_span){"abc", 3}, "ab"));
    ck_assert(nd_span_equals((nd_span){NULL, 0}, ""));
}
END_TEST

START_TEST(arena_pieces_are_aligned_and_apart) {
    random_start("arena");
    enum { PIECES = 3000 };
    static uint64_t *pieces[PIECES];
    static size_t sizes[PIECES];
    nd_arena arena = {0};
    for (size_t i = 0; i < PIECES; i++) {
        sizes[i] = random_below(i % 100 == 0 ? 80000 : 60);
        pieces[i] = nd_arena_allocate(&arena, sizes[i], sizeof(uint64_t));
        ck_assert_ptr_nonnull(pieces[i]);
        ck_assert_uint_eq((uintptr_t)pieces[i] % 8, 0);
        for (size_t k = 0; k < sizes[i]; k++) pieces[i][k] = i << 32 | k;
    }
    for (size_t i = 0; i < PIECES; i++)
        for (size_t k = 0; k < sizes[i]; k++) EXPECT(pieces[i][k] == (i << 32 | k), "piece %zu", i);
    nd_arena_release(&arena);
    ck_assert_ptr_null(arena.chunks);
}
END_TEST

START_TEST(an_error_is_one_sentence_that_fits) {
    neardup_error error;
    ck_assert_int_eq(NEARDUP_ERROR_SOURCE, nd_fail(&error, NEARDUP_ERROR_SOURCE, "line\n%s\x7f%d", "two\t", 7));
    ck_assert_int_eq(error.status, NEARDUP_ERROR_SOURCE);
    ck_assert_str_eq(error.text, "line two  7");
    char long_name[2000];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = 0;
    nd_fail(&error, NEARDUP_ERROR_LIMIT, "%s", long_name);
    ck_assert_uint_eq(strlen(error.text), sizeof error.text - 1);
    ck_assert_int_eq(NEARDUP_ERROR_LIMIT, nd_fail(NULL, NEARDUP_ERROR_LIMIT, "nobody listens"));
    ck_assert_int_eq(NEARDUP_ERROR_MEMORY, nd_fail_memory(&error));
    ck_assert_str_eq(error.text, neardup_status_text(NEARDUP_ERROR_MEMORY));
}
END_TEST

START_TEST(every_status_has_its_own_name) {
    for (int a = NEARDUP_ERROR_LIMIT; a <= NEARDUP_END; a++)
        for (int b = NEARDUP_ERROR_LIMIT; b < a; b++)
            ck_assert_str_ne(neardup_status_text((neardup_status)a), neardup_status_text((neardup_status)b));
    ck_assert_ptr_nonnull(neardup_status_text((neardup_status)-99));
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("memory");
    tcase_add_test(tests, sizes_that_overflow_are_refused);
    tcase_add_test(tests, nothing_can_be_allocated_and_freed);
    tcase_add_test(tests, zeroed_is_zero_and_a_copy_ends_in_nul);
    tcase_add_test(tests, reserve_grows_by_half_and_keeps_what_is_there);
    tcase_add_test(tests, reserve_that_fails_changes_nothing);
#ifdef SEES_ALLOCATOR
    tcase_add_test(tests, what_was_released_is_given_back_unless_there_is_plenty);
#endif
    tcase_add_test(tests, a_buffer_holds_what_was_appended);
    tcase_add_test(tests, spans_are_ordered_by_unsigned_bytes);
    tcase_add_test(tests, arena_pieces_are_aligned_and_apart);
    tcase_add_test(tests, an_error_is_one_sentence_that_fits);
    tcase_add_test(tests, every_status_has_its_own_name);
    return run_tests(tests);
}
