/* SPDX-License-Identifier: MIT */
/* Passages as the library gives them: what is reported is there, what is there is reported, whatever the threads. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "neardup.h"
#include "random.h"
#include "suite.h"

enum { ROUNDS = SANITIZED ? 4 : 20, MOST_DOCUMENTS = 600, MOST_WORDS = 1000 };

/* Documents as sequences of words, each word a number. */
typedef struct story {
    uint32_t words[MOST_DOCUMENTS][MOST_WORDS];
    size_t sizes[MOST_DOCUMENTS];
    char *texts[MOST_DOCUMENTS];
    size_t *begins[MOST_DOCUMENTS]; /* of the words, in the text */
    size_t count;
} story;

static story *new_story(void) { return calloc(1, sizeof(story)); }

static void free_story(story *s) {
    for (size_t i = 0; i < s->count; i++) {
        free(s->texts[i]);
        free(s->begins[i]);
    }
    free(s);
}

static void add_word(story *s, uint32_t word) { s->words[s->count][s->sizes[s->count]++] = word; }

static void add_noise(story *s, size_t words) {
    while (words--) add_word(s, (uint32_t)(random_bits() >> 34));
}

static void add_run(story *s, const uint32_t *words, size_t count) {
    while (count--) add_word(s, *words++);
}

/* Writes the document as text: words of ASCII and others, between them spaces, punctuation and line breaks. */
static void end_document(story *s) {
    static const char *const between[] = {" ", " ", " ", ", ", "\n", " \xE2\x80\x94 ", ".\n\n", " \xC2\xAB"};
    size_t room = s->sizes[s->count] * 24 + 8, size = 0;
    char *text = s->texts[s->count] = malloc(room);
    s->begins[s->count] = calloc(s->sizes[s->count] + 1, sizeof(size_t));
    for (size_t i = 0; i < s->sizes[s->count]; i++) {
        uint32_t word = s->words[s->count][i];
        size += (size_t)snprintf(text + size, room - size, "%s", between[random_below(8)]);
        s->begins[s->count][i] = size;
        size += (size_t)snprintf(text + size, room - size, "w%x%s", word, word % 5 ? "" : "\xC3\xA9");
    }
    snprintf(text + size, room - size, ".");
    s->begins[s->count][s->sizes[s->count]] = size;
    s->count++;
}

static size_t word_end(const story *s, size_t document, size_t word) {
    char text[32];
    uint32_t number = s->words[document][word];
    return s->begins[document][word] + (size_t)snprintf(text, sizeof text, "w%x", number) + (number % 5 ? 0 : 2);
}

/* How passages are looked for. */
typedef struct search {
    size_t first, references; /* documents from number `first` on, of which so many are references */
    unsigned threads;
    uint64_t memory;
    const uint32_t *sources;
} search;

static neardup_result *find_as(const story *s, search how) {
    neardup_options options;
    neardup_engine *engine;
    neardup_result *result = NULL;
    neardup_error error = {0};
    neardup_options_init(&options);
    options.passages = true;
    options.threads = how.threads;
    options.memory = how.memory;
    EXPECT(neardup_engine_create(&options, &engine, &error) == NEARDUP_OK, "%s", error.text);
    neardup_text texts[MOST_DOCUMENTS];
    size_t count = s->count - how.first;
    for (size_t i = 0; i < count; i++)
        texts[i] = (neardup_text){.data = s->texts[how.first + i], .size = strlen(s->texts[how.first + i])};
    EXPECT(neardup_engine_add_texts(engine, texts, count, &error) == NEARDUP_OK, "%s", error.text);
    if (how.references) EXPECT(neardup_engine_refer(engine, how.references, &error) == NEARDUP_OK, "%s", error.text);
    if (how.sources)
        EXPECT(neardup_engine_sources(engine, how.sources + how.first, count, &error) == NEARDUP_OK, "%s", error.text);
    EXPECT(neardup_engine_match(engine, &result, &error) == NEARDUP_OK, "%s", error.text);
    neardup_engine_free(engine);
    return result;
}

static neardup_result *find(const story *s, unsigned threads, const uint32_t *sources) {
    return find_as(s, (search){.threads = threads, .sources = sources});
}

static neardup_totals totals_of(const neardup_result *result) {
    neardup_totals totals;
    neardup_result_totals(result, &totals);
    return totals;
}

static neardup_costs costs_of(const neardup_result *result) {
    neardup_costs costs;
    neardup_result_costs(result, &costs);
    return costs;
}

static neardup_passage passage_at(const neardup_result *result, uint64_t number) {
    neardup_passage passage;
    EXPECT(neardup_result_passage(result, number, &passage) == NEARDUP_OK, "passage");
    return passage;
}

