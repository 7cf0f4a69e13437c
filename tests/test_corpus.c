/* SPDX-License-Identifier: MIT */
/* A corpus: what becomes a document, what a problem, and what is known of each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "random.h"
#include "suite.h"
#include "support/files.h"
#include "support/reading.h"
#include "support/run.h"

static char *folder;

static void setup(void) {
    folder = run_make_folder();
    ck_assert_int_eq(chdir(folder), 0);
}

static void teardown(void) {
    ck_assert_int_eq(chdir("/"), 0);
    run_remove_folder(folder);
}

/* A corpus that has been read once. */
typedef struct case_state {
    nd_corpus_options options;
    nd_corpus *corpus;
    reading r;
} case_state;

static void read_corpus(case_state *s) {
    neardup_error error = {0};
    ck_assert_msg(nd_corpus_create(&s->options, &s->corpus, &error) == NEARDUP_OK, "%s", error.text);
    s->r = reading_run(s->corpus, 2);
}

static void release(case_state *s) {
    reading_release(&s->r);
    nd_corpus_free(s->corpus);
}

static nd_corpus_document document(const case_state *s, uint64_t number) {
    return nd_corpus_document_at(s->corpus, number);
}

static void check_span(nd_span span, const char *text) {
    ck_assert_msg(nd_span_equals(span, text), "\"%.*s\" is not \"%s\"", (int)span.size, span.data ? span.data : "",
                  text);
}

/* ---- broken fixtures ---- */

enum { NO_PROBLEM = -1 };

typedef struct sample {
    const char *name;
    size_t documents;
    int problem; /* the kind there is, or NO_PROBLEM */
    unsigned problems;
    const char *begins; /* the first document */
    neardup_form form;
    const char *encoding;
} sample;

#define LAMP "The lamp at the end"

static const sample samples[] = {
    {"truncated.txt.gz", 0, ND_PROBLEM_DAMAGED, 1, NULL, 0, ""},
    {"truncated.txt.zst", 0, ND_PROBLEM_DAMAGED, 1, NULL, 0, ""},
    {"magic.txt.gz", 0, ND_PROBLEM_DAMAGED, 1, NULL, 0, ""},
    {"magic.txt.zst", 0, ND_PROBLEM_DAMAGED, 1, NULL, 0, ""},
    {"truncated.jsonl.gz", 2, ND_PROBLEM_DAMAGED, 1, LAMP, NEARDUP_JSON, ""},
    {"truncated.jsonl.zst", 2, ND_PROBLEM_DAMAGED, 1, LAMP, NEARDUP_JSON, ""},
    {"corrupt.txt.gz", 0, ND_PROBLEM_DAMAGED, 1, NULL, 0, ""},
    {"trailing.txt.gz", 0, ND_PROBLEM_DAMAGED, 1, NULL, 0, ""},
    {"trailing.txt.zst", 0, ND_PROBLEM_DAMAGED, 1, NULL, 0, ""},
    {"trailing.jsonl.gz", 3, ND_PROBLEM_DAMAGED, 1, LAMP, NEARDUP_JSON, ""},
    {"padded.txt.gz", 1, NO_PROBLEM, 0, LAMP, NEARDUP_PLAIN, ""},
    {"members.txt.gz", 1, NO_PROBLEM, 0, LAMP, NEARDUP_PLAIN, ""},
    {"frames.txt.zst", 1, NO_PROBLEM, 0, LAMP, NEARDUP_PLAIN, ""},
    {"bad-utf8-few.txt", 1, NO_PROBLEM, 0, LAMP, NEARDUP_PLAIN, ""},
    {"bad-utf8-many.txt", 1, NO_PROBLEM, 0, "Th\xe9 lamp", NEARDUP_PLAIN, ""},
    {"bad-utf8.jsonl", 2, NO_PROBLEM, 0, LAMP, NEARDUP_JSON, ""},
    {"empty.txt", 1, NO_PROBLEM, 0, "", NEARDUP_PLAIN, ""},
    {"space.txt", 1, NO_PROBLEM, 0, " \n", NEARDUP_PLAIN, ""},
    {"empty.jsonl", 0, NO_PROBLEM, 0, NULL, 0, ""},
    {"blank.jsonl", 0, NO_PROBLEM, 0, NULL, 0, ""},
    {"nul.txt", 0, ND_PROBLEM_BINARY, 1, NULL, 0, ""},
    {"nul-late.txt", 1, NO_PROBLEM, 0, LAMP, NEARDUP_PLAIN, ""},
    {"nul.jsonl", 0, ND_PROBLEM_BINARY, 1, NULL, 0, ""},
    {"bom.txt", 1, NO_PROBLEM, 0, "\xef\xbb\xbf" LAMP, NEARDUP_PLAIN, ""},
    {"bom.jsonl", 2, NO_PROBLEM, 0, LAMP, NEARDUP_JSON, ""},
    {"html.txt", 1, NO_PROBLEM, 0, "\xef\xbb\xbf \n<!DOC", NEARDUP_HTML, ""},
    {"utf16le.txt", 1, NO_PROBLEM, 0, "\xef\xbb\xbf" LAMP, NEARDUP_PLAIN, "UTF-16LE"},
    {"utf16be.txt", 1, NO_PROBLEM, 0, "\xef\xbb\xbf" LAMP, NEARDUP_PLAIN, "UTF-16BE"},
    {"utf16le.jsonl", 2, NO_PROBLEM, 0, LAMP, NEARDUP_JSON, "UTF-16LE"},
    {"utf16-odd.txt", 1, NO_PROBLEM, 0, "\xef\xbb\xbfone \xf0\x9f\x95\xaf two \xef\xbf\xbd", NEARDUP_PLAIN, "UTF-16LE"},
    {"cp949.txt", 1, NO_PROBLEM, 0, "\xb5\xee\xb4\xeb", NEARDUP_PLAIN, ""},
    {"records.jsonl", 34, ND_PROBLEM_BAD_RECORD, 32, LAMP, NEARDUP_JSON, ""},
    {"deep.jsonl", 2, ND_PROBLEM_BAD_RECORD, 1, LAMP, NEARDUP_JSON, ""},
    {"duplicates.jsonl", 3, ND_PROBLEM_BAD_RECORD, 1, "the last one wins", NEARDUP_JSON, ""},
    {"surrogates.jsonl", 5, NO_PROBLEM, 0, "a lone \\ud83d half", NEARDUP_JSON, ""},
    {"crlf.jsonl", 3, NO_PROBLEM, 0, LAMP, NEARDUP_JSON, ""},
    {"pretty.json", 1, NO_PROBLEM, 0, "{\n", NEARDUP_PLAIN, ""},
    {"lines.json", 2, NO_PROBLEM, 0, LAMP, NEARDUP_JSON, ""},
};

