/* SPDX-License-Identifier: MIT */
/* Streams: whole and broken fixtures, and random data through gzip and zstd in all ways to put members and frames. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/temporary.h"
#include "io/stream.h"
#include "random.h"
#include "suite.h"
#include "support/files.h"

/* Reads all of a stream in pieces of random size; the status that ended it. */
static neardup_status read_all(nd_stream *stream, nd_buffer *data, neardup_error *error) {
    for (;;) {
        size_t capacity = 1 + random_below(random_below(2) ? 100 : 3000000), got = 0;
        EXPECT(nd_buffer_reserve(data, capacity) == NEARDUP_OK, "no memory");
        neardup_status status = nd_stream_read(stream, data->data + data->size, capacity, &got, error);
        if (status) return status;
        EXPECT(got > 0 && got <= capacity, "%zu of %zu", got, capacity);
        data->size += got;
        if (got == capacity) continue;
        /* Fewer bytes than wanted: there are no more. */
        status = nd_stream_read(stream, data->data, 1, &got, error);
        EXPECT(status != NEARDUP_OK, "more follows");
        return status;
    }
}

/* ---- fixtures ---- */

typedef struct sample {
    const char *name;
    nd_stream_fault fault;
    size_t size; /* bytes before it ends or fails */
    const char *message;
} sample;

static const sample samples[] = {
    {"bad-utf8-few.txt", ND_STREAM_WHOLE, 440, NULL},
    {"empty.txt", ND_STREAM_WHOLE, 0, NULL},
    {"members.txt.gz", ND_STREAM_WHOLE, 440, NULL},
    {"padded.txt.gz", ND_STREAM_WHOLE, 440, NULL},
    {"frames.txt.zst", ND_STREAM_WHOLE, 440, NULL},
    {"trailing.txt.gz", ND_STREAM_DAMAGED, 440, "the gzip data are followed by other bytes"},
    {"trailing.txt.zst", ND_STREAM_DAMAGED, 440, "the zstd data are followed by other bytes"},
    {"corrupt.txt.gz", ND_STREAM_DAMAGED, 440, "the gzip data are corrupt"},
    {"truncated.txt.zst", ND_STREAM_DAMAGED, 400, "the zstd data break off"},
    {"magic.txt.gz", ND_STREAM_DAMAGED, 0, "the gzip data break off"},
    {"magic.txt.zst", ND_STREAM_DAMAGED, 0, "the zstd data break off"},
};

START_TEST(fixtures_read_as_expected) {
    const sample *s = &samples[_i];
    random_start(s->name);
    char *path = files_join(NEARDUP_FIXTURES "/broken", s->name);
    nd_stream *stream = nd_stream_create();
    atomic_uint_least64_t progress;
    atomic_init(&progress, 0);
    nd_stream_open(stream, &(nd_stream_input){nd_file_open(path, 0), true, -1, 0, NULL, &progress, NULL, 0, 0});
    nd_buffer data = {0};
    neardup_error error = {0};
    neardup_status status = read_all(stream, &data, &error);
    ck_assert_int_eq(status, s->message ? NEARDUP_ERROR_SOURCE : NEARDUP_END);
    ck_assert_int_eq(nd_stream_fault_of(stream), s->fault);
    ck_assert_uint_eq(data.size, s->size);
    if (s->message) ck_assert_str_eq(error.text, s->message);
    struct stat file;
    ck_assert_int_eq(stat(path, &file), 0);
    ck_assert_uint_le(nd_stream_position(stream), (uint64_t)file.st_size);
    ck_assert_uint_eq(atomic_load(&progress), (uint64_t)file.st_size);
    nd_stream_free(stream);
    nd_buffer_release(&data);
    free(path);
}
END_TEST

