/* SPDX-License-Identifier: MIT */
/*
 * gzip is compressed by blocks of 1 MiB, each on its own thread, without looking back into the one before: raw deflate
 * that ends at a byte (Z_SYNC_FLUSH), put together in one member whose checksum is combined from those of the blocks,
 * as pigz does. Members of their own would be simpler, but some readers stop behind the first. zstd has threads of its
 * own; they are used even for one, because what it writes with and without them differs.
 */
#define _GNU_SOURCE /* sync_file_range */
#include "io/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/threads.h"

#define HELD         ((size_t)1 << 18) /* small pieces are put together before they are written */
#define LARGE        ((size_t)1 << 16) /* what is larger goes its own way */
#define GZIP_BLOCK   ((size_t)1 << 20)
#define GZIP_AHEAD   4 /* blocks a thread */
#define SYNC_EVERY   ((uint64_t)1 << 25)
#define FAST_LEVEL   1 /* those below save a quarter of the time and give a half more bytes */
#define MOST_THREADS 64

typedef struct gzip_block {
    unsigned char *data, *packed;
    size_t size, packed_size;
    uint32_t checksum;
} gzip_block;

struct nd_sink {
    unsigned threads;
    int descriptor;
    nd_packing packing;
    bool hashed;
    uint64_t given, written, synced;
    char last;
    nd_hasher *hasher;
    char *held; /* HELD bytes: to be written */
    size_t held_size;
    gzip_block *blocks;
    size_t block_count, block; /* and the one that is being filled */
    z_stream *deflaters;       /* one a thread */
    bool *deflater_ready;
    uint32_t checksum;
    ZSTD_CCtx *zstd;
    char *packed; /* what zstd gives */
};

/* ---- life ---- */

static bool ends_with(nd_span name, const char *suffix) {
    size_t size = strlen(suffix);
    return name.size >= size && strncasecmp(name.data + name.size - size, suffix, size) == 0;
}

nd_packing nd_packing_of(nd_span name) {
    if (ends_with(name, ".gz")) return ND_PACKING_GZIP;
    return ends_with(name, ".zst") ? ND_PACKING_ZSTD : ND_PACKING_NONE;
}

nd_sink *nd_sink_create(unsigned threads) {
    nd_sink *sink = nd_allocate_zero(1, sizeof *sink);
    if (!sink) return NULL;
    sink->threads = threads < 1 ? 1 : threads > MOST_THREADS ? MOST_THREADS : threads;
    sink->held = nd_allocate(HELD, 1);
    if (sink->held) return sink;
    nd_free(sink);
    return NULL;
}

void nd_sink_free(nd_sink *sink) {
    if (!sink) return;
    for (size_t i = 0; i < sink->block_count; i++) {
        nd_free(sink->blocks[i].data);
        nd_free(sink->blocks[i].packed);
    }
    for (unsigned i = 0; sink->deflater_ready && i < sink->threads; i++)
        if (sink->deflater_ready[i]) deflateEnd(&sink->deflaters[i]);
    nd_free(sink->blocks);
    nd_free(sink->deflaters);
    nd_free(sink->deflater_ready);
    nd_hasher_free(sink->hasher);
    ZSTD_freeCCtx(sink->zstd);
    nd_free(sink->packed);
    nd_free(sink->held);
    nd_free(sink);
}

/* ---- the descriptor ---- */

static neardup_status put(nd_sink *s, const void *data, size_t size) {
    if (!size) return NEARDUP_OK;
    if (nd_file_write(s->descriptor, data, size) != 0) return NEARDUP_ERROR_SYSTEM;
    if (s->hashed) nd_hasher_add(s->hasher, data, size);
    s->written += size;
    if (s->written - s->synced >= SYNC_EVERY && s->packing != ND_PACKING_FAST) {
        /* The disk begins to work now, so that fsync has less to wait for. What is no file on a disk refuses. */
        int number = errno;
        sync_file_range(s->descriptor, (off_t)s->synced, (off_t)(s->written - s->synced), SYNC_FILE_RANGE_WRITE);
        errno = number;
        s->synced = s->written;
    }
    return NEARDUP_OK;
}

