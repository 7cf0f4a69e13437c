/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* sched_getaffinity */
#include "base/machine.h"

#include <limits.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- cgroups ---- */

/* The path of this process's cgroup for a controller ("" for all of them, which is version 2), "/" in a container; an
 * empty one where there is none. */
static void find_cgroup(const char *controller, char path[PATH_MAX]) {
    char line[PATH_MAX + 64];
    path[0] = 0;
    FILE *file = fopen("/proc/self/cgroup", "re");
    if (!file) return;
    while (fgets(line, sizeof line, file)) { /* number:controller:path */
        char *name = strchr(line, ':'), *place = name ? strchr(name + 1, ':') : NULL;
        if (!place) continue;
        *place++ = 0;
        place[strcspn(place, "\n")] = 0;
        if (strcmp(name + 1, controller) == 0) snprintf(path, PATH_MAX, "%s", place);
    }
    fclose(file);
}

/* The number in a file, over the second if there is one; infinite where there is none: cgroups say "max". */
static double share_in(const char *path) {
    char line[128], *behind;
    FILE *file = fopen(path, "re");
    if (!file) return INFINITY;
    int read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    if (!read) return INFINITY;
    double number = strtod(line, &behind), of = 1;
    if (behind == line) return INFINITY;
    const char *second = behind;
    of = strtod(second, &behind);
    if (behind == second) of = 1;
    return of <= 0 ? INFINITY : number / of;
}

/* The lowest limit that a file of a controller says, from this process's cgroup up to the root. */
static double least_limit(const char *controller, const char *file) {
    char path[PATH_MAX], name[PATH_MAX + 128];
    double least = INFINITY;
    for (find_cgroup(controller, path); path[0]; *strrchr(path, '/') = 0) {
        const char *group = strcmp(path, "/") == 0 ? "" : path;
        snprintf(name, sizeof name, "/sys/fs/cgroup/%s%s/%s", controller, group, file);
        least = fmin(least, share_in(name));
    }
    return least;
}

/* ---- what there is ---- */

unsigned nd_processors(void) {
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned processors = online > 0 ? (unsigned)online : 1;
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) processors = (unsigned)CPU_COUNT(&set);
    double quota = ceil(least_limit("", "cpu.max"));
    return quota >= 1 && quota < processors ? (unsigned)quota : processors;
}

uint64_t nd_machine_memory(void) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    double memory = pages > 0 && size > 0 ? (double)pages * (double)size : INFINITY;
    memory = fmin(memory, least_limit("", "memory.max"));
    memory = fmin(memory, least_limit("memory", "memory.limit_in_bytes")); /* version 1 */
    return isinf(memory) ? 0 : (uint64_t)memory;
}
