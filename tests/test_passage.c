/* SPDX-License-Identifier: MIT */
/* The passage floor, piece by piece, beside naive models of each. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "passage/label.h"
#include "passage/overlap.h"
#include "passage/pairing.h"
#include "passage/winnow.h"
#include "random.h"
#include "suite.h"
#include "support/kernels.h"
#include "support/sequence.h"
#include "text/position.h"

enum { ROUNDS = SANITIZED ? 60 : 400, MOST = 400 };

/* ---- winnowing ---- */

START_TEST(winnowing_is_that_of_every_window) {
    const nd_kernels *kernels = kernels_of(_i);
    random_start("winnowing_is_that_of_every_window");
    for (int round = 0; round < ROUNDS && kernels; round++) {
        uint64_t grams[MOST];
        uint32_t chosen[MOST];
        bool expected[MOST] = {false};
        size_t count = random_below(MOST), values = 1 + random_below(30), at = 0;
        for (size_t i = 0; i < count; i++)
            grams[i] = (uint64_t)random_below((uint32_t)values) << 59; /* some from 2^63 on */
        for (size_t begin = 0; begin < count && (begin == 0 || begin + ND_WINNOW <= count); begin++) {
            size_t lowest = begin;
            for (size_t i = begin; i < begin + ND_WINNOW && i < count; i++)
                if (grams[i] <= grams[lowest]) lowest = i;
            expected[lowest] = true;
        }
        chosen[count] = 77;
        size_t found = kernels->passage->winnow(grams, count, chosen);
        EXPECT(chosen[count] == 77, "there is room for %zu, and more is written", count);
        for (size_t i = 0; i < count; i++)
            if (expected[i]) EXPECT(at < found && chosen[at++] == i, "fingerprint %zu of %zu", i, count);
        EXPECT(at == found, "%zu fingerprints of %zu", found, at);
    }
}
END_TEST

/* ---- sequences ---- */

START_TEST(positions_lead_back_to_texts) {
    random_start("positions_lead_back_to_texts");
    nd_codes kept = {0};
    nd_sequences sequences = {0};
    nd_code *codes = calloc((size_t)1 << 23, sizeof *codes);
    uint64_t position, before = 0;
    for (uint32_t text = 0; text < 3000; text++) {
        size_t count = text % 1000 == 999 ? (size_t)1 << 23 : random_below(3) ? random_below(60) : random_below(5000);
        count += count == 0;
        position = add_sequence(&kept, &sequences, codes, count);
        EXPECT(position >= before, "positions rise");
        EXPECT(position >> ND_LOW_BITS == (position + count - 1) >> ND_LOW_BITS,
               "low bits tell tokens of a text apart");
        EXPECT(position >> ND_PART_BITS == (position + count - 1) >> ND_PART_BITS ||
                   (count > (size_t)1 << ND_PART_BITS && !(position & (((uint64_t)1 << ND_PART_BITS) - 1))),
               "a text is in one part, or begins with one");
        before = position + count;
    }
    for (uint32_t text = 0; text < 3000; text++) {
        size_t count = nd_sequences_size(&sequences, text);
        position = nd_sequences_position(&sequences, text);
        EXPECT(nd_sequences_text(&sequences, position) == text, "the first of text %u", text);
        EXPECT(nd_sequences_text(&sequences, position + count - 1) == text, "the last of text %u", text);
        EXPECT(nd_sequences_text(&sequences, position + random_below((uint32_t)count)) == text, "one of %u", text);
    }
    nd_sequences_release(&sequences);
    nd_codes_release(&kept);
    free(codes);
}
END_TEST