static neardup_place place_at(const neardup_result *result, uint64_t number) {
    neardup_place place;
    EXPECT(neardup_result_place(result, number, &place) == NEARDUP_OK, "place");
    return place;
}

/* ---- what is reported is there ---- */

static size_t longest_common(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count) {
    static size_t row[MOST_WORDS + 1];
    memset(row, 0, sizeof row);
    for (size_t i = 0; i < a_count; i++)
        for (size_t j = 0, corner = 0; j < b_count; j++) {
            size_t above = row[j + 1], with = a[i] == b[j] ? corner + 1 : 0;
            row[j + 1] = with > above ? with : above;
            if (row[j] > row[j + 1]) row[j + 1] = row[j];
            corner = above;
        }
    return row[b_count];
}

static void check_place(const story *s, const neardup_place *place, const neardup_place *first) {
    const uint32_t *words = s->words[place->document] + place->token_begin;
    const uint32_t *head = s->words[first->document] + first->token_begin;
    size_t count = (size_t)(place->token_end - place->token_begin);
    size_t head_count = (size_t)(first->token_end - first->token_begin);
    EXPECT(place->token_end <= s->sizes[place->document] && count >= 20, "tokens");
    /* Identity is matched / columns; there are at least as many columns as tokens on either side. */
    size_t common = longest_common(words, count, head, head_count);
    EXPECT(place->identity <= (double)common / (double)count + 1e-9, "identity %f, common %zu of %zu", place->identity,
           common, count);
    EXPECT(place->identity > .3, "identity %f", place->identity);
    const char *text = s->texts[place->document];
    EXPECT(place->begin == s->begins[place->document][place->token_begin], "begin");
    EXPECT(place->end == word_end(s, place->document, (size_t)place->token_end - 1), "end");
    uint64_t characters[2] = {0, 0}, line = 1;
    for (size_t i = 0; i < place->end; i++) {
        bool begins = ((uint8_t)text[i] & 0xC0) != 0x80;
        characters[0] += begins && i < place->begin;
        characters[1] += begins;
        line += i < place->begin && text[i] == '\n';
    }
    EXPECT(place->char_begin == characters[0] && place->char_end == characters[1], "characters");
    EXPECT(place->line == line, "line %llu, not %llu", (unsigned long long)place->line, (unsigned long long)line);
    EXPECT(place->raw_begin == NEARDUP_NONE && place->raw_end == NEARDUP_NONE, "plain text has no raw offsets");
}

/* Everything the result says of passages, held against the documents and against itself. */
static void check_passages(const story *s, const neardup_result *result) {
    neardup_totals totals = totals_of(result);
    uint64_t next = 0;
    neardup_place before = {0};
    for (uint64_t p = 0; p < totals.passages; p++) {
        neardup_passage passage = passage_at(result, p);
        EXPECT(passage.first_place == next && passage.places >= 2, "places one behind the other");
        next += passage.places;
        neardup_place first = place_at(result, passage.first_place);
        EXPECT(passage.tokens == first.token_end - first.token_begin, "tokens of the first place");
        EXPECT(!p || before.document < first.document ||
                   (before.document == first.document && before.token_begin <= first.token_begin),
               "passages by first place");
        before = first;
        double lowest = 1;
        uint64_t documents = 0;
        for (uint64_t i = 0; i < passage.places; i++) {
            neardup_place place = place_at(result, passage.first_place + i);
            neardup_place last = i ? place_at(result, passage.first_place + i - 1) : place;
            neardup_decision decision;
            neardup_result_decision(result, place.document, &decision);
            EXPECT(!decision.dropped || passage.documents == 1, "a document that is gone shares a passage");
            EXPECT(place.passage == p && (!i || last.document < place.document ||
                                          (last.document == place.document && last.token_begin < place.token_begin)),
                   "places in order");
            check_place(s, &place, &first);
            documents += !i || place.document != last.document;
            if (place.identity < lowest) lowest = place.identity;
        }
        EXPECT(documents == passage.documents && lowest >= passage.identity && lowest <= passage.identity,
               "documents and identity");
        EXPECT((documents == 1) == (passage.label == NEARDUP_SELF_REPEAT), "label");
    }
    EXPECT(next == totals.places, "all places");
}

/* ---- what is there is reported ---- */

