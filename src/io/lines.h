/* SPDX-License-Identifier: MIT */
/*
 * Lines: a stream cut into blocks of whole lines. Where blocks end depends on the data alone, so that two readings of
 * the same data give the same blocks.
 */
#ifndef ND_IO_LINES_H
#define ND_IO_LINES_H

#include "io/charset.h"
#include "io/stream.h"

/* A block is at most this long, or twice as long as its longest line. */
#define ND_LINES_BLOCK ((size_t)1 << 20)

typedef struct nd_lines {
    nd_stream *stream;     /* borrowed */
    nd_decoder *decoder;   /* borrowed; NULL: the bytes are taken as they are */
    size_t limit;          /* bytes of the longest line */
    uint64_t skipped;      /* bytes of the last line that was longer */
    uint64_t read;         /* bytes that have been read of the stream */
    nd_buffer rest;        /* what has been read of the next block */
    nd_buffer raw;         /* bytes to be decoded */
    neardup_status status; /* what ended the reading, or NEARDUP_OK */
    neardup_error error;
} nd_lines;

/* Starts on an opened stream; an object may be used for one stream after another. All zero before the first time. The
 * bytes of `head` (already read from the stream) come first. */
neardup_status nd_lines_begin(nd_lines *lines, nd_stream *stream, nd_decoder *decoder, size_t limit, nd_span head);
void nd_lines_release(nd_lines *lines);

/* Where the next block begins in what the stream gives; without a decoder. */
uint64_t nd_lines_position(const nd_lines *lines);

/* Goes on from such a place, after nd_lines_begin. False, and nothing has changed, where the stream cannot. */
bool nd_lines_seek(nd_lines *lines, uint64_t position);

/* Replaces the content of `block` by the next lines; the last line of the data may have no line break. With
 * *oversized_out the block is empty and stands for one line that is longer than the limit. NEARDUP_END, and an empty
 * block, when there are no more. NEARDUP_ERROR_SOURCE for a fault of the stream or bytes that the decoder does not
 * know, after all whole lines before it have been given. */
neardup_status nd_lines_next(nd_lines *lines, nd_buffer *block, bool *oversized_out, neardup_error *error);

/* Appends everything that is left to `block`, line breaks or not. NEARDUP_ERROR_LIMIT when `block` grows beyond the
 * limit. */
neardup_status nd_lines_drain(nd_lines *lines, nd_buffer *block, neardup_error *error);

#endif