/* Sequences of every size come back, whether they were spilled or not, and two views do not disturb each other. */
START_TEST(sequences_come_back_from_the_spill) {
    random_start("sequences_come_back_from_the_spill");
    enum { TEXTS = 400, LONGEST = 100000 };
    nd_codes kept = {.spill.folder = "/tmp"};
    nd_code *codes = calloc(LONGEST, sizeof *codes);
    uint32_t seeds[TEXTS];
    size_t sizes[TEXTS];
    for (uint32_t text = 0; text < TEXTS; text++) {
        sizes[text] = 1 + random_below(text % 50 ? 3000 : LONGEST);
        seeds[text] = random_below(UINT32_MAX);
        for (size_t i = 0; i < sizes[text]; i++) codes[i] = seeds[text] * (uint32_t)(i + 1);
        ck_assert_int_eq(nd_codes_add(&kept, (nd_sequence){codes, sizes[text]}), NEARDUP_OK);
        if (text % 100 == 60) ck_assert_int_eq(nd_codes_spill(&kept, NULL), NEARDUP_OK);
    }
    ck_assert_uint_gt(kept.spill.size, LONGEST);
    nd_view views[2] = {{0}, {0}};
    for (int i = 0; i < 3000; i++) {
        uint32_t texts[2] = {random_below(TEXTS), random_below(TEXTS)};
        nd_sequence found[2];
        for (int side = 0; side < 2; side++)
            ck_assert_int_eq(nd_codes_view(&kept, texts[side], &views[side], &found[side], NULL), NEARDUP_OK);
        for (int side = 0; side < 2; side++) {
            EXPECT(found[side].count == sizes[texts[side]], "the size of text %u", texts[side]);
            for (size_t k = 0; k < found[side].count; k += 1 + found[side].count / 50)
                EXPECT(found[side].codes[k] == seeds[texts[side]] * (uint32_t)(k + 1), "text %u", texts[side]);
        }
    }
    for (int side = 0; side < 2; side++) nd_view_release(&views[side]);
    nd_codes_release(&kept);
    ck_assert_uint_eq(kept.chunk_bytes, 0);
    free(codes);
}
END_TEST

/* ---- records ---- */

