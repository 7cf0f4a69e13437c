/* SPDX-License-Identifier: MIT */
/* The JSON scanner: against jansson on random and mutated lines, and against cases worked out by hand. */
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "io/json.h"
#include "io/json_number.h"
#include "random.h"
#include "suite.h"
#include "support/json_model.h"
#include "text/json_string.h"

static nd_span span_of(const char *text) { return (nd_span){text, strlen(text)}; }

static nd_json_fields *fields_of(const char *const *names, size_t count) {
    nd_json_fields *fields = NULL;
    ck_assert_int_eq(nd_json_fields_create(names, count, &fields, NULL), NEARDUP_OK);
    return fields;
}

/* ---- by hand ---- */

typedef struct sample {
    const char *line;
    nd_json_kind kind; /* ND_JSON_NONE: not valid, for `reason`, at `byte` */
    const char *reason;
    size_t byte;
} sample;

static const sample samples[] = {
    {"{}", ND_JSON_OBJECT, NULL, 0},
    {" \t{ } \r", ND_JSON_OBJECT, NULL, 0},
    {"[]", ND_JSON_ARRAY, NULL, 0},
    {"[ [ ] , { } ]", ND_JSON_ARRAY, NULL, 0},
    {"\"\"", ND_JSON_STRING, NULL, 0},
    {"true", ND_JSON_TRUE, NULL, 0},
    {"false", ND_JSON_FALSE, NULL, 0},
    {" null ", ND_JSON_NULL, NULL, 0},
    {"0", ND_JSON_NUMBER, NULL, 0},
    {"-0", ND_JSON_NUMBER, NULL, 0},
    {"-0.0e-0", ND_JSON_NUMBER, NULL, 0},
    {"123456789012345678901234567890", ND_JSON_NUMBER, NULL, 0},
    {"1e999", ND_JSON_NUMBER, NULL, 0},
    {"1.5E+10", ND_JSON_NUMBER, NULL, 0},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uDc00\\ud83D\"", ND_JSON_STRING, NULL, 0},
    {"\"\x7f \x80 \xff\"", ND_JSON_STRING, NULL, 0},
    {"", ND_JSON_NONE, "the line ends too early", 0},
    {"  ", ND_JSON_NONE, "the line ends too early", 2},
    {"{", ND_JSON_NONE, "the line ends too early", 1},
    {"{\"a\"", ND_JSON_NONE, "the line ends too early", 4},
    {"{\"a\":", ND_JSON_NONE, "the line ends too early", 5},
    {"{\"a\":1", ND_JSON_NONE, "the line ends too early", 6},
    {"[1,", ND_JSON_NONE, "the line ends too early", 3},
    {"\"abc", ND_JSON_NONE, "the line ends too early", 4},
    {"\"abc\\", ND_JSON_NONE, "the line ends too early", 5},
    {"\"abc\\u12", ND_JSON_NONE, "the line ends too early", 8},
    {"-", ND_JSON_NONE, "the line ends too early", 1},
    {"1.", ND_JSON_NONE, "the line ends too early", 2},
    {"1e", ND_JSON_NONE, "the line ends too early", 2},
    {"tru", ND_JSON_NONE, "the line ends too early", 3},
    {"}", ND_JSON_NONE, "expected a value", 0},
    {"{1:2}", ND_JSON_NONE, "expected a key in quotes", 1},
    {"{,}", ND_JSON_NONE, "expected a key in quotes", 1},
    {"{\"a\":1,}", ND_JSON_NONE, "expected a key in quotes", 7},
    {"{\"a\" 1}", ND_JSON_NONE, "expected ':' after a key", 5},
    {"{\"a\":}", ND_JSON_NONE, "expected a value", 5},
    {"{\"a\":1 \"b\":2}", ND_JSON_NONE, "expected ',' or '}'", 7},
    {"{\"a\":1]", ND_JSON_NONE, "expected ',' or '}'", 6},
    {"[1,]", ND_JSON_NONE, "expected a value", 3},
    {"[1 2]", ND_JSON_NONE, "expected ',' or ']'", 3},
    {"[1}", ND_JSON_NONE, "expected ',' or ']'", 2},
    {"{} {}", ND_JSON_NONE, "expected nothing more behind the value", 3},
    {"1 1", ND_JSON_NONE, "expected nothing more behind the value", 2},
    {"01", ND_JSON_NONE, "a number cannot begin with 0", 1},
    {"-01", ND_JSON_NONE, "a number cannot begin with 0", 2},
    {"+1", ND_JSON_NONE, "expected a value", 0},
    {".5", ND_JSON_NONE, "expected a value", 0},
    {"1.e5", ND_JSON_NONE, "expected a digit", 2},
    {"1e+x", ND_JSON_NONE, "expected a digit", 3},
    {"-a", ND_JSON_NONE, "expected a digit", 1},
    {"nul0", ND_JSON_NONE, "expected true, false or null", 3},
    {"True", ND_JSON_NONE, "expected a value", 0},
    {"'a'", ND_JSON_NONE, "expected a value", 0},
    {"\"a\tb\"", ND_JSON_NONE, "control character in a string", 2},
    {"\"a\\x\"", ND_JSON_NONE, "unknown escape in a string", 3},
    {"\"\\u12g4\"", ND_JSON_NONE, "\\u needs four hexadecimal digits", 5},
    {"\xef\xbb\xbf{}", ND_JSON_NONE, "expected a value", 0},
    {"{}\xa0", ND_JSON_NONE, "expected nothing more behind the value", 2},
};

