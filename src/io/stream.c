/* SPDX-License-Identifier: MIT */
/*
 * Input passes through one buffer; a codec turns it into output. A codec is a row of a table, so that another format or
 * another gzip decoder is one more row. Raw data skip the buffer once the first block has shown that they are raw.
 */
#include "io/stream.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/ahead.h"
#include "io/inflater.h"

/* Compressed data are read in blocks that leave room in the processor's cache for the decoder's window: a megabyte at a
 * time decodes some 8 % slower. Raw data are read straight to where they are wanted. */
#define INPUT_BLOCK ((size_t)1 << 17)

/* gzip data are decoded in steps of so many bytes, and never less: where a decoder notices a fault depends on the room
 * it has, and what is given before a fault must not depend on how much the caller asks for. */
#define OUTPUT_BLOCK ((size_t)1 << 16)

/* The window of zstd data is memory that the data themselves ask for. 128 MiB is what zstd, too, gives without being
 * told to; and is in every thread that reads a file of its own. */
#define WINDOW_LOG_MOST 27

typedef struct codec {
    bool (*recognise)(const unsigned char *data, size_t size);
    /* Makes ready for the first byte. */
    neardup_status (*begin)(nd_stream *stream, neardup_error *error);
    /* Produces up to `capacity` bytes; NEARDUP_END when the data are over and *size_out is 0. */
    neardup_status (*decode)(nd_stream *stream, void *data, size_t capacity, size_t *size_out, neardup_error *error);
} codec;

struct nd_stream {
    nd_stream_input input;
    bool open, ended; /* ended: the file has been read to its end */
    off_t offset;
    uint64_t taken; /* bytes read from the file */
    uint64_t made;  /* bytes given */
    unsigned char *block;
    size_t at, size; /* what of the block is not used up: block[at] to block[size] */
    const codec *codec;
    nd_stream_part part; /* where it begins and ends; end: 0 for a whole file */
    uint64_t boundary;   /* where the last frame ended, or the last member and zeros behind it */
    bool inside;         /* a member or frame has begun and not ended */
    nd_inflater *inflater;
    char *output; /* of gzip data, what is decoded and not given yet: output[output_at] to output[output_size] */
    size_t output_at, output_size;
    uint64_t members; /* gzip members begun */
    bool given;       /* the member has given bytes */
    ZSTD_DStream *zstd;
    size_t wanted; /* bytes that the zstd decoder takes next */
    bool full;     /* the last step left no room: the decoder may hold back bytes */
    nd_stream_fault fault;
    neardup_status pending; /* the status of a fault that is given by the next call */
    neardup_error error;
};

/* ---- input ---- */

/* Reads up to `size` bytes from the file; *size_out is 0 at its end. */
static neardup_status take(nd_stream *s, void *data, size_t size, size_t *size_out, neardup_error *error) {
    *size_out = 0;
    if (s->ended) return NEARDUP_OK;
    ssize_t got = nd_file_read(s->input.fd, data, size, s->offset);
    char reason[128];
    if (got < 0) {
        s->fault = ND_STREAM_UNREADABLE;
        return nd_fail(error, NEARDUP_ERROR_SOURCE, "%s", nd_file_reason(errno, reason, sizeof reason));
    }
    if (got == 0 && s->taken < s->input.expected) {
        s->fault = ND_STREAM_UNREADABLE;
        return nd_fail(error, NEARDUP_ERROR_SOURCE, "it has become shorter meanwhile");
    }
    if (s->input.copy) {
        neardup_status status =
            got ? nd_reel_add(s->input.copy, data, (size_t)got, error) : nd_reel_finish(s->input.copy, error);
        if (status) return status;
    }
    if (s->offset >= 0) s->offset += got;
    s->taken += (uint64_t)got;
    s->ended = got == 0 || (s->input.expected && s->taken >= s->input.expected);
    if (s->input.progress) atomic_fetch_add_explicit(s->input.progress, (uint64_t)got, memory_order_relaxed);
    *size_out = (size_t)got;
    return NEARDUP_OK;
}

/* Sees to it that the block holds something, unless the file has ended. Blocks end where a multiple of their size does
 * in the file, wherever reading began. */