/* Whether at least half of a stretch is in places: of two that overlap by as much, one may stand for both. */
static bool is_covered(const neardup_result *result, uint64_t document, size_t begin, size_t end) {
    const uint64_t *places;
    size_t count, covered = 0, at = begin;
    neardup_result_document_places(result, document, &places, &count);
    for (size_t i = 0; i < count; i++) {
        neardup_place place = place_at(result, places[i]);
        size_t from = place.token_begin > at ? (size_t)place.token_begin : at;
        size_t to = place.token_end < end ? (size_t)place.token_end : end;
        if (from >= to) continue;
        covered += to - from;
        at = to;
    }
    return 2 * covered >= end - begin;
}

/* How many sides of copies of 20 words or more were looked at, and how many are not in places. */
typedef struct copies {
    size_t all, missed;
} copies;

static void count_side(const neardup_result *result, size_t document, size_t begin, size_t end, copies *c) {
    c->all++;
    c->missed += !is_covered(result, document, begin, end);
}

/* Looks at every stretch of 20 words that two documents that stay share, or one has twice. */
static void check_copies(const story *s, const neardup_result *result, copies *c) {
    for (size_t a = 0; a < s->count; a++)
        for (size_t b = a; b < s->count; b++) {
            neardup_decision first, second;
            neardup_result_decision(result, a, &first);
            neardup_result_decision(result, b, &second);
            if (a != b && (first.dropped || second.dropped)) continue;
            for (size_t shift = 0; shift < s->sizes[a] + s->sizes[b]; shift++) { /* diagonals */
                size_t i = shift < s->sizes[a] ? s->sizes[a] - 1 - shift : 0;
                size_t j = shift < s->sizes[a] ? 0 : shift - s->sizes[a] + 1, run = 0;
                for (; i <= s->sizes[a] && j <= s->sizes[b]; i++, j++) {
                    bool same = i < s->sizes[a] && j < s->sizes[b] && s->words[a][i] == s->words[b][j];
                    if (same) run++;
                    if (same || run < 20 || (a == b && i >= j) || (a == b && j - i < run)) {
                        if (!same) run = 0;
                        continue;
                    }
                    count_side(result, a, i - run, i, c);
                    count_side(result, b, j - run, j, c);
                    run = 0;
                }
            }
        }
}

/* Documents that copy from earlier ones and here and there repeat themselves. Only what a document begins with is
 * copied, by three others and itself at the most, so that no fingerprint occurs more than five times. */
static story *random_story(size_t documents) {
    story *s = new_story();
    size_t taken[MOST_DOCUMENTS] = {0}, own[MOST_DOCUMENTS];
    for (size_t d = 0; d < documents; d++) {
        own[d] = 60 + random_below(100);
        add_noise(s, own[d]);
        for (int k = 0; k < 3 && d; k++) {
            size_t from = random_below((uint32_t)d), count = 20 + random_below(40);
            if (taken[from]++ >= 3) continue;
            add_run(s, s->words[from] + random_below((uint32_t)(own[from] - count)), count);
            add_noise(s, random_below(80));
        }
        if (random_below(4) == 0) {
            add_run(s, s->words[d] + random_below((uint32_t)own[d] - 40), 40);
            add_noise(s, 10);
        }
        end_document(s);
    }
    return s;
}

/* Two documents that overlap are as alike as they are to who compares just them, by other shingles. */
static size_t check_overlaps(const story *s, const neardup_result *result) {
    neardup_options options;
    neardup_options_init(&options);
    for (uint64_t i = 0; i < totals_of(result).overlaps; i++) {
        neardup_overlap overlap;
        neardup_similarity similarity;
        neardup_result_overlap(result, i, &overlap);
        neardup_text a = {.data = s->texts[overlap.a], .size = strlen(s->texts[overlap.a])};
        neardup_text b = {.data = s->texts[overlap.b], .size = strlen(s->texts[overlap.b])};
        EXPECT(neardup_compare(&options, &a, &b, &similarity, NULL) == NEARDUP_OK, "overlap");
        EXPECT(overlap.jaccard == similarity.jaccard, "overlap: %g, not %g", overlap.jaccard, similarity.jaccard);
    }
    return totals_of(result).overlaps;
}

START_TEST(passages_are_the_copies_that_are_there) {
    random_start("passages_are_the_copies_that_are_there");
    uint64_t passages = 0;
    size_t overlaps = 0;
    copies c = {0};
    for (int round = 0; round < ROUNDS; round++) {
        story *s = random_story(10 + random_below(30));
        neardup_result *result = find(s, 1 + random_below(4), NULL);
        check_passages(s, result);
        check_copies(s, result, &c);
        overlaps += check_overlaps(s, result);
        passages += totals_of(result).passages;
        neardup_result_free(result);
        free_story(s);
    }
    ck_assert_uint_gt(passages, ROUNDS);
    ck_assert_uint_gt(overlaps, ROUNDS);
    printf("%zu of %zu sides of copies are in no place\n", c.missed, c.all);
    ck_assert_uint_le(c.missed, c.all / 200);
}
END_TEST