START_TEST(samples_scan_as_expected) {
    const sample *s = &samples[_i];
    nd_json_fields *fields = fields_of(NULL, 0);
    nd_json_error error = {0};
    nd_json_kind kind = nd_json_scan(fields, span_of(s->line), NULL, &error);
    ck_assert_msg(kind == s->kind, "%s: kind %d, %s", s->line, kind, kind ? "" : error.reason);
    if (s->kind == ND_JSON_NONE) {
        ck_assert_str_eq(error.reason, s->reason);
        ck_assert_msg(error.byte == s->byte, "%s: byte %zu", s->line, error.byte);
    }
    nd_json_fields_free(fields);
}
END_TEST

/* What is special must be found wherever it stands, whatever the step in which strings are passed over. */
START_TEST(strings_of_every_length_end_where_they_end) {
    random_start("strings_of_every_length_end_where_they_end");
    nd_json_fields *fields = fields_of((const char *const[]){"t"}, 1);
    char line[256];
    for (size_t size = 0; size < 200; size++) {
        for (size_t at = 0; at <= size; at++) {
            const char special = "\"\\\x01\x1f\x7f"[random_below(5)];
            memcpy(line, "{\"t\":\"", 6);
            memset(line + 6, 'x', size);
            memcpy(line + 6 + size, "\"}", 2);
            if (at < size) line[6 + at] = special;
            nd_json_value value;
            nd_json_error error = {0};
            nd_json_kind kind = nd_json_scan(fields, (nd_span){line, size + 8}, &value, &error);
            if (at == size || special == '\x7f') {
                EXPECT(kind == ND_JSON_OBJECT, "size %zu, %s", size, error.reason);
                EXPECT(value.raw.size == size && value.raw.data == line + 6, "size %zu", size);
                continue;
            }
            /* A quote ends the string, so that what follows is wrong; a backslash makes what follows wrong, or takes
             * the closing quote from it. */
            size_t byte = 6 + at + (special == '"' || special == '\\');
            if (special == '\\' && at == size - 1) byte = size + 8;
            EXPECT(kind == ND_JSON_NONE && error.byte == byte, "size %zu, %d at %zu: byte %zu", size, special, at,
                   error.byte);
        }
    }
    nd_json_fields_free(fields);
}
END_TEST

/* Where a walk from byte to byte finds that a string which begins at line[at] ends, or that it is wrong. */
static size_t walk_string(const char *line, size_t size, size_t at, bool *wrong_out, bool *escaped_out) {
    *wrong_out = true;
    *escaped_out = false;
    for (; at < size && line[at] != '"'; at++) {
        if ((unsigned char)line[at] < 0x20) return at;
        if (line[at] != '\\') continue;
        *escaped_out = true;
        if (++at == size || !strchr("\"\\/bfnrtu", line[at]) || !line[at]) return at;
        int digits = line[at] == 'u' ? 4 : 0;
        while (digits--)
            if (++at == size || !strchr("0123456789abcdefABCDEF", line[at]) || !line[at]) return at;
    }
    *wrong_out = at == size;
    return at;
}

