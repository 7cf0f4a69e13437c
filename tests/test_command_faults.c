/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out in a command: every allocation fails once, alone and with all that follow. A command says so in
 * one sentence, and leaves nothing of its outputs, or it does all of its work. The program is linked so that allocation
 * goes through the functions of scarcity.h (--wrap).
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "random.h"
#include "suite.h"
#include "support/files.h"
#include "support/run.h"
#include "support/scarcity.h"

enum { MOST_WORDS = 24, MOST_TRIES = SANITIZED ? 60 : 400 };

/* What is done before, in a shell, and a command with its outputs; those whose bytes are the same in every run are in
 * `same`. All outputs are in out/. */
static const struct {
    const char *before, *command, *outputs, *same;
    int status;
} scenes[] = {
    {NULL,
     "scan -j 1 in --find documents,passages --pairs -r text:out/t -r jsonl:out/j.gz -r csv:out/c -r html:out/h -r "
     "paths:out/p",
     "c h j.gz p t ", "out/c out/p", 3},
    {NULL, "scan -j 1 --keep longest,max:n --encoding utf-8,latin1 --source field:s in -r csv:out/c", "c ", "out/c", 3},
    {NULL,
     "dedup -j 1 in/a.jsonl in/b.jsonl --against in/t -o out/o --dropped out/x.zst --decisions out/y --bad-records "
     "out/b --max-drop 90% -r csv:out/c",
     "b c o x.zst y ", "out/o out/b out/c", 0},
    {NULL, "dedup -j 1 --mode annotate --passages mark --find documents,passages in/a.jsonl in/b.jsonl -o out/o", "o ",
     "out/o", 3},
    {NULL, "dedup -j 1 --passages cut --find documents,passages in -o out/o/ --dropped out/x/ --decisions out/y",
     "o x y ", "out/o/a.jsonl", 3},
    {"$NEARDUP scan -q in --find documents,passages -r jsonl:saved",
     "report saved -r html:out/h -r text:out/t -r csv:out/c", "c h t ", "out/c", 0},
    {NULL, "compare in/t/1.txt in/t/2.html", "", NULL, 0},
    {NULL, "compare --all in/a.jsonl:2 in/b.jsonl:1", "", NULL, 0},
    {"$NEARDUP dedup -q --passages cut --find documents,passages in -o o/ --dropped x/ --decisions y",
     "restore o/ --dropped x/ --decisions y -o out/back/", "back ", "out/back/a.jsonl", 0},
    {"$NEARDUP dedup -q in/a.jsonl -o o.gz --dropped x.jsonl --decisions y",
     "restore o.gz --dropped x.jsonl --decisions y -o out/back", "back ", "out/back", 0},
};

/* ---- one run ---- */

static char words[2048], *arguments[MOST_WORDS], said[8192];
static int count_of_words;

static void split_words(const char *command) {
    snprintf(words, sizeof words, "neardup %s", command);
    count_of_words = 0;
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) arguments[count_of_words++] = word;
    arguments[count_of_words] = NULL;
}

/* Runs the command with the n-th allocation failing; its exit status. What it says is in `said`. */
static int run(long n, bool all_after) {
    int saved[3] = {0, dup(1), dup(2)}, err = open("err", O_RDWR | O_CREAT | O_TRUNC, 0600),
        out = open("/dev/null", O_WRONLY);
    fflush(NULL);
    dup2(out, 1);
    dup2(err, 2);
    close(out);
    close(err);
    atomic_store(&left, n);
    atomic_store(&for_good, all_after);
    atomic_store(&armed, true);
    int status = nd_command_run(count_of_words, arguments);
    atomic_store(&armed, false);
    fflush(stdout);
    clearerr(stdout);
    ssize_t size = pread(2, said, sizeof said - 1, 0);
    said[size > 0 ? size : 0] = 0;
    for (int fd = 1; fd <= 2; fd++) {
        dup2(saved[fd], fd);
        close(saved[fd]);
    }
    return status;
}

