/* SPDX-License-Identifier: MIT */
#include "report/json_out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/wording.h"

void nd_json_flush(nd_json *json) {
    if (json->size) fwrite(json->text, 1, json->size, json->out);
    json->size = 0;
}

static void add(nd_json *json, const char *text, size_t size) {
    if (size > ND_JSON_ROOM) {
        nd_json_flush(json);
        fwrite(text, 1, size, json->out);
        return;
    }
    memcpy(nd_json_room(json, size), text, size);
    json->size += size;
}

static void add_byte(nd_json *json, char byte) {
    *nd_json_room(json, 1) = byte;
    json->size++;
}

static void add_text(nd_json *json, const char *text) { add(json, text, strlen(text)); }

/* Text that may be ill-formed. */
static void add_utf8(nd_json *json, nd_span text) {
    bool ascii = true;
    for (size_t i = 0; i < text.size; i++) ascii &= (unsigned char)text.data[i] < 0x80;
    if (ascii) {
        add(json, text.data, text.size);
    } else {
        nd_json_flush(json);
        nd_write_utf8(json->out, text);
    }
}

/* Whether text can stand in a string as it is: ASCII without anything to escape. */
static bool is_plain(nd_span text) {
    bool plain = true;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        plain &= c >= ' ' && c < 0x80 && c != '"' && c != '\\';
    }
    return plain;
}

static void add_plain_string(nd_json *json, nd_span text) {
    char *to = nd_json_room(json, text.size + 2);
    to[0] = '"';
    memcpy(to + 1, text.data, text.size);
    to[1 + text.size] = '"';
    json->size += text.size + 2;
}

void nd_json_add_string(nd_json *json, nd_span text) {
    static const char short_escapes[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    if (text.size && text.size + 2 <= ND_JSON_ROOM && is_plain(text)) {
        add_plain_string(json, text);
        return;
    }
    add_byte(json, '"');
    size_t begin = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c >= ' ' && c != '"' && c != '\\') continue;
        add_utf8(json, (nd_span){text.data + begin, i - begin});
        begin = i + 1;
        const char *escape = c ? strchr(short_escapes, c) : NULL;
        char written[8];
        /* Letters stand behind the bytes they escape; '"' and '\\' are their own. */
        int size = escape ? snprintf(written, sizeof written, "\\%c", escape[1])
                          : snprintf(written, sizeof written, "\\u%04x", c);
        add(json, written, (size_t)size);
    }
    if (text.size > begin) add_utf8(json, (nd_span){text.data + begin, text.size - begin});
    add_byte(json, '"');
}

static void add_base64(nd_json *json, nd_span bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    add_byte(json, '"');
    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t left = bytes.size - i;
        unsigned group = (unsigned)(unsigned char)bytes.data[i] << 16;
        if (left > 1) group |= (unsigned)(unsigned char)bytes.data[i + 1] << 8;
        if (left > 2) group |= (unsigned char)bytes.data[i + 2];
        add(json,
            (const char[]){digits[group >> 18], digits[group >> 12 & 63], left > 1 ? digits[group >> 6 & 63] : '=',
                           left > 2 ? digits[group & 63] : '='},
            4);
    }
    add_byte(json, '"');
}

static unsigned count_digits(uint64_t number) {
    unsigned count = 1;
    for (; number >= 10000; number /= 10000) count += 4;
    return count + (number >= 10) + (number >= 100) + (number >= 1000);
}

/* Numbers are written without fprintf, which takes several times as long, and two digits at a time: what the second of
 * them has to wait for is half of it. */
static void add_digits(nd_json *json, uint64_t number, unsigned least) {
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445"
        "46474849505152535455565758596061626364656667686970717273747576777879808182838485868788899091"
        "9293949596979899";
    unsigned size = count_digits(number);
    if (size < least) size = least;
    char *begin = nd_json_room(json, size), *to = begin + size;
    for (; to - begin >= 2; number /= 100) memcpy(to -= 2, pairs + 2 * (number % 100), 2);
    if (to > begin) *begin = (char)('0' + number);
    json->size += size;
}

nd_json nd_json_part(FILE *out, bool first) {
    nd_json json;
    json.out = out;
    json.first = first;
    json.size = 0;
    return json;
}

nd_json nd_json_line(FILE *out, const char *type) {
    nd_json json = nd_json_part(out, true);
    add_byte(&json, '{');
    nd_json_text(&json, "type", type);
    return json;
}

void nd_json_end_line(nd_json *json) {
    add_text(json, "}\n");
    nd_json_flush(json);
}

void nd_json_begin(nd_json *json, const char *key) {
    nd_json_key(json, key);
    add_byte(json, '{');
    json->first = true;
}

void nd_json_end(nd_json *json) {
    add_byte(json, '}');
    json->first = false;
}

void nd_json_add_count(nd_json *json, uint64_t count) { add_digits(json, count, 1); }

void nd_json_counts(nd_json *json, const char *key, const uint64_t *counts, size_t count) {
    nd_json_key(json, key);
    add_byte(json, '[');
    for (size_t i = 0; i < count; i++) {
        if (i) add_byte(json, ',');
        add_digits(json, counts[i], 1);
    }
    add_byte(json, ']');
}

void nd_json_add_integer(nd_json *json, int64_t number) {
    if (number < 0) add_byte(json, '-');
    add_digits(json, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 1);
}

void nd_json_flag(nd_json *json, const char *key, bool flag) {
    nd_json_key(json, key);
    add_text(json, flag ? "true" : "false");
}

void nd_json_null(nd_json *json, const char *key) {
    nd_json_key(json, key);
    add_text(json, "null");
}

void nd_json_share(nd_json *json, const char *key, double share) {
    bool usual = share >= 0 && share <= 1 && !signbit(share);
    uint64_t whole = usual ? (uint64_t)(share * 1e6) : 0;
    double rest = share * 1e6 - (double)whole;
    nd_json_key(json, key);
    /* Multiplying errs by less than 1e-9, which matters only where it might be rounded either way. */
    if (!usual || fabs(rest - 0.5) < 1e-6) {
        char digits[400]; /* of -DBL_MAX */
        int size = snprintf(digits, sizeof digits, "%.6f", share);
        add(json, digits, (size_t)size);
        return;
    }
    whole += rest > 0.5;
    add_digits(json, whole / 1000000, 1);
    add_byte(json, '.');
    add_digits(json, whole % 1000000, 6);
}

void nd_json_number(nd_json *json, const char *key, double number) {
    char digits[40];
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (strtod(digits, NULL) == number) break;
    }
    nd_json_key(json, key);
    add_text(json, digits);
}

void nd_json_raw(nd_json *json, const char *key, nd_span value) {
    nd_json_key(json, key);
    add_utf8(json, value);
}

void nd_json_bytes(nd_json *json, const char *key, nd_span bytes) {
    char encoded[64];
    if (nd_is_utf8(bytes)) {
        nd_json_string(json, key, bytes);
        return;
    }
    snprintf(encoded, sizeof encoded, "%s_b64", key);
    nd_json_key(json, encoded);
    add_base64(json, bytes);
}
