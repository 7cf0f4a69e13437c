/* SPDX-License-Identifier: MIT */
/* JSON Lines out: one object a line, written field by field to a stream. A line is UTF-8 whatever it is made
 * of: U+FFFD stands for each byte that is ill-formed, but for nd_json_bytes. */
#ifndef ND_REPORT_JSON_OUT_H
#define ND_REPORT_JSON_OUT_H

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

enum { ND_JSON_ROOM = 512 };

/* A line under way. Fields come out in the order of the calls, and are all in the stream once the line has ended; write
 * errors stay in the stream (ferror). */
typedef struct nd_json {
    FILE *out;
    bool first;              /* no field yet in the object that is open */
    size_t size;             /* of what is to be written next: every call of the C library takes its time, */
    char text[ND_JSON_ROOM]; /* and a report has some fields for every document and place */
} nd_json;

/* Begins a line with {"type":"TYPE". */
nd_json nd_json_line(FILE *out, const char *type);

/* Ends the line. */
void nd_json_end_line(nd_json *json);

/* Begins fields of an object that somebody else writes the rest of; `first` where it has none yet. Before that goes on,
 * nd_json_flush gives the stream what it does not have yet. */
nd_json nd_json_part(FILE *out, bool first);
void nd_json_flush(nd_json *json);

/* Where `size` more bytes go, at most ND_JSON_ROOM: the caller writes them and adds what they are to json->size. */
static inline char *nd_json_room(nd_json *json, size_t size) {
    if (json->size + size > ND_JSON_ROOM) nd_json_flush(json);
    return json->text + json->size;
}

/* Begins a field. Keys are the program's own, a few words at the most, and need no escape. Inline, so that one that is
 * known when this is compiled is a few moves. */
static inline void nd_json_key(nd_json *json, const char *key) {
    size_t size = strlen(key);
    char *to = nd_json_room(json, size + 4);
    json->size += size + 4 - json->first;
    *to = ',';
    to += !json->first;
    *to = '"';
    memcpy(to + 1, key, size);
    memcpy(to + 1 + size, "\":", 2);
    json->first = false;
}

/* The value of a field that has begun. */
void nd_json_add_count(nd_json *json, uint64_t count);
void nd_json_add_integer(nd_json *json, int64_t number);
void nd_json_add_string(nd_json *json, nd_span text);

static inline void nd_json_count(nd_json *json, const char *key, uint64_t count) {
    nd_json_key(json, key);
    nd_json_add_count(json, count);
}

static inline void nd_json_integer(nd_json *json, const char *key, int64_t number) {
    nd_json_key(json, key);
    nd_json_add_integer(json, number);
}

static inline void nd_json_string(nd_json *json, const char *key, nd_span text) {
    nd_json_key(json, key);
    nd_json_add_string(json, text);
}

static inline void nd_json_text(nd_json *json, const char *key, const char *text) {
    nd_json_string(json, key, (nd_span){text, strlen(text)});
}

/* Begins and ends an object that is the value of `key`; fields in between belong to it. */
void nd_json_begin(nd_json *json, const char *key);
void nd_json_end(nd_json *json);

void nd_json_flag(nd_json *json, const char *key, bool flag);
void nd_json_null(nd_json *json, const char *key);

/* A similarity or other share, with six decimals. */
void nd_json_share(nd_json *json, const char *key, double share);

/* An array of counts. */
void nd_json_counts(nd_json *json, const char *key, const uint64_t *counts, size_t count);

/* A parameter, in as few digits as give the same number back. */
void nd_json_number(nd_json *json, const char *key, double number);

/* A raw JSON value, passed through. */
void nd_json_raw(nd_json *json, const char *key, nd_span value);

/* Bytes that must come through as they are and should be UTF-8: a string, or where they are not, "KEY_b64" with their
 * base64. */
void nd_json_bytes(nd_json *json, const char *key, nd_span bytes);

#endif
