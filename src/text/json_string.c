/* SPDX-License-Identifier: MIT */
#include "text/json_string.h"

#include <string.h>

#include "text/utf8.h"

/* The value of four hexadecimal digits, or -1. */
static int32_t read_hex4(const uint8_t *digits) {
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t c = digits[i];
        int32_t digit;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            digit = (c | 32) - 'a' + 10;
        else
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* The value of the \u escape at data[at], or -1. */
static int32_t read_unicode(const uint8_t *data, size_t size, size_t at) {
    return size - at >= 6 && data[at] == '\\' && data[at + 1] == 'u' ? read_hex4(data + at + 2) : -1;
}

static size_t utf8_length(uint32_t code_point) {
    return code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
}

const uint8_t nd_json_short_escapes[256] = {
    ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t', ['"'] = '"', ['\\'] = '\\', ['/'] = '/'};

nd_json_escape nd_json_read_escape(const uint8_t *data, size_t size, size_t at) {
    nd_json_escape escape = {.length = 1, .utf8_length = 1, .code_point = '\\'};
    if (size - at < 2) return escape;
    if (data[at + 1] != 'u') {
        uint8_t code_point = nd_json_short_escapes[data[at + 1]];
        if (code_point) {
            escape.length = 2;
            escape.code_point = code_point;
        }
        return escape;
    }
    int32_t unit = read_unicode(data, size, at);
    if (unit < 0) return escape;
    escape.length = 6;
    escape.code_point = (uint32_t)unit;
    if (unit >= 0xD800 && unit < 0xE000) {
        int32_t low = unit < 0xDC00 ? read_unicode(data, size, at + 6) : -1;
        escape.surrogate = low < 0xDC00 || low >= 0xE000;
        if (!escape.surrogate) {
            escape.length = 12;
            escape.code_point = 0x10000 + ((uint32_t)(unit - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
        }
    }
    escape.utf8_length = utf8_length(escape.code_point);
    return escape;
}

neardup_status nd_json_unescape(const void *literal, size_t size, nd_buffer *text) {
    const uint8_t *data = literal;
    neardup_status status = nd_buffer_reserve(text, size); /* an escape is never shorter than what it stands for */
    for (size_t at = 0; at < size && !status;) {
        const uint8_t *backslash = memchr(data + at, '\\', size - at);
        size_t plain = (backslash ? (size_t)(backslash - data) : size) - at;
        status = nd_buffer_append(text, data + at, plain);
        at += plain;
        if (at == size || status) break;
        nd_json_escape escape = nd_json_read_escape(data, size, at);
        uint8_t utf8[4];
        size_t length = nd_utf8_write(escape.surrogate ? 0xFFFD : escape.code_point, utf8);
        status = nd_buffer_append(text, utf8, length);
        at += escape.length;
    }
    return status;
}