static int compare_values(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* Each partition gives what came to it, sorted and once, whatever of it was spilled. */
START_TEST(records_come_back_sorted) {
    random_start("records_come_back_sorted");
    enum { PARTITIONS = 5, RECORDS = 40000 };
    for (int round = 0; round < 12; round++) {
        nd_records records = {.spill.folder = "/tmp"};
        uint64_t *expected[PARTITIONS];
        size_t counts[PARTITIONS] = {0}, all = random_below(round % 3 ? RECORDS : 300);
        for (int p = 0; p < PARTITIONS; p++) expected[p] = malloc(RECORDS * sizeof(uint64_t));
        for (size_t i = 0; i < all; i++) {
            uint32_t p = random_below(2) ? 1 : random_below(PARTITIONS);
            uint64_t value = random_below(4) ? random_bits() : random_below(1000);
            expected[p][counts[p]++] = value;
            ck_assert_int_eq(nd_records_add(&records, p, value), NEARDUP_OK);
            if (round % 2 && random_below(5000) == 0) ck_assert_int_eq(nd_records_spill(&records, NULL), NEARDUP_OK);
        }
        for (int p = 0; p < PARTITIONS; p++) {
            uint64_t *values;
            size_t count, kept = 0;
            ck_assert_uint_eq(nd_records_count(&records, (size_t)p, (size_t)p + 1), counts[p]);
            ck_assert_int_eq(nd_records_take(&records, (size_t)p, (size_t)p + 1, &values, &count, NULL), NEARDUP_OK);
            qsort(expected[p], counts[p], sizeof(uint64_t), compare_values);
            for (size_t i = 0; i < counts[p]; i++)
                if (!i || expected[p][i] != expected[p][i - 1]) expected[p][kept++] = expected[p][i];
            ck_assert_uint_eq(count, kept);
            EXPECT(!count || memcmp(values, expected[p], count * sizeof *values) == 0, "partition %d", p);
            nd_free(values);
            free(expected[p]);
        }
        ck_assert_uint_eq(records.bytes, 0);
        nd_records_release(&records);
    }
}
END_TEST

/* Records that agree in their high bits come back sorted, spilled or not; of the others only such as there were. */
START_TEST(records_that_are_alike_come_back) {
    random_start("records_that_are_alike_come_back");
    enum { RECORDS = 3000, LOW = 40 };
    static uint64_t all[RECORDS];
    for (int round = 0; round < 30; round++) {
        nd_records records = {.spill.folder = "/tmp"};
        size_t count = 1 + random_below(RECORDS), found, at = 0;
        uint64_t *values;
        for (size_t i = 0; i < count; i++) {
            uint64_t like = i && random_below(3) == 0 ? all[random_below((uint32_t)i)] >> LOW : random_bits() >> LOW;
            all[i] = like << LOW | i;
            ck_assert_int_eq(nd_records_add(&records, 0, all[i]), NEARDUP_OK);
            if (round % 2 && random_below(500) == 0) ck_assert_int_eq(nd_records_spill(&records, NULL), NEARDUP_OK);
        }
        qsort(all, count, sizeof *all, compare_values);
        ck_assert_int_eq(nd_records_take_like(&records, 0, LOW, &values, &found, NULL), NEARDUP_OK);
        for (size_t i = 0; i < count; i++) {
            bool alike =
                (i && all[i - 1] >> LOW == all[i] >> LOW) || (i + 1 < count && all[i + 1] >> LOW == all[i] >> LOW);
            bool is_here = at < found && values[at] == all[i];
            EXPECT(is_here || !alike, "record %zu of %zu", i, count);
            at += is_here;
        }
        EXPECT(at == found, "%zu records of %zu are there", found, at);
        nd_free(values);
        nd_records_release(&records);
    }
}
END_TEST

/* ---- texts of codes ---- */

/* Codes are their own hashes here, so that any of them can be made. */
typedef struct texts {
    nd_codes codes;
    nd_sequences sequences;
    nd_linker linker;
    uint32_t count;
} texts;

static size_t fingerprint(const nd_code *codes, size_t count, nd_fingerprint *fingerprints) {
    static uint64_t tokens[1 << 16], grams[1 << 16];
    static uint32_t chosen[1 << 16];
    if (count < ND_GRAM) return 0;
    for (size_t i = 0; i < count; i++) tokens[i] = codes[i] * 0x9E3779B97F4A7C15ULL;
    nd_text_portable.hash_shingles(tokens, count - ND_GRAM + 1, ND_GRAM, grams);
    size_t found = nd_passage_portable.winnow(grams, count - ND_GRAM + 1, chosen);
    for (size_t i = 0; i < found; i++) fingerprints[i] = (nd_fingerprint){grams[chosen[i]], chosen[i]};
    return found;
}

static void add_text(texts *t, const nd_code *codes, size_t count) {
    static nd_fingerprint fingerprints[1 << 16];
    uint64_t position = add_sequence(&t->codes, &t->sequences, codes, count);
    size_t found = fingerprint(codes, count, fingerprints);
    EXPECT(nd_linker_add(&t->linker, fingerprints, found, position) == NEARDUP_OK, "fingerprints");
    t->count++;
}

static void release_texts(texts *t) {
    nd_sequences_release(&t->sequences);
    nd_codes_release(&t->codes);
    nd_linker_release(&t->linker);
}

static void fill(nd_code *codes, size_t count, uint32_t vocabulary) {
    for (size_t i = 0; i < count; i++) codes[i] = 2 * random_below(vocabulary) + 2;
}

/* The most tokens that two stretches have in common, in order. */
static size_t longest_common(const nd_code *a, size_t a_count, const nd_code *b, size_t b_count) {
    size_t *row = calloc(b_count + 1, sizeof *row), best;
    for (size_t i = 0; i < a_count; i++)
        for (size_t j = 0, corner = 0; j < b_count; j++) {
            size_t above = row[j + 1];
            size_t with = a[i] == b[j] ? corner + 1 : 0, without = above > row[j] ? above : row[j];
            row[j + 1] = with > without ? with : without;
            corner = above;
        }
    best = row[b_count];
    free(row);
    return best;
}

/* A text, which was not spilled. */
static nd_sequence at(const nd_sequences *sequences, uint32_t text) {
    nd_view view = {0};
    nd_sequence sequence = {0};
    EXPECT(nd_sequences_view(sequences, text, &view, &sequence, NULL) == NEARDUP_OK && !view.codes, "a text");
    return sequence;
}

/* Whether what an alignment says of itself can be true. */
static void check_alignment(const nd_sequences *sequences, const nd_alignment *alignment) {
    nd_sequence a = at(sequences, alignment->a.text), b = at(sequences, alignment->b.text);
    size_t in_a = alignment->a.end - alignment->a.begin, in_b = alignment->b.end - alignment->b.begin;
    EXPECT(alignment->a.end <= a.count && alignment->b.end <= b.count && in_a && in_b, "within the texts");
    EXPECT(alignment->a.text != alignment->b.text || alignment->a.end <= alignment->b.begin, "apart");
    EXPECT(alignment->matched <= longest_common(a.codes + alignment->a.begin, in_a, b.codes + alignment->b.begin, in_b),
           "so many tokens are the same");
    EXPECT(alignment->columns >= (in_a > in_b ? in_a : in_b) && alignment->columns <= in_a + in_b - alignment->matched,
           "so many columns");
    EXPECT(a.codes[alignment->a.begin] == b.codes[alignment->b.begin] &&
               a.codes[alignment->a.end - 1] == b.codes[alignment->b.end - 1],
           "they begin and end with the same token");
}

static const nd_align_rules rules = {20, &nd_passage_portable};

static neardup_status room_enough(void *context, neardup_error *error) {
    (void)context, (void)error;
    return NEARDUP_OK;
}

static nd_alignments align(texts *t, unsigned threads) {
    const nd_pairing pairing = {&t->sequences, &rules, threads, threads % 2 ? 1 : UINT64_MAX, NULL, room_enough};
    nd_alignments alignments = {0};
    uint64_t bounded;
    EXPECT(nd_linker_link(&t->linker, &t->sequences, threads, SIZE_MAX, NULL) == NEARDUP_OK, "links");
    EXPECT(nd_pair_texts(&pairing, &t->linker, &alignments, &bounded, NULL) == NEARDUP_OK, "pairs");
    EXPECT(!bounded, "no bound bites");
    return alignments;
}

/* ---- seeds ---- */

/* For how many tokens linkers are made, which is what the number of their partitions depends on. */
static const uint64_t linked_tokens[] = {0, 1 << 18, (uint64_t)1 << 40};

/* A copy of 12 tokens has two links on its diagonal, in texts that are random and in such that repeat themselves, as
 * long as its fingerprints occur at most five times. */
START_TEST(copies_of_twelve_tokens_are_seeded) {
    random_start("copies_of_twelve_tokens_are_seeded");
    for (int round = 0; round < ROUNDS; round++) {
        enum { LENGTH = 150, TEXTS = 4 };
        static nd_code codes[TEXTS][LENGTH];
        nd_fingerprint chosen[LENGTH];
        uint64_t occurrences[TEXTS * LENGTH];
        size_t count = 0;
        texts t = {0};
        nd_linker_init(&t.linker, linked_tokens[round % 3], NULL);
        for (int i = 0; i < TEXTS; i++) fill(codes[i], LENGTH, i % 2 ? 3 + random_below(20) : 100000);
        uint32_t from = random_below(LENGTH - ND_CERTAIN), to = random_below(LENGTH - ND_CERTAIN);
        int earlier = (int)random_below(TEXTS - 1),
            later = earlier + 1 + (int)random_below((uint32_t)(TEXTS - 1 - earlier));
        memcpy(codes[later] + to, codes[earlier] + from, ND_CERTAIN * sizeof(nd_code));
        for (int i = 0; i < TEXTS; i++) {
            add_text(&t, codes[i], LENGTH);
            size_t found = fingerprint(codes[i], LENGTH, chosen);
            for (size_t k = 0; k < found; k++) occurrences[count++] = chosen[k].hash;
        }
        /* The fingerprints of the copy, and whether one is common. */
        size_t inside = 0, found = fingerprint(codes[later], LENGTH, chosen);
        bool common = false;
        for (size_t k = 0; k < found; k++) {
            if (chosen[k].token < to || chosen[k].token + ND_GRAM > to + ND_CERTAIN) continue;
            size_t times = 0;
            for (size_t i = 0; i < count; i++) times += occurrences[i] == chosen[k].hash;
            common |= times > ND_COMMON;
            inside++;
        }
        EXPECT(inside >= 2, "%zu fingerprints in a copy", inside);
        EXPECT(nd_linker_link(&t.linker, &t.sequences, 1, SIZE_MAX, NULL) == NEARDUP_OK, "links");
        uint64_t *values;
        size_t links, hits = 0;
        EXPECT(nd_records_take(&t.linker.links, 0, 1, &values, &links, NULL) == NEARDUP_OK, "links");
        for (size_t i = 0; i < links; i++) {
            uint64_t a = values[i] >> ND_LOW_BITS, b = values[i] & (((uint64_t)1 << ND_LOW_BITS) - 1);
            uint64_t a_begin = nd_sequences_position(&t.sequences, (uint32_t)earlier) + from;
            uint64_t b_begin = nd_sequences_position(&t.sequences, (uint32_t)later) + to;
            hits += a - a_begin == b - b_begin && b >= b_begin && b + ND_GRAM <= b_begin + ND_CERTAIN;
        }
        EXPECT(common || hits >= 2, "%zu hits on the diagonal of a copy", hits);
        nd_free(values);
        release_texts(&t);
    }
}
END_TEST

/* Hashes that differ in any one of their leading bits are not linked, and the same are, in whatever partitions they
 * come. */
START_TEST(hashes_are_told_apart_in_any_partition) {
    enum { LENGTH = 40, BITS = 24 };
    static nd_code codes[LENGTH];
    random_start("partitions");
    for (unsigned bit = 0; bit <= BITS; bit++) { /* the last time there is no difference */
        uint64_t hash = (uint64_t)random_below(1 << 30) << 34 | random_below(1 << 30), *values;
        uint64_t hashes[] = {hash, bit < BITS ? hash ^ (uint64_t)1 << (63 - bit) : hash};
        size_t links;
        texts t = {0};
        nd_linker_init(&t.linker, linked_tokens[_i], NULL);
        for (int i = 0; i < 2; i++) {
            fill(codes, LENGTH, 1 << 30);
            uint64_t position = add_sequence(&t.codes, &t.sequences, codes, LENGTH);
            EXPECT(nd_linker_add(&t.linker, &(nd_fingerprint){hashes[i], 3}, 1, position) == NEARDUP_OK, "add");
        }
        EXPECT(nd_linker_link(&t.linker, &t.sequences, 1, SIZE_MAX, NULL) == NEARDUP_OK, "links");
        EXPECT(nd_records_take(&t.linker.links, 0, 1, &values, &links, NULL) == NEARDUP_OK, "links");
        EXPECT(links == (bit == BITS), "%zu links, bit %u", links, bit);
        nd_free(values);
        release_texts(&t);
    }
}
END_TEST

/* A fingerprint that texts have once each, with nothing else in common, links every text to the first and the four
 * before it, and to no other. */
START_TEST(an_occurrence_is_linked_to_the_first_and_four_previous_ones) {
    enum { TEXTS = 9, LENGTH = 40 };
    static nd_code codes[LENGTH];
    bool linked[TEXTS][TEXTS] = {0};
    texts t = {0};
    random_start("previous");
    for (uint32_t i = 0; i < TEXTS; i++) {
        const nd_fingerprint fingerprint = {0x123456789ABCDEFULL, i};
        fill(codes, LENGTH, 1 << 30);
        uint64_t position = add_sequence(&t.codes, &t.sequences, codes, LENGTH);
        EXPECT(nd_linker_add(&t.linker, &fingerprint, 1, position) == NEARDUP_OK, "fingerprint");
    }
    uint64_t *values;
    size_t links;
    EXPECT(nd_linker_link(&t.linker, &t.sequences, 1, SIZE_MAX, NULL) == NEARDUP_OK, "links");
    EXPECT(nd_records_take(&t.linker.links, 0, 1, &values, &links, NULL) == NEARDUP_OK, "links");
    for (size_t i = 0; i < links; i++) {
        uint64_t earlier = values[i] >> ND_LOW_BITS, later = values[i] & (((uint64_t)1 << ND_LOW_BITS) - 1);
        linked[nd_sequences_text(&t.sequences, later)][nd_sequences_text(&t.sequences, earlier)] = true;
    }
    for (int later = 0; later < TEXTS; later++)
        for (int earlier = 0; earlier < TEXTS; earlier++)
            EXPECT(linked[later][earlier] == (earlier < later && (!earlier || later - earlier <= 4)), "%d and %d",
                   later, earlier);
    nd_free(values);
    release_texts(&t);
}
END_TEST

/* ---- alignments ---- */

/* Edits a stretch; `share` of its tokens, in percent. Returns the new length. */
static size_t edit(const nd_code *from, size_t count, unsigned share, nd_code *to) {
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        if (random_below(100) >= share) {
            to[size++] = from[i];
            continue;
        }
        unsigned kind = random_below(4);
        if (kind < 3) to[size++] = 2 * random_below(1000000) + 2;
        if (kind == 2) to[size++] = from[i];
    }
    return size;
}

