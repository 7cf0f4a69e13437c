/* SPDX-License-Identifier: MIT */
/* The built tables: class and context-free fold of every code point in one look-up. */
#ifndef ND_TEXT_UNICODE_H
#define ND_TEXT_UNICODE_H

#include "text/reference.h"

/* Values of an entry's length field that are no length: the character folds to itself; or its fold may depend on its
 * neighbours, and utf8proc must be asked. */
enum { ND_FOLD_SELF = 63, ND_FOLD_SLOW = 62 };

/* Made by tables/make_tables.c, which says how they are laid out. */
extern const char nd_table_unicode[];
extern const uint16_t nd_table_pages[];
extern const uint32_t nd_table_entries[][256];
extern const uint8_t nd_table_folds[];

/* For each code point of two bytes that is of class ND_WORD and has a context-free fold of one to three bytes: these, the
 * first one lowest, and how many in the highest byte; 0 for others. */
extern const uint32_t nd_table_letters[0x800];

/* The places of the bits that are set in a byte, rising, and zeros: for kernels that list bits. */
extern const uint8_t nd_table_bits[256][8];

/* The entry of a code point up to U+10FFFF. */
static inline uint32_t nd_entry_of(uint32_t code_point) {
    return nd_table_entries[nd_table_pages[code_point >> 8]][code_point & 255];
}

static inline nd_class nd_entry_class(uint32_t entry) { return (nd_class)(entry & 7); }

/* The length of the fold in bytes, or ND_FOLD_SELF, or ND_FOLD_SLOW. */
static inline unsigned nd_entry_fold_size(uint32_t entry) { return entry >> 3 & 63; }

/* The fold itself; four bytes are readable whatever its length. */
static inline const uint8_t *nd_entry_fold(uint32_t entry) { return nd_table_folds + (entry >> 9); }

/* Whether the running utf8proc has the version of Unicode the tables were built from. */
bool nd_tables_match(void);

#endif
