/* SPDX-License-Identifier: MIT */
/* The banding solver against brute force, and what the options refuse. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "random.h"
#include "sketch/banding.h"
#include "suite.h"

START_TEST(the_default_is_42_bands_of_6_rows) {
    const double recalls[] = {.99, .994};
    for (int i = 0; i < 2; i++) {
        nd_banding banding = nd_banding_solve(.7, recalls[i]);
        ck_assert_uint_eq(banding.bands, 42);
        ck_assert_uint_eq(banding.rows, 6);
    }
    ck_assert_double_eq_tol(neardup_recall(.7, 42, 6), .9948, .00005);
}
END_TEST

START_TEST(recall_is_the_chance_of_a_band) {
    ck_assert_double_eq_tol(neardup_recall(.5, 1, 1), .5, 1e-12);
    ck_assert_double_eq_tol(neardup_recall(.5, 2, 1), .75, 1e-12);
    ck_assert_double_eq_tol(neardup_recall(.5, 1, 2), .25, 1e-12);
    ck_assert_double_eq_tol(neardup_recall(.8, 14, 8), .924, .0005);
    ck_assert_double_eq_tol(neardup_recall(.8, 20, 13), .68, .005);
    ck_assert_double_eq_tol(neardup_recall(.8, 9, 13), .40, .005);
    ck_assert_double_eq(neardup_recall(0, 42, 6), 0);
    ck_assert_double_eq(neardup_recall(1, 42, 6), 1);
}
END_TEST

/* Of all bandings that fit and reach the recall, the one with the most rows, and with as many bands as fit. */
static nd_banding solve_by_trying(double threshold, double recall) {
    nd_banding best = {0, 0};
    for (unsigned bands = 1; bands <= ND_SIGNATURE; bands++)
        for (unsigned rows = 1; bands * rows <= ND_SIGNATURE; rows++) {
            double missed = 1;
            for (unsigned band = 0; band < bands; band++) missed *= 1 - pow(threshold, rows);
            if (fabs(1 - missed - recall) < 1e-12) continue; /* rounding decides: anything goes */
            bool reaches = 1 - missed >= recall;
            if (reaches && (rows > best.rows || (rows == best.rows && bands > best.bands)))
                best = (nd_banding){bands, rows};
        }
    return best;
}

START_TEST(the_solver_takes_the_most_rows) {
    random_start("banding");
    for (int round = 0; round < (SANITIZED ? 100 : 1000); round++) {
        double threshold = round % 4 ? random_unit() : random_unit() * .05, recall = random_unit();
        if (round % 3) recall = 1 - recall * .01;
        nd_banding expected = solve_by_trying(threshold, recall), found = nd_banding_solve(threshold, recall);
        EXPECT(found.bands == expected.bands && found.rows == expected.rows,
               "threshold %g, recall %g: %ux%u, expected %ux%u", threshold, recall, found.bands, found.rows,
               expected.bands, expected.rows);
    }
}
END_TEST

/* XXH3's finishing step, as its specification has it. */
static uint64_t finish(uint64_t x) {
    x = (x ^ x >> 37) * 0x165667919E3779F9ULL;
    return x ^ x >> 32;
}

START_TEST(keys_are_hashes_of_rows_seeded_with_the_band) {
    random_start("keys");
    uint32_t signature[ND_SIGNATURE];
    for (int i = 0; i < ND_SIGNATURE; i++) signature[i] = (uint32_t)random_bits();
    for (unsigned rows = 1; rows <= ND_SIGNATURE; rows++) {
        nd_banding banding = {ND_SIGNATURE / rows, rows};
        uint64_t keys[ND_SIGNATURE + 1] = {0};
        nd_band_keys(signature, banding, keys);
        for (unsigned band = 0; band < banding.bands; band++) {
            uint64_t padded[ND_SIGNATURE / 2] = {0}, key = band;
            memcpy(padded, signature + band * rows, 4 * rows);
            for (unsigned i = 0; i < (rows + 1) / 2; i++) key = finish(key ^ padded[i]);
            EXPECT(keys[band] == key, "band %u", band);
        }
        EXPECT(keys[banding.bands] == 0, "a key too many");
    }
}
END_TEST

/* ---- options ---- */

