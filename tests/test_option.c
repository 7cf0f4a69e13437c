/* SPDX-License-Identifier: MIT */
/* Options: every kind, every way to write one, and every way to get one wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option.h"
#include "cli/suggestion.h"
#include "cli/value.h"
#include "suite.h"

typedef struct settings {
    bool all, quiet;
    const char *file;
    nd_texts include, fields;
    unsigned when;
    uint64_t threads;
    double threshold;
    char own;
} settings;

static neardup_status read_own(const char *value, void *field) {
    if (strlen(value) != 1) return NEARDUP_ERROR_ARGUMENT;
    *(char *)field = *value;
    return NEARDUP_OK;
}

static const char *const when_choices[] = {"auto", "always", "never", NULL};

#define FIELD(name) .field = offsetof(settings, name)

static const nd_option table[] = {
    {.name = "all", .letter = 'a', .kind = ND_OPTION_FLAG, FIELD(all)},
    {.name = "quiet", .letter = 'q', .kind = ND_OPTION_FLAG, FIELD(quiet)},
    {.name = "file", .letter = 'f', .kind = ND_OPTION_TEXT, FIELD(file)},
    {.name = "include", .kind = ND_OPTION_TEXTS, FIELD(include)},
    {.name = "fields", .kind = ND_OPTION_LIST, FIELD(fields)},
    {.name = "when", .kind = ND_OPTION_CHOICE, FIELD(when), .choices = when_choices},
    {.name = "threads", .letter = 'j', .kind = ND_OPTION_COUNT, FIELD(threads), .low = 1, .high = 8},
    {.name = "threshold", .letter = 't', .kind = ND_OPTION_SHARE, FIELD(threshold)},
    {.name = "own", .kind = ND_OPTION_OWN, FIELD(own), .read = read_own, .expects = "one letter"},
    {.name = "help", .letter = 'h', .kind = ND_OPTION_HELP},
    {.name = NULL},
};

static settings s;
static nd_texts operands;
static neardup_error error;

static void release(void) {
    nd_options_release((nd_option_table){table, 0, false}, &s);
    nd_texts_release(&operands);
    s = (settings){0};
    error = (neardup_error){0};
}

/* Reads a command line of words separated by single spaces; the words live until the next call. */
static neardup_status read_line(const char *line) {
    static char copy[256];
    static const char *words[32];
    size_t count = 0;
    release();
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = copy; *word;) {
        words[count++] = word;
        word += strcspn(word, " ");
        if (*word) *word++ = 0;
    }
    return nd_options_read((nd_option_table){table, 0, false}, (nd_strings){words, count}, &s, &operands, &error);
}

START_TEST(every_way_to_write_an_option_is_read) {
    ck_assert_int_eq(read_line("--threads=3 a"), NEARDUP_OK);
    ck_assert_uint_eq(s.threads, 3);
    ck_assert_int_eq(read_line("--threads 4 a"), NEARDUP_OK);
    ck_assert_uint_eq(s.threads, 4);
    ck_assert_int_eq(read_line("-j5"), NEARDUP_OK);
    ck_assert_uint_eq(s.threads, 5);
    ck_assert_int_eq(read_line("-j 6"), NEARDUP_OK);
    ck_assert_uint_eq(s.threads, 6);
    ck_assert_int_eq(read_line("-qaj7"), NEARDUP_OK);
    ck_assert(s.quiet && s.all && s.threads == 7);
    ck_assert_int_eq(read_line("-aq --file=x=y"), NEARDUP_OK);
    ck_assert_str_eq(s.file, "x=y");
    ck_assert_int_eq(read_line("--file --all"), NEARDUP_OK);
    ck_assert_str_eq(s.file, "--all");
    ck_assert(!s.all);
}
END_TEST

START_TEST(operands_may_stand_anywhere) {
    ck_assert_int_eq(read_line("one -a - two -- -q --all"), NEARDUP_OK);
    static const char *const expected[] = {"one", "-", "two", "-q", "--all"};
    ck_assert_uint_eq(operands.count, 5);
    for (size_t i = 0; i < 5; i++) ck_assert_str_eq(operands.items[i], expected[i]);
    ck_assert(s.all && !s.quiet);
}
END_TEST

START_TEST(lists_grow_and_the_rest_is_replaced) {
    ck_assert_int_eq(read_line("--include=a,b --include c --fields x,y --fields z -t .2 -t 90% --own p"), NEARDUP_OK);
    ck_assert_uint_eq(s.include.count, 2);
    ck_assert_str_eq(s.include.items[0], "a,b");
    ck_assert_uint_eq(s.fields.count, 3);
    ck_assert_str_eq(s.fields.items[2], "z");
    ck_assert_double_eq_tol(s.threshold, 0.9, 1e-15);
    ck_assert_int_eq(s.own, 'p');
}
END_TEST

START_TEST(help_ends_the_reading) {
    ck_assert_int_eq(read_line("--all --help --nonsense"), NEARDUP_END);
    ck_assert_int_eq(read_line("-qh"), NEARDUP_END);
}
END_TEST