START_TEST(escapes_of_long_strings_are_passed) {
    random_start("escapes_of_long_strings_are_passed");
    static const char *const pieces[] = {"\\n", "\\\\", "\\\"", "\\/", "\\u00e9", "x", "a word", "n", "u", "\xc3\xa9"};
    static const char *const wrong[] = {"\"", "\\", "\\x", "\\N", "\x1f", "\\u00g0", "\n"};
    nd_json_fields *fields = fields_of((const char *const[]){"t"}, 1);
    for (int round = 0; round < 20000; round++) {
        char line[600] = "{\"t\":\"";
        size_t size = 6, most = 6 + random_below(500);
        uint32_t plain = random_below(4) ? 6 : 60; /* of 100 pieces, how many are letters */
        for (bool right = true; size < most;) {
            const char *piece = random_below(100) < plain ? pieces[random_below(10)] : pieces[5 + random_below(5)];
            if (right && !random_below(300)) {
                piece = wrong[random_below(7)];
                right = false;
            }
            memcpy(line + size, piece, strlen(piece));
            size += strlen(piece);
        }
        memcpy(line + size, "\"}", 2);
        size += 2;
        bool is_wrong, escaped;
        size_t end = walk_string(line, size, 6, &is_wrong, &escaped);
        nd_json_value value;
        nd_json_error error = {0};
        nd_json_kind kind = nd_json_scan(fields, (nd_span){line, size}, &value, &error);
        if (!is_wrong && end + 2 == size) {
            EXPECT(kind == ND_JSON_OBJECT, "%s at byte %zu of %.*s", error.reason, error.byte, (int)size, line);
            EXPECT(value.raw.size == end - 6 && value.escaped == escaped, "%.*s", (int)size, line);
        } else { /* behind a quote that ends it, something is wrong */
            size_t byte = is_wrong ? end : end + 1;
            EXPECT(kind == ND_JSON_NONE, "%.*s", (int)size, line);
            EXPECT(error.byte == byte, "byte %zu instead of %zu of %.*s", error.byte, byte, (int)size, line);
        }
    }
    nd_json_fields_free(fields);
}
END_TEST

START_TEST(nesting_ends_at_its_limit) {
    nd_json_fields *fields = fields_of(NULL, 0);
    static char line[8 * (ND_JSON_DEPTH + 1)];
    nd_json_error error = {0};
    for (unsigned levels = ND_JSON_DEPTH - 1; levels <= ND_JSON_DEPTH + 1; levels++) {
        /* Objects and arrays by turns of one, two, three ... so that every word of the stack holds both. */
        size_t size = 0;
        bool object[ND_JSON_DEPTH + 1];
        for (unsigned i = 0, run = 1, left = 1; i < levels; i++) {
            object[i] = run % 2;
            if (--left == 0) left = ++run;
            size += (size_t)snprintf(line + size, sizeof line - size, object[i] ? "{\"k\":" : "[");
        }
        line[size++] = '1';
        for (unsigned i = levels; i--;) line[size++] = object[i] ? '}' : ']';
        nd_json_kind kind = nd_json_scan(fields, (nd_span){line, size}, NULL, &error);
        ck_assert_int_eq(kind != ND_JSON_NONE, levels <= ND_JSON_DEPTH);
    }
    ck_assert_str_eq(error.reason, "nested deeper than 1024");
    nd_json_fields_free(fields);
}
END_TEST

typedef struct lookup {
    const char *line, *name;
    nd_json_kind kind;
    const char *raw;
} lookup;

