/* SPDX-License-Identifier: MIT */
#include "cli/value.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

bool nd_value_count(const char *text, uint64_t *count_out) {
    uint64_t count = 0;
    if (!*text) return false;
    for (const char *c = text; *c; c++) {
        if (*c < '0' || *c > '9') return false;
        if (__builtin_mul_overflow(count, 10u, &count)) return false;
        if (__builtin_add_overflow(count, (unsigned)(*c - '0'), &count)) return false;
    }
    *count_out = count;
    return true;
}

bool nd_value_size(const char *text, uint64_t *bytes_out) {
    char digits[24];
    size_t length = strspn(text, DIGITS);
    if (length >= sizeof digits || (text[length] && text[length + 1])) return false;
    memcpy(digits, text, length);
    digits[length] = 0;
    uint64_t bytes;
    if (!nd_value_count(digits, &bytes)) return false;
    static const char units[] = "KMGT";
    unsigned shift = 0;
    if (text[length]) {
        const char *unit = strchr(units, text[length] & ~0x20);
        if (!unit || !*unit) return false;
        shift = 10 * (unsigned)(unit - units + 1);
    }
    return !__builtin_mul_overflow(bytes, (uint64_t)1 << shift, bytes_out);
}

/* The number at the start of `text`, and where it ends; NULL where there is none. What strtod takes beyond it (signs,
 * exponents, nan, hexadecimal, the locale's point) is a slip of the hand here. With a percent sign behind it, it is a
 * hundredth: by moving the point, because a division would round once more. */
static const char *read_number(const char *text, double *number_out) {
    size_t whole = strspn(text, DIGITS);
    size_t length = whole;
    size_t fraction = 0;
    if (text[length] == '.') {
        fraction = strspn(text + length + 1, DIGITS);
        length += 1 + fraction;
    }
    static const char hundredth[] = "e-2";
    char copy[64];
    if (whole + fraction == 0 || length + sizeof hundredth > sizeof copy) return NULL;
    memcpy(copy, text, length);
    copy[length] = 0;
    if (text[length] == '%') memcpy(copy + length, hundredth, sizeof hundredth);
    *number_out = strtod(copy, NULL);
    return text + length;
}

bool nd_value_number(const char *text, double *number_out) {
    double number;
    const char *end = read_number(text, &number);
    if (!end || *end) return false;
    *number_out = number;
    return true;
}

bool nd_value_share(const char *text, double *share_out) {
    double share;
    const char *end = read_number(text, &share);
    if (!end) return false;
    end += *end == '%';
    if (*end || !(share > 0) || share > 1) return false;
    *share_out = share;
    return true;
}
