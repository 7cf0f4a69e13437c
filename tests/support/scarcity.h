/* SPDX-License-Identifier: MIT */
/*
 * An allocator that runs out when told to: for programs that are linked with --wrap=malloc,calloc,realloc,free (see
 * CMakeLists.txt). To be included by one file of a program.
 */
#ifndef TESTS_SUPPORT_SCARCITY_H
#define TESTS_SUPPORT_SCARCITY_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

static atomic_bool armed;
static atomic_long left;      /* allocations that still succeed; below 0: one has failed */
static atomic_bool for_good;  /* whether all after it fail too */
static atomic_long allocated; /* pieces in use */

static bool fails(void) {
    if (!atomic_load(&armed)) return false;
    long before = atomic_fetch_sub(&left, 1);
    bool now = before == 0 || (before < 0 && atomic_load(&for_good));
    if (now) errno = ENOMEM; /* as the real ones do */
    return now;
}

static void *count(void *memory) {
    if (memory) atomic_fetch_add(&allocated, 1);
    return memory;
}

void *__wrap_malloc(size_t size) { return fails() ? NULL : count(__real_malloc(size)); }

void *__wrap_calloc(size_t number, size_t size) { return fails() ? NULL : count(__real_calloc(number, size)); }

void *__wrap_realloc(void *memory, size_t size) {
    if (fails()) return NULL;
    return memory ? __real_realloc(memory, size) : count(__real_realloc(NULL, size));
}

void __wrap_free(void *memory) {
    if (memory) atomic_fetch_sub(&allocated, 1);
    __real_free(memory);
}

#endif