static const lookup lookups[] = {
    {"{\"a\":\"x\"}", "a", ND_JSON_STRING, "x"},
    {"{\"a\":\"x\",\"a\":\"y\"}", "a", ND_JSON_STRING, "y"},
    {"{\"\\u0061\":\"x\"}", "a", ND_JSON_STRING, "x"},
    {"{\"a\\u002eb\":1}", "a.b", ND_JSON_NUMBER, "1"},
    {"{\"\\u00e9\":1}", "\xc3\xa9", ND_JSON_NUMBER, "1"},
    {"{\"b\":{\"a\":1}}", "a", ND_JSON_NONE, NULL},
    {"{\"a\":[{\"b\":1}]}", "a.b", ND_JSON_NONE, NULL},
    {"[{\"a\":1}]", "a", ND_JSON_NONE, NULL},
    {"{\"a\":{\"b\":1}}", "a.b", ND_JSON_NUMBER, "1"},
    {"{\"a\": { \"b\" : 1 } }", "a", ND_JSON_OBJECT, "{ \"b\" : 1 }"},
    {"{\"a\":[1,[2]],\"b\":0}", "a", ND_JSON_ARRAY, "[1,[2]]"},
    {"{\"a\":{}}", "a", ND_JSON_OBJECT, "{}"},
    {"{\"a.b\":2,\"a\":{\"b\":1}}", "a.b", ND_JSON_NUMBER, "2"},
    {"{\"a\":{\"b\":1},\"a.b\":2}", "a.b", ND_JSON_NUMBER, "2"},
    {"{\"a\":{\"b\":1},\"a\":3}", "a.b", ND_JSON_NONE, NULL},
    {"{\"a\":{\"b\":1},\"a\":{\"b\":2}}", "a.b", ND_JSON_NUMBER, "2"},
    {"{\"a\":{\"b\":1},\"a\":{}}", "a.b", ND_JSON_NONE, NULL},
    {"{\"a.b\":{\"c\":1},\"a\":{\"b.c\":2},\"a.b\":0}", "a.b.c", ND_JSON_NUMBER, "2"},
    {"{\"a\":{\"b\":{\"c\":1},\"b.c\":2}}", "a.b.c", ND_JSON_NUMBER, "2"},
    {"{\"a\":{\"b.c\":2},\"a.b\":{\"c\":1}}", "a.b.c", ND_JSON_NUMBER, "1"},
    {"{\"a\":null,\"b\":true,\"c\":false}", "a", ND_JSON_NULL, "null"},
    {"{\"a\":null,\"b\":true,\"c\":false}", "b", ND_JSON_TRUE, "true"},
    {"{\"a\":null,\"b\":true,\"c\":false}", "c", ND_JSON_FALSE, "false"},
    {"{\"a.\":1,\"a\":{\"\":2}}", "a.", ND_JSON_NUMBER, "1"},
    {"{\"a\":{\"\":2}}", "a.", ND_JSON_NUMBER, "2"},
    {"{\"ab\":1}", "a", ND_JSON_NONE, NULL},
    {"{\"a\":1}", "ab", ND_JSON_NONE, NULL},
    {"{\"a\":\"x\\ny\"}", "a", ND_JSON_STRING, "x\\ny"},
};

START_TEST(fields_are_found_as_expected) {
    const lookup *l = &lookups[_i];
    nd_json_fields *fields = fields_of(&l->name, 1);
    nd_json_value value;
    nd_json_error error = {0};
    ck_assert_int_ne(nd_json_scan(fields, span_of(l->line), &value, &error), ND_JSON_NONE);
    ck_assert_int_eq(value.kind, l->kind);
    if (l->raw)
        ck_assert(nd_span_equals(value.raw, l->raw));
    else
        ck_assert_uint_eq(value.raw.size, 0);
    if (value.kind == ND_JSON_STRING) ck_assert_int_eq(value.escaped, strchr(l->raw, '\\') != NULL);
    nd_json_fields_free(fields);
}
END_TEST

START_TEST(names_beyond_the_limits_are_refused) {
    neardup_error error;
    nd_json_fields *fields = NULL;
    char longest[ND_JSON_NAME_SIZE + 2];
    memset(longest, 'x', sizeof longest);
    longest[ND_JSON_NAME_SIZE + 1] = 0;
    const char *names[ND_JSON_NAMES + 1] = {"", longest, "a.b.c.d.e.f.g.h"};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(nd_json_fields_create(names + i, 1, &fields, &error), NEARDUP_ERROR_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(error.text, "field name"));
    }
    longest[ND_JSON_NAME_SIZE] = 0;
    for (size_t i = 0; i <= ND_JSON_NAMES; i++) names[i] = longest;
    ck_assert_int_eq(nd_json_fields_create(names, ND_JSON_NAMES + 1, &fields, &error), NEARDUP_ERROR_ARGUMENT);
    ck_assert_int_eq(nd_json_fields_create(names, ND_JSON_NAMES, &fields, &error), NEARDUP_OK);
    nd_json_fields_free(fields);
    for (size_t i = 0; i < ND_JSON_NAMES; i++) names[i] = "a.b.c.d.e.f.g";
    ck_assert_int_eq(nd_json_fields_create(names, ND_JSON_NAMES, &fields, &error), NEARDUP_ERROR_ARGUMENT);
    nd_json_fields_free(NULL);
}
END_TEST

