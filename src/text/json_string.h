/* SPDX-License-Identifier: MIT */
/* The escapes of a JSON string (RFC 8259, section 7). */
#ifndef ND_TEXT_JSON_STRING_H
#define ND_TEXT_JSON_STRING_H

#include "base/bytes.h"
#include "neardup.h"

/* One escape. */
typedef struct nd_json_escape {
    size_t length;       /* in the literal: 2, 6, or 12 for a surrogate pair */
    size_t utf8_length;  /* of what it stands for: 1 to 4; 3 for a lone surrogate */
    uint32_t code_point; /* of a lone surrogate: its value */
    bool surrogate;      /* a lone one */
} nd_json_escape;

/* What a backslash and a byte stand for; 0 when they are no escape, or one of more letters. */
extern const uint8_t nd_json_short_escapes[256];

/* Of 64 bytes in a row: which of them are escaped, by the bits of the backslashes among them, but for those in *open
 * that escape nothing: they have been passed, or are escaped themselves. *open becomes the same of the next 64: the
 * first, if the last backslash escapes that. */
static inline uint64_t nd_json_escaped(uint64_t slashes, uint64_t *open) {
    slashes &= ~*open;
    uint64_t escaped = slashes << 1;
    *open = slashes >> 63;
    if (!(slashes & escaped)) return escaped;
    escaped = 0; /* some stand side by side: one after the other */
    for (uint64_t first; slashes; slashes &= ~(first | first << 1)) {
        first = slashes & -slashes;
        escaped |= first << 1;
        *open = first >> 63;
    }
    return escaped;
}

/* Reads the escape whose backslash is data[at]. The literal is taken to be valid; where it is not, the backslash stands
 * for itself, and nothing is read beyond data[size - 1]. */
nd_json_escape nd_json_read_escape(const uint8_t *data, size_t size, size_t at);

/* Appends to `text` what the inside of a JSON string literal stands for. A lone surrogate becomes U+FFFD. */
neardup_status nd_json_unescape(const void *literal, size_t size, nd_buffer *text);

#endif
