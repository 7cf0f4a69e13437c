/* SPDX-License-Identifier: MIT */
#include "text/unicode.h"

#include <string.h>
#include <utf8proc.h>

#include "unicode_tables.h"

bool nd_tables_match(void) { return strcmp(nd_table_unicode, utf8proc_unicode_version()) == 0; }