START_TEST(members_come_in_order) {
    nd_span rest = span_of("{ \"a\" : 1 , \"b\\n\":[1,{\"x\":2}],\"\":\"s\\t\" , \"d\":{}}"), key;
    nd_json_value value;
    ck_assert(nd_json_next_member(&rest, &key, &value));
    ck_assert(nd_span_equals(key, "a") && value.kind == ND_JSON_NUMBER && nd_span_equals(value.raw, "1"));
    ck_assert(nd_json_next_member(&rest, &key, &value));
    ck_assert(nd_span_equals(key, "b\\n") && value.kind == ND_JSON_ARRAY);
    ck_assert(nd_span_equals(value.raw, "[1,{\"x\":2}]"));
    ck_assert(nd_json_next_member(&rest, &key, &value));
    ck_assert(key.size == 0 && value.escaped && nd_span_equals(value.raw, "s\\t"));
    ck_assert(nd_json_next_member(&rest, &key, &value));
    ck_assert(nd_span_equals(key, "d") && nd_span_equals(value.raw, "{}"));
    ck_assert(!nd_json_next_member(&rest, &key, &value));
    rest = span_of("{}");
    ck_assert(!nd_json_next_member(&rest, &key, &value));
}
END_TEST

START_TEST(elements_come_in_order) {
    nd_span rest = span_of("[ 1 , [2,[]],\"s,]\" ,{\"x\":[3]} ]");
    nd_json_value value;
    static const char *const elements[] = {"1", "[2,[]]", "s,]", "{\"x\":[3]}"};
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        ck_assert(nd_json_next_element(&rest, &value));
        ck_assert(nd_span_equals(value.raw, elements[i]));
    }
    ck_assert(!nd_json_next_element(&rest, &value));
    rest = span_of("[ ]");
    ck_assert(!nd_json_next_element(&rest, &value));
}
END_TEST

/* ---- against jansson ---- */

typedef struct writer {
    char data[4096];
    size_t size;
} writer;

static void put(writer *w, const char *text) {
    size_t size = strlen(text);
    if (w->size + size > sizeof w->data) return;
    memcpy(w->data + w->size, text, size);
    w->size += size;
}

static const char *one_of(const char *const *items, size_t count) { return items[random_below((uint32_t)count)]; }
#define ONE_OF(...) one_of((const char *const[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))

static void put_space(writer *w) {
    if (random_below(4) == 0) put(w, ONE_OF(" ", "\t", "\r", "  "));
}

static void put_value(writer *w, unsigned depth) {
    put_space(w);
    unsigned choice = random_below(depth < 5 && w->size < 1500 ? 8 : 4);
    if (choice < 3) {
        put(w, ONE_OF("1", "-2.5e3", "0", "\"\"", "\"text\"", "\"\\u00e9\\ud83d\\ude00\"",
                      "\"a longer string, really\"", "true", "false", "null", "\"\xc3\xa9\"", "\"\\ud800\"",
                      "\"\\u0000\"", "\"\\\\u0000\"", "1e400", "99999999999999999999"));
    } else if (choice < 5) {
        put(w, "[");
        for (unsigned i = random_below(4); i; i--) {
            put_value(w, depth + 1);
            if (i > 1) put(w, ",");
        }
        put(w, "]");
    } else {
        put(w, "{");
        for (unsigned i = random_below(6); i; i--) {
            put_space(w);
            put(w, ONE_OF("\"a\"", "\"b\"", "\"c\"", "\"a.b\"", "\"b.c\"", "\"a.b.c\"", "\"\\u0061\"", "\"a\\u002eb\"",
                          "\"d\"", "\"\""));
            put_space(w);
            put(w, ":");
            put_value(w, depth + 1);
            if (i > 1) put(w, ",");
        }
        put(w, "}");
    }
    put_space(w);
}

static const char *const wanted[] = {"a", "a.b", "b.c", "a.b.c", "c.a.b.d", "a"};
enum { WANTED = sizeof wanted / sizeof *wanted };

