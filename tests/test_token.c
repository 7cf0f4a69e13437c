/* SPDX-License-Identifier: MIT */
/* The text rules: the fast path against the reference path, and both against cases worked out by hand. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "random.h"
#include "suite.h"
#include "text/json_string.h"
#include "text/token.h"
#include "text/unicode.h"
#include "text/utf8.h"

/* hashed: the fast path without the tokens' text, as engines use it; placed: with where they stand; marked: with marks
 * of that alone, and by the reference path. */
static nd_tokens fast, slow, hashed, placed, marked[2];

static void tokenize_both(const void *data, size_t size, neardup_form form) {
    neardup_text text = {.data = data, .size = size, .form = form};
    nd_token_rules all = {.keep_text = true, .keep_spans = true, .keep_alone = true, .reference = true};
    EXPECT(nd_tokenize(&(nd_token_rules){.keep_text = true}, &text, &fast) == NEARDUP_OK, "fast");
    EXPECT(nd_tokenize(&all, &text, &slow) == NEARDUP_OK, "slow");
    EXPECT(nd_tokenize(&(nd_token_rules){.keep_alone = true}, &text, &hashed) == NEARDUP_OK, "hashed");
    all.reference = all.keep_text = false;
    EXPECT(nd_tokenize(&all, &text, &placed) == NEARDUP_OK, "placed");
    for (int i = 0; i < 2; i++)
        EXPECT(nd_tokenize(&(nd_token_rules){.only_marks = true, .reference = i}, &text, &marked[i]) == NEARDUP_OK,
               "marked");
}

static bool alone_agree(const nd_tokens *a, const nd_tokens *b) {
    return a->alone_count == b->alone_count &&
           (a->alone_count == 0 || memcmp(a->alone, b->alone, a->alone_count * sizeof *a->alone) == 0);
}

/* Whether there is a mark for each of the spans and none besides. */
static bool marks_agree(const nd_tokens *t, const nd_tokens *spans) {
    size_t begins = 0, ends = 0;
    for (size_t i = 0; i < t->begins.count; i++) {
        begins += (size_t)__builtin_popcountll(t->begins.words[i].bits);
        ends += (size_t)__builtin_popcountll(t->ends.words[i].bits);
    }
    bool agree = t->count == spans->count && begins == spans->count && ends == spans->count;
    for (size_t i = 0; i < spans->count && agree; i++) {
        size_t begin = spans->spans[i].begin, end = spans->spans[i].end;
        agree = nd_marks_find(&t->begins, i) == begin && nd_marks_find(&t->ends, i) == end &&
                nd_marks_before(&t->begins, begin) == i && nd_marks_last(&t->begins, end) == begin;
    }
    return agree;
}

static bool paths_agree(void) {
    return alone_agree(&hashed, &slow) && alone_agree(&placed, &slow) && placed.count == slow.count &&
           marks_agree(&marked[0], &slow) && marks_agree(&marked[1], &slow) &&
           (slow.count == 0 || memcmp(placed.spans, slow.spans, slow.count * sizeof *slow.spans) == 0) &&
           (slow.count == 0 || memcmp(placed.hashes, slow.hashes, slow.count * sizeof *slow.hashes) == 0) &&
           hashed.count == slow.count &&
           (hashed.count == 0 || memcmp(hashed.hashes, slow.hashes, hashed.count * sizeof *slow.hashes) == 0) &&
           fast.count == slow.count && fast.bytes == slow.bytes && fast.ill_formed == slow.ill_formed &&
           fast.text.size == slow.text.size &&
           (fast.text.size == 0 || memcmp(fast.text.data, slow.text.data, fast.text.size) == 0) &&
           (fast.count == 0 || memcmp(fast.hashes, slow.hashes, fast.count * sizeof *fast.hashes) == 0);
}

/* ---- by hand ---- */