static void check_same(const neardup_result *one, const neardup_result *other) {
    neardup_totals totals = totals_of(one), others = totals_of(other);
    ck_assert_int_eq(memcmp(&totals, &others, sizeof totals), 0);
    for (uint64_t i = 0; i < totals.passages; i++) {
        neardup_passage a = passage_at(one, i), b = passage_at(other, i);
        EXPECT(memcmp(&a, &b, sizeof a) == 0, "passage %llu", (unsigned long long)i);
    }
    for (uint64_t i = 0; i < totals.places; i++) {
        neardup_place a = place_at(one, i), b = place_at(other, i);
        EXPECT(memcmp(&a, &b, sizeof a) == 0, "place %llu", (unsigned long long)i);
    }
    for (uint64_t i = 0; i < totals.overlaps; i++) {
        neardup_overlap a, b;
        neardup_result_overlap(one, i, &a);
        neardup_result_overlap(other, i, &b);
        EXPECT(a.a == b.a && a.b == b.b && a.tokens_a == b.tokens_a && a.jaccard <= b.jaccard && a.jaccard >= b.jaccard,
               "overlap");
    }
}

/* Neither threads nor memory: with so little all that can be is spilled. */
START_TEST(threads_and_memory_do_not_matter) {
    random_start("threads_and_memory_do_not_matter");
    story *s = random_story(300);
    neardup_result *one = find(s, 1, NULL);
    ck_assert_uint_gt(totals_of(one).passages, 20);
    for (unsigned threads = 1; threads <= 7; threads += 3)
        for (uint64_t megabytes = 0; megabytes <= 12; megabytes += 6) {
            neardup_result *other = find_as(s, (search){.threads = threads, .memory = megabytes << 20});
            check_same(one, other);
            if (megabytes == 6) ck_assert_uint_gt(costs_of(other).spilled, 0);
            neardup_result_free(other);
        }
    neardup_result_free(one);
    free_story(s);
}
END_TEST

/* ---- groups and labels ---- */

/* 300 outlets print one story among much else: one passage, 300 places, and no document in more than 8 overlaps. */
START_TEST(a_story_in_300_outlets_is_one_passage) {
    random_start("a_story_in_300_outlets_is_one_passage");
    uint32_t wire[120], each[MOST_DOCUMENTS] = {0};
    story *s = new_story();
    for (int i = 0; i < 120; i++) wire[i] = (uint32_t)(random_bits() >> 34);
    for (uint32_t i = 0; i < 300; i++) {
        each[i] = i;
        add_noise(s, 150 + random_below(100));
        add_run(s, wire, 120);
        add_noise(s, 150);
        end_document(s);
    }
    memset(s->words[0] + 400, 0, sizeof(uint32_t));
    neardup_result *result = find(s, 2, each);
    neardup_totals totals = totals_of(result);
    ck_assert_uint_eq(totals.passages, 1);
    neardup_passage passage = passage_at(result, 0);
    ck_assert_uint_eq(passage.places, 300);
    ck_assert_uint_eq(passage.documents, 300);
    ck_assert_uint_eq(passage.sources, 300);
    ck_assert_uint_eq(passage.tokens, 120);
    ck_assert_double_eq(passage.identity, 1);
    ck_assert_int_eq(passage.label, NEARDUP_SYNDICATED); /* more than a quarter of each: no boilerplate */
    uint32_t overlaps[MOST_DOCUMENTS] = {0};
    for (uint64_t i = 0; i < totals.overlaps; i++) {
        neardup_overlap overlap;
        neardup_result_overlap(result, i, &overlap);
        EXPECT(++overlaps[overlap.a] <= 8 && ++overlaps[overlap.b] <= 8, "too many overlaps");
        EXPECT(overlap.tokens_a == 120 && overlap.tokens_b == 120 && !overlap.contains, "overlap");
    }
    ck_assert_uint_gt(totals.overlaps_left_out, 0);
    for (uint64_t i = 0; i < 300; i++) {
        neardup_extent extent;
        ck_assert_int_eq(neardup_result_extent(result, i, &extent), NEARDUP_OK);
        EXPECT(extent.shared == 120 && !extent.repeated && !extent.boilerplate, "extent");
    }
    neardup_result_free(result);
    free_story(s);
}
END_TEST