START_TEST(what_cannot_be_read_is_unreadable) {
    nd_stream *stream = nd_stream_create();
    nd_stream_open(stream, &(nd_stream_input){nd_file_open("/", 0), true, -1, 0, NULL, NULL, NULL, 0, 0});
    char byte;
    size_t got;
    neardup_error error;
    ck_assert_int_eq(nd_stream_read(stream, &byte, 1, &got, &error), NEARDUP_ERROR_SOURCE);
    ck_assert_int_eq(nd_stream_fault_of(stream), ND_STREAM_UNREADABLE);
    ck_assert_str_eq(error.text, "Is a directory");
    nd_stream_free(stream);
    nd_stream_free(NULL);
}
END_TEST

/* ---- random data ---- */

static void random_bytes(nd_buffer *data, size_t size) {
    data->size = 0;
    EXPECT(nd_buffer_reserve(data, size) == NEARDUP_OK, "no memory");
    uint32_t alphabet = random_below(2) ? 256 : 3;
    while (data->size < size) data->data[data->size++] = (char)('a' + random_below(alphabet));
}

static void put_gzip(nd_buffer *out, nd_span data) {
    z_stream z = {0};
    EXPECT(deflateInit2(&z, (int)random_below(10), Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib");
    size_t bound = deflateBound(&z, data.size);
    EXPECT(nd_buffer_reserve(out, bound) == NEARDUP_OK, "no memory");
    z.next_in = (Bytef *)(uintptr_t)data.data;
    z.avail_in = (uInt)data.size;
    z.next_out = (Bytef *)(out->data + out->size);
    z.avail_out = (uInt)bound;
    EXPECT(deflate(&z, Z_FINISH) == Z_STREAM_END, "zlib");
    out->size += bound - z.avail_out;
    deflateEnd(&z);
}

static void put_zstd(nd_buffer *out, nd_span data) {
    if (random_below(3) == 0) { /* a skippable frame */
        unsigned char frame[8 + 5] = {0x50, 0x2a, 0x4d, 0x18, 5};
        frame[0] |= (unsigned char)random_below(16);
        EXPECT(nd_buffer_append(out, frame, sizeof frame) == NEARDUP_OK, "no memory");
    }
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1 + (int)random_below(4));
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, (int)random_below(2));
    size_t bound = ZSTD_compressBound(data.size);
    EXPECT(nd_buffer_reserve(out, bound) == NEARDUP_OK, "no memory");
    size_t size = ZSTD_compress2(context, out->data + out->size, bound, data.data, data.size);
    EXPECT(!ZSTD_isError(size), "zstd");
    out->size += size;
    ZSTD_freeCCtx(context);
}

/* Puts data into a few members or frames; or leaves them as they are. */
static void pack(nd_buffer *out, const nd_buffer *data, unsigned how) {
    out->size = 0;
    size_t at = 0;
    do {
        size_t left = data->size - at, size = random_below(2) ? left : random_below((uint32_t)left + 1);
        nd_span piece = {data->data + at, size};
        if (how == 0) put_gzip(out, piece);
        if (how == 1) put_zstd(out, piece);
        if (how == 2) EXPECT(nd_buffer_append(out, piece.data, size) == NEARDUP_OK, "no memory");
        at += size;
    } while (at < data->size);
}

/* A descriptor of a file that holds `data` behind `before` other bytes. */
static int file_of(const nd_buffer *data, size_t before) {
    int fd = nd_temporary_file("/tmp");
    EXPECT(fd >= 0, "cannot make a file");
    while (before--) EXPECT(nd_file_write(fd, "?", 1) == 0, "cannot write");
    EXPECT(nd_file_write(fd, data->data, data->size) == 0, "cannot write");
    return fd;
}

