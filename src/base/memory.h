/* SPDX-License-Identifier: MIT */
/* The one allocator: sizes are checked for overflow, failure is a NULL or a status, never an exit. */
#ifndef ND_BASE_MEMORY_H
#define ND_BASE_MEMORY_H

#include "neardup.h"

/* count * size bytes, not initialised; NULL when there is no memory or the product overflows. Asking for 0 bytes
 * gives a pointer that can be freed. */
void *nd_allocate(size_t count, size_t size);

/* The same, all zero. */
void *nd_allocate_zero(size_t count, size_t size);

/* Releases what the above gave; NULL is fine. */
void nd_free(void *memory);

/* Gives memory that was released back to the system, as far as the allocator keeps it for later: for after much was.
 * Less than 24 MiB stay, and all of it while what the allocator has from the system is no more than `plenty` bytes: it
 * is soon taken again, which costs a fault for each page that was given back. */
void nd_give_back(uint64_t plenty);

/* A copy of `size` bytes with a NUL behind them; NULL when there is no memory. */
void *nd_copy(const void *data, size_t size);

/* Makes room for at least `count` elements of `size` bytes in a growable array. `array` is the address of the pointer
 * to its elements (NULL at first), `capacity` the number it has room for (0 at first). Grows by half at the least, so n
 * appends cost O(n). On failure both are unchanged. */
neardup_status nd_reserve(void *array, size_t *capacity, size_t count, size_t size);

#endif
