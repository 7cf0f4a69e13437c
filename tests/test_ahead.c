/* SPDX-License-Identifier: MIT */
/* What is decoded ahead, held against one stream that reads the whole file: random members and frames, whole and
 * damaged, offered beforehand or not, read to the end or not. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/file.h"
#include "io/ahead.h"
#include "random.h"
#include "suite.h"
#include "support/files.h"
#include "support/run.h"

/* ---- files ---- */

enum { FILES = 4 };

static void put_gzip(nd_buffer *out, nd_span data, bool sized) {
    z_stream z = {0};
    unsigned char extra[6] = {'B', 'C', 2, 0, 0, 0};
    gz_header header = {.extra = extra, .extra_len = sizeof extra};
    EXPECT(deflateInit2(&z, (int)random_below(3), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib");
    if (sized) deflateSetHeader(&z, &header);
    size_t bound = deflateBound(&z, data.size) + 64, begin = out->size;
    EXPECT(nd_buffer_reserve(out, bound) == NEARDUP_OK, "no memory");
    z.next_in = (Bytef *)(uintptr_t)data.data;
    z.avail_in = (uInt)data.size;
    z.next_out = (Bytef *)(out->data + begin);
    z.avail_out = (uInt)bound;
    EXPECT(deflate(&z, Z_FINISH) == Z_STREAM_END, "zlib");
    out->size += bound - z.avail_out;
    deflateEnd(&z);
    size_t size = out->size - begin - 1;
    if (!sized || size > 0xffff) return;
    if (random_below(200) == 0) size = random_below(0xffff); /* a lie */
    out->data[begin + 16] = (char)(size & 0xff);
    out->data[begin + 17] = (char)(size >> 8);
}

static void put_zstd(nd_buffer *out, nd_span data, int window_log) {
    if (random_below(6) == 0) { /* a skippable frame */
        unsigned char frame[8 + 5] = {0x50, 0x2a, 0x4d, 0x18, 5};
        frame[0] |= (unsigned char)random_below(16);
        EXPECT(nd_buffer_append(out, frame, sizeof frame) == NEARDUP_OK, "no memory");
    }
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, (int)random_below(2));
    if (window_log) ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
    size_t bound = ZSTD_compressBound(data.size) + 64;
    EXPECT(nd_buffer_reserve(out, bound) == NEARDUP_OK, "no memory");
    ZSTD_inBuffer in = {data.data, data.size, 0};
    ZSTD_outBuffer packed = {out->data + out->size, bound, 0};
    if (random_below(2)) ZSTD_CCtx_setPledgedSrcSize(context, data.size);
    if (window_log) ZSTD_compressStream2(context, &packed, &in, ZSTD_e_flush);
    EXPECT(ZSTD_compressStream2(context, &packed, &in, ZSTD_e_end) == 0, "zstd");
    out->size += packed.pos;
    ZSTD_freeCCtx(context);
}

static void fill(nd_buffer *data, size_t size) {
    data->size = 0;
    EXPECT(nd_buffer_reserve(data, size + 1) == NEARDUP_OK, "no memory");
    uint32_t alphabet = random_below(2) ? 256 : 3;
    while (data->size < size) data->data[data->size++] = (char)('a' + random_below(alphabet));
}

/* A file of random members or frames, now and then damaged or cut off. */
static void write_file(const char *path) {
    nd_buffer data = {0}, packed = {0};
    bool zstd = random_below(2), sized = random_below(2), wide = random_below(8) == 0;
    fill(&data, random_below(random_below(3) ? 60000 : 600000));
    size_t at = 0, most = 1 + random_below(60000);
    do {
        size_t left = data.size - at, size = random_below(10) ? random_below((uint32_t)most) : 0;
        nd_span piece = {data.data + at, size < left ? size : left};
        if (zstd)
            put_zstd(&packed, piece, wide && random_below(8) == 0 ? 24 : 0);
        else
            put_gzip(&packed, piece, sized);
        at += piece.size;
    } while (at < data.size);
    unsigned harm = random_below(6);
    size_t place = 4 + random_below((uint32_t)packed.size - 4);
    if (harm == 0) packed.data[place] = (char)(packed.data[place] ^ (1 << random_below(8)));
    if (harm == 1) packed.size = place;
    if (harm == 2) EXPECT(nd_buffer_append(&packed, "\0\0\0?\0" + random_below(4), 2) == NEARDUP_OK, "no memory");
    files_write(".", path, packed.data, packed.size);
    nd_buffer_release(&data);
    nd_buffer_release(&packed);
}

/* ---- reading ---- */

/* What a stream gave of a file. */
typedef struct outcome {
    nd_buffer data;
    neardup_status status;
    nd_stream_fault fault;
    uint64_t position, progress;
    neardup_error error;
} outcome;

/* Reads a file to its end, or a while. */
static void read_file(nd_stream *stream, const char *path, nd_ahead *ahead, size_t number, bool all, outcome *o) {
    atomic_uint_least64_t progress;
    atomic_init(&progress, 0);
    int fd = nd_file_open(path, 0);
    nd_stream_input input = {.fd = fd,
                             .close = true,
                             .offset = -1,
                             .expected = (uint64_t)lseek(fd, 0, SEEK_END),
                             .progress = &progress,
                             .ahead = ahead,
                             .number = number};
    lseek(fd, 0, SEEK_SET);
    nd_stream_open(stream, &input);
    o->data.size = 0;
    o->error = (neardup_error){0};
    o->status = NEARDUP_OK;
    while (o->status == NEARDUP_OK && (all || random_below(4))) {
        size_t capacity = 1 + random_below(random_below(4) ? 200000 : 50), got;
        EXPECT(nd_buffer_reserve(&o->data, capacity) == NEARDUP_OK, "no memory");
        o->status = nd_stream_read(stream, o->data.data + o->data.size, capacity, &got, &o->error);
        EXPECT(got <= capacity && (got || o->status), "%zu of %zu", got, capacity);
        o->data.size += got;
    }
    o->fault = nd_stream_fault_of(stream);
    o->position = nd_stream_position(stream);
    if (random_below(2)) nd_stream_close(stream);
    o->progress = atomic_load(&progress);
}

static void expect_same(const outcome *a, const outcome *b) {
    EXPECT(a->status == b->status && a->fault == b->fault && strcmp(a->error.text, b->error.text) == 0, "%d %s, %d %s",
           a->status, a->error.text, b->status, b->error.text);
    EXPECT(a->data.size == b->data.size, "%zu and %zu bytes", a->data.size, b->data.size);
    EXPECT(!a->data.size || memcmp(a->data.data, b->data.data, a->data.size) == 0, "other bytes");
    EXPECT(a->position == b->position, "at %llu and %llu", (unsigned long long)a->position,
           (unsigned long long)b->position);
    if (a->status == NEARDUP_END) EXPECT(a->progress == b->progress, "progress");
}

START_TEST(what_is_decoded_ahead_is_what_is_there) {
    static const unsigned threads[] = {1, 2, 7};
    random_start("what_is_decoded_ahead_is_what_is_there");
    char *folder = run_make_folder();
    ck_assert_int_eq(chdir(folder), 0);
    nd_stream *plain = nd_stream_create(), *stream = nd_stream_create();
    outcome right = {0}, given = {0};
    unsigned faults = 0;
    for (unsigned i = 0; i < (SANITIZED ? 25 : 150); i++) {
        const char *const paths[FILES] = {"0", "1", "2", "3"};
        for (size_t f = 0; f < FILES; f++) write_file(paths[f]);
        nd_ahead *ahead = nd_ahead_create(threads[i % 3], 1 + random_below(30000));
        for (size_t f = 0, offered = 0; f < FILES; f++) {
            for (; offered < FILES && nd_ahead_has_room(ahead); offered++)
                if (offered >= f && random_below(2)) nd_ahead_offer(ahead, offered, paths[offered]);
            bool all = random_below(5);
            read_file(stream, paths[f], ahead, f, all, &given);
            read_file(plain, paths[f], NULL, 0, true, &right);
            faults += right.status != NEARDUP_END;
            if (all) expect_same(&right, &given);
            EXPECT(given.data.size <= right.data.size &&
                       (!given.data.size || memcmp(given.data.data, right.data.data, given.data.size) == 0),
                   "no beginning of it");
        }
        nd_stream_close(stream);
        nd_ahead_free(ahead);
    }
    ck_assert_uint_gt(faults, 10);
    nd_stream_free(plain);
    nd_stream_free(stream);
    nd_buffer_release(&right.data);
    nd_buffer_release(&given.data);
    ck_assert_int_eq(chdir("/"), 0);
    run_remove_folder(folder);
}
END_TEST

/* Frames that grow to a hundred times their size, which nobody reads. */
START_TEST(what_waits_is_bounded) {
    enum { THREADS = 2, PIECE = 4 << 20, PIECES = 12 };
    const size_t most = THREADS * ND_AHEAD_BYTES + ((size_t)3 << 20);
    random_start("what_waits_is_bounded");
    char *folder = run_make_folder();
    ck_assert_int_eq(chdir(folder), 0);
    nd_buffer data = {0}, packed = {0};
    nd_buffer_reserve(&data, PIECE);
    memset(data.data, 'a', PIECE);
    for (int i = 0; i < PIECES; i++) put_zstd(&packed, (nd_span){data.data, PIECE}, 0);
    for (size_t f = 0; f < 2; f++) files_write(".", f ? "1" : "0", packed.data, packed.size);
    nd_ahead *ahead = nd_ahead_create(THREADS, 1);
    nd_stream *stream = nd_stream_create();
    nd_ahead_offer(ahead, 0, "0");
    nd_ahead_offer(ahead, 1, "1");
    int fd = nd_file_open("0", 0);
    nd_stream_open(stream, &(nd_stream_input){.fd = fd, .close = true, .offset = -1, .ahead = ahead, .number = 0});
    size_t size = 0, got = 0, peak = 0;
    neardup_status status = NEARDUP_OK;
    while (status == NEARDUP_OK) {
        for (int i = 0; i < (size && peak <= ND_AHEAD_BYTES ? 1000 : 1); i++) {
            size_t held = nd_ahead_bytes(ahead);
            if (held > peak) peak = held;
            nanosleep(&(struct timespec){0, peak > ND_AHEAD_BYTES ? 100000 : 10000000}, NULL);
        }
        status = nd_stream_read(stream, data.data, PIECE, &got, NULL);
        size += got;
    }
    ck_assert_int_eq(status, NEARDUP_END);
    ck_assert_uint_eq(size, (size_t)PIECE * PIECES);
    ck_assert_uint_le(peak, most);
    ck_assert_uint_gt(peak, ND_AHEAD_BYTES);
    nd_stream_free(stream);
    nd_ahead_free(ahead);
    nd_ahead_free(NULL);
    nd_buffer_release(&data);
    nd_buffer_release(&packed);
    ck_assert_int_eq(chdir("/"), 0);
    run_remove_folder(folder);
}
END_TEST

/* ---- the command ---- */

/* Shards of which the third is damaged in the middle. */
static void write_shards(void) {
    nd_buffer packed = {0};
    for (int shard = 0; shard < 6; shard++) {
        char line[600], name[32];
        packed.size = 0;
        for (int i = 0; i < 2000; i++) {
            size_t size = (size_t)snprintf(line, sizeof line, "{\"id\": \"%d-%d\", \"text\": \"", shard, i);
            for (int w = 0; w < 30; w++)
                size += (size_t)snprintf(line + size, sizeof line - size, "w%u ",
                                         random_below(8) ? (unsigned)(i / 3 * 30 + w) : random_below(100000));
            size += (size_t)snprintf(line + size, sizeof line - size, "\"}\n");
            if (shard % 2)
                put_gzip(&packed, (nd_span){line, size}, shard == 3);
            else
                put_zstd(&packed, (nd_span){line, size}, 0);
        }
        if (shard == 2) packed.data[packed.size / 2] = (char)(packed.data[packed.size / 2] ^ 0x10);
        snprintf(name, sizeof name, "in/%d.jsonl.%s", shard, shard % 2 ? "gz" : "zst");
        files_write(".", name, packed.data, packed.size);
    }
    nd_buffer_release(&packed);
}

START_TEST(a_report_does_not_depend_on_threads) {
    random_start("a_report_does_not_depend_on_threads");
    char *folder = run_make_folder();
    ck_assert_int_eq(chdir(folder), 0);
    write_shards();
    run_result right = run_shell(folder, "\"$NEARDUP\" scan -j1 -r csv:- in");
    ck_assert_uint_gt(right.out_size, 1000);
    for (int threads = 2; threads <= 7; threads += 5) {
        char command[80];
        snprintf(command, sizeof command, "\"$NEARDUP\" scan -j%d -r csv:- in", threads);
        run_result other = run_shell(folder, command);
        ck_assert_int_eq(other.status, right.status);
        ck_assert_str_eq(other.out, right.out);
        run_release(&other);
    }
    run_release(&right);
    ck_assert_int_eq(chdir("/"), 0);
    run_remove_folder(folder);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("ahead");
    tcase_add_test(tests, what_is_decoded_ahead_is_what_is_there);
    tcase_add_test(tests, what_waits_is_bounded);
    tcase_add_test(tests, a_report_does_not_depend_on_threads);
    return run_tests(tests);
}
