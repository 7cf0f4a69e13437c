/* SPDX-License-Identifier: MIT */
/* The passages of one pair, token by token: held against the words the texts were made of, and the longest common
 * subsequence of what is aligned. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "neardup.h"
#include "passage/winnow.h"
#include "random.h"
#include "suite.h"

enum { MOST = 400, NUMBER = 100000 };

static neardup_error error;

/* A text of words, each a number of five digits behind a letter, and how it is written. */
typedef struct document {
    unsigned words[MOST];
    size_t count;
    char data[MOST * 24];
    size_t at[MOST];   /* where each word begins */
    size_t line[MOST]; /* and in which line */
    neardup_text text;
} document;

static void add_words(document *d, unsigned (*next)(void), size_t count) {
    for (size_t i = 0; i < count && d->count < MOST; i++) d->words[d->count++] = next();
}

static unsigned any_word(void) { return (unsigned)random_below(NUMBER); }

/* Adds a copy of `count` words in which one in `one_in` or fewer is replaced, left out or has one added; between two of
 * those are grams that the copy has, too. */
static void add_copy(document *d, const unsigned *words, size_t count, unsigned one_in) {
    for (size_t i = 0, same = 0; i < count; i++) {
        bool edited = one_in && same > ND_GRAM && !random_below(one_in);
        unsigned what = edited ? 1 + (unsigned)random_below(3) : 0;
        same = edited ? 0 : same + 1;
        if (what == 1) add_words(d, any_word, 1);
        if (what == 3) add_words(d, any_word, 1);
        if ((what == 0 || what == 3) && d->count < MOST) d->words[d->count++] = words[i];
    }
}

/* Writes the words in the given form; every seventh ends a line. */
static void write_document(document *d, neardup_form form) {
    static const char *const spaces[] = {" ", " ", "</b> <i>"}, *const breaks[] = {"\n", "\\n", "\n<p>"};
    size_t size = 0, line = 1;
    for (size_t i = 0; i < d->count; i++) {
        d->at[i] = size;
        d->line[i] = line;
        size += (size_t)sprintf(d->data + size, "w%05u", d->words[i]);
        bool ends = i % 7 == 6;
        if (i + 1 < d->count) size += (size_t)sprintf(d->data + size, "%s", (ends ? breaks : spaces)[form]);
        line += ends;
    }
    d->text = (neardup_text){.data = d->data, .size = size, .form = form, .raw_offset = NEARDUP_NONE};
}

static neardup_options make_options(void) {
    neardup_options options;
    neardup_options_init(&options);
    options.min_words = 12 + random_below(10);
    return options;
}

/* The number of the word that begins there. */
static size_t word_at(const document *d, size_t byte) {
    for (size_t i = 0; i < d->count; i++)
        if (d->at[i] == byte) return i;
    ck_abort_msg("no word begins at byte %zu", byte);
    return 0;
}

/* Length of the longest common subsequence, by the textbook. */
static size_t common(const unsigned *a, size_t a_count, const unsigned *b, size_t b_count) {
    size_t row[MOST + 1] = {0};
    for (size_t i = 0; i < a_count; i++)
        for (size_t j = 0, corner = 0; j < b_count; j++) {
            size_t above = row[j + 1];
            row[j + 1] = a[i] == b[j] ? corner + 1 : above > row[j] ? above : row[j];
            corner = above;
        }
    return row[b_count];
}

/* One side of a passage goes through its words one by one. */
static void check_side(const document *d, const neardup_shared *s, bool second) {
    const neardup_place *place = second ? &s->b : &s->a;
    size_t word = place->token_begin;
    for (size_t i = 0; i < s->count; i++) {
        const neardup_column *c = &s->columns[i];
        size_t begin = second ? c->b_begin : c->a_begin, end = second ? c->b_end : c->a_end;
        if (begin == end) continue;
        EXPECT(word < d->count && begin == d->at[word] && end == begin + 6, "word %zu", word);
        word++;
    }
    EXPECT(word == place->token_end, "%zu words, not %zu", word, (size_t)place->token_end);
    EXPECT(place->line == d->line[place->token_begin] || d->text.form == NEARDUP_HTML, "line");
    EXPECT(place->line_end == d->line[place->token_end - 1] || d->text.form == NEARDUP_HTML, "line of the end");
    EXPECT(place->document == second, "document");
}