/* Both texts have one long passage and one short one, in the other order: the short one, which ends the one text and
 * begins the other, is not all there is, whether it is known or not. */
START_TEST(the_best_alignment_is_found_whatever_is_known) {
    enum { LONG = 100, SHORT = 30, ALL = LONG + SHORT };
    nd_code a[ALL], b[ALL];
    random_start("the_best_alignment_is_found_whatever_is_known");
    for (size_t i = 0; i < LONG; i++) a[i] = b[SHORT + i] = (nd_code)random_bits();
    for (size_t i = 0; i < SHORT; i++) a[LONG + i] = b[i] = (nd_code)random_bits();
    const nd_alignment known = {{0, LONG, ALL}, {1, 0, SHORT}, SHORT, SHORT};
    for (int i = 0; i < 2; i++) {
        nd_aligner aligner = {0};
        nd_alignment found;
        bool any = false;
        nd_align_model(&aligner, (nd_sequence){a, ALL}, (nd_stretch){0, 0, ALL});
        ck_assert_int_eq(nd_align_stretch(&aligner, &rules, (nd_sequence){b, ALL}, (nd_stretch){1, 0, ALL},
                                          i ? &known : NULL, &found, &any),
                         NEARDUP_OK);
        EXPECT(any && found.matched == LONG, "%u tokens match", any ? found.matched : 0);
        EXPECT(found.a.begin == 0 && found.a.end == LONG && found.b.begin == SHORT && found.b.end == ALL, "elsewhere");
        nd_aligner_release(&aligner);
    }
}
END_TEST

