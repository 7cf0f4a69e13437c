/* SPDX-License-Identifier: MIT */
/*
 * Ahead: compressed files decoded by threads of their own, while one reader takes what they give in order. A file is
 * cut into stretches where its frames or members end (frames.h); several stretches, also of the files that come next,
 * are decoded at a time. What a reader gets, up to the byte of a fault, is what one stream for the whole file gives: a
 * stretch that does not end where the next begins, or needs a large window, is left to the reader's own stream.
 *
 * All functions are for one reader at a time. What is decoded and not read yet is about ND_AHEAD_BYTES for each
 * thread, and a window at most as large.
 */
#ifndef ND_IO_AHEAD_H
#define ND_IO_AHEAD_H

#include "io/stream.h"

#define ND_AHEAD_WINDOW_LOG 23
#define ND_AHEAD_BYTES      ((size_t)1 << ND_AHEAD_WINDOW_LOG)

/* Makes ready for so many threads (at least 1), which are started when there is something to decode. A stretch has at
 * least so many compressed bytes (0: as many as are worth a thread's while). NULL when there is no memory. */
nd_ahead *nd_ahead_create(unsigned threads, uint64_t least);
void nd_ahead_free(nd_ahead *ahead);

/* Bytes that hold what is decoded and not read yet; without what the decoders need. */
size_t nd_ahead_bytes(nd_ahead *ahead);

/* Whether another file can be offered. */
bool nd_ahead_has_room(const nd_ahead *ahead);

/* Says that file `number` is going to be read, behind those offered before. It is opened, and passed over if that
 * cannot be or it is not compressed. */
void nd_ahead_offer(nd_ahead *ahead, size_t number, const char *path);

/* Begins to read a regular file, which was offered or not, from its beginning; what was offered before it is forgotten.
 * False where it cannot be decoded ahead. `fd` is not used any more. */
bool nd_ahead_begin(nd_ahead *ahead, size_t number, int fd, nd_stream_kind kind);

/* Where a reader has got to. */
typedef struct nd_ahead_place {
    uint64_t position; /* bytes of the file that are used up */
    bool left;         /* from there on, where a frame or member begins, the rest is left to the reader */
    nd_stream_fault fault;
} nd_ahead_place;

/* Gives up to `capacity` bytes of the file, as nd_stream_read does, but for that it may give fewer, or none where the
 * rest is left to the reader. */
neardup_status nd_ahead_read(nd_ahead *ahead, void *data, size_t capacity, size_t *size_out, nd_ahead_place *place_out,
                             neardup_error *error);

/* Ends the reading of the file. */
void nd_ahead_end(nd_ahead *ahead);

#endif
