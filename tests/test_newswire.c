/* SPDX-License-Identifier: MIT */
/* A scan of fixtures/newswire against truth.json, which was computed from the articles without neardup. */
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "support/run.h"

#define SCAN "$NEARDUP scan --exclude truth.json -q -r jsonl "

enum { MOST_LINES = 2000 };

static json_t *truth;

/* A result of a scan, line by line. */
typedef struct scanned {
    json_t *lines[MOST_LINES];
    int count;
} scanned;

static scanned *scan(const char *options) {
    char command[512];
    snprintf(command, sizeof command, SCAN "%s newswire", options);
    run_result result = run_shell(NEARDUP_FIXTURES, command);
    ck_assert_msg(result.status == 0, "%s: exit %d: %s", command, result.status, result.err);
    scanned *s = calloc(1, sizeof *s);
    ck_assert_ptr_nonnull(s);
    for (char *line = result.out, *end; (end = strchr(line, '\n')) && s->count < MOST_LINES; line = end + 1) {
        s->lines[s->count] = json_loadb(line, (size_t)(end - line), 0, NULL);
        ck_assert_msg(s->lines[s->count++] != NULL, "not JSON: %.*s", (int)(end - line), line);
    }
    run_release(&result);
    return s;
}

static void release(scanned *s) {
    for (int i = 0; i < s->count; i++) json_decref(s->lines[i]);
    free(s);
}

