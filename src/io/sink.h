/* SPDX-License-Identifier: MIT */
/*
 * A sink: bytes on their way into a file, as they are or compressed by gzip (RFC 1952, one member) or zstd (RFC 8878,
 * one frame). What is compressed is the same for any number of threads. An object is opened again and again.
 */
#ifndef ND_IO_SINK_H
#define ND_IO_SINK_H

#include "base/bytes.h"
#include "io/hasher.h"

typedef enum nd_packing {
    ND_PACKING_NONE,
    ND_PACKING_GZIP,
    ND_PACKING_ZSTD,
    ND_PACKING_FAST /* zstd in less time: for what is read again soon, and no name asks for */
} nd_packing;

/* The packing a name asks for: by .gz, .zst, whatever the case. */
nd_packing nd_packing_of(nd_span name);

typedef struct nd_sink nd_sink;

/* A sink that compresses on up to so many threads. NULL when there is no memory. */
nd_sink *nd_sink_create(unsigned threads);
void nd_sink_free(nd_sink *sink);

/* Starts writing to a descriptor, which stays the caller's. `hashed`: nd_sink_hash is wanted. */
neardup_status nd_sink_open(nd_sink *sink, int descriptor, nd_packing packing, bool hashed);

/* NEARDUP_ERROR_SYSTEM with the reason in errno, or NEARDUP_ERROR_MEMORY; nothing more can then be written until it is
 * opened again. */
neardup_status nd_sink_write(nd_sink *sink, const void *data, size_t size);

/* Writes what has been held back, and the end of the compressed data. */
neardup_status nd_sink_finish(nd_sink *sink);

/* What has been given since the opening, in bytes, and the last byte of it (0: none). */
uint64_t nd_sink_given(const nd_sink *sink);
char nd_sink_last(const nd_sink *sink);

/* What has been written to the descriptor: bytes, and, after nd_sink_finish, their XXH3-128. */
uint64_t nd_sink_written(const nd_sink *sink);
nd_hash128 nd_sink_hash(const nd_sink *sink);

#endif
