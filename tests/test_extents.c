/* SPDX-License-Identifier: MIT */
/* Where lines are, against a plain array; and the numbers that it is packed in. */
#include <stdlib.h>

#include "base/number.h"
#include "io/extents.h"
#include "random.h"
#include "suite.h"

/* A number of any length: small ones are as frequent as large ones. */
static uint64_t random_number(void) { return random_bits() >> random_below(64); }

START_TEST(numbers_come_back) {
    random_start("numbers_come_back");
    const uint64_t edges[] = {0, 0x7F, 0x80, 0x3FFF, 0x4000, UINT64_MAX - 1, UINT64_MAX};
    enum { EDGES = sizeof edges / sizeof *edges };
    for (int i = 0; i < 20000; i++) {
        uint64_t number = i < EDGES ? edges[i] : random_number();
        uint8_t bytes[ND_NUMBER_MOST + 1] = {0};
        size_t size = nd_number_put(bytes, number), least = 1;
        while (least < ND_NUMBER_MOST && number >> 7 * least) least++;
        EXPECT(size == least, "%llu takes %zu", (unsigned long long)number, size);
        const uint8_t *at = bytes;
        EXPECT(nd_number_take(&at) == number && at == bytes + size, "%llu", (unsigned long long)number);
    }
}
END_TEST

START_TEST(extents_are_the_plain_ones) {
    random_start("extents_are_the_plain_ones");
    enum { MOST = 100000 };
    nd_extent *plain = malloc(MOST * sizeof *plain);
    for (int round = 0; round < 4; round++) {
        nd_extents extents;
        nd_extents_init(&extents);
        uint64_t end = 0;
        size_t count = round ? MOST : 1 + random_below(40);
        for (size_t i = 0; i < count; i++) {
            uint64_t size = random_number() >> 2, gap = random_below(2); /* usually the next line */
            uint64_t begin = random_below(100) ? end + gap : random_below(50) ? 0 : random_number();
            plain[i] = (nd_extent){begin, size};
            end = begin + size; /* may wrap around */
            EXPECT(nd_extents_add(&extents, plain[i]) == NEARDUP_OK, "no memory");
        }
        for (size_t k = 0; k < 2 * count; k++) { /* in order, and then in none */
            size_t i = k < count ? k : random_below((uint32_t)count);
            nd_extent extent = nd_extents_at(&extents, i);
            EXPECT(extent.begin == plain[i].begin && extent.size == plain[i].size, "%zu of %zu", i, count);
        }
        nd_extents_release(&extents);
    }
    free(plain);
}
END_TEST

START_TEST(the_lines_of_one_file_take_four_bytes_each) {
    random_start("the_lines_of_one_file_take_four_bytes_each");
    nd_extents extents;
    nd_extents_init(&extents);
    enum { LINES = 1 << 20 };
    uint64_t begin = 0;
    for (int i = 0; i < LINES; i++) {
        uint64_t size = 200 + random_below(10000);
        EXPECT(nd_extents_add(&extents, (nd_extent){begin, size}) == NEARDUP_OK, "no memory");
        begin += size + 1;
    }
    ck_assert_uint_lt(nd_extents_bytes(&extents), LINES * 42 / 10);
    nd_extents_release(&extents);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("extents");
    tcase_add_test(tests, numbers_come_back);
    tcase_add_test(tests, extents_are_the_plain_ones);
    tcase_add_test(tests, the_lines_of_one_file_take_four_bytes_each);
    return run_tests(tests);
}