START_TEST(alignments_are_what_they_say) {
    random_start("alignments_are_what_they_say");
    size_t found = 0;
    for (int round = 0; round < ROUNDS / 4; round++) {
        enum { LENGTH = 300, TEXTS = 6 };
        nd_code codes[2 * LENGTH], first[LENGTH];
        texts t = {0};
        uint32_t vocabulary = random_below(3) ? 100000 : 5 + random_below(40);
        fill(first, LENGTH, vocabulary);
        add_text(&t, first, LENGTH);
        for (int i = 1; i < TEXTS; i++) {
            fill(codes, 50, vocabulary);
            size_t from = random_below(LENGTH / 2), size = 20 + random_below(LENGTH / 2 - 20);
            size = 50 + edit(first + from, size, random_below(40), codes + 50);
            fill(codes + size, 50, vocabulary);
            add_text(&t, codes, size + 50);
        }
        nd_alignments one = align(&t, 1);
        for (size_t i = 0; i < one.count; i++) check_alignment(&t.sequences, &one.items[i]);
        found += one.count;
        nd_groups groups = {0};
        ck_assert_int_eq(nd_groups_make(&t.sequences, &rules, &one, 2, &groups, NULL), NEARDUP_OK);
        for (size_t g = 0; g < groups.count; g++)
            for (size_t i = groups.begin[g]; i < groups.begin[g + 1]; i++) {
                const nd_place *place = &groups.places[i], *head = &groups.places[groups.begin[g]];
                size_t size = place->stretch.end - place->stretch.begin;
                EXPECT(size >= 20 && groups.begin[g + 1] - groups.begin[g] > 1, "%zu tokens", size);
                nd_sequence a = at(&t.sequences, head->stretch.text);
                nd_sequence b = at(&t.sequences, place->stretch.text);
                EXPECT(place->matched <= longest_common(a.codes + head->stretch.begin,
                                                        head->stretch.end - head->stretch.begin,
                                                        b.codes + place->stretch.begin, size),
                       "a place is as like the first as it says");
            }
        nd_groups_release(&groups);
        nd_free(one.items);
        release_texts(&t);
    }
    ck_assert_uint_gt(found, ROUNDS / 4);
}
END_TEST

