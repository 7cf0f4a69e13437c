/* SPDX-License-Identifier: MIT */
/* Numbers and strings in reports, held against printf and a plain loop. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "report/json_out.h"
#include "suite.h"

static FILE *out;
static char *text;
static size_t size;

static nd_json begin(void) {
    rewind(out);
    return nd_json_part(out, true);
}

/* Ends the line, and compares it with what is right, but for the key "k". */
static void expect(nd_json *json, const char *right) {
    size_t length = strlen(right);
    nd_json_end_line(json);
    putc(0, out);
    fflush(out);
    const char *value = text + sizeof "\"k\":" - 1;
    EXPECT(strncmp(value, right, length) == 0 && strcmp(value + length, "}\n") == 0, "%s, not %s", text, right);
}

static void check_integers(uint64_t number) {
    char right[40];
    nd_json json = begin();
    nd_json_count(&json, "k", number);
    snprintf(right, sizeof right, "%" PRIu64, number);
    expect(&json, right);
    json = begin();
    nd_json_integer(&json, "k", (int64_t)number);
    snprintf(right, sizeof right, "%" PRId64, (int64_t)number);
    expect(&json, right);
}

static void check_share(double share) {
    char right[400];
    nd_json json = begin();
    nd_json_share(&json, "k", share);
    snprintf(right, sizeof right, "%.6f", share);
    expect(&json, right);
}

START_TEST(numbers_are_as_printf_writes_them) {
    random_start("numbers_are_as_printf_writes_them");
    out = open_memstream(&text, &size);
    static const uint64_t edges[] = {0, 1, 9, 10, 99, 100, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) check_integers(edges[i]);
    static const double shares[] = {0, -0.0, 1, 0.5, 0.9999995, 0.9999994999999999, 5e-7, 1e-300, 1.5, -0.25, 1e20};
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) check_share(shares[i]);
    for (int i = 0; i < (SANITIZED ? 20000 : 300000); i++) {
        uint64_t bits = random_bits();
        check_integers(bits >> (bits & 63));
        check_share(random_unit());
        uint32_t all = 1 + random_below(1 + random_below(100000));
        check_share((double)random_below(all + 1) / all);
        double tie = (random_below(1000000) + 0.5) / 1e6; /* next to where rounding turns */
        check_share(tie);
        check_share(nextafter(tie, random_below(2)));
        check_share(random_below(1 << 20) / 0x1p20);
    }
    fclose(out);
    free(text);
}
END_TEST

/* Appends what stands for a character in a string. */
static size_t escape(char *to, char c) {
    static const char letters[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    for (size_t i = 0; letters[i]; i += 2)
        if (c == letters[i]) return (size_t)sprintf(to, "\\%c", letters[i + 1]);
    if ((unsigned char)c < ' ') return (size_t)sprintf(to, "\\u%04x", c);
    *to = c;
    return 1;
}

/* Of any length, shorter and longer than what is written at a time; most have nothing to escape. */
START_TEST(strings_are_escaped_where_they_must_be) {
    random_start("strings_are_escaped_where_they_must_be");
    out = open_memstream(&text, &size);
    for (int i = 0; i < (SANITIZED ? 2000 : 20000); i++) {
        char string[700], right[6 * sizeof string + 3];
        size_t length = random_below(random_below(8) ? 40 : sizeof string), at = 0;
        uint32_t rare = 1 + random_below(random_below(2) ? 4 : 4000);
        right[at++] = '"';
        for (size_t c = 0; c < length; c++) {
            string[c] = (char)(random_below(rare) ? 'a' + random_below(26) : random_below(0x80));
            at += escape(right + at, string[c]);
        }
        memcpy(right + at, "\"", 2);
        nd_json json = begin();
        nd_json_string(&json, "k", (nd_span){string, length});
        expect(&json, right);
    }
    fclose(out);
    free(text);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("json_out");
    tcase_add_test(tests, numbers_are_as_printf_writes_them);
    tcase_add_test(tests, strings_are_escaped_where_they_must_be);
    return run_tests(tests);
}