START_TEST(labels_follow_the_rules) {
    random_start("labels_follow_the_rules");
    uint32_t footer[30], column[40], sources[24], each[24], none[24];
    story *s = new_story();
    for (int i = 0; i < 30; i++) footer[i] = (uint32_t)(random_bits() >> 34);
    for (int i = 0; i < 40; i++) column[i] = (uint32_t)(random_bits() >> 34);
    for (uint32_t i = 0; i < 24; i++) {
        sources[i] = i < 12 ? 0 : 1;
        each[i] = i;
        none[i] = NEARDUP_NO_SOURCE;
        add_noise(s, 200);
        if (i < 12) add_run(s, footer, 30); /* all documents of source 0, and nobody else */
        add_noise(s, 50);
        if (i == 14 || i == 15) add_run(s, column, 40); /* two of source 1 */
        end_document(s);
    }
    static const struct {
        neardup_label footer, column;
        neardup_rule footer_rule, column_rule;
    } expected[] = {
        {NEARDUP_BOILERPLATE, NEARDUP_SHARED_PASSAGE, NEARDUP_RULE_HALF_OF_A_SOURCE, NEARDUP_RULE_OTHER},
        {NEARDUP_BOILERPLATE, NEARDUP_SYNDICATED, NEARDUP_RULE_MANY_DOCUMENTS, NEARDUP_RULE_SEVERAL_SOURCES},
        {NEARDUP_BOILERPLATE, NEARDUP_SHARED_PASSAGE, NEARDUP_RULE_MANY_DOCUMENTS, NEARDUP_RULE_OTHER},
        {NEARDUP_BOILERPLATE, NEARDUP_SHARED_PASSAGE, NEARDUP_RULE_MANY_DOCUMENTS, NEARDUP_RULE_OTHER},
    };
    const uint32_t *const given[] = {sources, each, none, NULL};
    for (int i = 0; i < 4; i++) {
        neardup_result *result = find(s, 1, given[i]);
        ck_assert_uint_eq(totals_of(result).passages, 2);
        neardup_passage first = passage_at(result, 0), second = passage_at(result, 1);
        ck_assert_int_eq(first.label, expected[i].footer);
        ck_assert_int_eq(first.rule, expected[i].footer_rule);
        ck_assert_int_eq(second.label, expected[i].column);
        ck_assert_int_eq(second.rule, expected[i].column_rule);
        neardup_extent extent;
        neardup_result_extent(result, 3, &extent);
        ck_assert_uint_eq(extent.boilerplate, 30);
        neardup_result_extent(result, 14, &extent);
        ck_assert_uint_eq(extent.shared, 40);
        neardup_result_free(result);
    }
    free_story(s);
}
END_TEST

/* Whether two results have the same passages, documents of `all` having numbers higher by `shift`. */
static void check_same_passages(const neardup_result *all, const neardup_result *alone, uint64_t shift) {
    neardup_totals totals = totals_of(alone), other = totals_of(all);
    EXPECT(other.passages == totals.passages && other.places == totals.places && other.overlaps == totals.overlaps,
           "as many");
    for (uint64_t i = 0; i < totals.passages; i++) {
        neardup_passage a = passage_at(all, i), b = passage_at(alone, i);
        EXPECT(a.label == b.label && a.rule == b.rule && a.places == b.places, "passage %d", (int)i);
        EXPECT(a.documents == b.documents && a.sources == b.sources && a.identity == b.identity, "passage %d", (int)i);
    }
    for (uint64_t i = 0; i < totals.places; i++) {
        neardup_place a = place_at(all, i), b = place_at(alone, i);
        EXPECT(a.document == b.document + shift && a.passage == b.passage, "place %d", (int)i);
        EXPECT(a.begin == b.begin && a.end == b.end && a.identity == b.identity, "place %d", (int)i);
    }
    for (uint64_t i = 0; i < totals.overlaps; i++) {
        neardup_overlap a, b;
        neardup_result_overlap(all, i, &a);
        neardup_result_overlap(alone, i, &b);
        EXPECT(a.a == b.a + shift && a.b == b.b + shift && a.tokens_a == b.tokens_a && a.jaccard == b.jaccard,
               "overlap %d", (int)i);
    }
    EXPECT(neardup_result_extent(all, totals.documents + shift, &(neardup_extent){0}) == NEARDUP_ERROR_ARGUMENT,
           "beyond the last");
}

/* References that have nothing in common with the other documents change nothing, whatever they share with each other.
 */
