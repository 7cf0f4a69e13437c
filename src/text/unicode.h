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

/*
 * What begins with two given bytes of UTF-8, the first being 0xC0 or more: nd_table_starts[first << 8 | second, less
 * 0xC000]. Of a character of two bytes it is ND_START_SEPARATES, or its context-free fold if that has two bytes too
 * (the first one lowest; at least ND_START_FOLDS, as text has no bytes below). Of one of three, a page of
 * nd_table_thirds, counted from ND_START_PAGES on. Of all else 0.
 */
extern const uint16_t nd_table_starts[0x4000];
enum { ND_START_SEPARATES = 1, ND_START_PAGES = 2, ND_START_FOLDS = 0x2020 };

/* What the third byte makes of such a page, as bits of a kernel's marks: in bits 0-2 those of a token, in bits 4-7
 * where tokens begin in any case. ND_THREE_FOLDS is a letter that has another fold of three bytes; what is none of
 * these, or no character, is 0. */
extern const uint8_t nd_table_thirds[][256];
enum { ND_THREE_FOLDS = 1, ND_THREE_SEPARATES = 8, ND_THREE_WORD = 7, ND_THREE_ALONE = 7 | 9 << 4 };

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