static neardup_status refill(nd_stream *s, neardup_error *error) {
    if (s->at < s->size) return NEARDUP_OK;
    s->at = s->size = 0;
    return take(s, s->block, INPUT_BLOCK - (size_t)(s->taken % INPUT_BLOCK), &s->size, error);
}

static neardup_status damaged(nd_stream *s, neardup_error *error, const char *what) {
    s->fault = ND_STREAM_DAMAGED;
    return nd_fail(error, NEARDUP_ERROR_SOURCE, "%s", what);
}

/* ---- raw ---- */

static bool raw_recognise(const unsigned char *data, size_t size) {
    (void)data, (void)size;
    return true;
}

static neardup_status raw_begin(nd_stream *s, neardup_error *error) {
    (void)s, (void)error;
    return NEARDUP_OK;
}

static neardup_status raw_decode(nd_stream *s, void *data, size_t capacity, size_t *size_out, neardup_error *error) {
    if (s->at < s->size) {
        size_t size = s->size - s->at < capacity ? s->size - s->at : capacity;
        memcpy(data, s->block + s->at, size);
        s->at += size;
        *size_out = size;
        return NEARDUP_OK;
    }
    neardup_status status = take(s, data, capacity, size_out, error);
    return status == NEARDUP_OK && *size_out == 0 ? NEARDUP_END : status;
}

/* ---- gzip ---- */

static bool gzip_recognise(const unsigned char *data, size_t size) {
    return size >= 3 && data[0] == 0x1f && data[1] == 0x8b && data[2] == 8;
}

static neardup_status gzip_begin(nd_stream *s, neardup_error *error) {
    if (!s->inflater) s->inflater = nd_inflater_create();
    if (!s->output) s->output = nd_allocate(OUTPUT_BLOCK, 1);
    if (!s->inflater || !s->output) return nd_fail_memory(error);
    nd_inflater_begin(s->inflater);
    s->inside = true;
    s->given = false;
    s->members++;
    return NEARDUP_OK;
}

/* Notes that a member or frame is over; whether that ends the part. */
static bool ends_part(nd_stream *s) {
    s->boundary = nd_stream_position(s);
    return s->part.end && s->boundary >= s->part.end;
}

static const char gzip_other[] = "the gzip data are followed by other bytes";

/* Between two members: skips the zeros that tapes and some tools pad with (gzip does, too) and begins the next one. */
static neardup_status gzip_next_member(nd_stream *s, neardup_error *error) {
    for (;;) {
        if (ends_part(s)) return NEARDUP_END;
        neardup_status status = refill(s, error);
        if (status) return status;
        if (s->at == s->size) return NEARDUP_END;
        enum { FIRST = 0x1f }; /* of a member */
        if (s->block[s->at] == FIRST) return gzip_begin(s, error);
        if (s->block[s->at]) return damaged(s, error, gzip_other);
        s->at++;
    }
}

/* One step of the decoder, with OUTPUT_BLOCK bytes of room. */
static neardup_status inflate_step(nd_stream *s, void *data, size_t *size_out, neardup_error *error) {
    *size_out = 0;
    neardup_status status = s->inside ? refill(s, error) : gzip_next_member(s, error);
    if (status) return status;
    bool dry = s->at == s->size;
    nd_span input = {(const char *)s->block + s->at, s->size - s->at};
    nd_inflated result = nd_inflater_decode(s->inflater, &input, data, OUTPUT_BLOCK, size_out);
    s->at = s->size - input.size;
    s->given = s->given || *size_out;
    bool other = !s->given && s->members > 1;
    switch (result) {
    case ND_INFLATED_MEMBER: s->inside = false; return NEARDUP_OK;
    case ND_INFLATED_SOME: return dry && !*size_out ? damaged(s, error, "the gzip data break off") : NEARDUP_OK;
    case ND_INFLATED_NO_MEMORY: return nd_fail_memory(error);
    default: return damaged(s, error, other ? gzip_other : "the gzip data are corrupt");
    }
}

/* Gives what was decoded before. */
static size_t give_output(nd_stream *s, void *data, size_t capacity) {
    size_t size = s->output_size - s->output_at < capacity ? s->output_size - s->output_at : capacity;
    if (size) memcpy(data, s->output + s->output_at, size);
    s->output_at += size;
    return size;
}