static const char *text(const json_t *object, const char *key) {
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static double number(const json_t *object, const char *key) { return json_number_value(json_object_get(object, key)); }

/* The first line of that type in which each of the given keys has the given text; NULL where there is none. */
static const json_t *find_line(const scanned *s, const char *type, const char *key, const char *value) {
    for (int i = 0; i < s->count; i++)
        if (strcmp(text(s->lines[i], "type"), type) == 0 && strcmp(text(s->lines[i], key), value) == 0)
            return s->lines[i];
    return NULL;
}

static int count_lines(const scanned *s, const char *type, const char *key, const char *value) {
    int count = 0;
    for (int i = 0; i < s->count; i++)
        count += strcmp(text(s->lines[i], "type"), type) == 0 && (!key || strcmp(text(s->lines[i], key), value) == 0);
    return count;
}

/* Every cluster of the truth, and nothing else, is found. */
static void expect_clusters(const scanned *s, const json_t *clusters) {
    size_t i, j, dropped = 0;
    const json_t *cluster, *expected;
    json_array_foreach(clusters, i, cluster) {
        const json_t *keeper = find_line(s, "member", "path", text(cluster, "keep"));
        ck_assert_msg(keeper && strcmp(text(keeper, "status"), "kept") == 0, "%s is kept", text(cluster, "keep"));
        json_array_foreach(json_object_get(cluster, "members"), j, expected) {
            const json_t *member = find_line(s, "member", "path", text(expected, "path"));
            ck_assert_msg(member != NULL, "%s is in no cluster", text(expected, "path"));
            ck_assert_str_eq(text(member, "status"), "dropped");
            ck_assert_str_eq(text(member, "dup_path"), text(expected, "dup_of"));
            ck_assert_str_eq(text(member, "kind"), text(expected, "kind"));
            ck_assert_double_eq_tol(number(member, "jaccard"), number(expected, "jaccard"), 1e-6);
            ck_assert_int_eq(json_is_true(json_object_get(member, "same_bytes")),
                             json_is_true(json_object_get(expected, "same_bytes")));
            dropped++;
        }
    }
    ck_assert_int_eq(count_lines(s, "cluster", NULL, NULL), (int)json_array_size(clusters));
    ck_assert_int_eq(count_lines(s, "member", "status", "dropped"), (int)dropped);
}

START_TEST(clusters_are_those_of_the_truth) {
    scanned *s = scan("");
    expect_clusters(s, json_object_get(truth, "clusters"));
    const json_t *summary = s->lines[s->count - 1];
    ck_assert_double_eq(number(summary, "documents"), number(truth, "documents"));
    release(s);
}
END_TEST

START_TEST(a_charset_brings_its_article_in) {
    scanned *s = scan("--encoding utf-8,cp949");
    expect_clusters(s, json_object_get(truth, "clusters_with_cp949"));
    release(s);
}
END_TEST

START_TEST(an_article_in_a_foreign_charset_is_named_and_kept) {
    scanned *s = scan("");
    const char *path = json_string_value(json_array_get(json_object_get(truth, "suspect_encoding"), 0));
    const json_t *document = find_line(s, "document", "path", path);
    ck_assert_msg(document && strcmp(text(document, "status"), "kept") == 0, "%s is kept", path);
    const json_t *warning = find_line(s, "warning", "code", "suspect-encoding");
    ck_assert_ptr_nonnull(warning);
    char *line = json_dumps(warning, 0);
    ck_assert_msg(strstr(line, path) != NULL, "the warning names %s: %s", path, line);
    free(line);
    release(s);
}
END_TEST

static const char *path_of(const scanned *s, double document) {
    for (int i = 0; i < s->count; i++) {
        const json_t *number_of = json_object_get(s->lines[i], "doc");
        if (json_is_number(number_of) && json_number_value(number_of) == document) return text(s->lines[i], "path");
    }
    return "";
}

/* With one row a band every pair that shares a signature value is verified: at .15 and up all of them. Paths are known
 * of documents in clusters, so everything is made one. */
START_TEST(every_pair_has_its_exact_similarity) {
    scanned *s = scan("--bands 256 --rows 1 -t 0.15 --pairs-from 0.15 --cluster component");
    const json_t *pairs = json_object_get(truth, "pairs"), *expected;
    ck_assert_int_eq(count_lines(s, "pair", NULL, NULL), (int)json_array_size(pairs));
    size_t i;
    json_array_foreach(pairs, i, expected) {
        bool found = false;
        for (int k = 0; k < s->count && !found; k++) {
            const json_t *pair = s->lines[k];
            if (strcmp(text(pair, "type"), "pair") != 0) continue;
            found = strcmp(path_of(s, number(pair, "a")), text(expected, "a")) == 0 &&
                    strcmp(path_of(s, number(pair, "b")), text(expected, "b")) == 0 &&
                    fabs(number(pair, "jaccard") - number(expected, "jaccard")) <= 1e-6 &&
                    fabs(number(pair, "containment_a") - number(expected, "containment_a")) <= 1e-6 &&
                    fabs(number(pair, "containment_b") - number(expected, "containment_b")) <= 1e-6;
        }
        ck_assert_msg(found, "%s and %s at %f", text(expected, "a"), text(expected, "b"), number(expected, "jaccard"));
    }
    release(s);
}
END_TEST

START_TEST(papers_are_the_sources) {
    scanned *s = scan("");
    ck_assert_str_eq(text(json_object_get(s->lines[0], "params"), "sources"), "dir");
    const json_t *source = find_line(s, "source", "source", "brightwater-online");
    ck_assert_ptr_nonnull(source);
    ck_assert_double_eq(number(source, "documents"), 10);
    release(s);
}
END_TEST

/* ---- passages ---- */

#define PASSAGES "--find documents,passages"

/* The label of the passage that a place line belongs to. */
static const char *label_of(const scanned *s, const json_t *place) {
    for (int i = 0; i < s->count; i++)
        if (strcmp(text(s->lines[i], "type"), "passage") == 0 &&
            json_integer_value(json_object_get(s->lines[i], "passage")) ==
                json_integer_value(json_object_get(place, "passage")))
            return text(s->lines[i], "label");
    return "";
}

/* How many bytes of a stretch of a file are in places of that label. */
static double covered(const scanned *s, const char *path, const char *label, double begin, double end) {
    double sum = 0;
    for (int i = 0; i < s->count; i++) {
        const json_t *place = s->lines[i];
        if (strcmp(text(place, "type"), "place") != 0 || strcmp(text(place, "path"), path) != 0) continue;
        if (strcmp(label_of(s, place), label) != 0) continue;
        double from = fmax(begin, number(place, "begin")), to = fmin(end, number(place, "end"));
        if (from < to) sum += to - from;
    }
    return sum;
}

START_TEST(an_article_pasted_twice_is_told_to_the_byte) {
    scanned *s = scan(PASSAGES);
    const json_t *expected;
    size_t i;
    ck_assert_int_eq(count_lines(s, "passage", "label", "self-repeat"),
                     (int)json_array_size(json_object_get(truth, "self_repeats")));
    json_array_foreach(json_object_get(truth, "self_repeats"), i, expected) {
        const json_t *place = find_line(s, "place", "path", text(expected, "path"));
        ck_assert_ptr_nonnull(place);
        const json_t *again = NULL;
        for (int k = 0; k < s->count && !again; k++)
            if (s->lines[k] == place) again = s->lines[k + 1];
        ck_assert_double_eq(number(place, "begin"), number(expected, "begin"));
        /* The paragraphs end with a full stop, a place with its last word. */
        ck_assert_double_eq(number(place, "end"), number(expected, "end") - 1);
        ck_assert_double_eq(number(again, "begin"), number(expected, "again_begin"));
        ck_assert_double_eq(number(again, "end"), number(expected, "again_end") - 1);
        ck_assert_double_eq(number(again, "tokens"), number(expected, "tokens"));
        ck_assert_double_eq(number(again, "paragraphs"), number(expected, "paragraphs"));
        ck_assert_double_eq(number(again, "identity"), 1);
        ck_assert_str_eq(label_of(s, place), "self-repeat");
        const json_t *document = find_line(s, "document", "path", text(expected, "path"));
        ck_assert_double_eq(number(document, "repeated_tokens"), number(expected, "tokens"));
    }
    release(s);
}
END_TEST

START_TEST(a_rewritten_wire_story_is_found_by_its_paragraphs) {
    scanned *s = scan(PASSAGES);
    const json_t *story = json_object_get(truth, "wire_story"), *paragraph;
    size_t i, found = 0;
    json_array_foreach(json_object_get(story, "paragraphs"), i, paragraph) {
        double a = number(paragraph, "a_begin"), a_end = number(paragraph, "a_end");
        double b = number(paragraph, "b_begin"), b_end = number(paragraph, "b_end");
        found += covered(s, text(story, "a"), "syndicated", a, a_end) >= (a_end - a) / 2 &&
                 covered(s, text(story, "b"), "syndicated", b, b_end) >= (b_end - b) / 2;
    }
    ck_assert_uint_ge(found, 7);
    bool overlap = false;
    for (int k = 0; k < s->count; k++) {
        const json_t *line = s->lines[k];
        if (strcmp(text(line, "type"), "overlap") != 0) continue;
        overlap |= strcmp(path_of(s, number(line, "a")), text(story, "a")) == 0 &&
                   strcmp(path_of(s, number(line, "b")), text(story, "b")) == 0 &&
                   fabs(number(line, "jaccard") - number(story, "jaccard")) <= 1e-6;
    }
    ck_assert_msg(overlap, "the two papers' versions overlap, with their exact similarity");
    release(s);
}
END_TEST

START_TEST(a_cut_reprint_is_inside_the_whole_story) {
    scanned *s = scan(PASSAGES);
    const json_t *cut = json_array_get(json_object_get(truth, "truncated"), 0);
    bool found = false;
    for (int k = 0; k < s->count; k++) {
        const json_t *line = s->lines[k];
        if (strcmp(text(line, "type"), "overlap") != 0 || strcmp(text(line, "relation"), "contains") != 0) continue;
        found |= strcmp(path_of(s, number(line, "a")), text(cut, "path")) == 0 &&
                 strcmp(path_of(s, number(line, "b")), text(cut, "of")) == 0 && number(line, "coverage_a") >= 1;
    }
    ck_assert(found);
    release(s);
}
END_TEST

START_TEST(header_and_footer_of_a_site_are_boilerplate) {
    scanned *s = scan(PASSAGES);
    const json_t *expected = json_object_get(truth, "boilerplate"), *path;
    double words = number(expected, "header_words") + number(expected, "footer_words");
    size_t i;
    ck_assert_int_eq(count_lines(s, "passage", "label", "boilerplate"), 2);
    json_array_foreach(json_object_get(expected, "documents"), i, path) {
        const json_t *document = find_line(s, "document", "path", json_string_value(path));
        ck_assert_ptr_nonnull(document);
        ck_assert_double_eq(number(document, "boilerplate_tokens"), words);
    }
    const json_t *source = find_line(s, "source", "source", text(expected, "outlet"));
    ck_assert_double_eq(number(source, "boilerplate_tokens"), words * (double)i);
    release(s);
}
END_TEST

START_TEST(nothing_else_is_a_passage) {
    scanned *s = scan(PASSAGES);
    const json_t *path;
    size_t i;
    json_array_foreach(json_object_get(truth, "same_affair"), i, path)
        ck_assert_msg(!find_line(s, "place", "path", json_string_value(path)), "%s", json_string_value(path));
    ck_assert_int_eq(count_lines(s, "passage", "label", "shared"), 0);
    release(s);
    s = scan("--find documents");
    ck_assert_int_eq(count_lines(s, "passage", NULL, NULL) + count_lines(s, "overlap", NULL, NULL), 0);
    ck_assert_ptr_null(json_object_get(s->lines[1], "repeated_tokens"));
    release(s);
}
END_TEST

int main(void) {
    truth = json_load_file(NEARDUP_FIXTURES "/newswire/truth.json", 0, NULL);
    if (!truth) return 1;
    TCase *tests = tcase_create("newswire");
    tcase_add_test(tests, clusters_are_those_of_the_truth);
    tcase_add_test(tests, a_charset_brings_its_article_in);
    tcase_add_test(tests, an_article_in_a_foreign_charset_is_named_and_kept);
    tcase_add_test(tests, every_pair_has_its_exact_similarity);
    tcase_add_test(tests, papers_are_the_sources);
    tcase_add_test(tests, an_article_pasted_twice_is_told_to_the_byte);
    tcase_add_test(tests, a_rewritten_wire_story_is_found_by_its_paragraphs);
    tcase_add_test(tests, a_cut_reprint_is_inside_the_whole_story);
    tcase_add_test(tests, header_and_footer_of_a_site_are_boilerplate);
    tcase_add_test(tests, nothing_else_is_a_passage);
    int status = run_tests(tests);
    json_decref(truth);
    return status;
}