START_TEST(references_apart_change_nothing) {
    enum { REFERENCES = 8, OTHERS = 16 };
    random_start("references_apart_change_nothing");
    uint32_t theirs[60], column[40], sources[REFERENCES + OTHERS];
    story *s = new_story();
    for (int i = 0; i < 60; i++) theirs[i] = (uint32_t)(random_bits() >> 34);
    for (int i = 0; i < 40; i++) column[i] = (uint32_t)(random_bits() >> 34);
    for (uint32_t i = 0; i < REFERENCES + OTHERS; i++) {
        sources[i] = i % 3;
        add_noise(s, 150);
        if (i < REFERENCES) add_run(s, theirs, 60);
        if (i >= REFERENCES && i % 4 == 1) add_run(s, column, 40);
        add_noise(s, 50);
        if (i == 3) add_run(s, theirs, 60);
        if (i == 20) add_run(s, s->words[s->count] + 50, 70);
        end_document(s);
    }
    neardup_result *alone = find_as(s, (search){.first = REFERENCES, .threads = 1, .sources = sources});
    ck_assert_uint_eq(totals_of(alone).passages, 2);
    for (unsigned threads = 1; threads <= 3; threads++) {
        neardup_result *all = find_as(s, (search){.references = REFERENCES, .threads = threads, .sources = sources});
        check_same_passages(all, alone, REFERENCES);
        neardup_result_free(all);
    }
    neardup_result_free(alone);
    free_story(s);
}
END_TEST

/* With references, the passages are those of the other documents, and what these share with references: of such a
 * passage the first place is in a reference. What references have of themselves and of each other is no passage, and
 * they do not make habits: with them the footer's source would have enough documents. */
START_TEST(references_have_what_others_share) {
    enum { REFERENCES = 8, OTHERS = 16 };
    random_start("references_have_what_others_share");
    uint32_t footer[30], column[40], own[50], theirs[45], news[60], sources[REFERENCES + OTHERS];
    story *s = new_story();
    for (int i = 0; i < 30; i++) footer[i] = (uint32_t)(random_bits() >> 34);
    for (int i = 0; i < 40; i++) column[i] = (uint32_t)(random_bits() >> 34);
    for (int i = 0; i < 50; i++) own[i] = (uint32_t)(random_bits() >> 34);
    for (int i = 0; i < 45; i++) theirs[i] = (uint32_t)(random_bits() >> 34);
    for (int i = 0; i < 60; i++) news[i] = (uint32_t)(random_bits() >> 34);
    for (uint32_t i = 0; i < REFERENCES + OTHERS; i++) {
        sources[i] = i < REFERENCES + 6 ? 0 : 1;
        add_noise(s, 150);
        if (i < REFERENCES + 6) add_run(s, footer, 30);
        add_noise(s, 50);
        if (i >= REFERENCES && i % 8 == 3) add_run(s, column, 40);
        if (i == 5 || i == 20) add_run(s, own, 50);
        if (i == 2 || i == 4) add_run(s, theirs, 45);
        add_noise(s, 20);
        if (i == 20) add_run(s, own, 50);
        if (i == 6 || i == 17) add_run(s, news, 60);
        end_document(s);
    }
    /* footer, own, news and column, in the order of their first places. Not every reference need be among the places.
     */
    static const struct {
        uint64_t document, places, documents, sources;
        neardup_label label;
    } expected[] = {{0, 7, 7, 1, NEARDUP_SHARED_PASSAGE},
                    {5, 3, 2, 1, NEARDUP_SHARED_PASSAGE},
                    {6, 2, 2, 1, NEARDUP_SHARED_PASSAGE},
                    {11, 2, 2, 2, NEARDUP_SYNDICATED}};
    for (unsigned threads = 1; threads <= 3; threads++) {
        neardup_result *all = find_as(s, (search){.references = REFERENCES, .threads = threads, .sources = sources});
        ck_assert_uint_eq(totals_of(all).passages, 4);
        for (uint64_t i = 0; i < 4; i++) {
            neardup_passage passage = passage_at(all, i);
            ck_assert_uint_eq(place_at(all, passage.first_place).document, expected[i].document);
            ck_assert_uint_ge(passage.places, expected[i].places);
            ck_assert_uint_ge(passage.documents, expected[i].documents);
            ck_assert_uint_eq(passage.sources, expected[i].sources);
            ck_assert_int_eq(passage.label, expected[i].label);
            for (uint64_t j = 1; j < passage.places; j++) {
                neardup_place first = place_at(all, passage.first_place),
                              place = place_at(all, passage.first_place + j);
                check_place(s, &place, &first);
            }
        }
        for (uint64_t i = 0; i < totals_of(all).overlaps; i++) {
            neardup_overlap overlap;
            neardup_result_overlap(all, i, &overlap);
            ck_assert_uint_ge(overlap.b, REFERENCES);
        }
        neardup_result_free(all);
    }
    neardup_result *counted = find(s, 1, sources); /* were they no references, it would be another result */
    ck_assert_int_eq(passage_at(counted, 0).label, NEARDUP_BOILERPLATE);
    ck_assert_uint_eq(totals_of(counted).passages, 5);
    neardup_result_free(counted);
    free_story(s);
}
END_TEST