START_TEST(defaults_are_those_of_the_documentation) {
    neardup_options options;
    memset(&options, 0xAA, sizeof options);
    neardup_options_init(&options);
    ck_assert_uint_eq(options.size, sizeof options);
    ck_assert_double_eq(options.threshold, .7);
    ck_assert_double_eq(options.recall, .99);
    ck_assert_uint_eq(options.bands + options.rows, 0);
    ck_assert_int_eq(options.shingle_unit, NEARDUP_WORD);
    ck_assert_uint_eq(options.shingle_length, 5);
    ck_assert_uint_eq(options.seed, 0);
    ck_assert_uint_eq(options.min_tokens, 1);
    ck_assert_int_eq(options.clustering, NEARDUP_STAR);
    ck_assert(!options.pairs);
    ck_assert_double_eq(options.pairs_from, 0);
    ck_assert_uint_eq(options.threads, 0);
    ck_assert_ptr_null(options.kernels);
    ck_assert(options.progress == NULL);
    neardup_plan plan;
    ck_assert_int_eq(NEARDUP_OK, neardup_options_plan(&options, &plan, NULL));
    ck_assert_uint_eq(plan.bands, 42);
    ck_assert_uint_eq(plan.rows, 6);
    ck_assert_double_eq(plan.expected_recall, neardup_recall(.7, 42, 6));
    ck_assert_double_eq(plan.pairs_recall, plan.expected_recall);
    ck_assert_uint_ge(plan.threads, 1);
    ck_assert_ptr_nonnull(plan.kernels);
}
END_TEST

START_TEST(a_plan_follows_the_options) {
    neardup_options options;
    neardup_options_init(&options);
    options.threshold = .5;
    options.pairs_from = .25;
    options.bands = 20;
    options.rows = 3;
    options.threads = 1024;
    options.kernels = "portable";
    neardup_plan plan;
    ck_assert_int_eq(NEARDUP_OK, neardup_options_plan(&options, &plan, NULL));
    ck_assert_uint_eq(plan.bands, 20);
    ck_assert_uint_eq(plan.rows, 3);
    ck_assert_double_eq(plan.expected_recall, neardup_recall(.5, 20, 3));
    ck_assert_double_eq(plan.pairs_recall, neardup_recall(.25, 20, 3));
    ck_assert_uint_eq(plan.threads, 1024);
    ck_assert_str_eq(plan.kernels, "portable");
}
END_TEST

/* Which field of the options a case changes, and to what. */
typedef enum field {
    THRESHOLD,
    RECALL,
    BANDS_ROWS,
    UNIT,
    LENGTH,
    CLUSTERING,
    PAIRS_FROM,
    THREADS,
    KERNELS,
    SIZE
} field;

typedef struct option_case {
    field field;
    double value, second;
    const char *complaint; /* part of the sentence; NULL: accepted */
} option_case;

static const option_case option_cases[] = {
    {THRESHOLD, 0, 0, "threshold"},
    {THRESHOLD, -.1, 0, "threshold"},
    {THRESHOLD, 1.0000001, 0, "threshold"},
    {THRESHOLD, (double)NAN, 0, "threshold"},
    {THRESHOLD, (double)INFINITY, 0, "threshold"},
    {THRESHOLD, 1, 0, NULL},
    {THRESHOLD, .02, 0, NULL},
    {RECALL, 0, 0, "recall"},
    {RECALL, 1, 0, "recall"},
    {RECALL, (double)NAN, 0, "recall"},
    {RECALL, -(double)INFINITY, 0, "recall"},
    {RECALL, .999999, 0, NULL},
    {RECALL, 1e-9, 0, NULL},
    {BANDS_ROWS, 16, 0, "bands and rows"},
    {BANDS_ROWS, 0, 8, "bands and rows"},
    {BANDS_ROWS, 257, 1, "256"},
    {BANDS_ROWS, 1, 257, "256"},
    {BANDS_ROWS, 16, 17, "256"},
    {BANDS_ROWS, 65536, 65536, "256"},
    {BANDS_ROWS, 4294967295.0, 1, "256"},
    {BANDS_ROWS, 16, 16, NULL},
    {BANDS_ROWS, 256, 1, NULL},
    {BANDS_ROWS, 1, 256, NULL},
    {UNIT, 2, 0, "words or of characters"},
    {UNIT, 1, 0, NULL},
    {LENGTH, 0, 0, "length of a shingle"},
    {LENGTH, 65, 0, "length of a shingle"},
    {LENGTH, 1, 0, NULL},
    {LENGTH, 64, 0, NULL},
    {CLUSTERING, 2, 0, "stars or components"},
    {CLUSTERING, 1, 0, NULL},
    {PAIRS_FROM, -.1, 0, "pairs"},
    {PAIRS_FROM, .71, 0, "pairs"},
    {PAIRS_FROM, (double)NAN, 0, "pairs"},
    {PAIRS_FROM, .7, 0, NULL},
    {PAIRS_FROM, .001, 0, NULL},
    {THREADS, 1025, 0, "threads"},
    {THREADS, 1024, 0, NULL},
    {THREADS, 0, 0, NULL},
    {KERNELS, 0, 0, "no kernels \"abacus\""},
    {SIZE, 0, 0, "neardup_options_init"},
    {SIZE, 1, 0, "neardup_options_init"},
    {SIZE, 4096, 0, "neardup_options_init"},
};