/* A passage of 50 tokens of which 20 % are edited is found nine times in ten, and one that is not edited always. */
START_TEST(edited_passages_are_found) {
    random_start("edited_passages_are_found");
    enum { TRIES = SANITIZED ? 200 : 1000, LENGTH = 200 };
    for (unsigned share = 0; share <= 20; share += 10) {
        int found = 0;
        for (int i = 0; i < TRIES; i++) {
            nd_code a[LENGTH], b[2 * LENGTH];
            texts t = {0};
            fill(a, LENGTH, 1000000);
            fill(b, 75, 1000000);
            size_t size = 75 + edit(a + 75, 50, share, b + 75);
            fill(b + size, 75, 1000000);
            add_text(&t, a, LENGTH);
            add_text(&t, b, size + 75);
            nd_alignments alignments = align(&t, 1);
            found += alignments.count > 0;
            nd_free(alignments.items);
            release_texts(&t);
        }
        printf("50 tokens, %u %% edited: %d of %d found\n", share, found, TRIES);
        ck_assert_int_ge(found, share == 20 ? TRIES * 88 / 100 : share ? TRIES * 99 / 100 : TRIES);
    }
}
END_TEST

/* Of copies whose fingerprints are common, nearly all are found: 40 phrases that many texts have, in ever other order.
 */
