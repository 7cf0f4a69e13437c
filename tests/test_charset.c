/* SPDX-License-Identifier: MIT */
/* Charsets: UTF-16 of ours against iconv's, and decoding in pieces against decoding at once. */
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "io/charset.h"
#include "random.h"
#include "suite.h"

/* Decodes in pieces of random size. */
static neardup_status decode(nd_decoder *decoder, nd_span data, nd_buffer *out) {
    nd_decoder_reset(decoder);
    out->size = 0;
    neardup_status status = NEARDUP_OK;
    for (size_t at = 0; status == NEARDUP_OK;) {
        size_t left = data.size - at, size = random_below(3) ? left : random_below((uint32_t)left + 1);
        bool last = size == left && random_below(2);
        status = nd_decoder_feed(decoder, data.data + at, size, last, out);
        at += size;
        if (last) break;
    }
    return status;
}

START_TEST(marks_are_told) {
    ck_assert_str_eq(nd_utf16_by_mark("\xff\xfe", 2), "UTF-16LE");
    ck_assert_str_eq(nd_utf16_by_mark("\xfe\xff", 2), "UTF-16BE");
    ck_assert_ptr_null(nd_utf16_by_mark("\xff\xfe", 1));
    ck_assert_ptr_null(nd_utf16_by_mark("\xef\xbb\xbf", 3));
    ck_assert_ptr_null(nd_utf16_by_mark("", 0));
}
END_TEST

START_TEST(unpaired_halves_are_replaced) {
    random_start("unpaired_halves_are_replaced");
    static const struct {
        const char *units; /* big-endian */
        size_t size;
        const char *text;
    } samples[] = {
        {"", 0, ""},
        {"\0a", 2, "a"},
        {"\0a\0", 3, "a\xef\xbf\xbd"},
        {"\xd8\x3d\xdd\x6f", 4, "\xf0\x9f\x95\xaf"},
        {"\xd8\x3d", 2, "\xef\xbf\xbd"},
        {"\xd8\x3d\xdd", 3, "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xd8\x3d\0a", 4,
         "\xef\xbf\xbd"
         "a"},
        {"\xdd\x6f\xd8\x3d", 4, "\xef\xbf\xbd\xef\xbf\xbd"},
        {"\xd8\x3d\xd8\x3d\xdd\x6f", 6, "\xef\xbf\xbd\xf0\x9f\x95\xaf"},
        {"\0\x7f\0\x80\x07\xff\x08\0\xff\xff", 10, "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"},
        {"\xdb\xff\xdf\xff", 4, "\xf4\x8f\xbf\xbf"},
    };
    nd_decoder *decoder = nd_decoder_create_utf16(true);
    nd_buffer out = {0};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        for (unsigned again = 0; again < 20; again++) {
            ck_assert_int_eq(decode(decoder, (nd_span){samples[i].units, samples[i].size}, &out), NEARDUP_OK);
            ck_assert_msg(nd_span_equals((nd_span){out.data, out.size}, samples[i].text), "sample %zu", i);
        }
    }
    nd_decoder_free(decoder);
    nd_buffer_release(&out);
}
END_TEST

/* Random UTF-8 text without U+0000. */
static size_t random_text(char *text, size_t code_points) {
    size_t size = 0;
    for (; code_points; code_points--) {
        static const char *const pieces[] = {"a", "\xc3\xa9", "\xed\x95\x9c", "\xf0\x9f\x95\xaf", "\n", "\xec\x9d\xb4"};
        const char *piece = pieces[random_below(6)];
        memcpy(text + size, piece, strlen(piece));
        size += strlen(piece);
    }
    return size;
}

static size_t convert(const char *charset, const char *text, size_t size, char *out, size_t room) {
    iconv_t iconv_to = iconv_open(charset, "UTF-8");
    ck_assert(iconv_to != (iconv_t)-1);
    char *from = (char *)(uintptr_t)text, *to = out;
    size_t left = room;
    iconv(iconv_to, &from, &size, &to, &left);
    ck_assert_uint_eq(size, 0);
    iconv(iconv_to, NULL, NULL, &to, &left);
    iconv_close(iconv_to);
    return room - left;
}

