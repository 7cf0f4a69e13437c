/* SPDX-License-Identifier: MIT */
#include "report/embedding.h"

#include <string.h>
#include <zlib.h>

#include "base/memory.h"

enum {
    DIGITS_A_LINE = 4096, /* lines, for the sake of editors */
    BYTES_A_LINE = DIGITS_A_LINE / 4 * 3
};

struct nd_embedding {
    FILE *out;
    z_stream stream;
    unsigned char compressed[BYTES_A_LINE]; /* of the line under way: up to stream.next_out */
};

neardup_status nd_embedding_create(FILE *out, nd_embedding **embedding_out) {
    enum { RAW = -15, MEMORY = 9 };
    nd_embedding *e = nd_allocate_zero(1, sizeof *e);
    if (!e) return NEARDUP_ERROR_MEMORY;
    e->out = out;
    e->stream.next_out = e->compressed;
    e->stream.avail_out = sizeof e->compressed;
    if (deflateInit2(&e->stream, Z_BEST_COMPRESSION, Z_DEFLATED, RAW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
        nd_free(e);
        return NEARDUP_ERROR_MEMORY;
    }
    *embedding_out = e;
    return NEARDUP_OK;
}

/* Writes the line under way in base64 (RFC 4648) and begins the next. */
static void write_line(nd_embedding *e) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char line[DIGITS_A_LINE + 1];
    size_t size = sizeof e->compressed - e->stream.avail_out, length = 0;
    memset(e->compressed + size, 0, sizeof e->compressed - size);
    for (size_t i = 0; i < size; i += 3) {
        unsigned group = (unsigned)e->compressed[i] << 16 | (unsigned)e->compressed[i + 1] << 8 | e->compressed[i + 2];
        for (unsigned shift = 24; shift;) line[length++] = digits[group >> (shift -= 6) & 63];
    }
    for (size_t padding = (3 - size % 3) % 3; padding; padding--) line[length - padding] = '=';
    line[length++] = '\n';
    fwrite(line, 1, length, e->out);
    e->stream.next_out = e->compressed;
    e->stream.avail_out = sizeof e->compressed;
}

/* Compresses what the stream holds; `flush` as zlib's. */
static void compress_input(nd_embedding *e, int flush) {
    int result;
    do {
        if (!e->stream.avail_out) write_line(e);
        result = deflate(&e->stream, flush);
    } while (flush == Z_FINISH ? result != Z_STREAM_END : e->stream.avail_in != 0);
}

neardup_status nd_embedding_write(void *context, const void *data, size_t size) {
    const size_t most = (size_t)1 << 30; /* zlib counts in unsigned int */
    nd_embedding *e = context;
    for (const unsigned char *at = data; size;) {
        size_t part = size < most ? size : most;
        e->stream.next_in = (unsigned char *)at;
        e->stream.avail_in = (unsigned)part;
        compress_input(e, Z_NO_FLUSH);
        at += part;
        size -= part;
    }
    return NEARDUP_OK;
}

neardup_status nd_embedding_finish(nd_embedding *embedding) {
    embedding->stream.avail_in = 0;
    compress_input(embedding, Z_FINISH);
    write_line(embedding);
    return NEARDUP_OK;
}

void nd_embedding_free(nd_embedding *embedding) {
    if (!embedding) return;
    deflateEnd(&embedding->stream);
    nd_free(embedding);
}
