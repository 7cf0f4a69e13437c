/* SPDX-License-Identifier: MIT */
/* A JSON object on a line, and its members by name: for what is read once, by people who want to know what is wrong. */
#ifndef ND_IO_JSON_OBJECT_H
#define ND_IO_JSON_OBJECT_H

#include "base/arena.h"
#include "io/json.h"

enum { ND_JSON_MEMBERS = 64 }; /* of an object; what comes behind them is passed over */

typedef struct nd_json_member {
    nd_span key; /* as it stands between its quotes */
    nd_json_value value;
} nd_json_member;

typedef struct nd_json_object {
    nd_json_member members[ND_JSON_MEMBERS];
    size_t count;
} nd_json_object;

/* Reads a line that holds an object. NEARDUP_ERROR_ARGUMENT where it holds none, with what is wrong in error_out. */
neardup_status nd_json_object_read(nd_span line, nd_json_object *object_out, nd_json_error *error_out);

/* The last member of that name; NULL where there is none, or it is null. */
const nd_json_value *nd_json_object_find(const nd_json_object *object, const char *name);

/* Its members, where it is an object itself. */
bool nd_json_object_within(const nd_json_object *object, const char *name, nd_json_object *within_out);

/* Values. They return false, and leave the output as it is, where the member is of another kind; true with the output
 * as it is where there is none. Texts go to the arena, with a NUL behind them; NULL data: no memory. nd_json_bytes_of
 * takes the base64 in NAME_b64, too. */
bool nd_json_count_of(const nd_json_object *object, const char *name, uint64_t *count_out);
bool nd_json_integer_of(const nd_json_object *object, const char *name, int64_t *number_out);
bool nd_json_number_of(const nd_json_object *object, const char *name, double *number_out);
bool nd_json_flag_of(const nd_json_object *object, const char *name, bool *flag_out);
bool nd_json_text_of(const nd_json_object *object, const char *name, nd_arena *arena, nd_span *text_out);
bool nd_json_bytes_of(const nd_json_object *object, const char *name, nd_arena *arena, nd_span *bytes_out);

#endif
