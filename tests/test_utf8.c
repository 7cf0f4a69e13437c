/* SPDX-License-Identifier: MIT */
/* Well-formed UTF-8 is what utf8proc takes for it, and pairs of surrogates are what the standard's formula makes. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "suite.h"
#include "text/json_string.h"
#include "text/utf8.h"

/* Holds one sequence, and each of its beginnings, against utf8proc. */
static void check_sequence(const uint8_t bytes[4], size_t size) {
    uint32_t code_point = 77;
    utf8proc_int32_t expected;
    utf8proc_ssize_t length = utf8proc_iterate(bytes, (utf8proc_ssize_t)size, &expected);
    size_t found = nd_utf8_read(bytes, size, &code_point);
    EXPECT(found == (length < 0 ? 0 : (size_t)length), "%02x %02x %02x %02x of %zu: %zu", bytes[0], bytes[1], bytes[2],
           bytes[3], size, found);
    EXPECT(!found || code_point == (uint32_t)expected, "%02x %02x %02x %02x: %x, not %x", bytes[0], bytes[1], bytes[2],
           bytes[3], code_point, (unsigned)expected);
}

START_TEST(what_is_well_formed_is_what_utf8proc_takes) {
    static const uint8_t edges[] = {0, 'a', 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
    enum { EDGES = sizeof edges };
    for (unsigned first = 0; first < 256; first++)
        for (unsigned second = 0; second < 256; second++)
            for (unsigned rest = 0; rest < EDGES * EDGES; rest++)
                for (size_t size = 1; size <= 4; size++) {
                    const uint8_t bytes[4] = {(uint8_t)first, (uint8_t)second, edges[rest / EDGES],
                                              edges[rest % EDGES]};
                    check_sequence(bytes, size);
                }
}
END_TEST

START_TEST(what_is_written_is_what_utf8proc_writes) {
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point++) {
        uint8_t written[4], expected[4];
        if (code_point >= 0xD800 && code_point < 0xE000) continue;
        size_t size = (size_t)utf8proc_encode_char((utf8proc_int32_t)code_point, expected);
        EXPECT(nd_utf8_write(code_point, written) == size && memcmp(written, expected, size) == 0, "%x", code_point);
    }
}
END_TEST

START_TEST(surrogates_are_pairs_or_lone) {
    for (uint32_t high = 0xD7FE; high < 0xE002; high++)
        for (uint32_t low = 0xDBFE; low < 0xE002; low += low == 0xDC01 ? 0x3FD : 1) {
            char escapes[16];
            snprintf(escapes, sizeof escapes, "\\u%04x\\u%04x", high, low);
            nd_json_escape found = nd_json_read_escape((const uint8_t *)escapes, 12, 0);
            bool leads = high >= 0xD800 && high < 0xDC00, follows = low >= 0xDC00 && low < 0xE000;
            bool surrogate = high >= 0xD800 && high < 0xE000, pair = leads && follows;
            EXPECT(found.length == (pair ? 12 : 6) && found.surrogate == (surrogate && !pair), "%s", escapes);
            EXPECT(!pair ||
                       (found.code_point == ((high & 0x3FF) << 10 | (low & 0x3FF)) + 0x10000 && found.utf8_length == 4),
                   "%s", escapes);
        }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("utf8");
    tcase_add_test(tests, what_is_well_formed_is_what_utf8proc_takes);
    tcase_add_test(tests, what_is_written_is_what_utf8proc_writes);
    tcase_add_test(tests, surrogates_are_pairs_or_lone);
    return run_tests(tests);
}