static const struct {
    const char *line, *text;
} refused[] = {
    {"--threads 9", "--threads takes a whole number from 1 to 8, not '9'"},
    {"-j 0", "--threads takes a whole number from 1 to 8, not '0'"},
    {"-j4x", "--threads takes a whole number from 1 to 8, not '4x'"},
    {"-j -1", "--threads takes a whole number from 1 to 8, not '-1'"},
    {"-j", "--threads needs a value: a whole number from 1 to 8"},
    {"--threads=", "--threads takes a whole number from 1 to 8, not ''"},
    {"-j 18446744073709551617", "--threads takes a whole number from 1 to 8, not '18446744073709551617'"},
    {"-t 0.7x", "--threshold takes a number above 0 and up to 1, or a percentage, not '0.7x'"},
    {"--when now", "--when takes auto, always or never, not 'now'"},
    {"--fields a,,b", "--fields takes names separated by commas, not 'a,,b'"},
    {"--own ab", "--own takes one letter, not 'ab'"},
    {"--all=yes", "--all takes no value"},
    {"--file", "--file needs a value: a value"},
    {"--treshold 1", "unknown option '--treshold'; did you mean '--threshold'?"},
    {"--thresh=1", "unknown option '--thresh'; did you mean '--threshold'?"},
    {"-threshold 1", "unknown option '-threshold'; did you mean '--threshold'?"},
    {"--zzzz", "unknown option '--zzzz'"},
    {"-z", "unknown option '-z'"},
    {"-az", "unknown option '-z' in '-az'"},
};

START_TEST(errors_name_the_option_and_what_it_takes) {
    ck_assert_int_eq(read_line(refused[_i].line), NEARDUP_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, refused[_i].text);
}
END_TEST

START_TEST(numbers_are_read_strictly) {
    double number;
    uint64_t count;
    static const char *const not_numbers[] = {"",   ".",  "1e3", "nan", "inf", "0x1", "+1",
                                              "-1", " 1", "1 ",  "1,5", "..1", "1%",  "1.2.3"};
    for (size_t i = 0; i < sizeof not_numbers / sizeof *not_numbers; i++)
        ck_assert_msg(!nd_value_number(not_numbers[i], &number), "%s", not_numbers[i]);
    ck_assert(nd_value_number("12.5", &number) && number == 12.5);
    ck_assert(nd_value_number("5.", &number) && number == 5);
    ck_assert(nd_value_count("18446744073709551615", &count) && count == UINT64_MAX);
    ck_assert(!nd_value_count("18446744073709551616", &count));
    ck_assert(!nd_value_count("", &count));
    static const struct {
        const char *text;
        uint64_t bytes; /* 0: it is no size */
    } sizes[] = {{"1", 1},
                 {"64k", 64 << 10},
                 {"2M", 2 << 20},
                 {"3g", (uint64_t)3 << 30},
                 {"1T", (uint64_t)1 << 40},
                 {"", 0},
                 {"64 ", 0},
                 {"64B", 0},
                 {"64KB", 0},
                 {"K", 0},
                 {"1\x80", 0},
                 {"-1", 0},
                 {"17179869184G", 0}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        count = 0;
        ck_assert_msg(nd_value_size(sizes[i].text, &count) == (sizes[i].bytes > 0), "'%s'", sizes[i].text);
        ck_assert_msg(!sizes[i].bytes || count == sizes[i].bytes, "'%s'", sizes[i].text);
    }
    static const char *const not_shares[] = {"0", "0%", "1.01", "101%", "%", "70%%", "-3%", "0.000"};
    for (size_t i = 0; i < sizeof not_shares / sizeof *not_shares; i++)
        ck_assert_msg(!nd_value_share(not_shares[i], &number), "%s", not_shares[i]);
    ck_assert(nd_value_share("100%", &number) && number == 1);
    ck_assert(nd_value_share("12.5%", &number) && number == 0.125);
    ck_assert(nd_value_share("1", &number) && number == 1);
    for (int hundredths = 1; hundredths <= 10000; hundredths++) {
        char percent[32], plain[32];
        double same;
        snprintf(percent, sizeof percent, "%d.%02d%%", hundredths / 100, hundredths % 100);
        snprintf(plain, sizeof plain, "%d.%04d", hundredths / 10000, hundredths % 10000);
        ck_assert(nd_value_share(percent, &number) && nd_value_share(plain, &same));
        ck_assert_msg(number == same, "%s", percent);
    }
}
END_TEST

START_TEST(suggestions_are_the_nearest_within_reach) {
    static const struct {
        const char *word, *best;
    } cases[] = {
        {"scna", "scan"},   {"scn", "scan"},         {"sccan", "scan"}, {"can", "scan"}, {"comp", "compare"},
        {"deudp", "dedup"}, {"restorre", "restore"}, {"x", NULL},       {"dance", NULL}, {"", NULL},
    };
    static const char *const names[] = {"scan", "dedup", "compare", "report", "restore"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        nd_suggestion suggestion = {0};
        for (size_t j = 0; j < 5; j++) nd_suggestion_offer(&suggestion, cases[i].word, names[j]);
        if (cases[i].best)
            ck_assert_pstr_eq(suggestion.best, cases[i].best);
        else
            ck_assert_msg(!suggestion.best, "%s: %s", cases[i].word, suggestion.best);
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("option");
    tcase_add_checked_fixture(tests, NULL, release);
    tcase_add_test(tests, every_way_to_write_an_option_is_read);
    tcase_add_test(tests, operands_may_stand_anywhere);
    tcase_add_test(tests, lists_grow_and_the_rest_is_replaced);
    tcase_add_test(tests, help_ends_the_reading);
    tcase_add_loop_test(tests, errors_name_the_option_and_what_it_takes, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tests, numbers_are_read_strictly);
    tcase_add_test(tests, suggestions_are_the_nearest_within_reach);
    return run_tests(tests);
}
