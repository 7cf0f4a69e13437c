/* SPDX-License-Identifier: MIT */
/*
 * The estimator against exact similarity: bias and error at sizes from 5 to 10,000, for signatures and digests, and how
 * often banding hits against what theory says. Random sets of known overlap; with many of them, five standard errors
 * are a line that chance crosses once in a million times.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "sketch/banding.h"
#include "sketch/digest.h"
#include "suite.h"

enum { MOST_SHINGLES = 30000 };

static uint64_t set_a[MOST_SHINGLES], set_b[MOST_SHINGLES];
static uint32_t values[MOST_SHINGLES + ND_FILL_VALUES];

/* Makes two sets of these sizes that share so many hashes. */
static void make_sets(size_t size_a, size_t size_b, size_t shared) {
    for (size_t i = 0; i < size_a; i++) set_a[i] = random_bits();
    memcpy(set_b, set_a, shared * sizeof *set_b);
    for (size_t i = shared; i < size_b; i++) set_b[i] = random_bits();
}

typedef struct signatures {
    uint32_t a[ND_SIGNATURE], b[ND_SIGNATURE];
} signatures;

static void sketch_sets(size_t size_a, size_t size_b, signatures *s) {
    nd_sketch(set_a, size_a, nd_fill_portable, values, s->a);
    nd_sketch(set_b, size_b, nd_fill_portable, values, s->b);
}

/* ---- bias and error ---- */

/* What was measured at one size and overlap. */
typedef struct measured {
    double jaccard, bias, rmse, digest_bias, digest_rmse;
    size_t trials;
} measured;

static measured measure(size_t size_a, size_t size_b, size_t shared, size_t trials) {
    measured m = {.jaccard = (double)shared / (double)(size_a + size_b - shared), .trials = trials};
    double square = 0, digest_square = 0;
    for (size_t t = 0; t < trials; t++) {
        signatures s;
        make_sets(size_a, size_b, shared);
        sketch_sets(size_a, size_b, &s);
        double error = neardup_estimate(s.a, s.b) - m.jaccard;
        nd_digest a = nd_digest_of(s.a), b = nd_digest_of(s.b);
        double digest_error = nd_digest_estimate(nd_agree_portable(&a, &b)) - m.jaccard;
        m.bias += error;
        m.digest_bias += digest_error;
        square += error * error;
        digest_square += digest_error * digest_error;
    }
    m.bias /= (double)trials;
    m.digest_bias /= (double)trials;
    m.rmse = sqrt(square / (double)trials);
    m.digest_rmse = sqrt(digest_square / (double)trials);
    return m;
}

/* Prints a line of the table and holds it against theory: no bias, and an error that is at most that of 256 independent
 * values. */
static void judge(const char *sizes, const measured *m) {
    double n = sqrt((double)m->trials), slack = 1.01 + 5 / sqrt(2 * (double)m->trials);
    double theory = sqrt(m->jaccard * (1 - m->jaccard) / ND_SIGNATURE);
    double agree = m->jaccard + (1 - m->jaccard) / 16;
    double digest_theory = sqrt(agree * (1 - agree) / ND_SIGNATURE) * 16 / 15;
    printf("%12s %7.4f %+9.5f %8.5f %6.3f   %+9.5f %8.5f %6.3f\n", sizes, m->jaccard, m->bias, m->rmse,
           m->rmse / theory, m->digest_bias, m->digest_rmse, m->digest_rmse / digest_theory);
    EXPECT(fabs(m->bias) <= 5 * m->rmse / n, "bias %g at %s, J %g", m->bias, sizes, m->jaccard);
    EXPECT(fabs(m->digest_bias) <= 5 * m->digest_rmse / n, "digest bias at %s, J %g", sizes, m->jaccard);
    EXPECT(m->rmse <= theory * slack, "error at %s, J %g: %g times theory", sizes, m->jaccard, m->rmse / theory);
    EXPECT(m->digest_rmse <= digest_theory * slack, "digest error at %s, J %g", sizes, m->jaccard);
}

