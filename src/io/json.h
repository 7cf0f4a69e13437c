/* SPDX-License-Identifier: MIT */
/*
 * JSON, one line at a time: checks that a line is one JSON value (RFC 8259), and gives the places of the fields that
 * are wanted, in one pass and without allocating. Strings are not unescaped and numbers not converted; a string's bytes
 * need not be UTF-8, and a lone surrogate escape is valid: that is for the reader of the text to judge.
 */
#ifndef ND_IO_JSON_H
#define ND_IO_JSON_H

#include "base/bytes.h"

/* Objects and arrays nested deeper than this are an error. */
#define ND_JSON_DEPTH 1024

/* Limits of nd_json_fields: names, bytes of one name, dots in one name. */
#define ND_JSON_NAMES     64
#define ND_JSON_NAME_SIZE 255
#define ND_JSON_NAME_DOTS 6

typedef enum nd_json_kind {
    ND_JSON_NONE, /* there is no such field; or the line is not JSON */
    ND_JSON_STRING,
    ND_JSON_NUMBER,
    ND_JSON_TRUE,
    ND_JSON_FALSE,
    ND_JSON_NULL,
    ND_JSON_OBJECT,
    ND_JSON_ARRAY
} nd_json_kind;

typedef struct nd_json_value {
    nd_json_kind kind;
    bool escaped; /* a string that holds a backslash */
    nd_span raw;  /* the value as it stands in the line; of a string, what is between its quotes */
} nd_json_value;

typedef struct nd_json_error {
    size_t byte;        /* where in the line */
    const char *reason; /* static, such as "expected ':' after a key" */
} nd_json_error;

/* Names of wanted fields, made ready for comparing. A dotted name reaches into objects; a key that literally contains
 * the dot wins, the longest first key before all. Of duplicate keys the last wins, with all that is below it. */
typedef struct nd_json_fields nd_json_fields;

/* Copies the names. NEARDUP_ERROR_ARGUMENT names the one that is beyond a limit above, or empty. */
neardup_status nd_json_fields_create(const char *const *names, size_t count, nd_json_fields **fields_out,
                                     neardup_error *error);
void nd_json_fields_free(nd_json_fields *fields);

/* Scans one line. Returns the kind of the value that the line holds and fills values_out, one element for each name of
 * `fields`; or returns ND_JSON_NONE when the line is not JSON, fills error_out, and values_out is not to be used. Space
 * around the value, a carriage return at the end among it, is fine. */
nd_json_kind nd_json_scan(const nd_json_fields *fields, nd_span line, nd_json_value *values_out,
                          nd_json_error *error_out);

/* The same for a line that was valid before, in fewer steps: strings are not looked into but for their ends. Of
 * any other line it may say that it is valid, too. */
nd_json_kind nd_json_rescan(const nd_json_fields *fields, nd_span line, nd_json_value *values_out,
                            nd_json_error *error_out);

/* Goes through the members of a valid object: *rest is the object at first, and what follows the member afterwards.
 * Returns false when there are no more. The key is given as it stands, between its quotes. */
bool nd_json_next_member(nd_span *rest, nd_span *key_out, nd_json_value *value_out);

/* The same for the elements of a valid array. */
bool nd_json_next_element(nd_span *rest, nd_json_value *value_out);

#endif
