/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* sched_getaffinity */
#include "base/machine.h"

#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Processors by the cgroup's CPU quota, rounded up; 0 where there is none. */
static unsigned cgroup_processors(void) {
    double quota = 0, period = 0;
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "re");
    if (!file) return 0;
    int found = fscanf(file, "%lf %lf", &quota, &period);
    fclose(file);
    if (found != 2 || quota <= 0 || period <= 0) return 0;
    double processors = quota / period;
    return processors < 1 ? 1 : (unsigned)(processors + 0.999);
}

unsigned nd_processors(void) {
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned processors = online > 0 ? (unsigned)online : 1;
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) processors = (unsigned)CPU_COUNT(&set);
    unsigned quota = cgroup_processors();
    return quota && quota < processors ? quota : processors;
}

/* The number in a file, or UINT64_MAX where there is none: cgroups say "max". */
static uint64_t number_in(const char *path) {
    uint64_t number = 0;
    FILE *file = fopen(path, "re");
    if (!file) return UINT64_MAX;
    int found = fscanf(file, "%" SCNu64, &number);
    fclose(file);
    return found == 1 ? number : UINT64_MAX;
}

/* The path of this process's cgroup (version 2), "/" inside a container; an empty one where there is none. */
static void find_cgroup(char path[PATH_MAX]) {
    char line[PATH_MAX];
    path[0] = 0;
    FILE *file = fopen("/proc/self/cgroup", "re");
    if (!file) return;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, "0::", 3) == 0) snprintf(path, PATH_MAX, "%.*s", (int)strcspn(line + 3, "\n"), line + 3);
    fclose(file);
}

/* The lowest limit from this process's cgroup up to the root; and that of version 1. */
static uint64_t cgroup_memory(void) {
    char path[PATH_MAX], name[PATH_MAX + 64];
    uint64_t least = number_in("/sys/fs/cgroup/memory/memory.limit_in_bytes");
    for (find_cgroup(path); path[0]; *strrchr(path, '/') = 0) {
        snprintf(name, sizeof name, "/sys/fs/cgroup%s/memory.max", strcmp(path, "/") == 0 ? "" : path);
        uint64_t limit = number_in(name);
        if (limit < least) least = limit;
    }
    return least;
}

uint64_t nd_machine_memory(void) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    uint64_t memory = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0, limit = cgroup_memory();
    return limit < memory || !memory ? (limit == UINT64_MAX ? 0 : limit) : memory;
}
