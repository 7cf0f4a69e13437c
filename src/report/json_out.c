/* SPDX-License-Identifier: MIT */
#include "report/json_out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/wording.h"

static void write_string(FILE *out, nd_span text) {
    static const char short_escapes[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    putc('"', out);
    size_t begin = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c >= ' ' && c != '"' && c != '\\') continue;
        nd_write_utf8(out, (nd_span){text.data + begin, i - begin});
        begin = i + 1;
        const char *escape = c ? strchr(short_escapes, c) : NULL;
        /* Letters stand behind the bytes they escape; '"' and '\\' are their own. */
        if (escape)
            fprintf(out, "\\%c", escape[1]);
        else
            fprintf(out, "\\u%04x", c);
    }
    if (text.size > begin) nd_write_utf8(out, (nd_span){text.data + begin, text.size - begin});
    putc('"', out);
}

static void write_base64(FILE *out, nd_span bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    putc('"', out);
    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t left = bytes.size - i;
        unsigned group = (unsigned)(unsigned char)bytes.data[i] << 16;
        if (left > 1) group |= (unsigned)(unsigned char)bytes.data[i + 1] << 8;
        if (left > 2) group |= (unsigned char)bytes.data[i + 2];
        putc(digits[group >> 18], out);
        putc(digits[group >> 12 & 63], out);
        putc(left > 1 ? digits[group >> 6 & 63] : '=', out);
        putc(left > 2 ? digits[group & 63] : '=', out);
    }
    putc('"', out);
}

/* What is short is put together before it is written: every call of the library takes its time, and a report has some
 * members for every document and place. */
typedef struct piece {
    char text[96];
    size_t size;
} piece;

static void add_byte(piece *p, char byte) {
    if (p->size < sizeof p->text) p->text[p->size++] = byte;
}

static void add_text(piece *p, const char *text) {
    while (*text) add_byte(p, *text++);
}

/* Numbers are written without fprintf, which takes several times as long. */
static void add_digits(piece *p, uint64_t number, unsigned least) {
    char digits[20]; /* of UINT64_MAX */
    size_t at = sizeof digits;
    for (; number || sizeof digits - at < least; number /= 10) digits[--at] = (char)('0' + number % 10);
    while (at < sizeof digits) add_byte(p, digits[at++]);
}

static void write_piece(FILE *out, const piece *p) { fwrite(p->text, 1, p->size, out); }

static void write_digits(FILE *out, uint64_t number) {
    piece p = {.size = 0};
    add_digits(&p, number, 1);
    write_piece(out, &p);
}

/* Keys are the program's own, a few words at the most, and need no escape. */
static piece begin_member(nd_json *json, const char *key, const char *suffix) {
    piece p;
    p.size = 0;
    add_text(&p, json->first ? "\"" : ",\"");
    add_text(&p, key);
    add_text(&p, suffix);
    add_text(&p, "\":");
    json->first = false;
    return p;
}

static void write_key(nd_json *json, const char *key, const char *suffix) {
    const piece p = begin_member(json, key, suffix);
    write_piece(json->out, &p);
}

nd_json nd_json_line(FILE *out, const char *type) {
    nd_json json = {out, true};
    putc('{', out);
    nd_json_text(&json, "type", type);
    return json;
}

void nd_json_end_line(nd_json *json) { fputs("}\n", json->out); }

void nd_json_begin(nd_json *json, const char *key) {
    write_key(json, key, "");
    putc('{', json->out);
    json->first = true;
}

void nd_json_end(nd_json *json) {
    putc('}', json->out);
    json->first = false;
}

void nd_json_text(nd_json *json, const char *key, const char *text) {
    nd_json_string(json, key, (nd_span){text, strlen(text)});
}

void nd_json_string(nd_json *json, const char *key, nd_span text) {
    write_key(json, key, "");
    write_string(json->out, text);
}

void nd_json_count(nd_json *json, const char *key, uint64_t count) {
    piece p = begin_member(json, key, "");
    add_digits(&p, count, 1);
    write_piece(json->out, &p);
}

void nd_json_counts(nd_json *json, const char *key, const uint64_t *counts, size_t count) {
    write_key(json, key, "");
    putc('[', json->out);
    for (size_t i = 0; i < count; i++) {
        if (i) putc(',', json->out);
        write_digits(json->out, counts[i]);
    }
    putc(']', json->out);
}

void nd_json_integer(nd_json *json, const char *key, int64_t number) {
    piece p = begin_member(json, key, "");
    if (number < 0) add_byte(&p, '-');
    add_digits(&p, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 1);
    write_piece(json->out, &p);
}

void nd_json_flag(nd_json *json, const char *key, bool flag) {
    write_key(json, key, "");
    fputs(flag ? "true" : "false", json->out);
}

void nd_json_null(nd_json *json, const char *key) {
    write_key(json, key, "");
    fputs("null", json->out);
}

void nd_json_share(nd_json *json, const char *key, double share) {
    double millionths = share * 1e6, whole = floor(millionths), rest = millionths - whole;
    /* Multiplying errs by less than 1e-9, which matters only where it might be rounded either way. */
    if (signbit(share) || !(share <= 1) || fabs(rest - 0.5) < 1e-6) {
        write_key(json, key, "");
        fprintf(json->out, "%.6f", share);
        return;
    }
    uint64_t rounded = (uint64_t)whole + (rest > 0.5);
    piece p = begin_member(json, key, "");
    add_digits(&p, rounded / 1000000, 1);
    add_byte(&p, '.');
    add_digits(&p, rounded % 1000000, 6);
    write_piece(json->out, &p);
}

void nd_json_number(nd_json *json, const char *key, double number) {
    char digits[40];
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, number);
        if (strtod(digits, NULL) == number) break;
    }
    write_key(json, key, "");
    fputs(digits, json->out);
}

void nd_json_raw(nd_json *json, const char *key, nd_span value) {
    write_key(json, key, "");
    nd_write_utf8(json->out, value);
}

void nd_json_bytes(nd_json *json, const char *key, nd_span bytes) {
    bool text = nd_is_utf8(bytes);
    write_key(json, key, text ? "" : "_b64");
    if (text)
        write_string(json->out, bytes);
    else
        write_base64(json->out, bytes);
}
