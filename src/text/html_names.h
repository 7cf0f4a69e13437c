/* SPDX-License-Identifier: MIT */
/* The named character references of the HTML standard, as data; nd_html_reference() is what reads them. */
#ifndef ND_TEXT_HTML_NAMES_H
#define ND_TEXT_HTML_NAMES_H

#include <stdint.h>

enum {
    ND_HTML_NAMES = 2231,
    ND_HTML_NAME_LONGEST = 32,     /* bytes, the semicolon included */
    ND_HTML_NAME_LONGEST_BARE = 6, /* bytes of the longest name that is valid without a semicolon */
};

/* What follows the '&', with its semicolon, and what it stands for; the second code point is 0 where there is one.
 * Names that are valid without the semicolon have two entries. */
typedef struct nd_html_name {
    char name[ND_HTML_NAME_LONGEST + 1];
    uint32_t code_points[2];
} nd_html_name;

/* In the byte order of the names. */
extern const nd_html_name nd_html_names[ND_HTML_NAMES];

#endif