START_TEST(random_data_come_back) {
    random_start("random_data_come_back");
    nd_stream *stream = nd_stream_create();
    nd_buffer data = {0}, packed = {0}, got = {0};
    for (unsigned i = 0; i < (SANITIZED ? 100 : 600); i++) {
        random_bytes(&data, random_below(random_below(8) ? 5000 : 3000000));
        unsigned how = random_below(3);
        pack(&packed, &data, how);
        size_t before = random_below(3) ? 0 : 1 + random_below(9);
        int fd = file_of(&packed, before);
        nd_stream_input input = {.fd = fd, .close = true, .offset = (off_t)before};
        if (random_below(2)) input.expected = packed.size;
        nd_stream_open(stream, &input);
        got.size = 0;
        EXPECT(read_all(stream, &got, NULL) == NEARDUP_END, "case %u", i);
        EXPECT(got.size == data.size && (!got.size || memcmp(got.data, data.data, got.size) == 0), "case %u", i);
        EXPECT(nd_stream_fault_of(stream) == ND_STREAM_WHOLE && nd_stream_position(stream) == packed.size, "case %u",
               i);
    }
    nd_stream_free(stream);
    nd_buffer_release(&data);
    nd_buffer_release(&packed);
    nd_buffer_release(&got);
}
END_TEST

/* What is cut gives a beginning of the data and says that it is damaged, unless the cut is between members; what is
 * changed anywhere gives anything, but ends. */
START_TEST(random_damage_is_told) {
    random_start("random_damage_is_told");
    nd_stream *stream = nd_stream_create();
    nd_buffer data = {0}, packed = {0}, got = {0};
    unsigned damaged = 0;
    for (unsigned i = 0; i < (SANITIZED ? 200 : 2000); i++) {
        random_bytes(&data, 1 + random_below(5000));
        pack(&packed, &data, random_below(2));
        bool cut = random_below(2);
        size_t at = 4 + random_below((uint32_t)packed.size - 4);
        if (cut)
            packed.size = at;
        else
            packed.data[at] = (char)(packed.data[at] ^ (1 << random_below(8)));
        nd_stream_open(stream, &(nd_stream_input){file_of(&packed, 0), true, 0, 0, NULL, NULL, NULL, 0, 0});
        got.size = 0;
        neardup_status status = read_all(stream, &got, NULL);
        EXPECT((status == NEARDUP_END) == (nd_stream_fault_of(stream) == ND_STREAM_WHOLE), "case %u", i);
        if (cut) EXPECT(got.size <= data.size && memcmp(got.data, data.data, got.size) == 0, "case %u", i);
        damaged += status != NEARDUP_END;
    }
    ck_assert_uint_gt(damaged, SANITIZED ? 100 : 1000);
    nd_stream_free(stream);
    nd_buffer_release(&data);
    nd_buffer_release(&packed);
    nd_buffer_release(&got);
}
END_TEST

/* What is given before a fault, and where it is, depends on the data alone. */
START_TEST(a_fault_does_not_depend_on_how_much_is_asked_for) {
    random_start("a_fault_does_not_depend_on_how_much_is_asked_for");
    nd_stream *stream = nd_stream_create();
    nd_buffer data = {0}, packed = {0}, got[2] = {{0}, {0}};
    for (unsigned i = 0; i < (SANITIZED ? 100 : 500); i++) {
        random_bytes(&data, 1 + random_below(random_below(4) ? 5000 : 1500000));
        pack(&packed, &data, random_below(2));
        size_t at = random_below((uint32_t)packed.size);
        if (at > 3) packed.data[at] = (char)(packed.data[at] ^ (1 << random_below(8)));
        neardup_error errors[2] = {{0}, {0}};
        uint64_t positions[2];
        int fd = file_of(&packed, 0);
        for (int reading = 0; reading < 2; reading++) {
            nd_stream_open(stream, &(nd_stream_input){fd, false, 0, 0, NULL, NULL, NULL, 0, 0});
            got[reading].size = 0;
            read_all(stream, &got[reading], &errors[reading]);
            positions[reading] = nd_stream_position(stream);
        }
        close(fd);
        EXPECT(got[0].size == got[1].size && positions[0] == positions[1],
               "case %u: %zu and %zu bytes, at %llu and %llu", i, got[0].size, got[1].size,
               (unsigned long long)positions[0], (unsigned long long)positions[1]);
        EXPECT(!got[0].size || memcmp(got[0].data, got[1].data, got[0].size) == 0, "case %u", i);
        EXPECT(strcmp(errors[0].text, errors[1].text) == 0, "%s, %s", errors[0].text, errors[1].text);
    }
    nd_stream_free(stream);
    nd_buffer_release(&data);
    nd_buffer_release(&packed);
    nd_buffer_release(&got[0]);
    nd_buffer_release(&got[1]);
}
END_TEST

