/* SPDX-License-Identifier: MIT */
/* Positions and paragraphs against what a reader would do: character by character, gap by gap. */
#include <check.h>
#include <string.h>

#include "random.h"
#include "suite.h"
#include "support/kernels.h"
#include "text/html.h"
#include "text/json_string.h"
#include "text/position.h"
#include "text/utf8.h"

enum { MOST = 4000 };

/* ---- the model ---- */

/* The position behind the character at `at`. */
static nd_position behind(const neardup_text *text, nd_position at) {
    const uint8_t *data = text->data;
    uint32_t code_point;
    size_t length = nd_utf8_read(data + at.raw, text->size - at.raw, &code_point);
    if (!length) length = 1;
    bool line = data[at.raw] == '\n';
    nd_position next = {at.raw + length, at.byte + length, at.character + 1, at.line};
    if (text->form == NEARDUP_JSON && data[at.raw] == '\\') {
        nd_json_escape escape = nd_json_read_escape(data, text->size, at.raw);
        next.raw = at.raw + escape.length;
        next.byte = at.byte + escape.utf8_length;
        line = escape.code_point == '\n' && !escape.surrogate;
    }
    next.line += line;
    return next;
}

/* How many line breaks are between two bytes, at the most 2, where what is no white space ends the count. */
static int count_breaks(const neardup_text *text, size_t begin, size_t end) {
    int most = 0, breaks = 0;
    for (nd_position at = {.raw = begin, .line = 1}, next; at.raw < end; at = next) {
        next = behind(text, at);
        size_t length = next.raw - at.raw;
        const char *c = (const char *)text->data + at.raw;
        if (next.line > at.line)
            breaks++;
        else if (!(length == 1 && strchr(" \t\r", *c) && *c) &&
                 !(length == 2 && (c[1] == 't' || c[1] == 'r') && *c == '\\'))
            breaks = 0;
        if (breaks > most) most = breaks;
    }
    return most > 2 ? 2 : most;
}

/* Whether a block of HTML begins or ends between two bytes. */
static bool is_parted(const char *data, size_t begin, size_t end) {
    for (size_t at = begin; at < end; at++)
        if (data[at] == '<' && nd_html_is_block((const uint8_t *)data, end, at)) return true;
    return false;
}

static size_t find_blocks(const neardup_text *text, const nd_tokens *tokens, uint32_t *first_out) {
    size_t count = 0;
    for (size_t i = 0; i < tokens->count; i++)
        if (!i || is_parted(text->data, tokens->spans[i - 1].end, tokens->spans[i].begin))
            first_out[count++] = (uint32_t)i;
    return count;
}

static size_t find_paragraphs(const neardup_text *text, const nd_tokens *tokens, uint32_t *first_out) {
    size_t count = 0;
    if (text->form == NEARDUP_HTML) return find_blocks(text, tokens, first_out);
    for (int wanted = 2; wanted > 0 && count < 2; wanted--) {
        count = 0;
        for (size_t i = 0; i < tokens->count; i++) {
            int breaks = i ? count_breaks(text, tokens->spans[i - 1].end, tokens->spans[i].begin) : 2;
            if (breaks >= wanted || !i) first_out[count++] = (uint32_t)i;
        }
    }
    return count;
}

/* ---- random texts ---- */