/* An article pasted twice, thrice and more: so many places. A dropped document repeats itself all the same. */
START_TEST(repetitions_are_places_of_one_passage) {
    random_start("repetitions_are_places_of_one_passage");
    for (uint32_t times = 2; times < 8; times++) {
        uint32_t article[100];
        story *s = new_story();
        for (int i = 0; i < 100; i++) article[i] = (uint32_t)(random_bits() >> 34);
        for (int copy = 0; copy < 2; copy++) {
            for (uint32_t i = 0; i < times; i++) add_run(s, article, 100);
            end_document(s);
        }
        neardup_result *result = find(s, 1, NULL);
        ck_assert_uint_eq(totals_of(result).dropped, 1);
        ck_assert_uint_eq(totals_of(result).passages, 2);
        for (uint64_t p = 0; p < 2; p++) {
            neardup_passage passage = passage_at(result, p);
            ck_assert_uint_eq(passage.places, times);
            ck_assert_int_eq(passage.label, NEARDUP_SELF_REPEAT);
            neardup_extent extent;
            neardup_result_extent(result, p, &extent);
            ck_assert_uint_eq(extent.repeated, 100 * (times - 1));
            for (uint64_t i = 0; i < times; i++)
                ck_assert_uint_eq(place_at(result, passage.first_place + i).token_begin, 100 * i);
        }
        neardup_result_free(result);
        free_story(s);
    }
}
END_TEST

/* ---- scripts, forms, offsets ---- */