START_TEST(common_passages_are_found) {
    random_start("common_passages_are_found");
    enum { TEXTS = SANITIZED ? 60 : 300, PHRASES = 40, WORDS = 20, EACH = 12 };
    nd_code phrases[PHRASES][WORDS], codes[EACH * (WORDS + 8)];
    texts t = {0};
    for (int p = 0; p < PHRASES; p++) fill(phrases[p], WORDS, 2000);
    uint32_t(*begins)[EACH] = calloc(TEXTS, sizeof *begins);
    for (int i = 0; i < TEXTS; i++) {
        size_t size = 0;
        for (int k = 0; k < EACH; k++) {
            size_t between = 2 + random_below(6);
            fill(codes + size, between, 2000);
            size += between;
            begins[i][k] = (uint32_t)size;
            memcpy(codes + size, phrases[random_below(PHRASES)], sizeof phrases[0]);
            size += WORDS;
        }
        add_text(&t, codes, size);
    }
    nd_alignments alignments = align(&t, 2);
    uint8_t *covered = calloc(TEXTS, EACH * (WORDS + 8));
    for (size_t i = 0; i < alignments.count; i++)
        for (int side = 0; side < 2; side++) {
            nd_stretch s = side ? alignments.items[i].b : alignments.items[i].a;
            memset(covered + s.text * sizeof codes / sizeof *codes + s.begin, 1, s.end - s.begin);
        }
    int found = 0;
    for (int i = 0; i < TEXTS; i++)
        for (int k = 0; k < EACH; k++) {
            bool all = true;
            for (uint32_t w = 0; w < WORDS; w++)
                all &= covered[(size_t)i * (sizeof codes / sizeof *codes) + begins[i][k] + w];
            found += all;
        }
    printf("%d of %d common places of 20 tokens are found\n", found, TEXTS * EACH);
    ck_assert_int_ge(found, TEXTS * EACH * 98 / 100);
    free(begins);
    free(covered);
    nd_free(alignments.items);
    release_texts(&t);
}
END_TEST

/* ---- positions and paragraphs ---- */

START_TEST(positions_count_characters_lines_and_escapes) {
    const char *json = "a\\u00e9\\n\xE4\xB8\xAD\\\"\\ud83d\\ude00\xFF"
                       "z";
    const neardup_text text = {.data = json, .size = strlen(json), .form = NEARDUP_JSON};
    nd_layout layout = {0};
    ck_assert_int_eq(nd_layout_find(&text, &nd_text_portable, &layout), NEARDUP_OK);
    static const size_t raw[] = {0, 1, 7, 9, 12, 14, 26, 27};
    static const uint64_t bytes[] = {0, 1, 3, 4, 7, 8, 12, 13}, characters[] = {0, 1, 2, 3, 4, 5, 6, 7};
    for (int i = 0; i < 8; i++) {
        nd_position position = nd_layout_position(&layout, raw[i]);
        ck_assert_uint_eq(position.byte, bytes[i]);
        ck_assert_uint_eq(position.character, characters[i]);
        ck_assert_uint_eq(position.line, i < 3 ? 1 : 2);
    }
    nd_layout_release(&layout);
}
END_TEST

