/* SPDX-License-Identifier: MIT */
/* How reports put things: numbers, names, columns, first words, JSON. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "report/excerpt.h"
#include "report/json_out.h"
#include "report/text_layout.h"
#include "report/text_title.h"
#include "report/wording.h"
#include "suite.h"

/* What is written to `out` between open_text and close_text is `written`. */
static FILE *out;
static char *written;
static size_t written_size;

static void open_text(void) {
    free(written);
    written = NULL;
    out = open_memstream(&written, &written_size);
    ck_assert_ptr_nonnull(out);
}

static void close_text(void) { ck_assert_int_eq(fclose(out), 0); }

static void release(void) {
    free(written);
    written = NULL;
}

static nd_span span(const char *text) { return (nd_span){text, strlen(text)}; }

START_TEST(counts_and_sizes) {
    ck_assert_str_eq(nd_wording_count(0).text, "0");
    ck_assert_str_eq(nd_wording_count(999).text, "999");
    ck_assert_str_eq(nd_wording_count(51160).text, "51,160");
    ck_assert_str_eq(nd_wording_count(UINT64_MAX).text, "18,446,744,073,709,551,615");
    ck_assert_str_eq(nd_wording_counted(1, "file", "files").text, "1 file");
    ck_assert_str_eq(nd_wording_counted(0, "file", "files").text, "0 files");
    ck_assert_str_eq(nd_wording_bytes(1).text, "1 byte");
    ck_assert_str_eq(nd_wording_bytes(999).text, "999 bytes");
    ck_assert_str_eq(nd_wording_bytes(1000).text, "1.0 kB");
    ck_assert_str_eq(nd_wording_bytes(9949).text, "9.9 kB");
    ck_assert_str_eq(nd_wording_bytes(9951).text, "10 kB");
    ck_assert_str_eq(nd_wording_bytes(999499).text, "999 kB");
    ck_assert_str_eq(nd_wording_bytes(999501).text, "1.0 MB");
    ck_assert_str_eq(nd_wording_bytes(UINT64_MAX).text, "18 EB");
}
END_TEST

START_TEST(percentages_never_claim_too_much) {
    ck_assert_str_eq(nd_wording_percent(1, 0.7).text, "100 %");
    ck_assert_str_eq(nd_wording_percent(0.9996, 0.7).text, "99.96 %");
    ck_assert_str_eq(nd_wording_percent(0.996, 0.7).text, "99.6 %");
    ck_assert_str_eq(nd_wording_percent(0.7, 0.7).text, "70 %");
    ck_assert_str_eq(nd_wording_percent(0.7041, 0.704).text, "70.4 %");
    ck_assert_str_eq(nd_wording_percent(0.846, 0.7).text, "85 %");
    ck_assert_str_eq(nd_wording_percent(0, 0).text, "0 %");
    ck_assert_str_eq(nd_wording_percent(0.0004, 0).text, "0.04 %");
    ck_assert_str_eq(nd_wording_probability(0.9947).text, "0.995");
    ck_assert_str_eq(nd_wording_probability(0.99996).text, "0.99996");
    ck_assert_str_eq(nd_wording_probability(1).text, "1.000");
    for (int i = 1; i < 100; i++) {
        double threshold = i / 100.0;
        double shown = strtod(nd_wording_percent(threshold, threshold).text, NULL);
        ck_assert_double_eq_tol(shown, i, 1e-9);
    }
}
END_TEST

