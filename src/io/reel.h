/* SPDX-License-Identifier: MIT */
/*
 * A reel: a copy of what can be read only once, kept to be read again. It is in memory, as it comes, up to a limit;
 * what is larger goes to a temporary file without a name, by zstd at a fast level unless it is compressed already.
 */
#ifndef ND_IO_REEL_H
#define ND_IO_REEL_H

#include <stdatomic.h>

#include "neardup.h"

typedef struct nd_reel nd_reel;

/* A new one: the folder (borrowed) of its file, the bytes of memory it may take, and a counter of those it does, which
 * others may read. NULL when there is no memory. */
nd_reel *nd_reel_create(const char *folder, uint64_t limit, atomic_uint_least64_t *held);
void nd_reel_free(nd_reel *reel);

/* Adds to it. NEARDUP_ERROR_SYSTEM with a sentence that says where, why, and what helps. */
neardup_status nd_reel_add(nd_reel *reel, const void *data, size_t size, neardup_error *error);

/* Ends it, so that it can be read; once more does no harm. */
neardup_status nd_reel_finish(nd_reel *reel, neardup_error *error);

/* Where it can be read, from byte 0 on, with pread: another after each nd_reel_add. -1 at first. */
int nd_reel_descriptor(const nd_reel *reel);

/* Whether what is read there are the very bytes that were added, else zstd data that hold them. */
bool nd_reel_is_plain(const nd_reel *reel);

#endif