static neardup_status gzip_decode(nd_stream *s, void *data, size_t capacity, size_t *size_out, neardup_error *error) {
    if (capacity >= OUTPUT_BLOCK) return inflate_step(s, data, size_out, error);
    s->output_at = 0;
    neardup_status status = inflate_step(s, s->output, &s->output_size, error);
    *size_out = give_output(s, data, capacity);
    return status;
}

/* ---- zstd ---- */

/* Bytes of a frame from which its decoder tells how many it takes next: fewer than any frame has. */
#define ZSTD_FIRST 5

/* What its decoder asks for beyond a block: the header of the next. */
#define ZSTD_NEXT 3

static bool zstd_recognise(const unsigned char *data, size_t size) {
    static const unsigned char frame[4] = {0x28, 0xb5, 0x2f, 0xfd}, skippable[3] = {0x2a, 0x4d, 0x18};
    if (size < 4) return false;
    return memcmp(data, frame, 4) == 0 || ((data[0] & 0xf0) == 0x50 && memcmp(data + 1, skippable, 3) == 0);
}

static neardup_status zstd_begin(nd_stream *s, neardup_error *error) {
    if (!s->zstd) s->zstd = ZSTD_createDStream();
    if (!s->zstd) return nd_fail_memory(error);
    ZSTD_DCtx_reset(s->zstd, ZSTD_reset_session_only);
    ZSTD_DCtx_setParameter(s->zstd, ZSTD_d_windowLogMax, s->part.window_log);
    s->inside = s->full = false;
    s->wanted = ZSTD_FIRST;
    return NEARDUP_OK;
}

static neardup_status zstd_fault(nd_stream *s, ZSTD_ErrorCode code, neardup_error *error) {
    switch (code) {
    case ZSTD_error_memory_allocation: return nd_fail_memory(error);
    case ZSTD_error_prefix_unknown: return damaged(s, error, "the zstd data are followed by other bytes");
    case ZSTD_error_frameParameter_windowTooLarge:
        if (s->part.window_log < WINDOW_LOG_MOST) return NEARDUP_END;
        s->fault = ND_STREAM_UNREADABLE;
        return nd_fail(error, NEARDUP_ERROR_SOURCE,
                       "the zstd data need a window of more than %u MiB: unpack them first with zstd -d --long=31",
                       1U << (WINDOW_LOG_MOST - 20));
    default: return damaged(s, error, "the zstd data are corrupt");
    }
}

/* One step of the decoder, which gets a header, a block, or a checksum, and no more: a block with the header behind it
 * would be lost where that is damaged. So everything before a fault is given, and the fault is where the header or
 * block is that has it, however much is asked for or comes at a time. A step whose output filled the room is repeated
 * without input, so that what the decoder holds back is not lost to a fault that comes after it. */
static neardup_status zstd_decode(nd_stream *s, void *data, size_t capacity, size_t *size_out, neardup_error *error) {
    *size_out = 0;
    if (!s->inside && ends_part(s)) return NEARDUP_END;
    if (!s->full) {
        neardup_status status = refill(s, error);
        if (status) return status;
    }
    bool dry = !s->full && s->at == s->size;
    if (dry && !s->inside) return NEARDUP_END;
    size_t size = s->inside && s->wanted > ZSTD_NEXT ? s->wanted - ZSTD_NEXT : s->wanted;
    if (s->full) size = 0;
    if (size > s->size - s->at) size = s->size - s->at;
    ZSTD_inBuffer in = {s->block + s->at, size, 0};
    ZSTD_outBuffer out = {data, capacity, 0};
    size_t result = ZSTD_decompressStream(s->zstd, &out, &in);
    if (ZSTD_isError(result)) return zstd_fault(s, ZSTD_getErrorCode(result), error);
    s->at += in.pos;
    *size_out = out.pos;
    s->full = result && out.pos == capacity;
    s->inside = result != 0;
    s->wanted = result ? result : ZSTD_FIRST;
    return dry && s->inside && out.pos == 0 ? damaged(s, error, "the zstd data break off") : NEARDUP_OK;
}

/* ---- ahead ---- */

static neardup_status ahead_decode(nd_stream *s, void *data, size_t capacity, size_t *size_out, neardup_error *error);

