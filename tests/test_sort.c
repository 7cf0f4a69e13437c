/* SPDX-License-Identifier: MIT */
/* Sorting of hashes and items against qsort, its time where somebody chose the hashes, and what has no company. */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "base/sort.h"
#include "random.h"
#include "suite.h"

enum { MOST = 40000 };

static uint64_t values[MOST], model[MOST], scratch[MOST];

/* Ways to make the i-th of n values, even and malicious. */
typedef uint64_t make_value(size_t i, size_t n);

static uint64_t even(size_t i, size_t n) { return (void)i, (void)n, random_bits(); }
static uint64_t equal(size_t i, size_t n) { return (void)i, (void)n, 0xDEADBEEFCAFEF00DULL; }
static uint64_t rising(size_t i, size_t n) { return (void)n, i; }
static uint64_t falling(size_t i, size_t n) { return n - i; }
static uint64_t high_bits_equal(size_t i, size_t n) { return (void)i, (void)n, random_bits() >> 52; }
static uint64_t low_bits_equal(size_t i, size_t n) { return (void)i, (void)n, random_bits() << 52; }
static uint64_t few_values(size_t i, size_t n) { return (void)i, (void)n, random_below(3) * 0x123456789ABCDEFULL; }
static uint64_t extremes(size_t i, size_t n) { return (void)n, i % 2 ? UINT64_MAX : 0; }

/* Half of what is left agrees in twelve more leading bits, and so on down. */
static uint64_t nested_prefixes(size_t i, size_t n) {
    (void)i, (void)n;
    unsigned depth = 0;
    while (depth < 5 && random_below(2)) depth++;
    return random_bits() >> 12 * depth;
}

/* Buckets that are just too large to be left alone, at every level. */
static uint64_t full_buckets(size_t i, size_t n) { return (void)n, (uint64_t)(i / 40) << 45 ^ (random_bits() & 0xFF); }

static make_value *const ways[] = {even,           equal,      rising,   falling,         high_bits_equal,
                                   low_bits_equal, few_values, extremes, nested_prefixes, full_buckets};
enum { WAYS = sizeof ways / sizeof *ways };

