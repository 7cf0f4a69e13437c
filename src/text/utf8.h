/* SPDX-License-Identifier: MIT */
/* UTF-8 as the Unicode standard's table 3-7 defines it: no overlong forms, no surrogates, nothing over U+10FFFF. */
#ifndef ND_TEXT_UTF8_H
#define ND_TEXT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline bool nd_utf8_continues(uint8_t byte) { return (byte & 0xC0) == 0x80; }

/* Reads one well-formed sequence from `size` > 0 bytes. Returns its length and sets *code_point_out; 0 when the first
 * byte begins none. */
static inline size_t nd_utf8_read(const uint8_t *data, size_t size, uint32_t *code_point_out) {
    uint8_t lead = data[0];
    if (lead < 0x80) {
        *code_point_out = lead;
        return 1;
    }
    if (size < 2 || lead < 0xC2 || lead > 0xF4 || !nd_utf8_continues(data[1])) return 0;
    uint32_t code_point = (uint32_t)(data[1] & 0x3F);
    if (lead < 0xE0) {
        *code_point_out = (uint32_t)(lead & 0x1F) << 6 | code_point;
        return 2;
    }
    if (size < 3 || !nd_utf8_continues(data[2])) return 0;
    code_point = code_point << 6 | (data[2] & 0x3F);
    if (lead < 0xF0) {
        code_point |= (uint32_t)(lead & 0x0F) << 12;
        *code_point_out = code_point;
        return code_point < 0x800 || (code_point >= 0xD800 && code_point < 0xE000) ? 0 : 3;
    }
    if (size < 4 || !nd_utf8_continues(data[3])) return 0;
    code_point = (uint32_t)(lead & 0x07) << 18 | code_point << 6 | (data[3] & 0x3F);
    *code_point_out = code_point;
    return code_point < 0x10000 || code_point > 0x10FFFF ? 0 : 4;
}

/* Writes a code point (up to U+10FFFF) as UTF-8; returns its length, 1 to 4. Four bytes must be writable. */
static inline size_t nd_utf8_write(uint32_t code_point, uint8_t bytes_out[4]) {
    if (code_point < 0x80) {
        bytes_out[0] = (uint8_t)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        bytes_out[0] = (uint8_t)(0xC0 | code_point >> 6);
        bytes_out[1] = (uint8_t)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        bytes_out[0] = (uint8_t)(0xE0 | code_point >> 12);
        bytes_out[1] = (uint8_t)(0x80 | (code_point >> 6 & 0x3F));
        bytes_out[2] = (uint8_t)(0x80 | (code_point & 0x3F));
        return 3;
    }
    bytes_out[0] = (uint8_t)(0xF0 | code_point >> 18);
    bytes_out[1] = (uint8_t)(0x80 | (code_point >> 12 & 0x3F));
    bytes_out[2] = (uint8_t)(0x80 | (code_point >> 6 & 0x3F));
    bytes_out[3] = (uint8_t)(0x80 | (code_point & 0x3F));
    return 4;
}

#endif
