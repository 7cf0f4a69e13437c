/* SPDX-License-Identifier: MIT */
/* What the machine allows: its processors, and the limit of the cgroup that a process is put into. */
#define _GNU_SOURCE /* sched_setaffinity */
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/machine.h"
#include "suite.h"

/* Runs `body` in a process of its own; its exit status. */
static int apart(int (*body)(void)) {
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) _exit(body());
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int count_on_one(void) {
    cpu_set_t all, one;
    CPU_ZERO(&one);
    if (sched_getaffinity(0, sizeof all, &all)) return 77;
    for (size_t i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
        if (CPU_ISSET(i, &all)) CPU_SET(i, &one);
    if (sched_setaffinity(0, sizeof one, &one)) return 77;
    return nd_processors() == 1 ? 0 : 1;
}

START_TEST(processors_are_those_that_may_be_used) {
    ck_assert_uint_ge(nd_processors(), 1);
    ck_assert_uint_le(nd_processors(), (unsigned)sysconf(_SC_NPROCESSORS_ONLN));
    ck_assert_int_ne(apart(count_on_one), 1);
}
END_TEST

/* ---- cgroups ---- */

enum { LIMIT = 300 << 20 };

static bool write_file(const char *group, const char *name, const char *text) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", group, name);
    FILE *file = fopen(path, "r+e");
    if (!file) return false;
    bool written = fputs(text, file) >= 0;
    return !fclose(file) && written;
}

/* The hierarchies that can limit memory, and how each calls the limit. */
static const struct hierarchy {
    const char *root, *limit;
} hierarchies[] = {{"/sys/fs/cgroup", "memory.max"}, {"/sys/fs/cgroup/memory", "memory.limit_in_bytes"}};
enum { HIERARCHIES = sizeof hierarchies / sizeof *hierarchies };

static char outer[128], inner[160];

static int see_limit(void) {
    char own[32];
    snprintf(own, sizeof own, "%d", (int)getpid());
    if (!write_file(inner, "cgroup.procs", own)) return 77;
    return nd_machine_memory() == LIMIT ? 0 : 1;
}

/* Makes a group with a limit, and one in it without. */
static bool make_groups(const struct hierarchy *h) {
    char limit[32];
    snprintf(outer, sizeof outer, "%s/neardup-test-%d", h->root, (int)getpid());
    snprintf(inner, sizeof inner, "%s/inner", outer);
    snprintf(limit, sizeof limit, "%d", LIMIT);
    return mkdir(outer, 0755) == 0 && write_file(outer, h->limit, limit) && mkdir(inner, 0755) == 0;
}

START_TEST(memory_is_no_more_than_a_cgroup_above_allows) {
    uint64_t all = nd_machine_memory();
    ck_assert_uint_gt(all, 0);
    bool tried = false;
    for (int i = 0; i < HIERARCHIES; i++) {
        int status = make_groups(&hierarchies[i]) ? apart(see_limit) : 77;
        rmdir(inner);
        rmdir(outer);
        ck_assert_msg(status == 0 || status == 77, "the limit in %s was not seen", hierarchies[i].root);
        tried = tried || status == 0;
    }
    if (!tried) printf("memory_is_no_more_than_a_cgroup_above_allows: NOT TESTED: no cgroup can be made here\n");
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("machine");
    tcase_add_test(tests, processors_are_those_that_may_be_used);
    tcase_add_test(tests, memory_is_no_more_than_a_cgroup_above_allows);
    return run_tests(tests);
}