static neardup_status flush_held(nd_sink *s) {
    size_t size = s->held_size;
    s->held_size = 0;
    return put(s, s->held, size);
}

static neardup_status write_plain(nd_sink *s, const char *data, size_t size) {
    if (size >= LARGE || s->held_size + size > HELD) {
        neardup_status status = flush_held(s);
        if (status || size >= LARGE) return status ? status : put(s, data, size);
    }
    memcpy(s->held + s->held_size, data, size);
    s->held_size += size;
    return NEARDUP_OK;
}

/* ---- gzip ---- */

static neardup_status deflate_block(void *context, unsigned worker, size_t index) {
    nd_sink *s = context;
    gzip_block *block = &s->blocks[index];
    z_stream *z = &s->deflaters[worker];
    if (!s->deflater_ready[worker]) {
        enum { RAW = -15, MEMORY = 8 };
        if (deflateInit2(z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, RAW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
            return NEARDUP_ERROR_MEMORY;
        s->deflater_ready[worker] = true;
    } else {
        deflateReset(z);
    }
    z->next_in = block->data;
    z->avail_in = (uInt)block->size;
    z->next_out = block->packed;
    z->avail_out = (uInt)(2 * GZIP_BLOCK);
    if (deflate(z, Z_SYNC_FLUSH) != Z_OK || z->avail_in || !z->avail_out) return NEARDUP_ERROR_MEMORY;
    block->packed_size = 2 * GZIP_BLOCK - z->avail_out;
    block->checksum = (uint32_t)crc32(0, block->data, (uInt)block->size);
    return NEARDUP_OK;
}

/* Compresses and writes the blocks that are filled. */
static neardup_status drain_gzip(nd_sink *s) {
    size_t count = s->block + (s->block < s->block_count && s->blocks[s->block].size);
    neardup_status status = nd_parallel_for(s->threads, count, deflate_block, s);
    for (size_t i = 0; i < count && !status; i++) {
        gzip_block *block = &s->blocks[i];
        s->checksum = (uint32_t)crc32_combine(s->checksum, block->checksum, (z_off_t)block->size);
        block->size = 0;
        status = put(s, block->packed, block->packed_size);
    }
    s->block = 0;
    return status;
}

static neardup_status write_gzip(nd_sink *s, const char *data, size_t size) {
    while (size) {
        gzip_block *block = &s->blocks[s->block];
        size_t part = GZIP_BLOCK - block->size < size ? GZIP_BLOCK - block->size : size;
        memcpy(block->data + block->size, data, part);
        block->size += part;
        data += part;
        size -= part;
        if (block->size < GZIP_BLOCK) break;
        neardup_status status = ++s->block == s->block_count ? drain_gzip(s) : NEARDUP_OK;
        if (status) return status;
    }
    return NEARDUP_OK;
}

static neardup_status begin_gzip(nd_sink *s) {
    static const unsigned char header[10] = {0x1f, 0x8b, 8, 0, 0,
                                             0,    0,    0, 0, 255}; /* no name, no time: the same each run */
    if (!s->blocks) {
        size_t count = (size_t)s->threads * GZIP_AHEAD;
        s->blocks = nd_allocate_zero(count, sizeof *s->blocks);
        s->deflaters = nd_allocate_zero(s->threads, sizeof *s->deflaters);
        s->deflater_ready = nd_allocate_zero(s->threads, sizeof *s->deflater_ready);
        if (!s->blocks || !s->deflaters || !s->deflater_ready) return NEARDUP_ERROR_MEMORY;
        s->block_count = count;
        for (size_t i = 0; i < count; i++) {
            s->blocks[i].data = nd_allocate(GZIP_BLOCK, 1);
            s->blocks[i].packed = nd_allocate(GZIP_BLOCK, 2);
            if (!s->blocks[i].data || !s->blocks[i].packed) return NEARDUP_ERROR_MEMORY;
        }
    }
    for (size_t i = 0; i < s->block_count; i++) s->blocks[i].size = 0;
    s->block = 0;
    s->checksum = (uint32_t)crc32(0, NULL, 0);
    return put(s, header, sizeof header);
}

static neardup_status end_gzip(nd_sink *s) {
    neardup_status status = drain_gzip(s);
    unsigned char end[10] = {3, 0}; /* an empty last block */
    for (int i = 0; i < 4; i++) {
        end[2 + i] = (unsigned char)(s->checksum >> 8 * i);
        end[6 + i] = (unsigned char)((uint32_t)s->given >> 8 * i);
    }
    return status ? status : put(s, end, sizeof end);
}

/* ---- zstd ---- */

static neardup_status begin_zstd(nd_sink *s) {
    if (!s->zstd) s->zstd = ZSTD_createCCtx();
    if (!s->packed) s->packed = nd_allocate(HELD, 1);
    if (!s->zstd || !s->packed) return NEARDUP_ERROR_MEMORY;
    ZSTD_CCtx_reset(s->zstd, ZSTD_reset_session_only);
    ZSTD_CCtx_setParameter(s->zstd, ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(s->zstd, ZSTD_c_compressionLevel,
                           s->packing == ND_PACKING_FAST ? FAST_LEVEL : ZSTD_CLEVEL_DEFAULT);
    /* A libzstd without threads refuses, and compresses all the same. */
    ZSTD_CCtx_setParameter(s->zstd, ZSTD_c_nbWorkers, (int)s->threads);
    return NEARDUP_OK;
}

static neardup_status write_zstd(nd_sink *s, const char *data, size_t size, ZSTD_EndDirective directive) {
    ZSTD_inBuffer in = {data, size, 0};
    for (;;) {
        ZSTD_outBuffer out = {s->packed, HELD, 0};
        size_t left = ZSTD_compressStream2(s->zstd, &out, &in, directive);
        if (ZSTD_isError(left)) return NEARDUP_ERROR_MEMORY;
        neardup_status status = put(s, s->packed, out.pos);
        if (status) return status;
        if (directive == ZSTD_e_end ? left == 0 : in.pos == in.size) return NEARDUP_OK;
    }
}

/* ---- interface ---- */

neardup_status nd_sink_open(nd_sink *sink, int descriptor, nd_packing packing, bool hashed) {
    nd_sink *s = sink;
    s->descriptor = descriptor;
    s->packing = packing;
    s->hashed = hashed;
    s->given = s->written = s->synced = 0;
    s->held_size = 0;
    s->last = 0;
    if (hashed && !s->hasher) s->hasher = nd_hasher_create();
    if (hashed && !s->hasher) return NEARDUP_ERROR_MEMORY;
    if (hashed) nd_hasher_clear(s->hasher);
    switch (packing) {
    case ND_PACKING_GZIP: return begin_gzip(s);
    case ND_PACKING_ZSTD:
    case ND_PACKING_FAST: return begin_zstd(s);
    default: return NEARDUP_OK;
    }
}

neardup_status nd_sink_write(nd_sink *sink, const void *data, size_t size) {
    if (!size) return NEARDUP_OK;
    sink->given += size;
    sink->last = ((const char *)data)[size - 1];
    switch (sink->packing) {
    case ND_PACKING_GZIP: return write_gzip(sink, data, size);
    case ND_PACKING_ZSTD:
    case ND_PACKING_FAST: return write_zstd(sink, data, size, ZSTD_e_continue);
    default: return write_plain(sink, data, size);
    }
}

neardup_status nd_sink_finish(nd_sink *sink) {
    switch (sink->packing) {
    case ND_PACKING_GZIP: return end_gzip(sink);
    case ND_PACKING_ZSTD:
    case ND_PACKING_FAST: return write_zstd(sink, NULL, 0, ZSTD_e_end);
    default: return flush_held(sink);
    }
}

uint64_t nd_sink_given(const nd_sink *sink) { return sink->given; }
char nd_sink_last(const nd_sink *sink) { return sink->last; }
uint64_t nd_sink_written(const nd_sink *sink) { return sink->written; }
nd_hash128 nd_sink_hash(const nd_sink *sink) { return nd_hasher_value(sink->hasher); }