START_TEST(broken_fixtures_become_what_they_should) {
    const sample *expected = &samples[_i];
    char *path = files_join(NEARDUP_FIXTURES "/broken", expected->name);
    case_state s = {.options = {.operands = STRINGS(path)}};
    read_corpus(&s);
    ck_assert_int_eq(s.r.status, NEARDUP_OK);
    ck_assert_uint_eq(s.r.count, expected->documents);
    for (int kind = 0; kind < ND_PROBLEM_KINDS; kind++)
        ck_assert_uint_eq(nd_corpus_problem_count(s.corpus, (nd_problem_kind)kind),
                          kind == expected->problem ? expected->problems : 0);
    if (expected->begins) {
        ck_assert_int_eq(s.r.documents[0].form, expected->form);
        ck_assert_int_eq(strncmp(s.r.documents[0].data, expected->begins, strlen(expected->begins)), 0);
        check_span(document(&s, 0).encoding, expected->encoding);
        check_span(document(&s, 0).path, expected->name);
        check_span(document(&s, 0).file, path);
    }
    const nd_problem *problems;
    size_t count = nd_corpus_problems(s.corpus, &problems);
    ck_assert_uint_eq(count, expected->problems);
    for (size_t i = 0; i < count; i++) {
        ck_assert(problems[i].named);
        check_span(problems[i].path, expected->name);
        ck_assert_uint_gt(problems[i].message.size, 0);
    }
    reading again = reading_run(s.corpus, 1);
    ck_assert(reading_equal(&s.r, &again));
    reading_release(&again);
    release(&s);
    free(path);
}
END_TEST

START_TEST(all_broken_fixtures_together) {
    case_state s = {.options = {.operands = STRINGS(NEARDUP_FIXTURES "/broken")}};
    read_corpus(&s);
    ck_assert_int_eq(s.r.status, NEARDUP_OK);
    size_t documents = 1; /* make.py */
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) documents += samples[i].documents;
    ck_assert_uint_eq(s.r.count, documents);
    const nd_problem *problems;
    size_t count = nd_corpus_problems(s.corpus, &problems);
    for (size_t i = 1; i < count; i++) {
        int order = nd_span_compare(problems[i - 1].path, problems[i].path);
        ck_assert(order < 0 || (order == 0 && problems[i - 1].record < problems[i].record));
        ck_assert(!problems[i].named);
    }
    release(&s);
}
END_TEST

/* ---- forms and formats ---- */

