/* SPDX-License-Identifier: MIT */
/*
 * The wanted fields of a JSON line, and how the scanner keeps track of them. Internal to json*.c.
 *
 * A name with n dots can be met in 2^n ways: each dot either divides two keys or is part of one. Every way has a number
 * whose bits, the first dot's highest, say which dots divide, so that of several ways that are present the lowest
 * number has the longest first key, then the longest second one, and so on: it wins. Each way of each name has a
 * slot. A key that opens an object may come again, and then all ways through it are void: these are consecutive
 * numbers.
 */
#ifndef ND_IO_JSON_FIELDS_H
#define ND_IO_JSON_FIELDS_H

#include "io/json.h"

/* Ways of all names together. */
#define ND_JSON_SLOTS 512

typedef struct nd_json_name {
    const char *text;
    uint32_t size;
    uint16_t dots;
    uint16_t first_slot;
} nd_json_name;

struct nd_json_fields {
    size_t count, slots;
    bool dotted;      /* at least one name has a dot */
    size_t longest;   /* bytes of the longest name */
    unsigned deepest; /* objects within objects in which a key can matter: 1 + the most dots */
    nd_json_name *names;
    char *text;
};

/* How far a name has been matched on the way to an object. */
typedef struct nd_json_progress {
    uint8_t live; /* the keys so far lead on to this name */
    uint8_t at;   /* bytes of the name behind, with the dot */
    uint8_t dots; /* dots behind */
    uint8_t way;  /* bits of the dots behind, in place */
} nd_json_progress;

/* The state of one line's matching. */
typedef struct nd_json_match {
    const nd_json_fields *fields;
    unsigned live;    /* nesting depth of the innermost object in which keys matter; 0: none yet */
    bool leads;       /* the last key leads on, should its value be an object */
    unsigned open;    /* wanted values that are objects or arrays not closed yet */
    size_t due_count; /* slots that the value of the last key goes to */
    uint16_t due[ND_JSON_NAMES];
    nd_json_progress progress[1 + ND_JSON_NAME_DOTS][ND_JSON_NAMES]; /* by depth - 1, by name */
    nd_json_value slots[ND_JSON_SLOTS];
    uint16_t open_depth[ND_JSON_SLOTS]; /* of an open value: its nesting depth; else 0 */
} nd_json_match;

void nd_json_match_begin(nd_json_match *match, const nd_json_fields *fields);

/* A key (between its quotes) of the innermost live object. */
void nd_json_match_key(nd_json_match *match, nd_span key, bool escaped);

/* The best way of each name. */
void nd_json_match_end(const nd_json_match *match, nd_json_value *values_out);

#endif
