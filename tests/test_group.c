/* SPDX-License-Identifier: MIT */
/* Spots, held against a model that compares everything with everything, and what groups promise. */
#include "passage/group.h"

#include <string.h>

#include "base/memory.h"
#include "passage/spot.h"
#include "random.h"
#include "suite.h"
#include "support/sequence.h"

enum { TEXTS = 12, TOKENS = 400, MOST = 60, MOST_ALIGNMENTS = 40, ROUNDS = SANITIZED ? 60 : 600 };

#define NO_SPOT UINT32_MAX

static const nd_align_rules rules = {20, &nd_passage_portable};
static nd_code codes[TEXTS][TOKENS];

static void add(nd_alignments *all, nd_stretch a, nd_stretch b) {
    uint32_t length = a.end - a.begin;
    bool turned = nd_stretch_compare(a, b) > 0;
    ck_assert_int_eq(nd_alignments_add(all, &(nd_alignment){turned ? b : a, turned ? a : b, length, length}),
                     NEARDUP_OK);
}

static nd_stretch draw_stretch(uint32_t text) {
    uint32_t begin = random_below(TOKENS - MOST);
    return (nd_stretch){text, begin, begin + 20 + random_below(MOST - 20)};
}

/* The spot of a stretch among those there are: the same, or the first that shares most; NO_SPOT for none. */
static uint32_t find_naively(const nd_stretch *spots, uint32_t count, nd_stretch stretch, uint32_t most) {
    uint32_t best = NO_SPOT, best_shared = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t begin = spots[i].begin > stretch.begin ? spots[i].begin : stretch.begin;
        uint32_t end = spots[i].end < stretch.end ? spots[i].end : stretch.end;
        if (nd_stretch_compare(spots[i], stretch) == 0) return i;
        if (!nd_stretch_shares(spots[i], stretch, most) || end - begin <= best_shared) continue;
        best = i;
        best_shared = end - begin;
    }
    return best;
}

/* The spots that an alignment connects, as its edge has them: one that leads from its first stretch to its second. */
static void read_ends(const nd_spots *s, uint32_t (*ends)[2], size_t alignments) {
    memset(ends, 0xFF, alignments * sizeof *ends);
    for (uint32_t spot = 0; spot < s->count; spot++)
        for (size_t e = s->edge_begin[spot]; e < s->edge_begin[spot + 1]; e++) {
            nd_edge edge = s->edges[e];
            EXPECT(edge.alignment < alignments && edge.other < s->count, "edge %zu of spot %u", e, spot);
            EXPECT(e == s->edge_begin[spot] || s->edges[e - 1].alignment <= edge.alignment, "edge %zu is before", e);
            uint32_t *of = ends[edge.alignment];
            if (of[0] != NO_SPOT) {
                EXPECT(of[0] == edge.other && of[1] == spot, "alignment %u back from spot %u", edge.alignment, spot);
                continue;
            }
            of[0] = spot;
            of[1] = edge.other;
        }
}

/* The spots of alignments are those that a look at all of them finds. */
static void check_spots(const nd_spots *s, uint32_t (*ends)[2], const nd_alignments *all, uint32_t most) {
    nd_stretch spots[2 * MOST_ALIGNMENTS];
    uint32_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        uint32_t a = find_naively(spots, count, all->items[i].a, most);
        if (a == NO_SPOT) spots[a = count++] = all->items[i].a;
        uint32_t b = find_naively(spots, count, all->items[i].b, most);
        if (b == NO_SPOT) spots[b = count++] = all->items[i].b;
        nd_stretch from = s->stretches[ends[i][0]], to = s->stretches[ends[i][1]];
        bool as_is = !nd_stretch_compare(from, spots[a]) && !nd_stretch_compare(to, spots[b]);
        bool turned = !nd_stretch_compare(to, spots[a]) && !nd_stretch_compare(from, spots[b]);
        EXPECT(as_is || turned, "alignment %zu connects other spots than %u and %u", i, a, b);
    }
    EXPECT(s->count == count, "%zu spots instead of %u", s->count, count);
}

/* Marks what ways of edges connect with a spot. */
static void reach(uint32_t (*ends)[2], size_t alignments, uint32_t from, bool *reached) {
    memset(reached, 0, 2 * MOST_ALIGNMENTS * sizeof *reached);
    reached[from] = true;
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < alignments; i++) {
            bool one = reached[ends[i][0]], other = reached[ends[i][1]];
            reached[ends[i][0]] = reached[ends[i][1]] = one || other;
            more |= one != other;
        }
    }
}