START_TEST(random_lines_scan_as_with_jansson) {
    random_start("random_lines_scan_as_with_jansson");
    nd_json_fields *fields = fields_of(wanted, WANTED);
    unsigned valid = 0, cases = SANITIZED ? 20000 : 200000;
    for (unsigned i = 0; i < cases; i++) {
        writer w = {.size = 0};
        put_value(&w, 0);
        for (unsigned mutations = random_below(4); mutations && w.size; mutations--) {
            size_t at = random_below((uint32_t)w.size);
            switch (random_below(4)) {
            case 0: w.data[at] = (char)random_bits(); break;
            case 1: w.data[at] = "{}[]\",:\\u0123.eE+-tfn \t\x1f"[random_below(25)]; break;
            case 2: w.size = at; break;
            default: memmove(w.data + at, w.data + at + 1, --w.size - at); break;
            }
        }
        valid += json_check_line(wanted, WANTED, fields, w.data, w.size);
    }
    ck_assert_uint_gt(valid, cases / 5); /* else the cases test nothing */
    ck_assert_uint_lt(valid, cases / 5 * 4);
    nd_json_fields_free(fields);
}
END_TEST

/* ---- numbers ---- */

START_TEST(numbers_are_ordered_exactly) {
    /* Rising; equal ones share a row. */
    static const char *const rows[][4] = {
        {"-1e999999999999999999999", "-10e999999999999999999999"},
        {"-9007199254740993", "-9007199254740993.000"},
        {"-9007199254740992", "-9.007199254740992e15"},
        {"-0.1", "-1e-1", "-10E-2"},
        {"0", "-0", "0.000", "0e5"},
        {"1e-400"},
        {"0.00100", "1e-3", "0.1E-2"},
        {"0.0010000000000000000001"},
        {"0.5"},
        {"9"},
        {"10", "1e1", "10.0", "1E+1"},
        {"9007199254740992", "9007199254740992.0"},
        {"9007199254740993"},
        {"18446744073709551615"},
        {"18446744073709551616"},
        {"123456789012345678901234567890", "1.2345678901234567890123456789e29"},
        {"123456789012345678901234567891"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t j = 0; j < sizeof rows / sizeof *rows; j++)
            for (size_t a = 0; a < 4 && rows[i][a]; a++)
                for (size_t b = 0; b < 4 && rows[j][b]; b++) {
                    nd_span first = {rows[i][a], strlen(rows[i][a])}, second = {rows[j][b], strlen(rows[j][b])};
                    bool huge = i == 0 && j == 0; /* exponents that are cut off */
                    int order = nd_json_number_compare(first, second);
                    int expected = (i > j) - (i < j);
                    ck_assert_msg(huge || order == expected, "%s %s: %d", first.data, second.data, order);
                }
}
END_TEST

START_TEST(random_numbers_are_ordered_as_integers) {
    random_start("random_numbers_are_ordered_as_integers");
    for (unsigned i = 0; i < 100000; i++) {
        long long value[2];
        char text[2][64];
        for (int k = 0; k < 2; k++) {
            unsigned magnitude = random_below(1u << (1 + random_below(20)));
            value[k] = random_below(2) ? (long long)magnitude : -(long long)magnitude;
            unsigned shift = random_below(7), zeros = random_below(3);
            if (random_below(2)) /* the same in millionths, with the point moved back */
                snprintf(text[k], sizeof text[k], "%s%u%0*de-%u", value[k] < 0 ? "-" : "", magnitude, (int)shift + 1, 0,
                         shift + 1);
            else
                snprintf(text[k], sizeof text[k], "%s%u%s%.*s", value[k] < 0 ? "-" : "", magnitude, zeros ? "." : "",
                         (int)zeros, "000");
        }
        int expected = (value[0] > value[1]) - (value[0] < value[1]);
        int order = nd_json_number_compare((nd_span){text[0], strlen(text[0])}, (nd_span){text[1], strlen(text[1])});
        EXPECT(order == expected, "%s %s", text[0], text[1]);
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("json");
    tcase_add_loop_test(tests, samples_scan_as_expected, 0, (int)(sizeof samples / sizeof *samples));
    tcase_add_test(tests, strings_of_every_length_end_where_they_end);
    tcase_add_test(tests, escapes_of_long_strings_are_passed);
    tcase_add_test(tests, nesting_ends_at_its_limit);
    tcase_add_loop_test(tests, fields_are_found_as_expected, 0, (int)(sizeof lookups / sizeof *lookups));
    tcase_add_test(tests, names_beyond_the_limits_are_refused);
    tcase_add_test(tests, members_come_in_order);
    tcase_add_test(tests, elements_come_in_order);
    tcase_add_test(tests, random_lines_scan_as_with_jansson);
    tcase_add_test(tests, numbers_are_ordered_exactly);
    tcase_add_test(tests, random_numbers_are_ordered_as_integers);
    return run_tests(tests);
}