static size_t paragraphs_of(const char *data, neardup_form form) {
    nd_tokens tokens = {0};
    uint32_t first[100];
    const neardup_text text = {.data = data, .size = strlen(data), .form = form};
    ck_assert_int_eq(nd_tokenize(&(nd_token_rules){.only_marks = true}, &text, &tokens), NEARDUP_OK);
    nd_layout layout = {0};
    ck_assert_int_eq(nd_layout_find(&text, &nd_text_portable, &layout), NEARDUP_OK);
    size_t count = nd_layout_paragraphs(&layout, &text, &tokens, first);
    nd_layout_release(&layout);
    nd_tokens_release(&tokens);
    return count;
}

START_TEST(paragraphs_are_lines_or_what_empty_lines_part) {
    ck_assert_uint_eq(paragraphs_of("", NEARDUP_PLAIN), 0);
    ck_assert_uint_eq(paragraphs_of("one two\nthree\nfour\n", NEARDUP_PLAIN), 3);
    ck_assert_uint_eq(paragraphs_of("one\ntwo\n\nthree\nfour\r\n \t\r\nfive\n\n", NEARDUP_PLAIN), 3);
    ck_assert_uint_eq(paragraphs_of("one\\ntwo\\r\\n\\r\\nthree", NEARDUP_JSON), 2);
    ck_assert_uint_eq(paragraphs_of("one\\ntwo \\u000athree", NEARDUP_JSON), 3);
    ck_assert_uint_eq(paragraphs_of("<h1>one</h1><p>two <b>three</b>\n\nfour<LI>five", NEARDUP_HTML), 3);
}
END_TEST

/* ---- overlaps ---- */

START_TEST(overlaps_are_few_for_each_text_and_the_largest) {
    nd_alignments alignments = {0};
    for (uint32_t b = 1; b < 30; b++)
        for (uint32_t a = 0; a < b; a++) {
            nd_alignment one = {{a, 0, 100 + b}, {b, 50, 150 + b}, 100, 100}, two = {{a, 90, 200}, {b, 40, 60}, 20, 20};
            ck_assert_int_eq(nd_alignments_add(&alignments, &one), NEARDUP_OK);
            ck_assert_int_eq(nd_alignments_add(&alignments, &two), NEARDUP_OK);
        }
    nd_overlap *overlaps;
    size_t count;
    uint64_t left_out;
    int each[30] = {0};
    ck_assert_int_eq(nd_overlaps_find(&alignments, 30, &overlaps, &count, &left_out), NEARDUP_OK);
    ck_assert_uint_eq(count + left_out, 30 * 29 / 2);
    for (size_t i = 0; i < count; i++) {
        ck_assert(!i || overlaps[i - 1].a < overlaps[i].a ||
                  (overlaps[i - 1].a == overlaps[i].a && overlaps[i - 1].b < overlaps[i].b));
        ck_assert_uint_eq(overlaps[i].passages, 2);
        ck_assert_uint_eq(overlaps[i].tokens_a, 200);
        ck_assert_uint_eq(overlaps[i].tokens_b, 110 + overlaps[i].b);
        each[overlaps[i].a]++;
        each[overlaps[i].b]++;
    }
    for (int i = 0; i < 30; i++) ck_assert_int_le(each[i], ND_OVERLAPS);
    ck_assert_int_eq(each[29], ND_OVERLAPS);
    nd_free(overlaps);
    nd_free(alignments.items);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("passage");
    tcase_add_loop_test(tests, winnowing_is_that_of_every_window, 0, KERNELS);
    tcase_add_test(tests, positions_lead_back_to_texts);
    tcase_add_test(tests, sequences_come_back_from_the_spill);
    tcase_add_test(tests, records_come_back_sorted);
    tcase_add_test(tests, records_that_are_alike_come_back);
    tcase_add_test(tests, copies_of_twelve_tokens_are_seeded);
    tcase_add_loop_test(tests, hashes_are_told_apart_in_any_partition, 0, 3);
    tcase_add_test(tests, an_occurrence_is_linked_to_the_first_and_four_previous_ones);
    tcase_add_test(tests, the_best_alignment_is_found_whatever_is_known);
    tcase_add_test(tests, alignments_are_what_they_say);
    tcase_add_test(tests, edited_passages_are_found);
    tcase_add_test(tests, common_passages_are_found);
    tcase_add_test(tests, positions_count_characters_lines_and_escapes);
    tcase_add_test(tests, paragraphs_are_lines_or_what_empty_lines_part);
    tcase_add_test(tests, overlaps_are_few_for_each_text_and_the_largest);
    return run_tests(tests);
}
