/* SPDX-License-Identifier: MIT */
/* What neardup dedup does with odd inputs: every line and file has a place where it ends up, and is counted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "support/run.h"

/* A folder with r.jsonl, whose second record is a copy of the first, the third something else; and d/ with two shards, of
 * which the second begins with a copy of the first's last record. */
static char *folder;

static const char make_inputs[] =
    "r() { printf '{\"id\":\"%s\",\"text\":\"%s\"}\\n' \"$1\" \"$(seq -s ' ' $2 $3)\"; }\n"
    "mkdir d; { r a 1 99; r b 1 99; r c 300 399; } >r.jsonl; { r a 1 99; r c 300 399; } >d/1.jsonl; "
    "{ r d 300 399; r e 500 599; } >d/2.jsonl; ";

static run_result result;

static int run(const char *command) {
    run_release(&result);
    char *whole = malloc(strlen(make_inputs) + strlen(command) + 1);
    ck_assert_ptr_nonnull(whole);
    sprintf(whole, "%s%s", make_inputs, command);
    result = run_shell(folder, whole);
    free(whole);
    return result.status;
}

static void make(void) { folder = run_make_folder(); }

static void destroy(void) {
    run_release(&result);
    run_remove_folder(folder);
}

/* A command in a new folder: its status, all it prints, and words among what it says. */
static const struct {
    const char *command;
    int status;
    const char *out, *err; /* err "": nothing */
} cases[] = {
    /* two charsets in one file */
    {"iconv -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup u.jsonl r.jsonl -o o; ls", 0, "d\nr.jsonl\nu.jsonl\n",
     "u.jsonl is not UTF-8, and so cannot go into the one file of -o with others: name a folder"},
    {"iconv -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup u.jsonl r.jsonl -o o/ --dropped x; ls", 0,
     "d\nr.jsonl\nu.jsonl\n", "u.jsonl is not UTF-8, and so cannot go into the one file of --dropped with others"},
    {"iconv -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup u.jsonl r.jsonl -o o/ --bad-records x; ls", 0,
     "d\nr.jsonl\nu.jsonl\n", "u.jsonl is not UTF-8, and so cannot go into the one file of --bad-records with others"},
    {"iconv -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup -q u.jsonl r.jsonl -o o/ --dropped x/; "
     "iconv -f utf-16 -t utf-8 o/u.jsonl | cut -c -9; cmp x/r.jsonl r.jsonl",
     0, "{\"id\":\"a\"\n{\"id\":\"c\"\n", ""},
    {"iconv -t utf-16 r.jsonl >u.jsonl; $NEARDUP dedup -q u.jsonl --against d/2.jsonl -o o; "
     "iconv -f utf-16 -t utf-8 o | cut -c -9",
     0, "{\"id\":\"a\"\n", ""},
    {"$NEARDUP dedup -q --encoding utf-8,cp949 d -o - | cut -c -9", 0, "{\"id\":\"a\"\n{\"id\":\"c\"\n{\"id\":\"e\"\n",
     ""},
};

START_TEST(each_input_ends_up_somewhere) {
    int status = run(cases[_i].command);
    const char *out = cases[_i].out, *err = cases[_i].err;
    ck_assert_msg(status == cases[_i].status, "%s: %d\n%s%s", cases[_i].command, status, result.out, result.err);
    ck_assert_msg(strcmp(result.out, out) == 0, "%s: %s\n%s", cases[_i].command, result.out, result.err);
    ck_assert_msg(*err ? strstr(result.err, err) != NULL : !*result.err, "%s: %s", cases[_i].command, result.err);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("dedup_inputs");
    tcase_add_checked_fixture(tests, make, destroy);
    tcase_add_loop_test(tests, each_input_ends_up_somewhere, 0, sizeof cases / sizeof *cases);
    return run_tests(tests);
}