static void print_head(void) {
    printf("%12s %7s %9s %8s %6s   %9s %8s %6s\n", "shingles", "J", "bias", "RMSE", "ratio", "bias", "RMSE", "ratio");
}

START_TEST(estimates_are_unbiased_at_every_size) {
    static const size_t sizes[] = {5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000};
    static const double jaccards[] = {.1, .3, .5, .7, .9};
    random_start("estimates");
    print_head();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t j = 0; j < sizeof jaccards / sizeof *jaccards; j++) {
            size_t size = sizes[i], shared = (size_t)(2 * (double)size * jaccards[j] / (1 + jaccards[j]) + .5);
            if (shared == size) continue;
            char name[32];
            snprintf(name, sizeof name, "%zu", size);
            measured m = measure(size, size, shared, SANITIZED ? 100 : size <= 1000 ? 4000 : 1500);
            judge(name, &m);
        }
}
END_TEST

/* The first bins a hash falls into, by arithmetic: its top 8 bits say which, the 32 below them the value. */
static void throw_naively(uint64_t hash, uint64_t least[ND_SIGNATURE]) {
    uint64_t bin = hash / (1ULL << 56), value = hash / (1ULL << 24) % (1ULL << 32);
    if (value < least[bin]) least[bin] = value;
}

START_TEST(a_bin_holds_the_least_of_its_first_round_or_else_of_the_second) {
    enum { EMPTY = -1 };
    random_start("rounds");
    for (int round = 0; round < 300; round++) {
        size_t count = 1 + random_below(round % 3 ? 400 : 3000);
        uint64_t first[ND_SIGNATURE], second[ND_SIGNATURE];
        uint32_t signature[ND_SIGNATURE];
        make_sets(count, 0, 0);
        memset(first, EMPTY, sizeof first);
        memset(second, EMPTY, sizeof second);
        for (size_t i = 0; i < count; i++) {
            throw_naively(set_a[i], first);
            throw_naively(set_a[i] % (1ULL << 32) * (1ULL << 32) + set_a[i] / (1ULL << 32), second);
        }
        nd_sketch(set_a, count, nd_fill_portable, values, signature);
        for (size_t bin = 0; bin < ND_SIGNATURE; bin++) {
            uint64_t expected = first[bin] < UINT32_MAX ? first[bin] : second[bin];
            EXPECT(expected >= UINT32_MAX || signature[bin] == expected, "bin %zu of %zu hashes", bin, count);
        }
    }
}
END_TEST

/* Sets of unlike sizes go through unlike numbers of rounds: where the second round or the fill is no longer needed for
 * one of them, they must still agree. */
START_TEST(estimates_are_unbiased_across_sizes) {
    static const size_t cases[][3] = {{1, 2, 1},         {2, 5, 2},         {5, 50, 4},        {20, 100, 20},
                                      {100, 200, 90},    {100, 200, 40},    {200, 1000, 180},  {500, 1500, 450},
                                      {600, 3000, 300},  {1000, 2000, 950}, {1200, 1700, 900}, {1400, 20000, 1300},
                                      {100, 20000, 100}, {3000, 9000, 2000}};
    random_start("straddling");
    print_head();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t *c = cases[i];
        char name[32];
        snprintf(name, sizeof name, "%zu/%zu", c[0], c[1]);
        measured m = measure(c[0], c[1], c[2], SANITIZED ? 100 : 3000);
        judge(name, &m);
    }
}
END_TEST

START_TEST(equal_sets_agree_and_distinct_ones_hardly) {
    random_start("extremes");
    for (size_t size = 1; size < 3000; size = size * 2 + 1) {
        signatures s;
        make_sets(size, size, size);
        sketch_sets(size, size, &s);
        ck_assert_double_eq(neardup_estimate(s.a, s.b), 1);
        make_sets(size, size, 0);
        sketch_sets(size, size, &s);
        ck_assert_double_le(neardup_estimate(s.a, s.b), .02);
    }
}
END_TEST