/* Makes ready to decode from a boundary on. */
static neardup_status begin_at(nd_stream *s, uint64_t boundary, neardup_error *error) {
    s->at = s->size = 0;
    s->taken = s->boundary = boundary;
    s->offset = (off_t)boundary;
    s->ended = false;
    neardup_status status = s->codec->begin(s, error);
    if (boundary) s->inside = false; /* zeros may come first, or nothing */
    return status;
}

/* Which codec there is for data of a kind. What comes later in the table is tried first. */
static const codec codecs[] = {
    [ND_STREAM_RAW] = {raw_recognise, raw_begin, raw_decode},
    [ND_STREAM_GZIP] = {gzip_recognise, gzip_begin, gzip_decode},
    [ND_STREAM_ZSTD] = {zstd_recognise, zstd_begin, zstd_decode},
};
static const codec ahead_codec = {raw_recognise, raw_begin, ahead_decode};

/* Takes what was decoded elsewhere; and decodes here from where that ends too early. */
static neardup_status ahead_decode(nd_stream *s, void *data, size_t capacity, size_t *size_out, neardup_error *error) {
    nd_ahead_place place;
    neardup_status status = nd_ahead_read(s->input.ahead, data, capacity, size_out, &place, error);
    if (s->input.progress)
        atomic_fetch_add_explicit(s->input.progress, place.position - s->taken, memory_order_relaxed);
    s->taken = place.position;
    s->fault = place.fault;
    if (!place.left) return status;
    nd_ahead_end(s->input.ahead);
    s->codec = &codecs[s->part.kind];
    return begin_at(s, place.position, error);
}

/* Hands compressed data over to be decoded ahead, if that can be. */
static bool hand_over(nd_stream *s) {
    const nd_stream_input *input = &s->input;
    if (!input->ahead || s->part.kind == ND_STREAM_RAW || input->copy || input->offset >= 0) return false;
    if (!nd_ahead_begin(input->ahead, input->number, input->fd, s->part.kind)) return false;
    if (input->progress) atomic_fetch_sub_explicit(input->progress, s->taken, memory_order_relaxed);
    s->taken = 0;
    s->at = s->size = 0;
    s->codec = &ahead_codec;
    return true;
}

nd_stream_kind nd_stream_kind_of(const unsigned char *data, size_t size) {
    unsigned kind = ND_STREAM_ZSTD;
    while (!codecs[kind].recognise(data, size)) kind--;
    return (nd_stream_kind)kind;
}

/* Reads the first bytes and finds the codec for them. */
static neardup_status recognise(nd_stream *s, neardup_error *error) {
    if (!s->block) s->block = nd_allocate(INPUT_BLOCK, 1);
    if (!s->block) return nd_fail_memory(error);
    if (s->part.kind) {
        s->codec = &codecs[s->part.kind];
        return begin_at(s, s->part.begin, error);
    }
    while (s->size < ND_STREAM_MAGIC && !s->ended) {
        size_t got;
        neardup_status status = take(s, s->block + s->size, INPUT_BLOCK - s->size, &got, error);
        if (status) return status;
        s->size += got;
    }
    s->part.kind = nd_stream_kind_of(s->block, s->size);
    if (hand_over(s)) return NEARDUP_OK;
    s->codec = &codecs[s->part.kind];
    return s->codec->begin(s, error);
}

/* ---- interface ---- */

nd_stream *nd_stream_create(void) { return nd_allocate_zero(1, sizeof(nd_stream)); }

void nd_stream_free(nd_stream *stream) {
    if (!stream) return;
    nd_stream_close(stream);
    nd_inflater_free(stream->inflater);
    ZSTD_freeDStream(stream->zstd);
    nd_free(stream->output);
    nd_free(stream->block);
    nd_free(stream);
}

void nd_stream_open(nd_stream *stream, const nd_stream_input *input) {
    nd_stream_close(stream);
    stream->input = *input;
    stream->open = true;
    stream->ended = false;
    stream->offset = input->offset;
    stream->taken = stream->made = 0;
    stream->at = stream->size = 0;
    stream->output_at = stream->output_size = 0;
    stream->codec = NULL;
    stream->part = (nd_stream_part){.window_log = WINDOW_LOG_MOST};
    stream->boundary = 0;
    stream->inside = false;
    stream->members = 0;
    stream->fault = ND_STREAM_WHOLE;
    stream->pending = NEARDUP_OK;
}