/* A few bytes that need a window of 2^log bytes. */
static void put_window(nd_buffer *out, int log) {
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, log);
    nd_buffer_reserve(out, 1000);
    ZSTD_inBuffer in = {"window", 6, 0};
    ZSTD_outBuffer packed = {out->data + out->size, 1000, 0};
    ck_assert_uint_eq(ZSTD_compressStream2(context, &packed, &in, ZSTD_e_flush), 0);
    ck_assert_uint_eq(ZSTD_compressStream2(context, &packed, &in, ZSTD_e_end), 0);
    out->size += packed.pos;
    ZSTD_freeCCtx(context);
}

START_TEST(windows_are_bounded) {
    nd_buffer packed = {0}, got = {0};
    random_start("windows_are_bounded");
    nd_stream *stream = nd_stream_create();
    for (int log = 27; log <= 28; log++) { /* what zstd accepts by default, and more */
        bool read = log == 27;
        packed.size = got.size = 0;
        put_window(&packed, 20);
        put_window(&packed, log);
        nd_stream_open(stream, &(nd_stream_input){file_of(&packed, 0), true, 0, 0, NULL, NULL, NULL, 0, 0});
        neardup_error error;
        ck_assert_int_eq(read_all(stream, &got, &error), read ? NEARDUP_END : NEARDUP_ERROR_SOURCE);
        ck_assert_uint_eq(got.size, read ? 12 : 6);
        ck_assert_int_eq(nd_stream_fault_of(stream), read ? ND_STREAM_WHOLE : ND_STREAM_UNREADABLE);
        if (!read) ck_assert_ptr_nonnull(strstr(error.text, "a window of more than 128 MiB"));
    }
    nd_stream_free(stream);
    nd_buffer_release(&packed);
    nd_buffer_release(&got);
}
END_TEST

/* A file that loses its end while it is read is not taken for one that was always as short. */
START_TEST(what_becomes_shorter_is_told) {
    random_start("what_becomes_shorter_is_told");
    nd_stream *stream = nd_stream_create();
    nd_buffer data = {0}, got = {0};
    random_bytes(&data, 300000);
    int fd = file_of(&data, 0);
    for (off_t left = 0; left < 300000; left += 100000) {
        neardup_error error;
        ck_assert_int_eq(ftruncate(fd, 300000), 0);
        nd_stream_open(stream, &(nd_stream_input){.fd = fd, .expected = 300000});
        ck_assert_int_eq(ftruncate(fd, left), 0);
        got.size = 0;
        ck_assert_int_eq(read_all(stream, &got, &error), NEARDUP_ERROR_SOURCE);
        ck_assert_int_eq((off_t)got.size, left);
        ck_assert_int_eq(nd_stream_fault_of(stream), ND_STREAM_UNREADABLE);
        ck_assert_str_eq(error.text, "it has become shorter meanwhile");
    }
    nd_stream_free(stream);
    close(fd);
    nd_buffer_release(&data);
    nd_buffer_release(&got);
}
END_TEST

/* Data that become larger than they may end at the very byte, however they are read; those of a pipe no later than with
 * the block that does it. */
