/* SPDX-License-Identifier: MIT */
/*
 * Shingles against lists of strings: two windows of a text have one hash exactly when they hold the same tokens (or
 * code points) in the same order.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "random.h"
#include "suite.h"
#include "text/shingle.h"

enum { MOST_UNITS = 400, MOST_LENGTH = 64, UNIT_SIZE = 8, SHINGLE_SIZE = MOST_LENGTH * UNIT_SIZE };

/* Words, and a few of them that share letters, so that windows of characters agree where those of words do not. */
static const char *const words[] = {"a", "b", "ab", "ba", "aa", "\xC3\xA9", "\xE4\xB8\xAD", "\xF0\x90\x90\xA8"};

/* A text of words, and the naive model of its shingles: each as a string of its own. */
typedef struct text {
    char joined[MOST_UNITS * UNIT_SIZE];
    const char *words[MOST_UNITS];
    size_t count;
    char shingles[MOST_UNITS * UNIT_SIZE][SHINGLE_SIZE];
    size_t shingle_count;
} text;

static text one, other;
static nd_tokens tokens;
static nd_shingles one_hashes, other_hashes;

static void make_text(text *t, size_t count) {
    t->count = count;
    t->joined[0] = 0;
    size_t variety = 1 + random_below(8);
    for (size_t i = 0; i < count; i++) {
        t->words[i] = words[random_below((uint32_t)variety)];
        if (i) strcat(t->joined, " ");
        strcat(t->joined, t->words[i]);
    }
}

/* Splits the text into units: words with a mark behind them, or code points. */
static size_t split(const text *t, neardup_unit unit, char units[][UNIT_SIZE]) {
    size_t count = 0;
    if (unit == NEARDUP_WORD) {
        for (size_t i = 0; i < t->count; i++) snprintf(units[count++], UNIT_SIZE, "%s|", t->words[i]);
        return count;
    }
    for (const char *at = t->joined; *at; count++) {
        size_t size = 1;
        while ((at[size] & 0xC0) == 0x80) size++;
        memcpy(units[count], at, size);
        units[count][size] = 0;
        at += size;
    }
    return count;
}

static void shingle_naively(text *t, neardup_unit unit, size_t length) {
    static char units[MOST_UNITS * UNIT_SIZE][UNIT_SIZE];
    size_t count = split(t, unit, units);
    t->shingle_count = count == 0 ? 0 : count < length ? 1 : count - length + 1;
    for (size_t i = 0; i < t->shingle_count; i++) {
        char *end = t->shingles[i];
        *end = 0;
        for (size_t k = i; k < i + length && k < count; k++) end = strcpy(end, units[k]) + strlen(units[k]);
    }
}

static void shingle_text(const text *t, const nd_shingle_rules *rules, nd_shingles *shingles) {
    neardup_text plain = {.data = t->joined, .size = strlen(t->joined)};
    EXPECT(nd_tokenize(&(nd_token_rules){.keep_text = true, .seed = rules->seed}, &plain, &tokens) == NEARDUP_OK, "");
    EXPECT(tokens.count == t->count, "%zu of %zu tokens", tokens.count, t->count);
    EXPECT(nd_shingle(rules, &tokens, shingles) == NEARDUP_OK, "%u", rules->length);
    EXPECT(shingles->count == t->shingle_count, "%zu of %zu", shingles->count, t->shingle_count);
}

START_TEST(shingles_are_the_naive_ones) {
    random_start("shingle");
    unsigned length = (unsigned)_i;
    for (int round = 0; round < (SANITIZED ? 4 : 20); round++) {
        nd_shingle_rules rules = {round % 2 ? NEARDUP_CHAR : NEARDUP_WORD, length, random_bits(), NULL};
        make_text(&one, random_below(2 * length + 3));
        make_text(&other, random_below(2 * length + 3));
        shingle_naively(&one, rules.unit, length);
        shingle_naively(&other, rules.unit, length);
        shingle_text(&one, &rules, &one_hashes);
        shingle_text(&other, &rules, &other_hashes);
        for (size_t i = 0; i < one.shingle_count; i++)
            for (size_t k = 0; k < other.shingle_count; k++) {
                bool equal = strcmp(one.shingles[i], other.shingles[k]) == 0;
                EXPECT((one_hashes.hashes[i] == other_hashes.hashes[k]) == equal, "\"%s\" and \"%s\"", one.shingles[i],
                       other.shingles[k]);
            }
    }
}
END_TEST

/* XXH3's finishing step, as its specification has it. */
static uint64_t finish(uint64_t x) {
    x = (x ^ x >> 37) * 0x165667919E3779F9ULL;
    return x ^ x >> 32;
}

/* The hash that is in files and in other people's tables: a change of it needs a new scheme number. */
START_TEST(the_hash_of_words_is_the_documented_one) {
    make_text(&one, 50);
    nd_shingle_rules rules = {NEARDUP_WORD, 7, 99, NULL};
    shingle_naively(&one, NEARDUP_WORD, 7);
    shingle_text(&one, &rules, &one_hashes);
    for (size_t i = 0; i < one_hashes.count; i++) {
        uint64_t sum = 0;
        for (unsigned k = 0; k < 7; k++) {
            uint64_t padded[2] = {0}, key = finish(99 + 0x9E3779B97F4A7C15ULL);
            memcpy(padded, one.words[i + k], strlen(one.words[i + k]));
            uint64_t token = finish(finish(finish(padded[0] ^ key) ^ padded[1]));
            sum += k ? token << 8 * k | token >> (64 - 8 * k) : token;
        }
        ck_assert_uint_eq(one_hashes.hashes[i], finish(sum));
    }
}
END_TEST

START_TEST(the_hash_of_characters_is_the_documented_one) {
    make_text(&one, 30);
    nd_shingle_rules rules = {NEARDUP_CHAR, 9, 7, NULL};
    shingle_naively(&one, NEARDUP_CHAR, 9);
    shingle_text(&one, &rules, &one_hashes);
    for (size_t i = 0; i < one_hashes.count; i++)
        ck_assert_uint_eq(one_hashes.hashes[i], XXH3_64bits_withSeed(one.shingles[i], strlen(one.shingles[i]), 7));
}
END_TEST

START_TEST(seeds_give_other_hashes) {
    make_text(&one, 20);
    for (int unit = NEARDUP_WORD; unit <= NEARDUP_CHAR; unit++) {
        shingle_naively(&one, (neardup_unit)unit, 5);
        shingle_text(&one, &(nd_shingle_rules){(neardup_unit)unit, 5, 1, NULL}, &one_hashes);
        shingle_text(&one, &(nd_shingle_rules){(neardup_unit)unit, 5, 2, NULL}, &other_hashes);
        for (size_t i = 0; i < one_hashes.count; i++) ck_assert_uint_ne(one_hashes.hashes[i], other_hashes.hashes[i]);
    }
}
END_TEST

static void release(void) {
    nd_tokens_release(&tokens);
    nd_shingles_release(&one_hashes);
    nd_shingles_release(&other_hashes);
}

int main(void) {
    TCase *tests = tcase_create("shingle");
    tcase_add_checked_fixture(tests, NULL, release);
    tcase_add_loop_test(tests, shingles_are_the_naive_ones, 1, MOST_LENGTH + 1);
    tcase_add_test(tests, the_hash_of_words_is_the_documented_one);
    tcase_add_test(tests, the_hash_of_characters_is_the_documented_one);
    tcase_add_test(tests, seeds_give_other_hashes);
    return run_tests(tests);
}