/* The names in a folder, sorted, each with a space behind it. To be freed. */
static char *list(const char *folder) {
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    char *names = calloc(4096, 1);
    ck_assert_int_ge(count, 0);
    for (int i = 0; i < count; i++) {
        if (strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0)
            sprintf(names + strlen(names), "%s ", entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return names;
}

/* The outputs that are the same in every run, one behind the other. To be freed. */
static char *read_same(const char *paths, size_t *size_out) {
    char *all = calloc(1, 1), copy[256];
    *size_out = 0;
    snprintf(copy, sizeof copy, "%s", paths ? paths : "");
    for (char *path = strtok(copy, " "); path; path = strtok(NULL, " ")) {
        size_t size;
        char *data = files_read(path, &size);
        all = realloc(all, *size_out + size + 1);
        memcpy(all + *size_out, data, size);
        *size_out += size;
        free(data);
    }
    return all;
}

/* ---- the test ---- */

static char *folder, *expected;
static size_t expected_size;

static void shell(const char *command) {
    run_result result = run_shell(folder, command);
    ck_assert_msg(result.status == 0 || result.status == 3, "%s: %s", command, result.err);
    run_release(&result);
}

static void make(void) {
    folder = run_make_folder();
    ck_assert_int_eq(chdir(folder), 0);
    shell(
        "r() { printf '{\"id\":\"%s\",\"n\":%s,\"s\":\"%s\",\"text\":\"%s\"}\\n' $1 $2 $3 \"$(seq -s ' ' $2 $4)\"; }; "
        "mkdir -p in/t out; { r a 1 x 99; r b 300 y 399; echo bad; r c 60 x 130; } >in/a.jsonl; { r d 300 x 399; r e "
        "302 y "
        "400; r f 500 x 540; } >in/b.jsonl; seq -s ' ' 1 80 >in/t/1.txt; (echo '<!doctype html><p>'; seq -s ' ' 1 81) "
        ">in/t/2.html; printf 'caf\\351 au lait' >in/t/3.txt; gzip -k in/b.jsonl; mv in/b.jsonl.gz in/c.jsonl.gz");
}

static void destroy(void) {
    ck_assert_int_eq(chdir("/"), 0);
    run_remove_folder(folder);
    free(expected);
    expected = NULL; /* where one process runs all tests */
}

/* Whether an allocation failed: then the command has either said so and left nothing, or done all it does. */
static bool survives(int scene, long n, bool all_after) {
    int status = run(n, all_after);
    bool failed = atomic_load(&left) < 0;
    char *names = list("out"), *all = NULL;
    size_t size = 0;
    if (status == 2) {
        EXPECT(failed, "%s: %s", scenes[scene].command, said);
        EXPECT(strstr(said, "memory"), "%s, allocation %ld: says %s", scenes[scene].command, n, said);
        EXPECT(!*names, "%s, allocation %ld: leaves %s", scenes[scene].command, n, names);
    } else {
        EXPECT(status == scenes[scene].status, "%s, allocation %ld: %d: %s", scenes[scene].command, n, status, said);
        EXPECT(strcmp(names, scenes[scene].outputs) == 0, "%s, allocation %ld: %s", scenes[scene].command, n, names);
        all = read_same(scenes[scene].same, &size);
        if (!expected) {
            expected = all;
            expected_size = size;
        }
        EXPECT(size == expected_size && memcmp(all, expected, size) == 0, "%s, allocation %ld: another result",
               scenes[scene].command, n);
        if (all != expected) free(all);
    }
    if (*names) shell("rm -rf out; mkdir out");
    free(names);
    return failed;
}

START_TEST(commands_survive) {
    random_start("commands_survive");
    if (scenes[_i].before) shell(scenes[_i].before);
    split_words(scenes[_i].command);
    ck_assert(!survives(_i, 1L << 30, false));
    long all = (1L << 30) - atomic_load(&left), tried = 0;
    ck_assert_int_gt(all, 30);
    /* Every one, where there are not too many; else some of all, chosen anew each time. */
    for (long n = 0; n < all; n += 1 + (all > MOST_TRIES ? (long)random_below((uint32_t)(2 * all / MOST_TRIES)) : 0)) {
        survives(_i, n, false);
        survives(_i, n, true);
        tried += 2;
    }
    printf("%s: %ld allocations, %ld failures\n", scenes[_i].command, all, tried);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("command_faults");
    tcase_add_checked_fixture(tests, make, destroy);
    tcase_add_loop_test(tests, commands_survive, 0, sizeof scenes / sizeof *scenes);
    return run_tests(tests);
}