static void check_passage(const document *a, const document *b, const neardup_shared *s,
                          const neardup_options *options) {
    uint64_t same = 0;
    check_side(a, s, false);
    check_side(b, s, true);
    for (size_t i = 0; i < s->count; i++) {
        const neardup_column *c = &s->columns[i];
        bool both = c->a_end > c->a_begin && c->b_end > c->b_begin;
        bool equal = both && a->words[word_at(a, c->a_begin)] == b->words[word_at(b, c->b_begin)];
        EXPECT(c->same == equal, "column %zu", i);
        EXPECT(c->a_end > c->a_begin || c->b_end > c->b_begin, "column %zu has nothing", i);
        same += equal;
    }
    size_t tokens_a = s->a.token_end - s->a.token_begin, tokens_b = s->b.token_end - s->b.token_begin;
    size_t most = common(a->words + s->a.token_begin, tokens_a, b->words + s->b.token_begin, tokens_b);
    EXPECT(s->same == same && same <= most && 10 * same >= 9 * most, "%zu of %zu", (size_t)same, most);
    EXPECT(s->a.identity == (double)same / (double)s->count && s->b.identity == s->a.identity, "identity");
    EXPECT(tokens_a >= options->min_words && tokens_b >= options->min_words, "%zu words", tokens_a);
}

static size_t count_passages(const neardup_alignment *alignment) {
    size_t count = 0;
    neardup_shared s;
    while (neardup_alignment_passage(alignment, count, &s) == NEARDUP_OK) count++;
    return count;
}

START_TEST(edited_copies_are_aligned_word_by_word) {
    random_start("align");
    static document a, b;
    for (int round = 0; round < (SANITIZED ? 50 : 500); round++) {
        neardup_options options = make_options();
        size_t copied = options.min_words + 10 + random_below(80);
        a.count = b.count = 0;
        add_words(&a, any_word, random_below(60));
        size_t first = a.count;
        add_words(&a, any_word, copied);
        add_words(&a, any_word, random_below(60));
        add_words(&b, any_word, random_below(60));
        size_t first_b = b.count;
        add_copy(&b, a.words + first, copied, random_below(3) ? 12 : 0);
        size_t end_b = b.count;
        add_words(&b, any_word, random_below(60));
        write_document(&a, (neardup_form)random_below(3));
        write_document(&b, (neardup_form)random_below(3));
        neardup_alignment *alignment;
        EXPECT(neardup_align(&options, &a.text, &b.text, &alignment, &error) == NEARDUP_OK, "%s", error.text);
        size_t covered = 0;
        neardup_shared s;
        for (size_t i = 0; neardup_alignment_passage(alignment, i, &s) == NEARDUP_OK; i++) {
            EXPECT(s.a.passage == i && s.b.passage == i, "passage %zu", i);
            check_passage(&a, &b, &s, &options);
            size_t from = s.b.token_begin > first_b ? s.b.token_begin : first_b;
            size_t to = s.b.token_end < end_b ? s.b.token_end : end_b;
            covered += to > from ? to - from : 0;
        }
        EXPECT(5 * covered >= 4 * (end_b - first_b), "%zu of %zu words in passages", covered, end_b - first_b);
        neardup_alignment_free(alignment);
    }
}
END_TEST

static unsigned next_word; /* no other is the same */
static unsigned new_word(void) { return next_word++; }

/* What two texts share on both sides of what they do not is one passage or two, by how much lies between: a word that
 * is replaced costs half of one that is shared brings, and a fall of 15 words' worth parts them. */
