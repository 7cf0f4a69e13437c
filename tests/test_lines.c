/* SPDX-License-Identifier: MIT */
/* Lines: blocks of random data against a naive cut, with limits that make some lines too long. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/temporary.h"
#include "io/lines.h"
#include "random.h"
#include "suite.h"

/* Lines of random length: short, and now and then longer than a block. The last one may have no line break. */
static void random_lines(nd_buffer *data, size_t size) {
    data->size = 0;
    EXPECT(nd_buffer_reserve(data, size) == NEARDUP_OK, "no memory");
    while (data->size < size) {
        size_t length = random_below(random_below(40) ? 20000 : 5000000), left = size - data->size;
        if (length > left) length = left;
        memset(data->data + data->size, 'a' + (int)random_below(26), length);
        data->size += length;
        if (data->size < size) data->data[data->size++] = '\n';
    }
}

static void open_file(nd_stream *stream, const nd_buffer *data) {
    int fd = nd_temporary_file("/tmp");
    EXPECT(fd >= 0 && nd_file_write(fd, data->data, data->size) == 0, "cannot write");
    nd_stream_open(stream, &(nd_stream_input){fd, true, 0, 0, NULL, NULL, NULL, 0, 0});
}

/* The end of the line that begins at `at`, its line break included. */
static size_t line_end(const nd_buffer *data, size_t at) {
    const char *end = memchr(data->data + at, '\n', data->size - at);
    return end ? (size_t)(end - data->data) + 1 : data->size;
}

START_TEST(blocks_are_whole_lines) {
    random_start("blocks_are_whole_lines");
    nd_stream *stream = nd_stream_create();
    nd_lines lines = {0};
    nd_buffer data = {0}, block = {0};
    for (unsigned i = 0; i < (SANITIZED ? 30 : 150); i++) {
        random_lines(&data, random_below(random_below(3) ? 100000 : 12000000));
        size_t limit = random_below(2) ? (size_t)1 << 30 : 1 + random_below(3000000);
        open_file(stream, &data);
        EXPECT(nd_lines_begin(&lines, stream, NULL, limit, (nd_span){0}) == NEARDUP_OK, "no memory");
        bool oversized;
        size_t at = 0;
        neardup_status status;
        while ((status = nd_lines_next(&lines, &block, &oversized, NULL)) == NEARDUP_OK) {
            if (oversized) {
                size_t end = line_end(&data, at);
                EXPECT(block.size == 0 && end - at > limit, "case %u: %zu", i, end - at);
                at = end;
                continue;
            }
            EXPECT(block.size > 0 && at + block.size <= data.size, "case %u", i);
            EXPECT(memcmp(block.data, data.data + at, block.size) == 0, "case %u", i);
            at += block.size;
            EXPECT(at == data.size || data.data[at - 1] == '\n', "case %u: cut at %zu", i, at);
            size_t longest = 0;
            for (size_t from = at - block.size, end; from < at; from = end) {
                end = line_end(&data, from);
                if (end - from > longest) longest = end - from;
            }
            EXPECT(block.size <= ND_LINES_BLOCK || block.size <= 2 * longest, "case %u: %zu", i, block.size);
        }
        EXPECT(status == NEARDUP_END && at == data.size, "case %u: %zu of %zu", i, at, data.size);
    }
    nd_lines_release(&lines);
    nd_stream_free(stream);
    nd_buffer_release(&data);
    nd_buffer_release(&block);
}
END_TEST

START_TEST(blocks_do_not_depend_on_how_data_arrive) {
    random_start("blocks_do_not_depend_on_how_data_arrive");
    nd_stream *streams[2] = {nd_stream_create(), nd_stream_create()};
    nd_lines lines[2] = {0};
    nd_buffer data = {0}, blocks[2] = {0};
    random_lines(&data, 6000000);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t writer = fork();
    ck_assert_int_ge(writer, 0);
    if (writer == 0) {
        close(ends[0]);
        for (size_t at = 0; at < data.size;) {
            size_t size = 1 + random_below(30000);
            if (size > data.size - at) size = data.size - at;
            if (nd_file_write(ends[1], data.data + at, size)) _exit(1);
            at += size;
        }
        _exit(0);
    }
    close(ends[1]);
    nd_stream_open(streams[0], &(nd_stream_input){ends[0], true, -1, 0, NULL, NULL, NULL, 0, 0});
    open_file(streams[1], &data);
    for (int i = 0; i < 2; i++) {
        char head[2];
        size_t size;
        ck_assert_int_eq(nd_stream_read(streams[i], head, 2, &size, NULL), NEARDUP_OK);
        ck_assert_int_eq(nd_lines_begin(&lines[i], streams[i], NULL, 1000000, (nd_span){head, size}), NEARDUP_OK);
    }
    neardup_status status = NEARDUP_OK;
    while (status == NEARDUP_OK) {
        bool oversized[2];
        status = nd_lines_next(&lines[0], &blocks[0], &oversized[0], NULL);
        ck_assert_int_eq(nd_lines_next(&lines[1], &blocks[1], &oversized[1], NULL), status);
        ck_assert_int_eq(oversized[0], oversized[1]);
        ck_assert(status || nd_span_compare((nd_span){blocks[0].data, blocks[0].size},
                                            (nd_span){blocks[1].data, blocks[1].size}) == 0);
    }
    for (int i = 0; i < 2; i++) {
        nd_lines_release(&lines[i]);
        nd_stream_free(streams[i]);
        nd_buffer_release(&blocks[i]);
    }
    nd_buffer_release(&data);
}
END_TEST