void nd_stream_open_part(nd_stream *stream, const nd_stream_part *part) {
    nd_stream_open(stream, &(nd_stream_input){.fd = part->fd, .offset = (off_t)part->begin, .expected = part->size});
    stream->part = *part;
}

uint64_t nd_stream_boundary(const nd_stream *stream) { return stream->boundary; }

void nd_stream_close(nd_stream *stream) {
    if (!stream->open) return;
    if (stream->codec == &ahead_codec) nd_ahead_end(stream->input.ahead);
    if (stream->input.copy) nd_reel_finish(stream->input.copy, NULL); /* it was not read to its end, and need not be */
    if (stream->input.close) close(stream->input.fd);
    stream->open = false;
}

/* Bytes that the stream may give. Those of a file are known from its size, so that every reading of it ends at the same
 * byte; of a pipe, the blocks that were needed so far count as a whole, however they came. */
static uint64_t most_of(const nd_stream *s) {
    uint64_t packed = s->input.expected, expansion = s->input.expansion;
    if (!expansion || nd_stream_is_raw(s)) return UINT64_MAX;
    if (!packed) packed = (nd_stream_position(s) + INPUT_BLOCK - 1) / INPUT_BLOCK * INPUT_BLOCK;
    if (packed > UINT64_MAX / expansion) return UINT64_MAX;
    return packed * expansion > ND_STREAM_HARMLESS ? packed * expansion : ND_STREAM_HARMLESS;
}

/* Takes what is too much off `size` bytes that are about to be given. */
static neardup_status limit(nd_stream *s, size_t *size, neardup_error *error) {
    uint64_t most = most_of(s);
    s->made += *size;
    if (s->made <= most) return NEARDUP_OK;
    uint64_t over = s->made - most;
    *size = over < *size ? *size - (size_t)over : 0;
    s->made = most;
    s->output_at = s->output_size = 0;
    s->fault = ND_STREAM_EXPANDED;
    return nd_fail(error, NEARDUP_ERROR_SOURCE,
                   "it becomes more than %" PRIu64 " times as large, as a decompression bomb does; allow more if it is "
                   "none (--max-expansion)",
                   s->input.expansion);
}

neardup_status nd_stream_read(nd_stream *stream, void *data, size_t capacity, size_t *size_out, neardup_error *error) {
    neardup_error own;
    if (!error) error = &own;
    size_t size = give_output(stream, data, capacity);
    *size_out = size;
    neardup_status status = size < capacity ? stream->pending : NEARDUP_OK;
    if (status < 0) *error = stream->error;
    if (status == NEARDUP_OK && !stream->codec) status = recognise(stream, error);
    while (status == NEARDUP_OK && size < capacity) {
        size_t got = 0;
        status = stream->codec->decode(stream, (char *)data + size, capacity - size, &got, error);
        size += got;
    }
    if (limit(stream, &size, error)) status = NEARDUP_ERROR_SOURCE;
    if (status != NEARDUP_OK) {
        stream->pending = status;
        if (status < 0) stream->error = *error;
    }
    *size_out = size;
    return size ? NEARDUP_OK : status;
}

bool nd_stream_is_raw(const nd_stream *stream) { return stream->codec && stream->codec->decode == raw_decode; }

bool nd_stream_seek(nd_stream *stream, uint64_t position) {
    nd_stream *s = stream;
    if (!nd_stream_is_raw(s) || s->input.copy) return false;
    if (s->input.offset < 0 && lseek(s->input.fd, (off_t)position, SEEK_SET) < 0) return false;
    s->offset = s->input.offset < 0 ? -1 : s->input.offset + (off_t)position;
    s->taken = position;
    s->at = s->size = 0;
    s->ended = false;
    s->fault = ND_STREAM_WHOLE;
    s->pending = NEARDUP_OK;
    return true;
}

nd_stream_fault nd_stream_fault_of(const nd_stream *stream) {
    return stream->pending < 0 ? stream->fault : ND_STREAM_WHOLE;
}

uint64_t nd_stream_position(const nd_stream *stream) { return stream->taken - (stream->size - stream->at); }

uint64_t nd_stream_size(const nd_stream *stream) { return nd_stream_is_raw(stream) ? stream->input.expected : 0; }