START_TEST(tokens_know_where_they_stand) {
    static const struct {
        neardup_form form;
        const char *text, *spans;
    } cases[] = {
        {NEARDUP_PLAIN, "Hello, World", "0-5 7-12"},
        {NEARDUP_PLAIN,
         " \xC2\xAD"
         "a\xC2\xAD"
         "b\xC2\xAD c",
         "3-7 10-11"}, /* a soft hyphen is no part of an end */
        {NEARDUP_PLAIN, "x\xE4\xB8\xAD\xE6\x96\x87y", "0-1 1-4! 4-7! 7-8"},
        {NEARDUP_JSON, "a\\nb \\u00e9\\u4e2d", "0-1 3-4 5-11 11-17!"},
        {NEARDUP_HTML, "<b>a</b>b &eacute;t&eacute;!", "3-4 8-9 10-27"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tokenize_both(cases[i].text, strlen(cases[i].text), cases[i].form);
        char spans[200] = "";
        for (size_t t = 0, alone = 0; t < placed.count; t++) {
            bool is_alone = alone < placed.alone_count && placed.alone[alone] == t;
            alone += is_alone;
            snprintf(spans + strlen(spans), 40, "%s%zu-%zu%s", t ? " " : "", placed.spans[t].begin, placed.spans[t].end,
                     is_alone ? "!" : "");
        }
        ck_assert_str_eq(spans, cases[i].spans);
        ck_assert(paths_agree());
    }
}
END_TEST

typedef struct sample {
    neardup_form form;
    const char *text, *tokens;
} sample;

static const sample samples[] = {
    {NEARDUP_PLAIN, "", ""},
    {NEARDUP_PLAIN, " \t\n.,;", ""},
    {NEARDUP_PLAIN, "Hello, World", "hello world"},
    {NEARDUP_PLAIN, "snake_case a-b x^2 3.14", "snake case a b x 2 3 14"},
    {NEARDUP_PLAIN,
     "Stra\xC3\x9F"
     "e \xEF\xAC\x81nd",
     "strasse find"},
    {NEARDUP_PLAIN,
     "soft\xC2\xADhyphen \xEF\xBB\xBF"
     "bom",
     "softhyphen bom"},
    {NEARDUP_PLAIN, "caf\xC3\xA9 cafe\xCC\x81 CAF\xC3\x89", "caf\xC3\xA9 caf\xC3\xA9 caf\xC3\xA9"},
    {NEARDUP_PLAIN,
     "\xE4\xB8\xAD\xE6\x96\x87"
     "abc",
     "\xE4\xB8\xAD \xE6\x96\x87 abc"},
    {NEARDUP_PLAIN, "\xEF\xBD\xB6\xEF\xBE\x9E", "\xE3\x82\xAC"}, /* half-width ka and sound mark: one token, ga */
    {NEARDUP_PLAIN, "\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4 \xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", /* syllables; jamo */
     "\xED\x95\x9C\xEA\xB5\xAD\xEC\x96\xB4 \xED\x95\x9C"},
    {NEARDUP_PLAIN,
     "a\xFF"
     "b \xC3"
     "c",
     "a b c"},
    {NEARDUP_PLAIN, "a\\nb &amp; <b>", "a nb amp b"},
    {NEARDUP_JSON, "one\\ntwo\\t\\\"three\\\\u0041 \\u0041b\\u00e9\\ud83d\\ude00x\\ud800y",
     "one two three u0041 ab\xC3\xA9 x y"},
    {NEARDUP_JSON, "\\uD840\\uDC0bz", "\xF0\xA0\x80\x8B z"},
    {NEARDUP_HTML, "<p>one<b>two</b> caf&eacute; &amp; x&#8217;y<script>no();</script> z", "one two caf\xC3\xA9 x y z"},
};

START_TEST(samples_tokenize_as_expected) {
    const sample *s = &samples[_i];
    tokenize_both(s->text, strlen(s->text), s->form);
    ck_assert_msg(paths_agree(), "paths disagree on \"%s\"", s->text);
    nd_buffer_append_byte(&fast.text, 0);
    ck_assert_msg(strcmp(fast.text.data, s->tokens) == 0, "\"%s\" became \"%.*s\", expected \"%s\"", s->text,
                  (int)fast.text.size, fast.text.data, s->tokens);
}
END_TEST

/* ---- every code point ---- */

START_TEST(every_code_point_has_the_reference_class_and_fold) {
    random_start("every_code_point");
    uint32_t sampled = random_below(16);
    nd_buffer text = {0};
    for (uint32_t c = 1; c < 0x110000; c++) {
        if (c >= 0xD800 && c < 0xE000) continue;
        uint8_t utf8[4];
        size_t size = nd_utf8_write(c, utf8);
        EXPECT(nd_entry_class(nd_entry_of(c)) == nd_class_of(c), "U+%04X", c);
        if (SANITIZED && c > 0x3400 && c % 16 != sampled) continue;
        text.size = 0; /* alone, between letters, doubled, before a mark and a jamo that composes */
        nd_buffer_append(&text, utf8, size);
        nd_buffer_append(&text, " a", 2);
        nd_buffer_append(&text, utf8, size);
        nd_buffer_append(&text, utf8, size);
        nd_buffer_append(&text, "b\xCC\x81 ", 4);
        nd_buffer_append(&text, utf8, size);
        nd_buffer_append(&text, "\xCC\x83 ", 3);
        nd_buffer_append(&text, utf8, size);
        nd_buffer_append(&text, "\xE1\x85\xA1 \xEA\xB0\x80", 7); /* and after a syllable that takes a final */
        nd_buffer_append(&text, utf8, size);
        tokenize_both(text.data, text.size, NEARDUP_PLAIN);
        EXPECT(paths_agree(), "U+%04X", c);
    }
    nd_buffer_release(&text);
}
END_TEST

/* ---- random strings ---- */

/* A character of a kind that has trouble with its neighbours, or bytes that are no character. */
static void append_random_piece(nd_buffer *text, neardup_form form) {
    static const uint32_t blocks[][2] = {{0x20, 0x7F},     {0xA0, 0x17F},    {0x300, 0x36F},    {0x370, 0x52F},
                                         {0x5D0, 0x6FF},   {0x900, 0x97F},   {0xE00, 0xE7F},    {0x1100, 0x11FF},
                                         {0x1E00, 0x206F}, {0x3040, 0x30FF}, {0x4E00, 0x4E40},  {0xAC00, 0xAD00},
                                         {0xFB00, 0xFDFF}, {0xFF00, 0xFFEF}, {0x1D400, 0x1D4FF}};
    static const char *const json[] = {"\\n", "\\\"", "\\u00e9", "\\ud83d\\ude00", "\\udc00", "\\u0301", "\\\\"};
    static const char *const html[] = {"<b>",  "</i", "&amp;", "&eacute;", "&#x301;",
                                       "<!--", "-->", "&",     "<",        "<script>"};
    uint32_t kind = random_below(16);
    if (kind == 0) {
        nd_buffer_append_byte(text, (char)random_below(256));
    } else if (kind < 6) {
        for (uint32_t n = random_below(20); n--;) nd_buffer_append_byte(text, (char)('A' + random_below(58) % 57));
    } else if (kind < 8) {
        nd_buffer_append_byte(text, ' ');
    } else if (kind < 10 && form == NEARDUP_JSON) {
        const char *piece = json[random_below(7)];
        nd_buffer_append(text, piece, strlen(piece));
    } else if (kind < 10 && form == NEARDUP_HTML) {
        const char *piece = html[random_below(10)];
        nd_buffer_append(text, piece, strlen(piece));
    } else {
        const uint32_t *block = blocks[random_below(15)];
        uint8_t utf8[4];
        size_t size = nd_utf8_write(block[0] + random_below(block[1] - block[0]), utf8);
        nd_buffer_append(text, utf8, size);
    }
}

START_TEST(random_strings_tokenize_alike_on_both_paths) {
    random_start("random_strings");
    nd_buffer text = {0};
    for (int round = 0; round < (SANITIZED ? 6000 : 60000); round++) {
        neardup_form form = (neardup_form)(round % 3);
        text.size = 0;
        /* now and then longer than a window, with a token across its border */
        for (uint32_t pieces = random_below(round % 500 == 0 ? 6000 : 40); pieces--;) append_random_piece(&text, form);
        char *exact = malloc(text.size + 1); /* so that the sanitizer sees a read beyond the end */
        if (text.size) memcpy(exact, text.data, text.size);
        tokenize_both(exact, text.size, form);
        free(exact);
        EXPECT(paths_agree(), "in round %d", round);
    }
    nd_buffer_release(&text);
}
END_TEST

/* Long runs in one script, now and then with what the fast lanes cannot know: what they gather must end well wherever
 * they have to hand it on or give it up. */
START_TEST(other_scripts_tokenize_alike_on_both_paths) {
    random_start("scripts");
    static const uint32_t first[] = {'a', 0xE0, 0x391, 0x410, 0x5D0, 0x4E00, 0x3041, 0xAC00, 0x20000, 0xFB00};
    static const uint32_t rare[] = {0x301, 0x3099, 0x200D, 0xAD, 0x1E9E, 0xDF, 0x130, '\\', '<', '&', 0x2019, 0x3002};
    nd_buffer text = {0};
    for (int round = 0; round < (SANITIZED ? 300 : 3000); round++) {
        uint32_t letters = first[random_below(10)], spaces = random_below(4) ? 2 + random_below(12) : 100000;
        uint32_t rarely = random_below(2) ? 30 : 20000;
        text.size = 0;
        for (uint32_t left = random_below(round % 10 ? 300 : 12000); left--;) {
            uint32_t c = letters + random_below(50);
            if (!random_below(spaces)) c = random_below(5) ? ' ' : random_below(128);
            if (!random_below(rarely)) c = rare[random_below(sizeof rare / sizeof *rare)];
            uint8_t utf8[4];
            size_t size = nd_utf8_write(c, utf8);
            if (!random_below(10 * rarely)) size = 1; /* cuts a character short */
            EXPECT(nd_buffer_append(&text, utf8, size) == NEARDUP_OK, "");
        }
        char *exact = malloc(text.size + 1); /* so that the sanitizer sees a read beyond the end */
        if (text.size) memcpy(exact, text.data, text.size);
        tokenize_both(exact, text.size, (neardup_form)(round % 3));
        free(exact);
        EXPECT(paths_agree(), "in round %d", round);
    }
    nd_buffer_release(&text);
}
END_TEST

START_TEST(tokens_longer_than_a_window_are_whole) {
    size_t size = 50000;
    char *text = malloc(size);
    memset(text, 'A', size);
    text[10] = ' ';
    tokenize_both(text, size, NEARDUP_PLAIN);
    ck_assert(paths_agree());
    ck_assert_uint_eq(fast.count, 2);
    ck_assert_uint_eq(fast.text.size, size);
    free(text);
}
END_TEST

START_TEST(json_bytes_are_those_of_the_unescaped_text) {
    const char literal[] = "a\\n\\u00e9\\ud83d\\ude00\\u20ac\\ud800!";
    nd_buffer text = {0};
    nd_json_unescape(literal, sizeof literal - 1, &text);
    tokenize_both(literal, sizeof literal - 1, NEARDUP_JSON);
    ck_assert_uint_eq(fast.bytes, text.size);
    ck_assert_mem_eq(text.data, "a\n\xC3\xA9\xF0\x9F\x98\x80\xE2\x82\xAC\xEF\xBF\xBD!", text.size);
    nd_buffer_release(&text);
}
END_TEST

/* Seconds to read a token of marks in orders that must be swapped. */
/* The fold of random characters against utf8proc_map, which is the definition. */
START_TEST(folds_are_those_of_utf8proc) {
    random_start("folds");
    nd_fold_scratch scratch = {0};
    nd_buffer raw = {0}, folded = {0};
    for (int round = 0; round < (SANITIZED ? 20000 : 200000); round++) {
        raw.size = folded.size = 0;
        for (uint32_t n = 1 + random_below(round % 1000 == 0 ? 2000 : 12); n--;) {
            uint32_t from[] = {0x41, 0x300, 0x300, 0x1100, 0xAC00, 0x5B0, 0xF900, 0x1D400}, code_point;
            code_point = random_below(4) ? from[random_below(8)] + random_below(0x100) : random_below(0x110000);
            if (code_point >= 0xD800 && code_point < 0xE000) code_point = 0x345;
            uint8_t utf8[4];
            size_t size = nd_utf8_write(code_point ? code_point : 1, utf8);
            nd_buffer_append(&raw, utf8, size);
        }
        EXPECT(nd_fold((const uint8_t *)raw.data, raw.size, &scratch, &folded) == NEARDUP_OK, "fold");
        utf8proc_uint8_t *expected = NULL;
        utf8proc_ssize_t size =
            utf8proc_map((const utf8proc_uint8_t *)raw.data, (utf8proc_ssize_t)raw.size, &expected,
                         UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
        EXPECT(size >= 0 && (size_t)size == folded.size, "round %d", round);
        EXPECT(size == 0 || memcmp(expected, folded.data, folded.size) == 0, "round %d", round);
        free(expected);
    }
    nd_fold_scratch_release(&scratch);
    nd_buffer_release(&raw);
    nd_buffer_release(&folded);
}
END_TEST

static double seconds_for_marks(size_t size) {
    char *text = malloc(size);
    for (size_t i = 0; i < size; i += 4) memcpy(text + i, "\xCC\x81\xCC\xA3", 4);
    clock_t begin = clock();
    tokenize_both(text, size, NEARDUP_PLAIN);
    ck_assert(paths_agree());
    free(text);
    return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

START_TEST(a_token_of_marks_takes_linear_time) {
    size_t size = SANITIZED ? 1 << 14 : 1 << 16;
    double few = seconds_for_marks(size), many = seconds_for_marks(16 * size); /* a square would be 256 times as much */
    ck_assert_msg(many < 64 * few + .2, "%g s after %g s", many, few);
}
END_TEST

static void release(void) {
    nd_tokens_release(&fast);
    nd_tokens_release(&slow);
    nd_tokens_release(&hashed);
    nd_tokens_release(&placed);
    for (int i = 0; i < 2; i++) nd_tokens_release(&marked[i]);
}

int main(void) {
    TCase *tests = tcase_create("token");
    tcase_add_checked_fixture(tests, NULL, release);
    tcase_add_test(tests, tokens_know_where_they_stand);
    tcase_add_loop_test(tests, samples_tokenize_as_expected, 0, (int)(sizeof samples / sizeof *samples));
    tcase_add_test(tests, every_code_point_has_the_reference_class_and_fold);
    tcase_add_test(tests, random_strings_tokenize_alike_on_both_paths);
    tcase_add_test(tests, other_scripts_tokenize_alike_on_both_paths);
    tcase_add_test(tests, tokens_longer_than_a_window_are_whole);
    tcase_add_test(tests, json_bytes_are_those_of_the_unescaped_text);
    tcase_add_test(tests, folds_are_those_of_utf8proc);
    tcase_add_test(tests, a_token_of_marks_takes_linear_time);
    return run_tests(tests);
}