START_TEST(order_and_repeats_do_not_matter) {
    random_start("order");
    for (int round = 0; round < 300; round++) {
        size_t size = 1 + random_below(round % 3 ? 300 : 5000), repeats = random_below((uint32_t)size + 1);
        make_sets(size, size, size);
        for (size_t i = 0; i < repeats; i++) set_b[size + i] = set_b[random_below((uint32_t)size)];
        for (size_t i = size + repeats - 1; i; i--) {
            size_t k = random_below((uint32_t)i + 1);
            uint64_t hash = set_b[i];
            set_b[i] = set_b[k];
            set_b[k] = hash;
        }
        signatures s;
        sketch_sets(size, size + repeats, &s);
        ck_assert_mem_eq(s.a, s.b, sizeof s.a);
    }
}
END_TEST

/* ---- banding ---- */

/* The share of trials in which two sets agree in a band. */
static double hit_rate(size_t size, size_t shared, nd_banding banding, size_t trials) {
    size_t hits = 0;
    for (size_t t = 0; t < trials; t++) {
        signatures s;
        uint64_t keys_a[ND_SIGNATURE], keys_b[ND_SIGNATURE];
        make_sets(size, size, shared);
        sketch_sets(size, size, &s);
        nd_band_keys(s.a, banding, keys_a);
        nd_band_keys(s.b, banding, keys_b);
        bool hit = false, agree = false;
        for (unsigned band = 0; band < banding.bands; band++) {
            hit |= keys_a[band] == keys_b[band];
            agree |= memcmp(s.a + band * banding.rows, s.b + band * banding.rows, banding.rows * sizeof *s.a) == 0;
        }
        EXPECT(hit == agree, "keys and values disagree");
        hits += hit;
    }
    return (double)hits / (double)trials;
}

/* Values of one signature are not quite independent (a shingle that fell into one bin did not fall into another), so
 * theory is met to a few thousandths, not to the last digit. */
START_TEST(bands_are_hit_as_often_as_theory_says) {
    static const struct {
        size_t size;
        double jaccard;
        nd_banding banding;
    } cases[] = {{20, .48, {16, 8}},   {20, .7, {42, 6}},   {20, .5, {42, 6}},     {5, .5, {42, 6}},
                 {5, .5, {16, 8}},     {50, .3, {64, 4}},   {100, .6, {42, 6}},    {200, .5, {42, 6}},
                 {200, .8, {14, 8}},   {300, .48, {16, 8}}, {1000, .6, {42, 6}},   {1000, .7, {20, 12}},
                 {2000, .8, {20, 12}}, {2000, .4, {42, 6}}, {1000, .02, {256, 1}}, {40, .7, {9, 13}}};
    random_start("bands");
    size_t trials = SANITIZED ? 300 : 6000;
    printf("%8s %7s %7s %8s %8s\n", "shingles", "J", "bands", "theory", "hits");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = cases[i].size;
        size_t shared = (size_t)(2 * (double)size * cases[i].jaccard / (1 + cases[i].jaccard) + .5);
        nd_banding banding = cases[i].banding;
        double jaccard = (double)shared / (double)(2 * size - shared);
        double theory = neardup_recall(jaccard, banding.bands, banding.rows);
        double rate = hit_rate(size, shared, banding, trials);
        printf("%8zu %7.4f %4ux%-2u %8.4f %8.4f\n", size, jaccard, banding.bands, banding.rows, theory, rate);
        double limit = 5 * sqrt(theory * (1 - theory) / (double)trials) + .005;
        EXPECT(fabs(rate - theory) <= limit, "%zu shingles, J %g, %ux%u: %g, not %g", size, jaccard, banding.bands,
               banding.rows, rate, theory);
    }
}
END_TEST

/* ---- kernels ---- */