static void set_field(neardup_options *o, const option_case *c) {
    switch (c->field) {
    case THRESHOLD: o->threshold = c->value; break;
    case RECALL: o->recall = c->value; break;
    case BANDS_ROWS:
        o->bands = (unsigned)c->value;
        o->rows = (unsigned)c->second;
        break;
    case UNIT: o->shingle_unit = (neardup_unit)c->value; break;
    case LENGTH: o->shingle_length = (unsigned)c->value; break;
    case CLUSTERING: o->clustering = (neardup_clustering)c->value; break;
    case PAIRS_FROM: o->pairs_from = c->value; break;
    case THREADS: o->threads = (unsigned)c->value; break;
    case KERNELS: o->kernels = "abacus"; break;
    case SIZE: o->size = (size_t)c->value; break;
    }
}

START_TEST(options_out_of_range_are_named) {
    const option_case *c = &option_cases[_i];
    neardup_options options;
    neardup_options_init(&options);
    set_field(&options, c);
    neardup_plan plan, untouched;
    memset(&plan, 0x5A, sizeof plan);
    untouched = plan;
    neardup_error error = {0};
    neardup_status status = neardup_options_plan(&options, &plan, &error);
    if (!c->complaint) {
        ck_assert_msg(status == NEARDUP_OK, "case %d: %s", _i, error.text);
        return;
    }
    ck_assert_int_eq(status, NEARDUP_ERROR_ARGUMENT);
    ck_assert_int_eq(error.status, status);
    ck_assert_msg(strstr(error.text, c->complaint) != NULL, "case %d: %s", _i, error.text);
    ck_assert_mem_eq(&plan, &untouched, sizeof plan);
    ck_assert_int_eq(neardup_options_plan(&options, &plan, NULL), status);
    neardup_engine *engine = NULL;
    ck_assert_int_eq(neardup_engine_create(&options, &engine, NULL), status);
    ck_assert_ptr_null(engine);
}
END_TEST

START_TEST(no_options_are_refused) {
    neardup_plan plan;
    neardup_error error;
    ck_assert_int_eq(neardup_options_plan(NULL, &plan, &error), NEARDUP_ERROR_ARGUMENT);
}
END_TEST

START_TEST(recall_out_of_reach_is_refused_with_what_can_be_had) {
    neardup_options options;
    neardup_options_init(&options);
    options.threshold = .01;
    neardup_plan plan;
    neardup_error error = {0};
    ck_assert_int_eq(neardup_options_plan(&options, &plan, &error), NEARDUP_ERROR_RECALL);
    ck_assert_int_eq(error.status, NEARDUP_ERROR_RECALL);
    char most[32];
    snprintf(most, sizeof most, "%.6f", 1 - pow(.99, 256));
    ck_assert_msg(strstr(error.text, most) && strstr(error.text, "0.01") && strstr(error.text, "0.99"), "%s",
                  error.text);
    options.recall = .92;
    ck_assert_int_eq(neardup_options_plan(&options, &plan, NULL), NEARDUP_OK);
    ck_assert_uint_eq(plan.rows, 1);
    options.recall = .99;
    options.bands = 256; /* whoever names the bands gets them, whatever they find */
    options.rows = 1;
    ck_assert_int_eq(neardup_options_plan(&options, &plan, NULL), NEARDUP_OK);
}
END_TEST

START_TEST(there_are_versions) {
    ck_assert_ptr_nonnull(neardup_version());
    ck_assert_ptr_nonnull(strchr(neardup_unicode_version(), '.'));
    ck_assert_uint_ge(neardup_scheme(), 1);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("banding");
    tcase_add_test(tests, the_default_is_42_bands_of_6_rows);
    tcase_add_test(tests, recall_is_the_chance_of_a_band);
    tcase_add_test(tests, the_solver_takes_the_most_rows);
    tcase_add_test(tests, keys_are_hashes_of_rows_seeded_with_the_band);
    tcase_add_test(tests, defaults_are_those_of_the_documentation);
    tcase_add_test(tests, a_plan_follows_the_options);
    tcase_add_loop_test(tests, options_out_of_range_are_named, 0, sizeof option_cases / sizeof *option_cases);
    tcase_add_test(tests, no_options_are_refused);
    tcase_add_test(tests, recall_out_of_reach_is_refused_with_what_can_be_had);
    tcase_add_test(tests, there_are_versions);
    return run_tests(tests);
}
