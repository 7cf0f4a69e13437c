/* SPDX-License-Identifier: MIT */
/* neardup compare as users meet it: which texts it takes, what it says of them, statuses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "support/scene.h"

static void make(void) {
    scene_set();
    ck_assert_int_eq(
        scene_run(
            "words() { i=$1; while [ $i -lt $2 ]; do printf 'word%d ' $i; i=$((i+1)); done; echo; }\n"
            "words 1 200 >a.txt; cp a.txt b.txt; words 1 200 | tr a-z A-Z >upper.txt; words 2 202 >c.txt\n"
            "words 500 700 >d.txt; words 1 60 >part.txt; words 1 40 >mixed.txt; words 800 1000 >>mixed.txt\n"
            "printf '{\"text\":\"%s\",\"body\":\"%s\"}\\n' \"$(words 1 200)\" \"$(words 1 200)\" >r.jsonl\n"
            "printf '\\nnonsense\\n' >>r.jsonl\n"
            "printf '{\"text\":\"%s\",\"body\":\"x\"}\\n' \"$(words 5 200)\" >>r.jsonl; gzip -kf r.jsonl\n"
            "cp a.txt odd:7; printf 'words of caf\\351 \\351\\351\\351\\351' >latin.txt; : >empty.txt; mkdir dir"),
        0);
}

static const scene_case cases[] = {
    {"$NEARDUP compare a.txt b.txt", 0, "Duplicate: the two are the same, byte for byte.", ""},
    {"$NEARDUP compare a.txt upper.txt", 0, "Duplicate: the same words in the same order;", ""},
    {"$NEARDUP compare a.txt c.txt", 0, "Near-duplicate: 98 % of all runs of 5 words are in both, and 70 % is enough.",
     ""},
    {"$NEARDUP compare -t 99% a.txt c.txt", 1, "No duplicate: only 98 % of all runs of 5 words are in both, and 99 %",
     ""},
    {"$NEARDUP compare a.txt d.txt", 1, "No duplicate: the two have no runs of 5 words in common.", ""},
    {"$NEARDUP compare a.txt part.txt", 1, "although A has 100 % of what is in B.", ""},
    {"$NEARDUP compare a.txt mixed.txt", 1, "although they share 1 passage.", ""},
    {"$NEARDUP compare --shingle char:9 a.txt a.txt", 0, "byte for byte", ""},
    {"$NEARDUP compare --shingle char:9 a.txt d.txt", 1, "runs of 9 characters", ""},
    {"$NEARDUP compare --bands 1 --rows 200 a.txt c.txt", 0, "would miss the pair", ""},
    {"$NEARDUP compare a.txt empty.txt", 1, "Not compared: B has no word.", ""},
    {"$NEARDUP compare --min-tokens 100 part.txt a.txt", 1,
     "Not compared: A has 59 words, fewer than --min-tokens asks for (100).", ""},
    {"$NEARDUP compare a.txt latin.txt", 1, "Not compared: B has over 1 % of bytes that are not UTF-8", ""},
    {"$NEARDUP compare --encoding utf-8,latin1 a.txt latin.txt", 1, "No duplicate", ""},
    {"$NEARDUP compare r.jsonl:1 r.jsonl:4", 0, "Near-duplicate: 98 %", ""},
    {"$NEARDUP compare r.jsonl:1 r.jsonl.gz:4", 0, "Near-duplicate: 98 %", ""},
    {"$NEARDUP compare r.jsonl:1 a.txt", 0, "Duplicate: the", ""},
    {"$NEARDUP compare --text-field body r.jsonl:1 r.jsonl:4", 1, "No duplicate", ""},
    {"$NEARDUP compare - r.jsonl:4 <a.txt", 0, "Near-duplicate: 98 %", ""},
    {"$NEARDUP compare odd:7 a.txt", 0, "Duplicate", ""},
    {"$NEARDUP compare --help", 0, "Usage: neardup compare [OPTIONS] A B", ""},
    {"$NEARDUP compare r.jsonl a.txt", 2, "", "r.jsonl has 2 records: name one by its line, as in r.jsonl:1"},
    {"$NEARDUP compare r.jsonl:2 a.txt", 2, "", "r.jsonl has no record in line 2"},
    {"$NEARDUP compare r.jsonl:3 a.txt", 2, "", "line 3 of r.jsonl is not a record: "},
    {"$NEARDUP compare r.jsonl:5 a.txt", 2, "", "r.jsonl has no record in line 5"},
    {"$NEARDUP compare r.jsonl:0 a.txt", 2, "", "lines are counted from 1"},
    {"$NEARDUP compare a.txt:1 a.txt", 2, "", "a.txt is one text, not records in lines"},
    {"$NEARDUP compare nope a.txt", 2, "", "nope cannot be read"},
    {"$NEARDUP compare nope:3 a.txt", 2, "", "nope cannot be read"},
    {"$NEARDUP compare dir a.txt", 2, "", "dir is a folder"},
    {"$NEARDUP compare - - <a.txt", 2, "", "only one of the two"},
    {"$NEARDUP compare a.txt", 2, "", "name two texts"},
    {"$NEARDUP compare a.txt b.txt c.txt", 2, "", "name two texts"},
    {"$NEARDUP compare --keep first a.txt b.txt", 2, "", "unknown option '--keep'"},
    {"$NEARDUP compare --treshold 1 a.txt b.txt", 2, "", "did you mean '--threshold'?"},
    {"$NEARDUP compare -t .01 --recall .99 a.txt b.txt", 2, "", "--recall"},
    {"$NEARDUP compra a.txt b.txt", 2, "", "did you mean 'compare'?"},
    {"i=0; while [ $i -lt 2000 ]; do cat r.jsonl; i=$((i+1)); done >long.jsonl; $NEARDUP compare --progress always "
     "long.jsonl:4 long.jsonl:8000",
     0, "Duplicate: the two are the same, byte for byte.", NULL},
    {"gzip -k long.jsonl; $NEARDUP compare long.jsonl.gz:4 long.jsonl:7997", 0, "Near-duplicate: 98 %", ""},
    {"$NEARDUP compare a.txt c.txt >/dev/full", 2, NULL, "No space left"},
};

START_TEST(pairs_are_explained) { scene_check(&cases[_i], false); }
END_TEST

START_TEST(no_line_is_wider_than_the_terminal) {
    for (unsigned width = 40; width < 150; width += 7) {
        char command[200];
        snprintf(command, sizeof command, "COLUMNS=%u $NEARDUP compare --all a.txt mixed.txt", width);
        ck_assert_int_eq(scene_run(command), 1);
        for (const char *line = scene.out; *line; line += strcspn(line, "\n") + 1) {
            size_t columns = 0;
            for (const char *c = line; *c && *c != '\n'; c++) columns += ((unsigned char)*c & 0xc0) != 0x80;
            ck_assert_msg(columns <= width, "%zu of %u columns: %.200s", columns, width, line);
        }
    }
}
END_TEST

START_TEST(colours_are_for_those_who_want_them) {
    ck_assert_int_eq(scene_run("$NEARDUP compare a.txt c.txt"), 0);
    ck_assert_ptr_null(strchr(scene.out, '\033'));
    ck_assert_int_eq(scene_run("NO_COLOR=1 $NEARDUP compare --color always a.txt c.txt"), 0);
    ck_assert_ptr_nonnull(strchr(scene.out, '\033'));
    ck_assert_int_eq(scene_run("sed 's/word100 /other /' a.txt >e.txt; $NEARDUP compare a.txt e.txt"), 0);
    ck_assert_msg(strstr(scene.out, "[word100]") && strstr(scene.out, "[other]"), "%s", scene.out);
    ck_assert_int_eq(scene_run("$NEARDUP compare --color always a.txt e.txt"), 0);
    ck_assert_msg(strstr(scene.out, "\033[31mword100\033[0m") && strstr(scene.out, "\033[32mother\033[0m"), "%s",
                  scene.out);
}
END_TEST

START_TEST(nothing_in_a_text_steers_the_terminal) {
    ck_assert_int_eq(scene_run("sed 's/word100 /\\x1b[2Jword100\\x07 /' a.txt >\"$(printf 's\\033[2J')\"\n"
                               "$NEARDUP compare --all a.txt \"$(printf 's\\033[2J')\""),
                     0);
    ck_assert_ptr_null(strchr(scene.out, '\033'));
    ck_assert_ptr_null(strchr(scene.out, '\007'));
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("explain");
    tcase_add_unchecked_fixture(tests, make, scene_strike);
    tcase_add_loop_test(tests, pairs_are_explained, 0, (int)(sizeof cases / sizeof *cases));
    tcase_add_test(tests, no_line_is_wider_than_the_terminal);
    tcase_add_test(tests, colours_are_for_those_who_want_them);
    tcase_add_test(tests, nothing_in_a_text_steers_the_terminal);
    return run_tests(tests);
}
