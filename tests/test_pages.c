/* SPDX-License-Identifier: MIT */
/* Pages against a plain array. */
#include <string.h>

#include "base/pages.h"
#include "random.h"
#include "suite.h"

/* The bytes of element i, the same whenever it is asked for. */
static void fill(unsigned char *element, size_t size, size_t i) {
    for (size_t b = 0; b < size; b++) element[b] = (unsigned char)(i * 131 + b * 7 + (i >> 8));
}

static const size_t sizes[] = {1, 3, 4, 8, 12, 16, 128, 1000, 40000, ND_PAGE_BYTES};
enum { SIZES = sizeof sizes / sizeof *sizes };

START_TEST(elements_stay_as_and_where_they_are) {
    random_start("elements_stay_as_and_where_they_are");
    size_t size = sizes[_i], count = 1 + 5 * (size_t)ND_PAGE_BYTES / size + random_below(100);
    static unsigned char expected[ND_PAGE_BYTES];
    nd_pages pages;
    nd_pages_init(&pages, size);
    for (int round = 0; round < 2; round++) { /* released pages can be filled again */
        const unsigned char *first = NULL;
        for (size_t i = 0; i < count; i++) {
            unsigned char *element = nd_pages_append(&pages);
            EXPECT(element, "no memory");
            fill(element, size, i);
            if (i == 0) first = element;
        }
        ck_assert_uint_eq(pages.count, count);
        ck_assert_ptr_eq(nd_pages_at(&pages, 0), first);
        for (size_t i = 0; i < count; i++) {
            fill(expected, size, i);
            EXPECT(memcmp(nd_pages_at(&pages, i), expected, size) == 0, "element %zu", i);
        }
        nd_pages_release(&pages);
        ck_assert_uint_eq(pages.count, 0);
    }
}
END_TEST

START_TEST(no_more_than_a_page_is_to_spare) {
    size_t size = sizes[_i];
    nd_pages pages;
    nd_pages_init(&pages, size);
    for (size_t i = 0; i < 3 * (size_t)ND_PAGE_BYTES / size + 1; i++) {
        EXPECT(nd_pages_append(&pages), "no memory");
        size_t held = pages.page_count << pages.shift;
        EXPECT(held >= pages.count && (held - pages.count) * size < ND_PAGE_BYTES, "%zu of %zu", pages.count, held);
    }
    nd_pages_release(&pages);
}
END_TEST

START_TEST(what_is_reserved_is_there) {
    nd_pages pages;
    nd_pages_init(&pages, sizeof(uint64_t));
    ck_assert_int_eq(nd_pages_reserve(&pages, 100000), NEARDUP_OK);
    size_t before = pages.page_count;
    for (uint64_t i = 0; i < 100000; i++) *(uint64_t *)nd_pages_append(&pages) = i;
    ck_assert_uint_eq(pages.page_count, before);
    if (!SANITIZED) ck_assert_int_eq(nd_pages_reserve(&pages, SIZE_MAX / 2), NEARDUP_ERROR_MEMORY);
    for (uint64_t i = 0; i < 100000; i++) EXPECT(*(uint64_t *)nd_pages_at(&pages, i) == i, "%zu", (size_t)i);
    nd_pages_release(&pages);
    nd_pages_release(&pages);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("pages");
    tcase_add_loop_test(tests, elements_stay_as_and_where_they_are, 0, SIZES);
    tcase_add_loop_test(tests, no_more_than_a_page_is_to_spare, 0, SIZES);
    tcase_add_test(tests, what_is_reserved_is_there);
    return run_tests(tests);
}