START_TEST(random_text_comes_back) {
    random_start("random_text_comes_back");
    static const char *const charsets[] = {"UTF-16LE", "UTF-16BE", "UTF-8", "UTF-7", "GB18030", "UTF-32LE"};
    nd_buffer out = {0};
    static char text[40000], encoded[200000];
    for (unsigned i = 0; i < 600; i++) {
        const char *charset = charsets[i % 6];
        nd_decoder *decoder;
        ck_assert_int_eq(nd_decoder_create(charset, &decoder, NULL), NEARDUP_OK);
        size_t size = random_text(text, random_below(random_below(2) ? 10 : 10000));
        size_t encoded_size = convert(charset, text, size, encoded, sizeof encoded);
        nd_decoder *ours = i % 6 < 2 ? nd_decoder_create_utf16(i % 6 == 1) : NULL;
        for (unsigned again = 0; again < 3; again++) {
            EXPECT(decode(decoder, (nd_span){encoded, encoded_size}, &out) == NEARDUP_OK, "%s", charset);
            EXPECT(out.size == size && (!size || memcmp(out.data, text, size) == 0), "%s", charset);
            if (!ours) continue;
            EXPECT(decode(ours, (nd_span){encoded, encoded_size}, &out) == NEARDUP_OK, "%s", charset);
            EXPECT(out.size == size && (!size || memcmp(out.data, text, size) == 0), "%s", charset);
        }
        nd_decoder_free(ours);
        nd_decoder_free(decoder);
    }
    nd_buffer_release(&out);
}
END_TEST

START_TEST(bytes_of_no_charset_are_refused) {
    random_start("bytes_of_no_charset_are_refused");
    static const struct {
        const char *charset, *bytes;
    } samples[] = {
        {"UTF-8", "a\xff"}, {"UTF-8", "\xed\x95"}, {"UTF-8", "\xc0\x80"}, {"CP949", "a\xff"},
        {"CP949", "a\xc7"}, {"ASCII", "\x80"},     {"EUC-KR", "\xb1"},
    };
    nd_buffer out = {0};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        nd_decoder *decoder;
        ck_assert_int_eq(nd_decoder_create(samples[i].charset, &decoder, NULL), NEARDUP_OK);
        nd_span bytes = {samples[i].bytes, strlen(samples[i].bytes)};
        for (unsigned again = 0; again < 20; again++)
            ck_assert_int_eq(decode(decoder, bytes, &out), NEARDUP_ERROR_SOURCE);
        ck_assert_int_eq(decode(decoder, (nd_span){"text", 4}, &out), NEARDUP_OK);
        ck_assert(nd_span_equals((nd_span){out.data, out.size}, "text"));
        nd_decoder_free(decoder);
    }
    nd_buffer_release(&out);
    nd_decoder *decoder;
    neardup_error error;
    ck_assert_int_eq(nd_decoder_create("no-such-charset", &decoder, &error), NEARDUP_ERROR_ARGUMENT);
    ck_assert_ptr_nonnull(strstr(error.text, "no-such-charset"));
    static const char *const no_names[] = {"", "/", "//", "//TRANSLIT", "-", " ", "(", "\xff"};
    for (size_t i = 0; i < sizeof no_names / sizeof *no_names; i++)
        ck_assert_msg(nd_decoder_create(no_names[i], &decoder, &error) == NEARDUP_ERROR_ARGUMENT, "%s", no_names[i]);
    nd_decoder_free(NULL);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("charset");
    tcase_add_test(tests, marks_are_told);
    tcase_add_test(tests, unpaired_halves_are_replaced);
    tcase_add_test(tests, random_text_comes_back);
    tcase_add_test(tests, bytes_of_no_charset_are_refused);
    return run_tests(tests);
}