/* Groups are what ways of edges connect, in order of their first spots, and so are the spots of each. */
static void check_joined(const nd_spots *s, uint32_t (*ends)[2], size_t alignments) {
    for (size_t g = 0; g < s->groups; g++) {
        bool reached[2 * MOST_ALIGNMENTS];
        size_t count = 0, begin = s->group_begin[g], end = s->group_begin[g + 1];
        reach(ends, alignments, (uint32_t)begin, reached);
        for (uint32_t spot = 0; spot < s->count; spot++) count += reached[spot];
        EXPECT(end - begin == count, "%zu spots in group %zu of %zu", count, g, end - begin);
        for (size_t i = begin; i < end; i++) {
            EXPECT(reached[i], "spot %zu in group %zu", i, g);
            size_t before = i > begin ? i - 1 : g ? s->group_begin[g - 1] : i;
            EXPECT(before == i || nd_stretch_compare(s->stretches[before], s->stretches[i]) < 0, "spot %zu", i);
        }
    }
    EXPECT(s->group_begin[s->groups] == s->count, "%zu of %zu spots", s->group_begin[s->groups], s->count);
}

START_TEST(spots_are_what_alignments_connect) {
    random_start("spots");
    for (int round = 0; round < ROUNDS; round++) {
        nd_alignments all = {0};
        nd_spots s = {0};
        uint32_t ends[MOST_ALIGNMENTS][2], most = round % 2 ? 2 : 10;
        for (size_t i = random_below(MOST_ALIGNMENTS) + 1; i--;)
            add(&all, draw_stretch(random_below(TEXTS)), draw_stretch(random_below(TEXTS)));
        ck_assert_int_eq(nd_spots_join(&s, &all, TEXTS, most), NEARDUP_OK);
        EXPECT(s.edge_begin[s.count] == 2 * all.count, "%u edges", s.edge_begin[s.count]);
        read_ends(&s, ends, all.count);
        check_spots(&s, ends, &all, most);
        check_joined(&s, ends, all.count);
        nd_spots_release(&s);
        nd_free(all.items);
    }
}
END_TEST

/* Copies a stretch to another text, with some tokens replaced; returns what is the same. */
static uint32_t plant(nd_stretch from, nd_stretch to, uint32_t share) {
    uint32_t matched = 0;
    for (uint32_t i = 0; i < from.end - from.begin; i++) {
        bool same = i == 0 || i + 1 == from.end - from.begin || random_below(100) >= share;
        codes[to.text][to.begin + i] = same ? codes[from.text][from.begin + i] : (nd_code)random_bits() & ~(nd_code)1;
        matched += same;
    }
    return matched;
}

/* How many tokens of a stretch are in places. */
static uint32_t covered(const nd_groups *groups, nd_stretch stretch) {
    uint32_t count = 0;
    for (uint32_t t = stretch.begin; t < stretch.end; t++) {
        bool found = false;
        for (size_t i = 0; i < groups->place_count && !found; i++) {
            nd_stretch place = groups->places[i].stretch;
            found = place.text == stretch.text && place.begin <= t && t < place.end;
        }
        count += found;
    }
    return count;
}

/* Passages handed on from text to text, each time a part of what there was and edited, so that they drift. */
static void draw_alignments(nd_alignments *all) {
    for (uint32_t t = 0; t < TEXTS; t++)
        for (uint32_t i = 0; i < TOKENS; i++) codes[t][i] = (nd_code)random_bits() & ~(nd_code)1;
    for (int story = 0; story < 3; story++) {
        nd_stretch at = {0, (uint32_t)story * 130, (uint32_t)story * 130 + 100};
        for (uint32_t t = 1; t < TEXTS; t++) {
            uint32_t length = at.end - at.begin, cut = length > 60 ? random_below(25) : 0;
            nd_stretch part = {at.text, at.begin + cut, at.end};
            nd_stretch copy = {t, (uint32_t)story * 130, (uint32_t)story * 130 + length - cut};
            uint32_t matched = plant(part, copy, 10 * random_below(3));
            nd_alignment alignment = {part, copy, matched, length - cut};
            ck_assert_int_eq(nd_alignments_add(all, &alignment), NEARDUP_OK);
            if (random_below(3)) at = copy;
        }
    }
}

static void check_groups(const nd_groups *groups) {
    for (size_t g = 0; g < groups->count; g++) {
        const nd_place *places = groups->places + groups->begin[g];
        size_t count = groups->begin[g + 1] - groups->begin[g];
        uint32_t length = places->stretch.end - places->stretch.begin;
        EXPECT(count >= 2 && places->matched == length && places->columns == length, "the first of group %zu", g);
        for (size_t i = 1; i < count; i++) {
            EXPECT(nd_stretch_compare(places[i - 1].stretch, places[i].stretch) < 0, "order of group %zu", g);
            EXPECT(!nd_stretch_shares(places[i - 1].stretch, places[i].stretch, 2), "one place twice in group %zu", g);
            EXPECT(places[i].matched && places[i].matched <= places[i].columns, "place %zu of group %zu", i, g);
            EXPECT(places[i].stretch.end - places[i].stretch.begin >= 20, "place %zu of group %zu is short", i, g);
        }
    }
}