START_TEST(what_is_not_alike_parts_passages) {
    static document a, b;
    for (size_t between = 1; between <= 50; between++) {
        neardup_options options;
        neardup_options_init(&options);
        a.count = b.count = 0;
        next_word = 0;
        add_words(&a, new_word, 100);
        add_copy(&b, a.words, 100, 0);
        add_words(&a, new_word, between);
        add_words(&b, new_word, between);
        size_t rest = a.count;
        add_words(&a, new_word, 100);
        add_copy(&b, a.words + rest, 100, 0);
        write_document(&a, NEARDUP_PLAIN);
        write_document(&b, NEARDUP_PLAIN);
        neardup_alignment *alignment;
        EXPECT(neardup_align(&options, &a.text, &b.text, &alignment, &error) == NEARDUP_OK, "%s", error.text);
        size_t passages = count_passages(alignment);
        EXPECT(passages == (between <= 30 ? 1 : 2), "%zu passages around %zu words", passages, between);
        neardup_alignment_free(alignment);
    }
}
END_TEST

START_TEST(what_repeats_is_told_once) {
    random_start("repeats");
    static document a, b;
    neardup_options options;
    neardup_options_init(&options);
    a.count = b.count = 0;
    add_words(&a, any_word, 60);
    add_copy(&a, a.words, 60, 0);
    add_copy(&b, a.words, 120, 0);
    write_document(&a, NEARDUP_PLAIN);
    write_document(&b, NEARDUP_PLAIN);
    neardup_alignment *alignment;
    ck_assert_int_eq(neardup_align(&options, &a.text, &b.text, &alignment, NULL), NEARDUP_OK);
    ck_assert_uint_eq(count_passages(alignment), 1);
    neardup_alignment_free(alignment);
    /* where one of them has it once, the other's two places are two passages */
    b.count = 60;
    write_document(&b, NEARDUP_PLAIN);
    ck_assert_int_eq(neardup_align(&options, &a.text, &b.text, &alignment, NULL), NEARDUP_OK);
    ck_assert_uint_eq(count_passages(alignment), 2);
    neardup_alignment_free(alignment);
}
END_TEST

START_TEST(there_may_be_no_passage_and_there_may_be_an_error) {
    neardup_options options;
    neardup_options_init(&options);
    neardup_text empty = {.data = "", .size = 0}, aside = {.set_aside = true};
    neardup_alignment *alignment = NULL;
    neardup_shared s;
    ck_assert_int_eq(neardup_align(&options, &empty, &empty, &alignment, NULL), NEARDUP_OK);
    ck_assert_uint_eq(count_passages(alignment), 0);
    ck_assert_int_eq(neardup_alignment_passage(alignment, 0, &s), NEARDUP_END);
    neardup_alignment_free(alignment);
    ck_assert_int_eq(neardup_align(&options, &empty, &aside, &alignment, NULL), NEARDUP_OK);
    ck_assert_uint_eq(count_passages(alignment), 0);
    neardup_alignment_free(alignment);
    neardup_alignment_free(NULL);
    alignment = NULL;
    options.min_words = 3;
    ck_assert_int_eq(neardup_align(&options, &empty, &empty, &alignment, &error), NEARDUP_ERROR_ARGUMENT);
    ck_assert_ptr_null(alignment);
    neardup_options_init(&options);
    neardup_text formless = {.data = "a", .size = 1, .form = (neardup_form)7};
    ck_assert_int_eq(neardup_align(&options, &empty, &formless, &alignment, &error), NEARDUP_ERROR_ARGUMENT);
    ck_assert_ptr_null(alignment);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("align");
    tcase_add_test(tests, edited_copies_are_aligned_word_by_word);
    tcase_add_test(tests, what_is_not_alike_parts_passages);
    tcase_add_test(tests, what_repeats_is_told_once);
    tcase_add_test(tests, there_may_be_no_passage_and_there_may_be_an_error);
    return run_tests(tests);
}
