/* SPDX-License-Identifier: MIT */
/* Memory that is given out in small pieces and released as a whole. */
#ifndef ND_BASE_ARENA_H
#define ND_BASE_ARENA_H

#include "neardup.h"

/* All zero is empty. Not for use by two threads at a time. */
typedef struct nd_arena {
    struct nd_arena_chunk *chunks;
    size_t used, size; /* of the newest chunk */
    size_t bytes;      /* of all */
} nd_arena;

/* `count` * `size` bytes, aligned for any integer, not initialised; NULL when there is no memory. */
void *nd_arena_allocate(nd_arena *arena, size_t count, size_t size);

void nd_arena_release(nd_arena *arena);

#endif
