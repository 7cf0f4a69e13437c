/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/memory.h"

enum { CHUNK = 1 << 18 };

struct nd_arena_chunk {
    struct nd_arena_chunk *next;
    uint64_t data[]; /* 8-byte aligned */
};

void *nd_arena_allocate(nd_arena *arena, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) return NULL;
    bytes = (bytes + 7) & ~(size_t)7;
    bool large = bytes > CHUNK / 2; /* gets a chunk of its own, behind the newest, which is not full yet */
    if (!arena->chunks || large || arena->size - arena->used < bytes) {
        struct nd_arena_chunk *chunk = nd_allocate(1, sizeof *chunk + (large ? bytes : CHUNK));
        if (!chunk) return NULL;
        arena->bytes += large ? bytes : CHUNK;
        if (large && arena->chunks) {
            chunk->next = arena->chunks->next;
            arena->chunks->next = chunk;
            return chunk->data;
        }
        chunk->next = arena->chunks;
        arena->chunks = chunk;
        arena->used = 0;
        arena->size = large ? bytes : CHUNK;
    }
    void *memory = (char *)arena->chunks->data + arena->used;
    arena->used += bytes;
    return memory;
}

void nd_arena_release(nd_arena *arena) {
    for (struct nd_arena_chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        nd_free(chunk);
    }
    *arena = (nd_arena){0};
}
