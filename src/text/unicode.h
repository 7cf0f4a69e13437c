/* SPDX-License-Identifier: MIT */
/* The built tables: class and context-free fold of every code point in one look-up. */
#ifndef ND_TEXT_UNICODE_H
#define ND_TEXT_UNICODE_H

#include "text/reference.h"

/* Values of a table entry's length field that are no length. */
enum { ND_FOLD_SELF = 63, ND_FOLD_SLOW = 62 };

/* What a table entry says: the class, and the fold where it does not depend on the neighbours. */
typedef struct nd_character {
    nd_class class;
    unsigned fold_size;  /* in bytes, or ND_FOLD_SELF: the character itself, or ND_FOLD_SLOW: ask utf8proc */
    const uint8_t *fold; /* UTF-8; static */
} nd_character;

/* The entry of a code point up to U+10FFFF. */
nd_character nd_character_of(uint32_t code_point);

/* Whether the running utf8proc has the version of Unicode the tables were built from. */
bool nd_tables_match(void);

#endif