START_TEST(what_becomes_too_large_ends) {
    enum { ALL = 70 << 20, BETWEEN = 68 << 20 };
    random_start("what_becomes_too_large_ends");
    nd_stream *stream = nd_stream_create();
    nd_buffer packed = {0}, got = {0};
    char *data = calloc(ALL, 1);
    do {
        packed.size = 0;
        (_i ? put_zstd : put_gzip)(&packed, (nd_span){data, ALL});
    } while (packed.size > ALL / 64); /* level 0 packs nothing */
    free(data);
    uint64_t times = BETWEEN / packed.size;
    const struct {
        uint64_t expansion, file, pipe;
    } cases[] = {{0, ALL, ALL},
                 {1, ND_STREAM_HARMLESS, ND_STREAM_HARMLESS},
                 {times, packed.size * times, ALL},
                 {ALL / packed.size + 1, ALL, ALL},
                 {UINT64_MAX, ALL, ALL}};
    int fd = file_of(&packed, 0);
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        uint64_t expansion = cases[i / 2].expansion, expected = i % 2 ? cases[i / 2].pipe : cases[i / 2].file;
        neardup_error error = {0};
        nd_stream_open(stream,
                       &(nd_stream_input){.fd = fd, .expected = i % 2 ? 0 : packed.size, .expansion = expansion});
        got.size = 0;
        neardup_status status = read_all(stream, &got, &error);
        EXPECT(got.size == expected, "case %zu: %zu bytes, not %llu", i, got.size, (unsigned long long)expected);
        EXPECT(status == (expected < ALL ? NEARDUP_ERROR_SOURCE : NEARDUP_END), "case %zu: %s", i, error.text);
        EXPECT(nd_stream_fault_of(stream) == (expected < ALL ? ND_STREAM_EXPANDED : ND_STREAM_WHOLE), "case %zu", i);
        EXPECT(expected == ALL || strstr(error.text, "--max-expansion"), "%s", error.text);
    }
    nd_stream_free(stream);
    close(fd);
    nd_buffer_release(&packed);
    nd_buffer_release(&got);
}
END_TEST

START_TEST(a_pipe_is_copied_while_it_is_read) {
    random_start("a_pipe_is_copied_while_it_is_read");
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    nd_buffer data = {0}, packed = {0}, got = {0};
    random_bytes(&data, 20000);
    put_gzip(&packed, (nd_span){data.data, data.size});
    ck_assert_uint_lt(packed.size, 65536); /* what a pipe holds */
    ck_assert_int_eq(nd_file_write(ends[1], packed.data, packed.size), 0);
    close(ends[1]);
    atomic_uint_least64_t held = 0;
    nd_reel *copy = nd_reel_create("/tmp", 0, &held);
    nd_stream *stream = nd_stream_create();
    nd_stream_open(stream, &(nd_stream_input){ends[0], true, -1, 0, copy, NULL, NULL, 0, 0});
    for (int reading = 0; reading < 2; reading++) {
        got.size = 0;
        ck_assert_int_eq(read_all(stream, &got, NULL), NEARDUP_END);
        ck_assert_uint_eq(got.size, data.size);
        ck_assert_mem_eq(got.data, data.data, data.size);
        nd_stream_open(stream, &(nd_stream_input){nd_reel_descriptor(copy), false, 0, 0, NULL, NULL, NULL, 0, 0});
    }
    nd_stream_free(stream);
    nd_reel_free(copy);
    nd_buffer_release(&data);
    nd_buffer_release(&packed);
    nd_buffer_release(&got);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("stream");
    tcase_add_loop_test(tests, fixtures_read_as_expected, 0, (int)(sizeof samples / sizeof *samples));
    tcase_add_test(tests, what_cannot_be_read_is_unreadable);
    tcase_add_test(tests, random_data_come_back);
    tcase_add_test(tests, random_damage_is_told);
    tcase_add_test(tests, a_fault_does_not_depend_on_how_much_is_asked_for);
    tcase_add_test(tests, windows_are_bounded);
    tcase_add_test(tests, what_becomes_shorter_is_told);
    tcase_add_loop_test(tests, what_becomes_too_large_ends, 0, 2);
    tcase_add_test(tests, a_pipe_is_copied_while_it_is_read);
    return run_tests(tests);
}
