/* SPDX-License-Identifier: MIT */
/*
 * The hash of tokens and word shingles against what a random function would do, where input is anything but random:
 * tokens that count, tokens that differ in few places, shingles of few words. So few hashes of 64 bits collide by
 * chance once in a million runs, and a bit of them that leans would show.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "random.h"
#include "suite.h"
#include "text/shingle.h"

enum { MOST = 3200000, SIZE = 24 };

static uint64_t *hashes, *scratch;

static void make_room(void) {
    hashes = malloc(MOST * sizeof *hashes);
    scratch = malloc(MOST * sizeof *scratch);
    ck_assert(hashes && scratch);
}

static void release_room(void) {
    free(hashes);
    free(scratch);
    hashes = scratch = NULL;
}

/* Fails where two of the hashes are one. */
static void expect_distinct(size_t count, const char *what) {
    nd_sort(hashes, count, scratch);
    size_t distinct = nd_distinct(hashes, count);
    ck_assert_msg(distinct == count, "%zu of %zu hashes of %s", distinct, count, what);
}

static uint64_t hash_of(const char *token) {
    uint8_t padded[SIZE + 16] = {0};
    memcpy(padded, token, strlen(token));
    return nd_token_hash(padded, strlen(token), 0);
}

START_TEST(numbers_do_not_collide) {
    for (int width = 1; width <= 20; width++) { /* 1 to 20 digits: within one word, two words, and beyond */
        size_t count = 0;
        for (unsigned n = 0; n < 300000; n++) {
            char token[SIZE];
            snprintf(token, sizeof token, "%0*u", width, n);
            if ((int)strlen(token) == width) hashes[count++] = hash_of(token);
        }
        expect_distinct(count, "numbers");
    }
}
END_TEST

START_TEST(short_tokens_do_not_collide) {
    size_t count = 0;
    for (unsigned a = 1; a < 128; a++)
        for (unsigned b = 0; b < 128; b++)
            for (unsigned c = 0; c < (b ? 128 : 1); c++) {
                const char token[4] = {(char)a, (char)b, (char)c};
                hashes[count++] = hash_of(token);
            }
    expect_distinct(count, "tokens of up to 3 bytes");
}
END_TEST

/* Tokens of 16 bytes that differ in any three of them: what a sum of two products would fail. */
START_TEST(tokens_that_differ_in_few_places_do_not_collide) {
    size_t count = 0;
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < i; j++)
            for (int k = 0; k < j; k++)
                for (int values = 0; values < 5 * 5 * 5; values++) {
                    char token[SIZE] = "mmmmmmmmmmmmmmmm";
                    token[i] = (char)('a' + values % 5);
                    token[j] = (char)('a' + values / 5 % 5);
                    token[k] = (char)('a' + values / 25);
                    hashes[count++] = hash_of(token);
                }
    expect_distinct(count, "tokens that differ in three places");
}
END_TEST

/* Flipping a bit of a token flips every bit of its hash half of the time. */
START_TEST(every_bit_depends_on_every_bit) {
    random_start("avalanche");
    enum { TRIALS = 2000 };
    double worst = 0;
    for (int size = 3; size <= 16; size++) /* shorter ones are too few */
        for (int bit = 0; bit < 8 * size; bit++) {
            unsigned flips[64] = {0};
            for (int trial = 0; trial < TRIALS; trial++) {
                uint8_t token[16] = {0};
                for (int i = 0; i < size; i++) token[i] = (uint8_t)random_bits();
                uint64_t before = nd_token_hash(token, (size_t)size, 5);
                token[bit / 8] ^= (uint8_t)(1 << bit % 8);
                uint64_t changed = before ^ nd_token_hash(token, (size_t)size, 5);
                for (int i = 0; i < 64; i++) flips[i] += (unsigned)(changed >> i & 1);
            }
            for (int i = 0; i < 64; i++) worst = fmax(worst, fabs(flips[i] / ((double)TRIALS) - .5));
        }
    printf("worst lean of a bit: %.4f\n", worst);
    /* 67,000 samples with a deviation of .011, of which six are .067. */
    ck_assert_double_le(worst, .08);
}
END_TEST

START_TEST(shingles_of_few_words_do_not_collide) {
    enum { WORDS = 19 };
    uint64_t words[WORDS];
    for (unsigned i = 0; i < WORDS; i++) {
        char token[SIZE];
        snprintf(token, sizeof token, "%u", i);
        words[i] = hash_of(token);
    }
    size_t count = 0;
    for (unsigned n = 0; n < WORDS * WORDS * WORDS * WORDS * WORDS; n++) {
        uint64_t tokens[5];
        for (unsigned i = 0, rest = n; i < 5; i++, rest /= WORDS) tokens[i] = words[rest % WORDS];
        nd_text_portable.hash_shingles(tokens, 1, 5, hashes + count++);
    }
    expect_distinct(count, "shingles of five of few words");
}
END_TEST

START_TEST(shingles_of_sequences_do_not_collide) {
    for (unsigned length = 1; length <= 64; length = 2 * length + 1) {
        size_t count = 0;
        for (unsigned step = 1; step <= 50; step++)
            for (unsigned first = 0; first < 2000; first++) {
                uint64_t tokens[64];
                for (unsigned i = 0; i < length; i++) {
                    char token[SIZE];
                    snprintf(token, sizeof token, "%u", first + i * step);
                    tokens[i] = hash_of(token);
                }
                if (length > 1 || step == 1) nd_text_portable.hash_shingles(tokens, 1, length, hashes + count++);
            }
        expect_distinct(count, "shingles of arithmetic sequences");
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("token_hash");
    tcase_add_checked_fixture(tests, make_room, release_room);
    tcase_add_test(tests, numbers_do_not_collide);
    tcase_add_test(tests, short_tokens_do_not_collide);
    tcase_add_test(tests, tokens_that_differ_in_few_places_do_not_collide);
    tcase_add_test(tests, every_bit_depends_on_every_bit);
    tcase_add_test(tests, shingles_of_few_words_do_not_collide);
    tcase_add_test(tests, shingles_of_sequences_do_not_collide);
    return run_tests(tests);
}
