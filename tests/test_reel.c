/* SPDX-License-Identifier: MIT */
/* Reels give back what they were given, wherever it is kept. */
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "io/reel.h"
#include "io/stream.h"
#include "random.h"
#include "suite.h"

/* All that the stream of a reel gives. */
static void expect(const nd_reel *reel, const nd_buffer *data) {
    nd_buffer got = {0};
    nd_stream *stream = nd_stream_create();
    nd_stream_open(stream, &(nd_stream_input){.fd = nd_reel_descriptor(reel)});
    size_t size = 0;
    neardup_status status = NEARDUP_OK;
    while (status == NEARDUP_OK) {
        ck_assert_int_eq(nd_buffer_reserve(&got, 1 << 16), NEARDUP_OK);
        status = nd_stream_read(stream, got.data + got.size, 1 << 16, &size, NULL);
        got.size += size;
    }
    ck_assert_int_eq(status, NEARDUP_END);
    ck_assert_uint_eq(got.size, data->size);
    ck_assert_mem_eq(got.data, data->data, data->size);
    nd_stream_free(stream);
    nd_buffer_release(&got);
}

static void fill(nd_buffer *data, size_t size) {
    static const char *const words[] = {"harbour ", "tram ", "of ", "the ", "bread\n"};
    while (data->size < size) {
        const char *word = words[random_below(5)];
        nd_buffer_append(data, word, strlen(word));
    }
}

START_TEST(what_is_added_comes_back) {
    random_start("what_is_added_comes_back");
    for (int i = 0; i < 60; i++) {
        atomic_uint_least64_t held = 0;
        uint64_t limit = random_below(3) ? 1 + random_below(300000) : 0;
        nd_buffer data = {0};
        fill(&data, 1 + random_below(400000));
        nd_reel *reel = nd_reel_create("/tmp", limit, &held);
        ck_assert_int_eq(nd_reel_descriptor(reel), -1);
        for (size_t at = 0; at < data.size;) {
            size_t part = 1 + random_below(100000);
            if (part > data.size - at) part = data.size - at;
            ck_assert_int_eq(nd_reel_add(reel, data.data + at, part, NULL), NEARDUP_OK);
            at += part;
            ck_assert_uint_eq(held, at <= limit ? at : 0);
        }
        ck_assert_int_eq(nd_reel_finish(reel, NULL), NEARDUP_OK);
        ck_assert_int_eq(nd_reel_finish(reel, NULL), NEARDUP_OK);
        ck_assert_int_eq(nd_reel_is_plain(reel), data.size <= limit);
        expect(reel, &data);
        struct stat s;
        ck_assert_int_eq(fstat(nd_reel_descriptor(reel), &s), 0);
        ck_assert_uint_eq(s.st_nlink, 0);
        if (data.size <= limit)
            ck_assert_int_eq(s.st_size, (off_t)data.size);
        else if (data.size > 10000)
            ck_assert_int_lt(s.st_size, (off_t)data.size / 2);
        nd_reel_free(reel);
        ck_assert_uint_eq(held, 0);
        nd_buffer_release(&data);
    }
}
END_TEST

/* What is compressed is kept as it is. */
START_TEST(compressed_data_are_not_compressed_again) {
    static const unsigned char packed[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    for (uint64_t limit = 0; limit < 30; limit += 9) {
        atomic_uint_least64_t held = 0;
        nd_reel *reel = nd_reel_create("/tmp", limit, &held);
        for (size_t i = 0; i < sizeof packed; i += 10)
            ck_assert_int_eq(nd_reel_add(reel, packed + i, 10, NULL), NEARDUP_OK);
        ck_assert_int_eq(nd_reel_finish(reel, NULL), NEARDUP_OK);
        ck_assert(nd_reel_is_plain(reel));
        unsigned char found[sizeof packed + 1];
        ck_assert_int_eq(pread(nd_reel_descriptor(reel), found, sizeof found, 0), sizeof packed);
        ck_assert_mem_eq(found, packed, sizeof packed);
        nd_reel_free(reel);
    }
}
END_TEST

START_TEST(nothing_is_nothing_again) {
    atomic_uint_least64_t held = 0;
    nd_buffer data = {0};
    nd_reel *reel = nd_reel_create("/no/such/folder", 0, &held);
    ck_assert_int_eq(nd_reel_finish(reel, NULL), NEARDUP_OK);
    ck_assert_int_eq(nd_buffer_reserve(&data, 1), NEARDUP_OK);
    expect(reel, &data);
    nd_reel_free(reel);
    nd_buffer_release(&data);
}
END_TEST

START_TEST(a_folder_that_takes_nothing_is_named) {
    atomic_uint_least64_t held = 0;
    neardup_error error = {0};
    nd_reel *reel = nd_reel_create("/no/such/folder", 3, &held);
    ck_assert_int_eq(nd_reel_add(reel, "abc", 3, &error), NEARDUP_OK);
    ck_assert_int_eq(nd_reel_add(reel, "d", 1, &error), NEARDUP_ERROR_SYSTEM);
    ck_assert_msg(strstr(error.text, "/no/such/folder: No such file or directory") && strstr(error.text, "--tmpdir"),
                  "%s", error.text);
    nd_reel_free(reel);
    ck_assert_uint_eq(held, 0);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("reel");
    tcase_add_test(tests, what_is_added_comes_back);
    tcase_add_test(tests, compressed_data_are_not_compressed_again);
    tcase_add_test(tests, nothing_is_nothing_again);
    tcase_add_test(tests, a_folder_that_takes_nothing_is_named);
    return run_tests(tests);
}
