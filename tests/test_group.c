/* SPDX-License-Identifier: MIT */
/* Groups of places, made of alignments that are given. */
#include <check.h>

#include "base/memory.h"
#include "passage/group.h"
#include "suite.h"

enum { LONG = 300, SIZE = 100 };

static const nd_align_rules rules = {.min_words = 20};

/* Texts 1 to 3 are copies of stretches of text 0, all of whose tokens differ, and the third has two tokens of its own.
 */
static nd_sequences make_texts(const uint32_t *begins) {
    nd_sequences sequences = {0};
    nd_code codes[LONG];
    uint64_t position;
    for (nd_code i = 0; i < LONG; i++) codes[i] = 2 * i + 2;
    ck_assert_int_eq(nd_sequences_add(&sequences, codes, LONG, &position), NEARDUP_OK);
    for (int copy = 0; copy < 3; copy++) {
        nd_code text[SIZE];
        for (nd_code i = 0; i < SIZE; i++) text[i] = codes[begins[copy] + i];
        if (copy == 2) text[40] = text[60] = 2 * LONG + 2;
        ck_assert_int_eq(nd_sequences_add(&sequences, text, SIZE, &position), NEARDUP_OK);
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
        nd_sequences sequences = make_texts(begins);
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
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("group");
    tcase_add_test(tests, of_places_that_share_as_much_the_first_is_taken);
    return run_tests(tests);
}