START_TEST(names_cannot_steer_a_terminal) {
    static const struct {
        const char *name, *shown;
    } cases[] = {
        {"plain.txt", "plain.txt"},
        {"a\nb\tc\rd", "a\\nb\\tc\\rd"},
        {"\033[31mred", "\\x1b[31mred"},
        {"\xe2\x80\xae"
         "txt.exe",
         "\\u202etxt.exe"},
        {"caf\xc3\xa9 \xed\x95\x9c", "caf\xc3\xa9 \xed\x95\x9c"},
        {"\xff\xc3", "\\xff\\xc3"},
        {"\xc2\x9b", "\\u009b"},
        {"\x7f", "\\x7f"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        open_text();
        nd_write_visible(out, span(cases[i].name));
        close_text();
        ck_assert_str_eq(written, cases[i].shown);
    }
    open_text();
    nd_write_place(out, span("a.jsonl"), 12);
    close_text();
    ck_assert_str_eq(written, "a.jsonl:13");
    ck_assert(nd_span_equals(nd_plain_id(span("\"x9\"")), "x9"));
    ck_assert(nd_span_equals(nd_plain_id(span("\"x\\n9\"")), "\"x\\n9\""));
    ck_assert(nd_span_equals(nd_plain_id(span("17")), "17"));
}
END_TEST

START_TEST(text_is_cut_to_columns) {
    static const struct {
        const char *text;
        nd_cut cut;
        size_t columns;
        const char *shown;
    } cases[] = {
        {"abcdef", ND_CUT_END, 6, "abcdef"},
        {"abcdef", ND_CUT_END, 5, "abcd…"},
        {"abcdef", ND_CUT_END, 1, "…"},
        {"abcdef", ND_CUT_END, 0, ""},
        {"abc def", ND_CUT_END, 5, "abc…"},
        {"abcdefghij", ND_CUT_MIDDLE, 7, "ab…ghij"},
        {"漢字漢字", ND_CUT_END, 8, "漢字漢字"},
        {"漢字漢字", ND_CUT_END, 7, "漢字漢…"},
        {"漢字漢字", ND_CUT_END, 6, "漢字…"},
        {"e\xcc\x81"
         "e\xcc\x81"
         "e\xcc\x81",
         ND_CUT_END, 2, "e\xcc\x81…"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        open_text();
        nd_layout layout = {out, 80, false};
        size_t used = nd_layout_write(&layout, ND_STYLE_STRONG, cases[i].text, cases[i].columns, cases[i].cut);
        close_text();
        ck_assert_str_eq(written, cases[i].shown);
        ck_assert_uint_eq(used, nd_columns(cases[i].shown));
        ck_assert_uint_le(used, cases[i].columns);
    }
}
END_TEST

START_TEST(paragraphs_break_between_words) {
    open_text();
    nd_layout layout = {out, 20, false};
    nd_layout_paragraph(&layout, ND_STYLE_PLAIN, 2, "one two three four 55 % and averyveryverylongword end");
    close_text();
    ck_assert_str_eq(written, "  one two three four\n  55 % and\n  averyveryverylongword\n  end\n");
    open_text();
    layout = (nd_layout){out, 12, true};
    nd_layout_paragraph(&layout, ND_STYLE_DIM, 0, "漢字漢字 漢字漢字");
    close_text();
    ck_assert_str_eq(written, "\033[2m漢字漢字\033[0m\n\033[2m漢字漢字\033[0m\n");
}
END_TEST

START_TEST(the_first_lines_are_found) {
    static const struct {
        neardup_form form;
        const char *text, *shown;
    } cases[] = {
        {NEARDUP_PLAIN, "", ""},
        {NEARDUP_PLAIN, "\n \n\t\n=====\n", ""},
        {NEARDUP_PLAIN, "\xef\xbb\xbf\n  A  headline\there\nThe rest", "A headline here\nThe rest\n"},
        {NEARDUP_PLAIN, "a\xff\033[1mb", "a\\x1b[1mb\n"},
        {NEARDUP_JSON, "\\n\\u0041 \\\"q\\\" \\uD83D\\uDE00\\ud800\\/\\nB", "A \"q\" \xf0\x9f\x98\x80/\nB\n"},
        {NEARDUP_JSON, "cut \\u00", "cut\n"},
        {NEARDUP_JSON, "cut\\", "cut\n"},
        {NEARDUP_HTML, "<html><title lang=en> One\n &amp; two &#233;&bogus; </title><p>x", "One & two é&bogus;\n"},
        {NEARDUP_HTML, "<style>no</style><!-- no --><script>no</script><p> <b>Yes</b> no", "Yes\n"},
        {NEARDUP_HTML, "<p", ""},
        {NEARDUP_HTML, "a &#1114112; &", "a \xef\xbf\xbd &\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        open_text();
        neardup_text text = {.data = cases[i].text, .size = strlen(cases[i].text), .form = cases[i].form};
        nd_excerpt_write(out, &text);
        close_text();
        ck_assert_str_eq(written, cases[i].shown);
    }
}
END_TEST

/* Every beginning of a text must be safe to look at (a sanitizer watches), and the excerpt stays short. */
START_TEST(a_text_may_be_cut_anywhere) {
    static const char whole[] = "<title>x &am\\uD83D\\uDE00\\u12 \xe2\x80\xae é &#99999999; </title><style><p \\";
    for (size_t size = 0; size < sizeof whole; size++) {
        char *exact = malloc(size + 1);
        memcpy(exact, whole, size);
        for (neardup_form form = NEARDUP_PLAIN; form <= NEARDUP_HTML; form++) {
            open_text();
            nd_excerpt_write(out, &(neardup_text){.data = exact, .size = size, .form = form});
            close_text();
            ck_assert(nd_is_utf8((nd_span){written, written_size}));
        }
        free(exact);
    }
    char longer[5000];
    memset(longer, 'a', sizeof longer);
    open_text();
    nd_excerpt_write(out, &(neardup_text){.data = longer, .size = sizeof longer});
    close_text();
    ck_assert_uint_le(written_size, 201);
    open_text();
    nd_excerpt_write(
        out, &(neardup_text){.data = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n", .size = 42});
    close_text();
    ck_assert_str_eq(written + written_size - 6, "15\n16\n");
}
END_TEST

START_TEST(titles_tell_texts_apart) {
    static const char *const texts[][2] = {
        /* what it begins with, what it is called */
        {"Site\nFirst story of the day and what came of it\n", "First story of the day and what came of it"},
        {"Site\nSecond story\nIt goes on for more than thirty columns.\n", "Second story"},
        {"Site\n", "Site"},
        {"Home\nNews\nWeather\nA headline that is longer than any entry\n", "A headline that is longer than any entry"},
        {"Only\nshort\nlines\n", "Only"},
        {"Twice\nTwice\n", "Twice"},
        {"", ""},
    };
    enum { COUNT = sizeof texts / sizeof *texts };
    char *excerpts[COUNT];
    for (size_t i = 0; i < COUNT; i++) excerpts[i] = strdup(texts[i][0]);
    ck_assert_int_eq(nd_text_titles_choose(excerpts, COUNT), NEARDUP_OK);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert_str_eq(excerpts[i], texts[i][1]);
        free(excerpts[i]);
    }
    ck_assert_int_eq(nd_text_titles_choose(NULL, 0), NEARDUP_OK);
}
END_TEST

START_TEST(json_comes_back_as_it_was) {
    char all[256];
    for (int i = 0; i < 128; i++) all[i] = (char)i;
    strcpy(all + 128, "\xc3\xa9\xed\x95\x9c\xf0\x9f\x98\x80\xe2\x80\xa8");
    size_t size = 128 + strlen(all + 128);
    open_text();
    nd_json json = nd_json_line(out, "test");
    nd_json_bytes(&json, "all", (nd_span){all, size});
    nd_json_begin(&json, "inner");
    nd_json_count(&json, "count", UINT64_C(9007199254740993));
    nd_json_flag(&json, "flag", true);
    nd_json_end(&json);
    nd_json_null(&json, "null");
    nd_json_share(&json, "share", 2.0 / 3);
    nd_json_number(&json, "number", 0.7);
    nd_json_raw(&json, "id", span("[1, \"x\"]"));
    nd_json_end_line(&json);
    close_text();
    json_t *read = json_loadb(written, written_size, JSON_ALLOW_NUL, NULL);
    ck_assert_ptr_nonnull(read);
    json_t *text = json_object_get(read, "all");
    ck_assert_uint_eq(json_string_length(text), size);
    ck_assert_mem_eq(json_string_value(text), all, size);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(read, "inner"), "count")), 9007199254740993);
    ck_assert(json_is_null(json_object_get(read, "null")));
    json_decref(read);
    ck_assert_ptr_nonnull(strstr(written, "\"share\":0.666667,\"number\":0.7,\"id\":[1, \"x\"]}\n"));
}
END_TEST

START_TEST(bytes_that_are_no_text_are_base64) {
    static const struct {
        const char *bytes, *shown;
    } cases[] = {{"\xff", "/w=="}, {"\xff\xfe", "//4="}, {"a\xff.", "Yf8u"}, {"ab\xff\xfez", "YWL//no="}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "{\"type\":\"t\",\"path_b64\":\"%s\"}\n", cases[i].shown);
        open_text();
        nd_json json = nd_json_line(out, "t");
        nd_json_bytes(&json, "path", span(cases[i].bytes));
        nd_json_end_line(&json);
        close_text();
        ck_assert_str_eq(written, expected);
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("wording");
    tcase_add_checked_fixture(tests, NULL, release);
    tcase_add_test(tests, counts_and_sizes);
    tcase_add_test(tests, percentages_never_claim_too_much);
    tcase_add_test(tests, names_cannot_steer_a_terminal);
    tcase_add_test(tests, text_is_cut_to_columns);
    tcase_add_test(tests, paragraphs_break_between_words);
    tcase_add_test(tests, the_first_lines_are_found);
    tcase_add_test(tests, a_text_may_be_cut_anywhere);
    tcase_add_test(tests, titles_tell_texts_apart);
    tcase_add_test(tests, json_comes_back_as_it_was);
    tcase_add_test(tests, bytes_that_are_no_text_are_base64);
    return run_tests(tests);
}