/* A text of a few kinds of pieces, which is other in every round: lines and empty lines may be rare or nearly all. */
static neardup_text make_text(char *data, neardup_form form) {
    static const char *const plain[] = {
        "a",  "Word", "1",         "\xC3\xA9", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80", " ",  "\t", "\r",
        "\n", "\n\n", "\n \t\r\n", "\xFF",     "\xE3\x80",     "some words by",    ". ", "\\", "---\n"};
    static const char *const escaped[] = {
        "a",       "Word",    "1",       "\xC3\xA9", "\xE4\xB8\xAD",  "\\ud83d\\ude00",
        " ",       "\\t",     "\\r",     "\\n",      "\\n\\n",        "\\n \\t\\r\\n",
        "\xFF",    "\\u00e9", "\\u000a", "\\\"",     "\\\\",          "\\\\n",
        "\\ud800", "---\\n",  "rrrt",    "\\u0020",  "some words by", ". "};
    static const char *const markup[] = {"a",
                                         "Word",
                                         " ",
                                         "<p>",
                                         "</LI>",
                                         "<b>",
                                         "<i",
                                         "< p",
                                         "<p",
                                         "&amp;",
                                         "&eacute;",
                                         "<!-- <p> a -->",
                                         "<div class=x>",
                                         "some words by",
                                         "\n",
                                         "<script>1<p>2</script>"};
    const char *const *const pieces[] = {plain, escaped, markup};
    static const size_t kinds[] = {sizeof plain / sizeof *plain, sizeof escaped / sizeof *escaped,
                                   sizeof markup / sizeof *markup};
    size_t size = 0;
    size_t chosen[6], end = random_below(random_below(4) ? 300 : MOST - 20);
    for (int i = 0; i < 6; i++) chosen[i] = random_below((uint32_t)kinds[form]);
    while (size < end) {
        const char *piece = pieces[form][chosen[random_below(6)]];
        memcpy(data + size, piece, strlen(piece));
        size += strlen(piece);
    }
    return (neardup_text){.data = data, .size = size, .form = form};
}

/* ---- tests ---- */

START_TEST(positions_are_those_of_the_model) {
    static char data[MOST];
    nd_layout layout = {0};
    const nd_kernels *kernels = kernels_of(_i);
    random_start("positions");
    for (int round = 0; kernels && round < (SANITIZED ? 2000 : 20000); round++) {
        const neardup_text text = make_text(data, (neardup_form)(round % 3));
        ck_assert_int_eq(nd_layout_find(&text, kernels->text, &layout), NEARDUP_OK);
        for (nd_position at = {.line = 1};; at = behind(&text, at)) {
            nd_position found = nd_layout_position(&layout, at.raw);
            EXPECT(memcmp(&found, &at, sizeof at) == 0, "round %d, byte %zu", round, at.raw);
            if (at.raw >= text.size) break;
        }
    }
    nd_layout_release(&layout);
}
END_TEST

START_TEST(paragraphs_are_those_of_the_model) {
    static char data[MOST];
    static uint32_t right[MOST], found[MOST];
    nd_layout layout = {0};
    const nd_kernels *kernels = kernels_of(_i);
    nd_tokens tokens = {0}, marked = {0};
    random_start("paragraphs");
    for (int round = 0; kernels && round < (SANITIZED ? 2000 : 20000); round++) {
        const neardup_text text = make_text(data, (neardup_form)(round % 3));
        const nd_token_rules spans = {.keep_spans = true}, marks = {.only_marks = true, .kernels = kernels->text};
        ck_assert_int_eq(nd_tokenize(&spans, &text, &tokens), NEARDUP_OK);
        ck_assert_int_eq(nd_tokenize(&marks, &text, &marked), NEARDUP_OK);
        ck_assert_int_eq(nd_layout_find(&text, kernels->text, &layout), NEARDUP_OK);
        size_t count = nd_layout_paragraphs(&layout, &text, &marked, found);
        EXPECT(count == find_paragraphs(&text, &tokens, right), "round %d", round);
        EXPECT(memcmp(found, right, count * sizeof *right) == 0, "round %d", round);
    }
    nd_layout_release(&layout);
    nd_tokens_release(&tokens);
    nd_tokens_release(&marked);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("position");
    tcase_add_loop_test(tests, positions_are_those_of_the_model, 0, KERNELS);
    tcase_add_loop_test(tests, paragraphs_are_those_of_the_model, 0, KERNELS);
    return run_tests(tests);
}