static neardup_result *find_texts(const neardup_text *texts, size_t count) {
    neardup_options options;
    neardup_engine *engine;
    neardup_result *result = NULL;
    neardup_options_init(&options);
    options.passages = true;
    ck_assert_int_eq(neardup_engine_create(&options, &engine, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_add_texts(engine, texts, count, NULL), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_match(engine, &result, NULL), NEARDUP_OK);
    neardup_engine_free(engine);
    return result;
}

/* Writes `count` characters from U+4E00 + from on. */
static size_t write_han(char *out, uint32_t from, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t code = 0x4E00 + (from + (uint32_t)i * 37) % 20000;
        out[3 * i] = (char)(0xE0 | code >> 12);
        out[3 * i + 1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[3 * i + 2] = (char)(0x80 | (code & 0x3F));
    }
    return 3 * count;
}

/* Two characters of a script without spaces count as one word: 39 shared ones are no passage, 41 are. */
START_TEST(characters_count_half) {
    for (size_t shared = 39; shared <= 41; shared += 2) {
        char a[2000], b[2000];
        size_t a_size = write_han(a, 11, 60), b_size = write_han(b, 7019, 90);
        a_size += write_han(a + a_size, 5000, shared);
        b_size += write_han(b + b_size, 5000, shared);
        a_size += write_han(a + a_size, 15011, 50);
        b_size += write_han(b + b_size, 17019, 70);
        neardup_result *result =
            find_texts((neardup_text[]){{.data = a, .size = a_size}, {.data = b, .size = b_size}}, 2);
        ck_assert_uint_eq(totals_of(result).passages, shared == 41);
        if (shared == 41) {
            neardup_place first = place_at(result, 0), second = place_at(result, 1);
            ck_assert_uint_eq(first.begin, 180);
            ck_assert_uint_eq(first.end, 180 + 3 * 41);
            ck_assert_uint_eq(second.char_begin, 90);
            ck_assert_uint_eq(second.char_end, 131);
        }
        neardup_result_free(result);
    }
}
END_TEST

/* The same text as it is, as a JSON string and in HTML: offsets are those of each. */
START_TEST(offsets_are_those_of_the_form) {
    /* Enough of its own that no document is another's copy. */
    static const char one[] = "a b c d e f g h i j k l", two[] = "m n o p q r s t u v w x", three[] = "y z aa bb cc dd";
    char shared[400], plain[800], json[800], html[800], lead[] = "caf\xC3\xA9 ";
    size_t size = 0;
    for (int i = 0; i < 25; i++) size += (size_t)snprintf(shared + size, sizeof shared - size, "word%d ", i * i);
    shared[--size] = 0;
    snprintf(plain, sizeof plain, "%s\n%s\n%s", lead, shared, one);
    snprintf(json, sizeof json, "two th\\u00e9\\n\\\"%s\\\"\\n%s", shared, two);
    snprintf(html, sizeof html, "<p>three &eacute;</p><p title='x y'>%s</p> %s", shared, three);
    neardup_result *result =
        find_texts((neardup_text[]){{.data = plain, .size = strlen(plain)},
                                    {.data = json, .size = strlen(json), .form = NEARDUP_JSON, .raw_offset = 9},
                                    {.data = html, .size = strlen(html), .form = NEARDUP_HTML}},
                   3);
    ck_assert_uint_eq(totals_of(result).passages, 1);
    ck_assert_uint_eq(totals_of(result).places, 3);
    neardup_place place = place_at(result, 0);
    ck_assert_uint_eq(place.begin, strlen(lead) + 1);
    ck_assert_uint_eq(place.end, place.begin + size);
    ck_assert_uint_eq(place.char_begin, place.begin - 1);
    ck_assert_uint_eq(place.line, 2);
    ck_assert_uint_eq(place.paragraphs, 1);
    place = place_at(result, 1);
    ck_assert_uint_eq(place.begin, strlen("two th\xC3\xA9\n\""));
    ck_assert_uint_eq(place.end, place.begin + size);
    ck_assert_uint_eq(place.char_begin, place.begin - 1);
    ck_assert_uint_eq(place.raw_begin, 9 + strlen("two th\\u00e9\\n\\\""));
    ck_assert_uint_eq(place.raw_end, place.raw_begin + size);
    ck_assert_uint_eq(place.line, 2);
    place = place_at(result, 2);
    ck_assert_uint_eq(place.begin, (size_t)(strstr(html, shared) - html));
    ck_assert_uint_eq(place.end, place.begin + size);
    ck_assert_uint_eq(place.paragraphs, 1);
    neardup_result_free(result);
}
END_TEST

START_TEST(what_is_not_there_is_refused) {
    neardup_options options;
    neardup_engine *engine;
    neardup_error error;
    neardup_options_init(&options);
    options.min_words = 11;
    ck_assert_int_eq(neardup_engine_create(&options, &engine, &error), NEARDUP_ERROR_ARGUMENT);
    neardup_result *result = find_texts((neardup_text[]){{.data = "one text", .size = 8}}, 1);
    neardup_passage passage;
    neardup_place place;
    neardup_overlap overlap;
    neardup_extent extent;
    const uint64_t *places;
    size_t count;
    ck_assert_int_eq(neardup_result_passage(result, 0, &passage), NEARDUP_ERROR_ARGUMENT);
    ck_assert_int_eq(neardup_result_place(result, 0, &place), NEARDUP_ERROR_ARGUMENT);
    ck_assert_int_eq(neardup_result_overlap(result, 0, &overlap), NEARDUP_ERROR_ARGUMENT);
    ck_assert_int_eq(neardup_result_extent(result, 1, &extent), NEARDUP_ERROR_ARGUMENT);
    ck_assert_int_eq(neardup_result_document_places(result, 1, &places, &count), NEARDUP_ERROR_ARGUMENT);
    ck_assert_int_eq(neardup_result_document_places(result, 0, &places, &count), NEARDUP_OK);
    ck_assert_uint_eq(count, 0);
    neardup_result_free(result);
    neardup_options_init(&options);
    ck_assert_int_eq(neardup_engine_create(&options, &engine, &error), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_add(engine, "x", 1, &error), NEARDUP_OK);
    ck_assert_int_eq(neardup_engine_sources(engine, (uint32_t[]){0, 0}, 2, &error), NEARDUP_ERROR_ARGUMENT);
    ck_assert_int_eq(neardup_engine_sources(engine, (uint32_t[]){1}, 1, &error), NEARDUP_ERROR_ARGUMENT);
    ck_assert_int_eq(neardup_engine_sources(engine, (uint32_t[]){0}, 1, &error), NEARDUP_OK);
    neardup_engine_free(engine);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("passages");
    tcase_add_test(tests, passages_are_the_copies_that_are_there);
    tcase_add_test(tests, threads_and_memory_do_not_matter);
    tcase_add_test(tests, a_story_in_300_outlets_is_one_passage);
    tcase_add_test(tests, labels_follow_the_rules);
    tcase_add_test(tests, references_apart_change_nothing);
    tcase_add_test(tests, references_have_what_others_share);
    tcase_add_test(tests, repetitions_are_places_of_one_passage);
    tcase_add_test(tests, characters_count_half);
    tcase_add_test(tests, offsets_are_those_of_the_form);
    tcase_add_test(tests, what_is_not_there_is_refused);
    return run_tests(tests);
}
