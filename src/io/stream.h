/* SPDX-License-Identifier: MIT */
/*
 * A stream: the bytes of a file as they were before gzip or zstd, which are recognised by their first bytes. All
 * members and frames are read. A stream object is opened again and again, so that reading many small files
 * allocates nothing.
 */
#ifndef ND_IO_STREAM_H
#define ND_IO_STREAM_H

#include <stdatomic.h>
#include <sys/types.h>

#include "base/bytes.h"
#include "io/reel.h"

typedef struct nd_stream nd_stream;
typedef struct nd_ahead nd_ahead;

/* What a stream reads from. */
typedef struct nd_stream_input {
    int fd;
    bool close;        /* nd_stream_close closes fd */
    off_t offset;      /* read from here on with pread, so that fd can be shared; -1: read on with read */
    uint64_t expected; /* bytes a regular file holds from offset on, saves asking for its end, and if it
                        * ends before, that is a fault; 0: unknown */
    nd_reel *copy;     /* everything read is also added to this, which is finished at the end; NULL: none */
    atomic_uint_least64_t *progress; /* bytes read are added to it; or NULL */
    nd_ahead *ahead;    /* where compressed data of a regular file, read from its beginning with offset -1, */
    size_t number;      /* which has this number there, are decoded (ahead.h); NULL: by the stream itself */
    uint64_t expansion; /* compressed data become no more than so many times as large; 0: as large as they will */
} nd_stream_input;

/* What compressed data may become, whatever their size is and `expansion` says: it does no harm. */
#define ND_STREAM_HARMLESS ((uint64_t)1 << 26)

/* What data are, by their first bytes. */
typedef enum nd_stream_kind { ND_STREAM_RAW, ND_STREAM_GZIP, ND_STREAM_ZSTD } nd_stream_kind;
enum { ND_STREAM_MAGIC = 4 };
nd_stream_kind nd_stream_kind_of(const unsigned char *data, size_t size);

/* A stretch of compressed data. */
typedef struct nd_stream_part {
    int fd;              /* of a regular file; stays open */
    nd_stream_kind kind; /* of the file */
    uint64_t begin;      /* where a member or frame begins */
    uint64_t end;   /* it is over where a member or frame ends at this byte or behind it; 0: at the end of the file */
    uint64_t size;  /* of the file */
    int window_log; /* it is over, too, before a zstd frame with a larger window */
} nd_stream_part;

/* Why a stream ended too early. */
typedef enum nd_stream_fault {
    ND_STREAM_WHOLE,      /* it did not */
    ND_STREAM_UNREADABLE, /* the operating system could not read, or too large a window would be needed */
    ND_STREAM_DAMAGED,    /* compressed data breaks off, is corrupt, or is followed by something else */
    ND_STREAM_EXPANDED    /* compressed data becomes larger than it may */
} nd_stream_fault;

/* NULL when there is no memory. */
nd_stream *nd_stream_create(void);
void nd_stream_free(nd_stream *stream);

/* Starts reading `input` (copied), after closing what was open. */
void nd_stream_open(nd_stream *stream, const nd_stream_input *input);
void nd_stream_close(nd_stream *stream);

/* Starts reading a stretch of a file: what it gives is what the stream of the whole file gives for it. */
void nd_stream_open_part(nd_stream *stream, const nd_stream_part *part);

/* Where the member or frame begins that comes next, after a part has given NEARDUP_END. */
uint64_t nd_stream_boundary(const nd_stream *stream);

/* Reads exactly `capacity` (at least 1) bytes, or fewer when the data end: the sizes given depend on the data alone,
 * not on how they arrive. NEARDUP_END when there are none left. NEARDUP_ERROR_SOURCE, after all bytes before it have
 * been given, for a fault: `error` says what is wrong in a few words, without the file's name. */
neardup_status nd_stream_read(nd_stream *stream, void *data, size_t capacity, size_t *size_out, neardup_error *error);

/* Goes on from the given byte of what the stream gives, counted from its beginning; after something has been read.
 * False, and nothing has changed, where the data are compressed, or come from where one cannot go back. */
bool nd_stream_seek(nd_stream *stream, uint64_t position);

/* Whether what the stream gives are the very bytes of its file; after something has been read. */
bool nd_stream_is_raw(const nd_stream *stream);

nd_stream_fault nd_stream_fault_of(const nd_stream *stream);

/* Bytes of all that the stream gives, where that is known beforehand: of a regular file that is not compressed, once
 * something has been read. 0 elsewhere. */
uint64_t nd_stream_size(const nd_stream *stream);

/* Bytes of the file (compressed ones, where it is compressed) that have been used up: where a fault is. */
uint64_t nd_stream_position(const nd_stream *stream);

#endif