static int compare(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

START_TEST(sorts_like_qsort_and_drops_repeats) {
    random_start("sort");
    for (int round = 0; round < (SANITIZED ? 60 : 400); round++) {
        size_t count = round < 70 ? (size_t)round : random_below(round % 10 ? 3000 : MOST);
        for (size_t i = 0; i < count; i++) model[i] = values[i] = ways[_i](i, count);
        nd_sort(values, count, scratch);
        qsort(model, count, sizeof *model, compare);
        EXPECT(memcmp(values, model, count * sizeof *values) == 0, "way %d, %zu values", _i, count);
        size_t kept = 0;
        for (size_t i = 0; i < count; i++)
            if (i == 0 || model[i] != model[i - 1]) model[kept++] = model[i];
        EXPECT(nd_distinct(values, count) == kept, "way %d, %zu values", _i, count);
        EXPECT(memcmp(values, model, kept * sizeof *values) == 0, "way %d, %zu values", _i, count);
    }
}
END_TEST

/* Whether another value agrees with the i-th above its low bits. */
static bool has_company(const uint64_t *all, size_t count, size_t i, unsigned low) {
    for (size_t j = 0; j < count; j++)
        if (j != i && all[j] >> low == all[i] >> low) return true;
    return false;
}

/* Whatever has company stays, in the order it was in; of hashes, few others do. */
START_TEST(drops_what_is_single) {
    random_start("single");
    size_t singles = 0, left = 0;
    for (int round = 0; round < (SANITIZED ? 60 : 150); round++) {
        size_t count = round < 40 ? (size_t)round : random_below(600), expected = 0;
        unsigned low = random_below(64);
        for (size_t i = 0; i < count; i++) {
            model[i] = values[i] = ways[_i](i, count);
            if (i && random_below(4) == 0)
                model[i] = values[i] = values[random_below((uint32_t)i)] ^ (low ? random_bits() >> (64 - low) : 0);
        }
        size_t kept = nd_drop_single(values, count, low, scratch);
        for (size_t i = 0; i < count; i++) {
            bool stays = expected < kept && values[expected] == model[i], company = has_company(model, count, i, low);
            EXPECT(stays || !company, "way %d, value %zu of %zu, %u low bits", _i, i, count, low);
            expected += stays;
            singles += !company && low < 32;
            left += stays && !company && low < 32;
        }
        EXPECT(expected == kept, "way %d: %zu of %zu values, not %zu", _i, kept, count, expected);
    }
    if (ways[_i] == even) EXPECT(left * 4 < singles, "%zu of %zu stay", left, singles);
}
END_TEST

static double seconds_to_sort(make_value *make, size_t count) {
    uint64_t *many = malloc(2 * count * sizeof *many);
    double best = 1e9;
    for (int run = 0; run < 3; run++) {
        for (size_t i = 0; i < count; i++) many[i] = make(i, count);
        clock_t begin = clock();
        nd_sort(many, count, many + count);
        double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
        if (seconds < best) best = seconds;
    }
    for (size_t i = 1; i < count; i++) EXPECT(many[i - 1] <= many[i], "%zu", i);
    free(many);
    return best;
}

/* A quadratic step would take a thousand times as long. */
START_TEST(no_input_takes_long) {
    random_start("sort_time");
    size_t count = SANITIZED ? 200000 : 1000000;
    double usual = seconds_to_sort(even, count);
    for (int way = 1; way < WAYS; way++) {
        double seconds = seconds_to_sort(ways[way], count);
        EXPECT(seconds < 25 * usual + .05, "way %d: %g s against %g s", way, seconds, usual);
    }
}
END_TEST

/* An item of an odd size, whose number is as coarse as a test wants it. */
typedef struct item {
    uint32_t value[3];
} item;

static unsigned coarse; /* bits of the number that are not looked at */

static uint64_t value_of(const item *i) { return (uint64_t)i->value[0] << 32 | i->value[1]; }

static uint64_t number_of(const void *some) { return coarse < 64 ? value_of(some) >> coarse : 7; }

static int compare_items(const void *left, const void *right) {
    uint64_t a = value_of(left), b = value_of(right);
    if (a != b) return a < b ? -1 : 1;
    uint32_t x = ((const item *)left)->value[2], y = ((const item *)right)->value[2];
    return (x > y) - (x < y);
}

START_TEST(puts_items_in_order_like_qsort) {
    static item items[MOST], right[MOST];
    static const nd_order order = {sizeof(item), number_of, compare_items};
    random_start("order");
    for (int round = 0; round < (SANITIZED ? 60 : 400); round++) {
        size_t count = round < 70 ? (size_t)round : random_below(round % 10 ? 3000 : MOST);
        coarse = round % 3 ? random_below(65) : 0;
        for (size_t i = 0; i < count; i++) {
            uint64_t value = ways[_i](i, count);
            right[i] = items[i] = (item){{(uint32_t)(value >> 32), (uint32_t)value, (uint32_t)random_below(3)}};
        }
        nd_put_in_order(items, count, &order);
        qsort(right, count, sizeof *right, compare_items);
        EXPECT(memcmp(items, right, count * sizeof *items) == 0, "way %d, %zu items, %u", _i, count, coarse);
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("sort");
    tcase_add_loop_test(tests, sorts_like_qsort_and_drops_repeats, 0, WAYS);
    tcase_add_loop_test(tests, drops_what_is_single, 0, WAYS);
    tcase_add_test(tests, no_input_takes_long);
    tcase_add_loop_test(tests, puts_items_in_order_like_qsort, 0, WAYS);
    return run_tests(tests);
}