START_TEST(what_corresponds_is_in_places) {
    random_start("places");
    for (int round = 0; round < ROUNDS; round++) {
        nd_alignments all = {0};
        draw_alignments(&all);
        nd_alignment *asked = nd_copy(all.items, all.count * sizeof *asked);
        size_t count = all.count;
        nd_codes kept = {0};
        nd_sequences sequences = {0};
        for (uint32_t t = 0; t < TEXTS; t++) add_sequence(&kept, &sequences, codes[t], TOKENS);
        nd_groups groups = {0};
        neardup_error error;
        ck_assert_int_eq(nd_groups_make(&sequences, &rules, &all, 1 + random_below(3), &groups, &error), NEARDUP_OK);
        check_groups(&groups);
        for (size_t i = 0; i < count; i++) {
            uint32_t length = asked[i].a.end - asked[i].a.begin;
            EXPECT(covered(&groups, asked[i].a) >= length - length / 4, "alignment %zu in round %d", i, round);
            EXPECT(covered(&groups, asked[i].b) >= length - length / 4, "alignment %zu in round %d", i, round);
        }
        nd_groups_release(&groups);
        nd_sequences_release(&sequences);
        nd_codes_release(&kept);
        nd_free(asked);
        nd_free(all.items);
    }
}
END_TEST

/* ---- a tie ---- */

enum { LONG = 300, SIZE = 100 };

/* Texts 1 to 3 are copies of stretches of text 0, all of whose tokens differ, and the third has two tokens of its own.
 */
static nd_sequences make_texts(const uint32_t *begins, nd_codes *kept) {
    nd_sequences sequences = {0};
    nd_code whole[LONG];
    for (nd_code i = 0; i < LONG; i++) whole[i] = 2 * i + 2;
    add_sequence(kept, &sequences, whole, LONG);
    for (int copy = 0; copy < 3; copy++) {
        nd_code text[SIZE];
        for (nd_code i = 0; i < SIZE; i++) text[i] = whole[begins[copy] + i];
        if (copy == 2) text[40] = text[60] = 2 * LONG + 2;
        add_sequence(kept, &sequences, text, SIZE);
    }
    return sequences;
}

/* The group of the first place in a text; SIZE_MAX where it has none. */
static size_t group_of(const nd_groups *groups, uint32_t text) {
    for (size_t g = 0; g < groups->count; g++)
        for (size_t i = groups->begin[g]; i < groups->begin[g + 1]; i++)
            if (groups->places[i].stretch.text == text) return g;
    return SIZE_MAX;
}

/* A stretch that shares as much with one place as with another is that of the two that was met first: of alignments
 * alike in length, that is where the earlier stretch is. Wherever the three lie, and so however they are looked up. */
START_TEST(of_places_that_share_as_much_the_first_is_taken) {
    for (uint32_t at = 0; at + SIZE + 60 <= LONG; at++) {
        const uint32_t begins[3] = {at, at + 60, at + 30};
        nd_codes kept = {0};
        nd_sequences sequences = make_texts(begins, &kept);
        nd_alignments alignments = {0};
        for (uint32_t copy = 0; copy < 3; copy++) {
            uint32_t matched = copy == 2 ? SIZE - 2 : SIZE;
            nd_alignment one = {{0, begins[copy], begins[copy] + SIZE}, {copy + 1, 0, SIZE}, matched, SIZE};
            ck_assert_int_eq(nd_alignments_add(&alignments, &one), NEARDUP_OK);
        }
        nd_groups groups = {0};
        ck_assert_int_eq(nd_groups_make(&sequences, &rules, &alignments, 1, &groups, NULL), NEARDUP_OK);
        ck_assert_uint_ne(group_of(&groups, 3), SIZE_MAX);
        ck_assert_msg(group_of(&groups, 3) == group_of(&groups, 1) && group_of(&groups, 3) != group_of(&groups, 2),
                      "at %u: groups %zu, %zu, %zu", at, group_of(&groups, 1), group_of(&groups, 2),
                      group_of(&groups, 3));
        nd_groups_release(&groups);
        nd_free(alignments.items);
        nd_sequences_release(&sequences);
        nd_codes_release(&kept);
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("group");
    tcase_add_test(tests, spots_are_what_alignments_connect);
    tcase_add_test(tests, what_corresponds_is_in_places);
    tcase_add_test(tests, of_places_that_share_as_much_the_first_is_taken);
    return run_tests(tests);
}