START_TEST(the_fill_kernel_is_its_definition) {
    random_start("fill");
    for (int round = 0; round < 2000; round++) {
        size_t count = ND_FILL_VALUES * (1 + random_below(round % 10 ? 5 : 90)), bin_count = 0;
        uint8_t bins[ND_SIGNATURE] = {0};
        for (unsigned bin = 0; bin < ND_SIGNATURE; bin++)
            if (random_below(4) || round % 7 == 0) bins[bin_count++] = (uint8_t)bin;
        for (; !bin_count || bin_count % ND_FILL_BINS; bin_count++) bins[bin_count] = bins[0];
        uint32_t signature[ND_SIGNATURE], expected[ND_SIGNATURE];
        for (unsigned i = 0; i < ND_SIGNATURE; i++) signature[i] = expected[i] = (uint32_t)random_bits();
        uint32_t *exact = malloc(count * sizeof *exact); /* so that the sanitizer sees a read beyond the end */
        for (size_t i = 0; i < count; i++) exact[i] = (uint32_t)random_bits();
        for (size_t b = 0; b < bin_count; b++) {
            unsigned bin = bins[b];
            uint64_t least = UINT64_MAX;
            for (size_t i = 0; i < count; i++) {
                uint32_t order = nd_fill_order(exact[i], nd_fill_add[bin], nd_fill_multiply[bin]);
                if (order < least) least = order;
            }
            expected[bin] = nd_fill_value((uint32_t)least);
        }
        nd_fill_portable(exact, count, bins, bin_count, signature);
        ck_assert_mem_eq(signature, expected, sizeof signature);
        free(exact);
    }
}
END_TEST

START_TEST(digests_count_equal_nibbles) {
    random_start("digest");
    for (int round = 0; round < 3000; round++) {
        signatures s;
        unsigned expected = 0;
        for (unsigned i = 0; i < ND_SIGNATURE; i++) {
            s.a[i] = (uint32_t)random_bits();
            s.b[i] = random_below(3) ? s.a[i] ^ random_below(16) << 4 : (uint32_t)random_bits();
            expected += (s.a[i] & 15) == (s.b[i] & 15);
        }
        nd_digest a = nd_digest_of(s.a), b = nd_digest_of(s.b);
        EXPECT(nd_agree_portable(&a, &b) == expected, "round %d", round);
        EXPECT(nd_agree_portable(&a, &a) == ND_SIGNATURE, "round %d", round);
    }
    ck_assert_double_eq_tol(nd_digest_estimate(256), 1, 1e-12);
    ck_assert_double_eq_tol(nd_digest_estimate(16), 0, 1e-12);
}
END_TEST

/* The cut-off is the largest that loses at most one pair in a million: the binomial tail is summed up otherwise here.
 */
START_TEST(the_cutoff_loses_fewer_than_one_in_a_million) {
    for (int percent = 1; percent < 100; percent++) {
        double jaccard = percent / 100.0;
        double agree = jaccard + (1 - jaccard) / 16, lost = 0;
        unsigned cutoff = nd_digest_cutoff(jaccard);
        for (unsigned k = 0; k <= cutoff; k++) {
            if (k == cutoff) EXPECT(lost <= 1e-6, "%g are lost at %g", lost, jaccard);
            lost += exp(lgamma(257) - lgamma(k + 1) - lgamma(257 - k) + k * log(agree) + (256 - k) * log1p(-agree));
        }
        EXPECT(lost > 1e-6, "one agreement more would lose only %g at %g", lost, jaccard);
    }
    ck_assert_uint_eq(nd_digest_cutoff(1), ND_SIGNATURE);
    ck_assert_uint_eq(nd_digest_cutoff(1e-9), 1); /* unlike texts agree in 16 by chance, and hardly ever in none */
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("sketch");
    tcase_add_test(tests, estimates_are_unbiased_at_every_size);
    tcase_add_test(tests, estimates_are_unbiased_across_sizes);
    tcase_add_test(tests, equal_sets_agree_and_distinct_ones_hardly);
    tcase_add_test(tests, order_and_repeats_do_not_matter);
    tcase_add_test(tests, bands_are_hit_as_often_as_theory_says);
    tcase_add_test(tests, the_fill_kernel_is_its_definition);
    tcase_add_test(tests, digests_count_equal_nibbles);
    tcase_add_test(tests, the_cutoff_loses_fewer_than_one_in_a_million);
    tcase_add_test(tests, a_bin_holds_the_least_of_its_first_round_or_else_of_the_second);
    return run_tests(tests);
}
