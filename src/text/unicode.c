/* SPDX-License-Identifier: MIT */
#include "text/unicode.h"

#include <string.h>
#include <utf8proc.h>

#include "unicode_tables.h"

nd_character nd_character_of(uint32_t code_point) {
    uint32_t entry = entries[page_of[code_point >> 8]][code_point & 255];
    return (nd_character){(nd_class)(entry & 7), entry >> 3 & 63, folds + (entry >> 9)};
}

bool nd_tables_match(void) { return strcmp(table_unicode, utf8proc_unicode_version()) == 0; }