START_TEST(whole_lines_before_damage_are_given) {
    nd_stream *stream = nd_stream_create();
    nd_stream_open(stream, &(nd_stream_input){nd_file_open(NEARDUP_FIXTURES "/broken/truncated.jsonl.zst", 0), true, -1,
                                              0, NULL, NULL, NULL, 0, 0});
    nd_lines lines = {0};
    nd_buffer block = {0};
    bool oversized;
    neardup_error error;
    ck_assert_int_eq(nd_lines_begin(&lines, stream, NULL, 1 << 20, (nd_span){0}), NEARDUP_OK);
    ck_assert_int_eq(nd_lines_next(&lines, &block, &oversized, &error), NEARDUP_OK);
    ck_assert_uint_gt(block.size, 100);
    ck_assert_int_eq(block.data[block.size - 1], '\n');
    for (int again = 0; again < 2; again++) {
        ck_assert_int_eq(nd_lines_next(&lines, &block, &oversized, &error), NEARDUP_ERROR_SOURCE);
        ck_assert_str_eq(error.text, "the zstd data break off");
        ck_assert_uint_eq(block.size, 0);
    }
    nd_lines_release(&lines);
    nd_stream_free(stream);
    nd_buffer_release(&block);
}
END_TEST

START_TEST(decoded_lines_are_cut_in_the_text) {
    random_start("decoded_lines_are_cut_in_the_text");
    nd_buffer data = {0}, wide = {0}, block = {0};
    random_lines(&data, 3000000);
    for (size_t i = 0; i < data.size; i++) nd_buffer_append(&wide, (char[]){data.data[i], 0}, 2);
    nd_stream *stream = nd_stream_create();
    nd_decoder *decoder = nd_decoder_create_utf16(false);
    nd_lines lines = {0};
    for (int drain = 0; drain < 2; drain++) {
        open_file(stream, &wide);
        nd_decoder_reset(decoder);
        ck_assert_int_eq(nd_lines_begin(&lines, stream, decoder, 1 << 30, (nd_span){0}), NEARDUP_OK);
        bool oversized;
        size_t at = 0;
        while (nd_lines_next(&lines, &block, &oversized, NULL) == NEARDUP_OK) {
            if (drain) ck_assert_int_eq(nd_lines_drain(&lines, &block, NULL), NEARDUP_OK);
            ck_assert_uint_le(block.size, data.size - at);
            ck_assert_int_eq(memcmp(block.data, data.data + at, block.size), 0);
            at += block.size;
            ck_assert(at == data.size || data.data[at - 1] == '\n');
        }
        ck_assert_uint_eq(at, data.size);
    }
    open_file(stream, &wide);
    nd_decoder_reset(decoder);
    block.size = 0;
    neardup_error error;
    ck_assert_int_eq(nd_lines_begin(&lines, stream, decoder, 1000, (nd_span){0}), NEARDUP_OK);
    ck_assert_int_eq(nd_lines_drain(&lines, &block, &error), NEARDUP_ERROR_LIMIT);
    nd_lines_release(&lines);
    nd_decoder_free(decoder);
    nd_stream_free(stream);
    nd_buffer_release(&data);
    nd_buffer_release(&wide);
    nd_buffer_release(&block);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("lines");
    tcase_add_test(tests, blocks_are_whole_lines);
    tcase_add_test(tests, blocks_do_not_depend_on_how_data_arrive);
    tcase_add_test(tests, whole_lines_before_damage_are_given);
    tcase_add_test(tests, decoded_lines_are_cut_in_the_text);
    return run_tests(tests);
}
