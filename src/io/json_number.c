/* SPDX-License-Identifier: MIT */
#include "io/json_number.h"

/* Exponents are cut off here: no text is long enough for its digits to make up for more. */
#define EXPONENT_MOST (INT64_MAX / 4)

/* 0.DIGITS times ten to the power `scale`. */
typedef struct decimal {
    bool zero, negative;
    int64_t scale;
    nd_span digits; /* from the first that is not zero on, with the point among them */
} decimal;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The exponent at the start of `text`: a sign or none, and digits to the end. */
static int64_t read_exponent(nd_span text) {
    bool negative = text.size && text.data[0] == '-';
    int64_t exponent = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (!is_digit(text.data[i])) continue;
        exponent = exponent * 10 + (text.data[i] - '0');
        if (exponent > EXPONENT_MOST / 10) exponent = EXPONENT_MOST / 10;
    }
    return negative ? -exponent : exponent;
}

static decimal read_decimal(nd_span text) {
    decimal d = {.zero = true, .negative = text.data[0] == '-'};
    bool fraction = false;
    size_t i = d.negative, first = 0;
    for (; i < text.size && text.data[i] != 'e' && text.data[i] != 'E'; i++) {
        if (text.data[i] == '.') {
            fraction = true;
            continue;
        }
        if (d.zero && text.data[i] != '0') {
            d.zero = false;
            first = i;
        }
        /* A place before the point makes the number ten times larger, a zero right behind it ten times smaller. */
        if (!fraction && !d.zero) d.scale++;
        if (fraction && d.zero) d.scale--;
    }
    d.digits = (nd_span){text.data + first, i - first};
    if (i < text.size) d.scale += read_exponent((nd_span){text.data + i + 1, text.size - i - 1});
    return d;
}

/* The next digit; zeros without end behind the last one. */
static char next_digit(nd_span *digits) {
    while (digits->size) {
        char c = *digits->data++;
        digits->size--;
        if (is_digit(c)) return c;
    }
    return '0';
}

static int compare_magnitudes(decimal a, decimal b) {
    if (a.scale != b.scale) return a.scale < b.scale ? -1 : 1;
    while (a.digits.size || b.digits.size) {
        char first = next_digit(&a.digits), second = next_digit(&b.digits);
        if (first != second) return first < second ? -1 : 1;
    }
    return 0;
}

/* -1, 0 or 1. */
static int sign_of(const decimal *d) { return d->zero ? 0 : d->negative ? -1 : 1; }

int nd_json_number_compare(nd_span a, nd_span b) {
    decimal first = read_decimal(a), second = read_decimal(b);
    int sign = sign_of(&first);
    if (sign != sign_of(&second)) return sign < sign_of(&second) ? -1 : 1;
    return sign ? sign * compare_magnitudes(first, second) : 0;
}
