/* SPDX-License-Identifier: MIT */
#include "base/memory.h"

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <string.h>

void *nd_allocate(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
    return malloc(bytes ? bytes : 1);
}

void *nd_allocate_zero(size_t count, size_t size) {
    if (!count || !size) count = size = 1;
    return calloc(count, size);
}

void nd_free(void *memory) { free(memory); }

void nd_give_back(uint64_t plenty) {
    (void)plenty;
#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 33)
    const size_t few = 24 << 20; /* well below the 64 MiB that a run may take above its limit */
    struct mallinfo2 all = mallinfo2();
    if (all.fordblks < few || all.arena + all.hblkhd <= plenty) return;
#endif
    malloc_trim(0);
#endif
}

void *nd_copy(const void *data, size_t size) {
    size_t bytes;
    if (__builtin_add_overflow(size, (size_t)1, &bytes)) return NULL;
    char *copy = nd_allocate(bytes, 1);
    if (!copy) return NULL;
    if (size) memcpy(copy, data, size);
    copy[size] = 0;
    return copy;
}

neardup_status nd_reserve(void *array, size_t *capacity, size_t count, size_t size) {
    if (count <= *capacity) return NEARDUP_OK;
    size_t grown, bytes;
    if (__builtin_add_overflow(*capacity, *capacity / 2 + 8, &grown) || grown < count) grown = count;
    if (__builtin_mul_overflow(grown, size, &bytes)) return NEARDUP_ERROR_MEMORY;
    void *old;
    memcpy(&old, array, sizeof old); /* any object pointer has this representation on POSIX */
    void *memory = realloc(old, bytes);
    if (!memory) return NEARDUP_ERROR_MEMORY;
    memcpy(array, &memory, sizeof memory);
    *capacity = grown;
    return NEARDUP_OK; /* cppcheck-suppress memleak ; the caller has it in its array */
}