START_TEST(formats_go_by_the_name) {
    static const struct {
        const char *name, *text;
        nd_format format;
        size_t documents;
        neardup_form form;
    } cases[] = {
        {"a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", ND_FORMAT_AUTO, 2, NEARDUP_JSON},
        {"a.ndjson", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", ND_FORMAT_AUTO, 2, NEARDUP_JSON},
        {"A.JSONL", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", ND_FORMAT_AUTO, 2, NEARDUP_JSON},
        {"a.jsonl.gz", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", ND_FORMAT_AUTO, 2, NEARDUP_JSON},
        {"a.txt", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", ND_FORMAT_AUTO, 1, NEARDUP_PLAIN},
        {"a.txt", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", ND_FORMAT_JSONL, 2, NEARDUP_JSON},
        {"a.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", ND_FORMAT_TEXT, 1, NEARDUP_PLAIN},
        {"a.json", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n", ND_FORMAT_AUTO, 2, NEARDUP_JSON},
        {"a.json", " {\"text\":\"a\"}", ND_FORMAT_AUTO, 1, NEARDUP_JSON},
        {"a.json", "[{\"text\":\"a\"}]\n", ND_FORMAT_AUTO, 1, NEARDUP_PLAIN},
        {"a.json", "\n{\"text\":\"a\"}\n", ND_FORMAT_AUTO, 1, NEARDUP_PLAIN},
        {"a.json", "", ND_FORMAT_AUTO, 1, NEARDUP_PLAIN},
        {"a.json", "{\"text\":\"a\"\n}", ND_FORMAT_AUTO, 1, NEARDUP_PLAIN},
        {"json", "{\"text\":\"a\"}\n", ND_FORMAT_AUTO, 1, NEARDUP_PLAIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        files_write_text(".", cases[i].name, cases[i].text);
        case_state s = {.options = {.operands = STRINGS(cases[i].name), .format = cases[i].format}};
        read_corpus(&s);
        ck_assert_msg(s.r.count == cases[i].documents, "case %zu: %zu documents", i, s.r.count);
        ck_assert_int_eq(s.r.documents[0].form, cases[i].form);
        if (cases[i].form == NEARDUP_PLAIN) ck_assert_str_eq(s.r.documents[0].data, cases[i].text);
        ck_assert_uint_eq(document(&s, 0).record, cases[i].form == NEARDUP_JSON ? 0 : NEARDUP_NONE);
        release(&s);
    }
}
END_TEST

START_TEST(html_goes_by_name_and_beginning) {
    static const struct {
        const char *name, *text;
        nd_markup markup;
        neardup_form form;
    } cases[] = {
        {"a.html", "text", ND_MARKUP_AUTO, NEARDUP_HTML},       {"a.htm", "text", ND_MARKUP_AUTO, NEARDUP_HTML},
        {"a.xhtml.zst", "text", ND_MARKUP_AUTO, NEARDUP_HTML},  {"A.HTML", "text", ND_MARKUP_AUTO, NEARDUP_HTML},
        {"a.html", "text", ND_MARKUP_NONE, NEARDUP_PLAIN},      {"html", "text", ND_MARKUP_AUTO, NEARDUP_PLAIN},
        {"a", "<!doctype HTML>", ND_MARKUP_AUTO, NEARDUP_HTML}, {"a", "\r\n\t<HTML>", ND_MARKUP_AUTO, NEARDUP_HTML},
        {"a", "<html>", ND_MARKUP_NONE, NEARDUP_PLAIN},         {"a", "x<html>", ND_MARKUP_AUTO, NEARDUP_PLAIN},
        {"a", "<htm", ND_MARKUP_AUTO, NEARDUP_PLAIN},           {"a", "<!doctype ht", ND_MARKUP_AUTO, NEARDUP_PLAIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        files_write_text(".", cases[i].name, cases[i].text);
        case_state s = {.options = {.operands = STRINGS(cases[i].name), .markup = cases[i].markup}};
        read_corpus(&s);
        ck_assert_uint_eq(s.r.count, 1);
        ck_assert_msg(s.r.documents[0].form == cases[i].form, "case %zu", i);
        release(&s);
    }
}
END_TEST

START_TEST(charsets_are_tried_in_turn) {
    const struct {
        const char *name;
        nd_strings encodings;
        const char *begins, *encoding;
        int problem;
    } cases[] = {
        {"cp949.txt", STRINGS("utf-8", "cp949"), "\xeb\x93\xb1\xeb\x8c\x80", "cp949", NO_PROBLEM},
        {"cp949.jsonl", STRINGS("utf-8", "cp949"), "\xeb\x93\xb1\xeb\x8c\x80", "cp949", NO_PROBLEM},
        {"cp949.json", STRINGS("utf-8", "cp949"), "\xeb\x93\xb1\xeb\x8c\x80", "cp949", NO_PROBLEM},
        {"cp949.txt", STRINGS("utf-8", "ascii"), NULL, "", ND_PROBLEM_UNDECODABLE},
        {"cp949.jsonl", STRINGS("utf-8", "ascii"), NULL, "", ND_PROBLEM_UNDECODABLE},
        {"cp949.json", STRINGS("utf-8", "ascii"), NULL, "", ND_PROBLEM_UNDECODABLE},
        {"binary", STRINGS("utf-8"), NULL, "", ND_PROBLEM_BINARY},
        {"utf8.txt", STRINGS("UTF-8", "latin1"), "caf\xc3\xa9", "", NO_PROBLEM},
        {"utf8.jsonl", STRINGS("ascii", "utf8"), "caf\xc3\xa9", "", NO_PROBLEM},
        {"utf16.jsonl", STRINGS("latin1"), "a", "UTF-16LE", NO_PROBLEM},
        {"utf16.txt", STRINGS("latin1"), "\xef\xbb\xbf{", "UTF-16LE", NO_PROBLEM},
    };
    static const char utf16[] = "\xff\xfe{\0\"\0t\0e\0x\0t\0\"\0:\0\"\0a\0\"\0}\0";
    files_write_text(".", "cp949.txt", "\xb5\xee\xb4\xeb\n");
    files_write_text(".", "cp949.jsonl", "{\"text\":\"\xb5\xee\xb4\xeb\"}\n");
    files_write_text(".", "cp949.json", "{\"text\":\"\xb5\xee\xb4\xeb\"}\n");
    files_write(".", "binary", "\x89PNG\0\0\xff", 7);
    files_write_text(".", "utf8.txt", "caf\xc3\xa9");
    files_write_text(".", "utf8.jsonl", "{\"text\":\"caf\xc3\xa9\"}");
    files_write(".", "utf16.jsonl", utf16, sizeof utf16 - 1);
    files_write(".", "utf16.txt", utf16, sizeof utf16 - 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        case_state s = {.options = {.operands = STRINGS(cases[i].name), .encodings = cases[i].encodings}};
        read_corpus(&s);
        ck_assert_msg(s.r.count == (cases[i].problem == NO_PROBLEM), "case %zu", i);
        if (cases[i].problem == NO_PROBLEM) {
            ck_assert_int_eq(strncmp(s.r.documents[0].data, cases[i].begins, strlen(cases[i].begins)), 0);
            check_span(document(&s, 0).encoding, cases[i].encoding);
        } else {
            ck_assert_uint_eq(nd_corpus_problem_count(s.corpus, (nd_problem_kind)cases[i].problem), 1);
        }
        reading again = reading_run(s.corpus, 1);
        ck_assert(reading_equal(&s.r, &again));
        reading_release(&again);
        release(&s);
    }
    nd_corpus_options options = {.operands = STRINGS("."), .encodings = STRINGS("utf-8", "klingon")};
    nd_corpus *corpus;
    neardup_error error;
    ck_assert_int_eq(nd_corpus_create(&options, &corpus, &error), NEARDUP_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "klingon"));
}
END_TEST

/* ---- records ---- */

START_TEST(records_keep_their_lines_and_ids) {
    files_write_text(".", "a.jsonl",
                     "{\"text\":\"0\",\"id\":7}\n\n{\"text\":\"1\",\"id\":\"x\\\"9\"}\r\nbad\n{\"text\":\"2\"}\n"
                     "{\"text\":\"3\",\"id\":[1, {}]}\n{\"text\":\"4\",\"id\":null}");
    files_write_text(".", "b.txt", "five");
    case_state s = {.options = {.operands = STRINGS("a.jsonl", "b.txt")}};
    read_corpus(&s);
    static const struct {
        uint64_t record;
        const char *id, *text;
    } expected[] = {{0, "7", "0"},       {2, "\"x\\\"9\"", "1"}, {4, "", "2"},
                    {5, "[1, {}]", "3"}, {6, "null", "4"},       {NEARDUP_NONE, "", "five"}};
    ck_assert_uint_eq(s.r.count, 6);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_uint_eq(document(&s, i).record, expected[i].record);
        check_span(document(&s, i).id, expected[i].id);
        check_span(document(&s, i).path, i < 5 ? "a.jsonl" : "b.txt");
        ck_assert_str_eq(s.r.documents[i].data, expected[i].text);
    }
    const nd_problem *problems;
    ck_assert_uint_eq(nd_corpus_problems(s.corpus, &problems), 1);
    ck_assert_uint_eq(problems[0].record, 3);
    ck_assert_uint_eq(problems[0].byte, 0);
    check_span(problems[0].message, "expected a value");
    release(&s);
}
END_TEST

START_TEST(text_fields_are_joined) {
    files_write_text(
        ".", "a.jsonl",
        "{\"title\":\"T\\t\",\"body\":{\"text\":\"B\"}}\n{\"body\":{\"text\":\"B\"}}\n{\"title\":\"\"}\n"
        "{\"other\":1}\n{\"title\":1,\"body\":{\"text\":\"B\"}}\n{\"title\":\"T\",\"body.text\":\"dotted\"}\n");
    case_state s = {.options = {.operands = STRINGS("a.jsonl"), .text_fields = STRINGS("title", "body.text")}};
    read_corpus(&s);
    static const char *const expected[] = {"T\\t\\nB", "B", "", "T\\ndotted"};
    ck_assert_uint_eq(s.r.count, 4);
    for (size_t i = 0; i < 4; i++) ck_assert_str_eq(s.r.documents[i].data, expected[i]);
    const nd_problem *problems;
    ck_assert_uint_eq(nd_corpus_problems(s.corpus, &problems), 2);
    check_span(problems[0].message, "no text field; its fields are: other");
    check_span(problems[1].message, "the text field is not a string");
    release(&s);
}
END_TEST

START_TEST(a_text_field_is_named_once) {
    nd_corpus_options options = {.operands = STRINGS("in"), .text_fields = STRINGS("title", "text", "title")};
    nd_corpus *corpus;
    neardup_error error;
    ck_assert_int_eq(nd_corpus_create(&options, &corpus, &error), NEARDUP_ERROR_ARGUMENT);
    ck_assert_str_eq(error.text, "the text field \"title\" is named twice: once will do");
}
END_TEST

START_TEST(a_text_field_that_is_nowhere_is_refused) {
    case_state s = {.options = {.operands = STRINGS(NEARDUP_FIXTURES "/broken/no-text.jsonl")}};
    read_corpus(&s);
    ck_assert_int_eq(s.r.status, NEARDUP_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(s.r.error.text, "the first 4 records"));
    ck_assert_ptr_nonnull(strstr(s.r.error.text, "no-text.jsonl, has the fields: title, body, n."));
    ck_assert_ptr_nonnull(strstr(s.r.error.text, "--text-field"));
    release(&s);
    for (size_t before = 998; before <= 1001; before++) {
        nd_buffer lines = {0};
        for (size_t i = 0; i < before; i++) nd_buffer_append(&lines, "{\"body\":\"b\"}\n", 13);
        nd_buffer_append(&lines, "{\"text\":null}\n{\"text\":\"t\"}\n", 27);
        files_write(".", "a.jsonl", lines.data, lines.size);
        nd_buffer_release(&lines);
        case_state late = {.options = {.operands = STRINGS("a.jsonl")}};
        read_corpus(&late);
        ck_assert_int_eq(late.r.status, before < 1000 ? NEARDUP_OK : NEARDUP_ERROR_ARGUMENT);
        release(&late);
    }
    files_write_text(".", "a.jsonl", "{\"body\":1}\n");
    case_state one = {.options = {.operands = STRINGS("a.jsonl")}};
    read_corpus(&one);
    ck_assert_str_eq(
        one.r.error.text,
        "there is no record that has the field \"text\"; the first, in a.jsonl, has the fields: body. Name "
        "the one that holds the text with --text-field");
    release(&one);
    files_write_text(".", "a.jsonl", "not JSON\n[]\n");
    case_state none = {.options = {.operands = STRINGS("a.jsonl")}};
    read_corpus(&none);
    ck_assert_int_eq(none.r.status, NEARDUP_OK);
    ck_assert_uint_eq(nd_corpus_problem_count(none.corpus, ND_PROBLEM_BAD_RECORD), 2);
    release(&none);
}
END_TEST

START_TEST(json_that_is_no_records_may_lie_about) {
    nd_buffer lines = {0};
    for (size_t i = 0; i < 1500; i++) nd_buffer_append(&lines, "{\"name\":\"n\",\"size\":1}\n", 22);
    files_write(".", "in/a.jsonl", lines.data, lines.size);
    nd_buffer_release(&lines);
    const struct {
        const char *name, *text; /* a further file, or NULL */
        nd_strings operands;
        nd_format format;
        size_t documents;
        bool refused;
    } cases[] = {
        {NULL, NULL, STRINGS("in"), ND_FORMAT_AUTO, 0, true},
        {"in/b.txt", "text", STRINGS("in"), ND_FORMAT_AUTO, 1, false},
        {"in/b.txt", "text", STRINGS("in"), ND_FORMAT_JSONL, 0, true},
        {"in/b.txt", "text", STRINGS("in/a.jsonl", "in"), ND_FORMAT_AUTO, 0, true},
        {"in/b.jsonl", "{\"text\":\"t\"}", STRINGS("in"), ND_FORMAT_AUTO, 1, false},
        {"in/b.txt", "text", STRINGS("in", "stray.json"), ND_FORMAT_AUTO, 0, true},
    };
    files_write_text(".", "stray.json", "{\"other\":1}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].name) files_write_text(".", cases[i].name, cases[i].text);
        case_state s = {.options = {.operands = cases[i].operands, .format = cases[i].format}};
        read_corpus(&s);
        ck_assert_msg((s.r.status == NEARDUP_ERROR_ARGUMENT) == cases[i].refused, "case %zu: %s", i, s.r.error.text);
        const nd_problem *problems;
        if (!cases[i].refused) {
            ck_assert_uint_eq(s.r.count, cases[i].documents);
            ck_assert_uint_eq(nd_corpus_problem_count(s.corpus, ND_PROBLEM_BAD_RECORD), 1500);
            ck_assert_uint_eq(nd_corpus_problems(s.corpus, &problems), 1000);
            check_span(problems[0].message, "no text field; its fields are: name, size");
        } else {
            bool stray = i + 1 == sizeof cases / sizeof *cases;
            const char *told =
                stray ? "in stray.json, has the fields: other" : "in in/a.jsonl, has the fields: name, size";
            ck_assert_msg(strstr(s.r.error.text, told) != NULL, "%s", s.r.error.text);
        }
        release(&s);
        if (cases[i].name) unlink(cases[i].name);
    }
}
END_TEST

START_TEST(what_is_too_large_is_told) {
    char large[301];
    memset(large, 'x', 300);
    large[300] = 0;
    files_write_text(".", "in/a.txt", large);
    files_write_text(".", "in/b.txt", "small");
    nd_buffer lines = {0};
    nd_buffer_append(&lines, "{\"text\":\"t\"}\n{\"text\":\"", 22);
    nd_buffer_append(&lines, large, 300);
    nd_buffer_append(&lines, "\"}\n", 3);
    files_write(".", "in/c.jsonl", lines.data, lines.size);
    nd_buffer_release(&lines);
    case_state s = {.options = {.operands = STRINGS("in", "in/a.txt", "in/c.jsonl"), .record_limit = 100}};
    read_corpus(&s);
    ck_assert_uint_eq(s.r.count, 4);
    const nd_problem *problems;
    ck_assert_uint_eq(nd_corpus_problems(s.corpus, &problems), 2);
    static const struct {
        const char *path, *message;
        uint64_t record, bytes;
    } expected[] = {
        {"in/a.txt",
         "it has 300 bytes, and no more than 100 bytes are read of one document with the memory there is; cut it into "
         "parts, or allow more (--memory)",
         NEARDUP_NONE, 300},
        {"in/c.jsonl",
         "it has 311 bytes, and no more than 100 bytes are read of one document with the memory there is; cut it into "
         "parts, or allow more (--memory)",
         1, 311},
    };
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(problems[i].kind, ND_PROBLEM_SET_ASIDE);
        check_span(problems[i].path, expected[i].path);
        check_span(problems[i].message, expected[i].message);
        ck_assert_uint_eq(problems[i].record, expected[i].record);
        ck_assert_uint_eq(problems[i].bytes, expected[i].bytes);
    }
    release(&s);
}
END_TEST

/* A .json file whose first line is already too large for a document has the size of the whole file, not of that line.
 */
START_TEST(the_size_told_is_that_of_the_whole) {
    ck_assert_int_eq(system("head -c 3000000 /dev/zero | tr '\\0' 1 >line; (cat line; echo; cat line) >a.json; "
                            "(echo 1; cat line) >b.json; rm line"),
                     0);
    case_state s = {.options = {.operands = STRINGS("a.json", "b.json"), .record_limit = 1 << 20}};
    read_corpus(&s);
    ck_assert_uint_eq(s.r.count, 2);
    const nd_problem *problems;
    ck_assert_uint_eq(nd_corpus_problems(s.corpus, &problems), 2);
    ck_assert_uint_eq(problems[0].bytes, 6000001);
    ck_assert_uint_eq(problems[1].bytes, 3000002);
    release(&s);
}
END_TEST

/* Many small files that are large when unpacked: together they do not take much more memory than one may. */
START_TEST(bombs_do_not_add_up) {
    enum { FILES = 40, LIMIT = 1 << 20 };
    char command[200];
    snprintf(command, sizeof command,
             "head -c 1000000 /dev/zero | tr '\\0' x | gzip >bomb; mkdir in; for i in $(seq 10 %d); do "
             "cp bomb in/a$i.txt.gz; cp bomb in/b$i; done",
             FILES + 9);
    ck_assert_int_eq(system(command), 0);
    case_state s = {.options = {.operands = STRINGS("in"), .record_limit = LIMIT}};
    read_corpus(&s);
    ck_assert_uint_eq(s.r.count, 2 * FILES);
    size_t together = 0;
    for (size_t i = 0; i < s.r.count; i++) {
        /* What says that it is compressed is read; of the others, which share a block, what fits. */
        if (i < FILES) ck_assert(!s.r.documents[i].set_aside);
        if (i >= FILES && !s.r.documents[i].set_aside) together += s.r.documents[i].size;
    }
    ck_assert_uint_ge(together, LIMIT / 2);
    ck_assert_uint_le(together, 2 * LIMIT);
    ck_assert_uint_eq(s.r.blocks, FILES + 1 + 1); /* the last one is empty */
    release(&s);
}
END_TEST

START_TEST(binary_files_are_told_by_how_they_begin) {
    static const char *const names[] = {"/dev/zero", "zeros.jsonl", "zeros.json", "zeros.txt", "zeros.gz"};
    const nd_strings encodings[] = {{0}, STRINGS("utf-8"), STRINGS("utf-8", "cp949")};
    ck_assert_int_eq(
        system("head -c 3000000 /dev/zero >zeros.txt; (printf '\\357\\273\\277{}\\n'; cat zeros.txt) >zeros.jsonl; "
               "cp zeros.jsonl zeros.json; gzip <zeros.txt >zeros.gz"),
        0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t e = 0; e < sizeof encodings / sizeof *encodings; e++)
            for (int format = ND_FORMAT_AUTO; format <= ND_FORMAT_TEXT; format++) {
                case_state s = {.options = {.operands = STRINGS(names[i]),
                                            .encodings = encodings[e],
                                            .format = (nd_format)format,
                                            .record_limit = 1 << 20}};
                read_corpus(&s);
                ck_assert_uint_eq(s.r.count, 0);
                const nd_problem *problems;
                ck_assert_msg(nd_corpus_problems(s.corpus, &problems) == 1, "%s", names[i]);
                ck_assert_int_eq(problems[0].kind, ND_PROBLEM_BINARY);
                ck_assert(problems[0].named);
                release(&s);
            }
}
END_TEST

START_TEST(keys_are_given) {
    files_write_text(".", "a.jsonl",
                     "{\"text\":\"\",\"n\":-1.5e2,\"m\":{\"d\":\"2031-02-03\\n\"}}\n"
                     "{\"text\":\"\",\"n\":\"12\",\"m\":{\"d\":null}}\n{\"text\":\"\",\"n\":true,\"m\":{\"d\":[1]}}\n");
    files_write_text(".", "b.txt", "x");
    case_state s = {.options = {.operands = STRINGS("a.jsonl", "b.txt"), .key_fields = STRINGS("n", "m.d")}};
    read_corpus(&s);
    static const struct {
        const char *text;
        bool is_number;
    } expected[4][2] = {{{"-1.5e2", true}, {"2031-02-03\n", false}},
                        {{"12", false}, {NULL, false}},
                        {{"true", false}, {NULL, false}},
                        {{NULL, false}, {NULL, false}}};
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < 2; k++) {
            bool is_number;
            nd_span text = nd_corpus_key(s.corpus, i, k, &is_number);
            ck_assert_int_eq(text.data != NULL, expected[i][k].text != NULL);
            if (text.data) check_span(text, expected[i][k].text);
            ck_assert_int_eq(is_number, expected[i][k].is_number);
        }
    }
    release(&s);
}
END_TEST

/* ---- sources ---- */

START_TEST(sources_follow_their_rule) {
    files_write_text(".", "in/north/1.txt", "x");
    files_write_text(".", "in/south/deep/2.txt", "x");
    files_write_text(".", "in/3.txt", "x");
    files_write_text(".", "records.jsonl",
                     "{\"text\":\"\",\"source\":\"one\",\"url\":\"https://User:pw@News.Example.COM:8080/a?b\"}\n"
                     "{\"text\":\"\",\"source\":\"\\u0074wo\",\"url\":\"FTP://cdn.example.com\"}\n"
                     "{\"text\":\"\",\"source\":null,\"url\":\"plain.example/path:1\"}\n"
                     "{\"text\":\"\",\"source\":3,\"url\":\"http://[::1]:80/\"}\n{\"text\":\"\"}\n");
    files_write_text(".", "urls.jsonl",
                     "{\"text\":\"\",\"url\":\"//cdn.example.com\"}\n{\"text\":\"\",\"url\":\"an article\"}\n"
                     "{\"text\":\"\",\"url\":\"/go?to=http://b.example/\"}\n{\"text\":\"\",\"url\":\"mailto:a@b\"}\n"
                     "{\"text\":\"\",\"url\":\"\"}\n{\"text\":\"\",\"url\":\"x://\"}\n");
    const struct {
        nd_source_kind kind;
        const char *field;
        nd_strings operands;
        const char *rule, *sources[6];
    } cases[] = {
        {ND_SOURCE_AUTO, NULL, STRINGS("in"), "dir", {"", "north", "south"}},
        {ND_SOURCE_AUTO, NULL, STRINGS("in/north"), "file", {"1.txt"}},
        {ND_SOURCE_AUTO, NULL, STRINGS("in/north", "in/south"), "file", {"north/1.txt", "south/deep/2.txt"}},
        {ND_SOURCE_FILE, NULL, STRINGS("in"), "file", {"3.txt", "north/1.txt", "south/deep/2.txt"}},
        {ND_SOURCE_DIR, NULL, STRINGS("in/south", "records.jsonl"), "dir", {"deep", "", "", "", "", ""}},
        {ND_SOURCE_AUTO,
         NULL,
         STRINGS("records.jsonl", "in/3.txt"),
         "field:source",
         {"one", "two", "", "3", "", "3.txt"}},
        {ND_SOURCE_FIELD,
         "source",
         STRINGS("records.jsonl", "in/3.txt"),
         "field:source",
         {"one", "two", "", "3", "", ""}},
        {ND_SOURCE_HOST,
         "url",
         STRINGS("records.jsonl"),
         "host:url",
         {"news.example.com", "cdn.example.com", "", "[::1]", ""}},
        {ND_SOURCE_HOST, "url", STRINGS("urls.jsonl"), "host:url", {"", "", "", "", "", ""}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        case_state s = {
            .options = {.operands = cases[i].operands, .source = cases[i].kind, .source_field = cases[i].field}};
        read_corpus(&s);
        ck_assert_str_eq(nd_corpus_source_rule(s.corpus), cases[i].rule);
        for (size_t d = 0; d < s.r.count; d++) {
            ck_assert_msg(cases[i].sources[d] != NULL, "case %zu", i);
            check_span(document(&s, d).source, cases[i].sources[d]);
        }
        release(&s);
    }
    nd_corpus_options options = {.operands = STRINGS("in"), .source = ND_SOURCE_HOST};
    nd_corpus *corpus;
    ck_assert_int_eq(nd_corpus_create(&options, &corpus, NULL), NEARDUP_ERROR_ARGUMENT);
}
END_TEST

/* ---- problems ---- */

START_TEST(problems_are_counted_and_the_first_kept) {
    nd_buffer lines = {0};
    for (size_t i = 0; i < 1500; i++) nd_buffer_append(&lines, "{\"text\":\"good\"}\n{bad\n", 21);
    files_write(".", "a/b.jsonl", lines.data, lines.size);
    files_write(".", "a/a.bin", "\0", 1);
    nd_buffer_release(&lines);
    case_state s = {.options = {.operands = STRINGS("a", "missing")}};
    read_corpus(&s);
    ck_assert_uint_eq(s.r.count, 1500);
    ck_assert_uint_eq(nd_corpus_problem_count(s.corpus, ND_PROBLEM_BAD_RECORD), 1500);
    const nd_problem *problems;
    ck_assert_uint_eq(nd_corpus_problems(s.corpus, &problems), 1002);
    ck_assert_int_eq(problems[0].kind, ND_PROBLEM_BINARY);
    ck_assert_uint_eq(problems[1000].record, 1999);
    ck_assert_int_eq(problems[1001].kind, ND_PROBLEM_UNREADABLE);
    check_span(problems[1001].path, "missing");
    ck_assert(problems[1001].named && !problems[0].named);
    release(&s);
}
END_TEST

START_TEST(inputs_that_are_not_there_are_refused) {
    nd_corpus_options options = {.operands = STRINGS("missing", "gone")};
    nd_corpus *corpus;
    neardup_error error;
    ck_assert_int_eq(nd_corpus_create(&options, &corpus, &error), NEARDUP_ERROR_SOURCE);
    ck_assert_ptr_nonnull(strstr(error.text, "missing cannot be read: No such file or directory; check the path"));
    files_write_text(".", "empty/.keep", "");
    case_state s = {.options = {.operands = STRINGS("empty")}};
    read_corpus(&s);
    ck_assert_int_eq(s.r.status, NEARDUP_OK);
    ck_assert_uint_eq(s.r.count, 0);
    release(&s);
    files_write_text(".", "a.txt", "x");
    nd_corpus_options other = {.operands = STRINGS("a.txt")};
    ck_assert_int_eq(nd_corpus_create(&other, &corpus, &error), NEARDUP_OK);
    ck_assert_int_eq(unlink("a.txt"), 0);
    reading r = reading_run(corpus, 1);
    ck_assert_int_eq(r.status, NEARDUP_ERROR_SOURCE);
    ck_assert_ptr_nonnull(strstr(r.error.text, "a.txt cannot be read: No such file or directory"));
    reading_release(&r);
    nd_corpus_free(corpus);
    nd_corpus_free(NULL);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("corpus");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, broken_fixtures_become_what_they_should, 0, (int)(sizeof samples / sizeof *samples));
    tcase_add_test(tests, all_broken_fixtures_together);
    tcase_add_test(tests, formats_go_by_the_name);
    tcase_add_test(tests, html_goes_by_name_and_beginning);
    tcase_add_test(tests, charsets_are_tried_in_turn);
    tcase_add_test(tests, records_keep_their_lines_and_ids);
    tcase_add_test(tests, text_fields_are_joined);
    tcase_add_test(tests, a_text_field_is_named_once);
    tcase_add_test(tests, a_text_field_that_is_nowhere_is_refused);
    tcase_add_test(tests, json_that_is_no_records_may_lie_about);
    tcase_add_test(tests, what_is_too_large_is_told);
    tcase_add_test(tests, the_size_told_is_that_of_the_whole);
    tcase_add_test(tests, bombs_do_not_add_up);
    tcase_add_test(tests, binary_files_are_told_by_how_they_begin);
    tcase_add_test(tests, keys_are_given);
    tcase_add_test(tests, sources_follow_their_rule);
    tcase_add_test(tests, problems_are_counted_and_the_first_kept);
    tcase_add_test(tests, inputs_that_are_not_there_are_refused);
    return run_tests(tests);
}
