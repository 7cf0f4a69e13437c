/* SPDX-License-Identifier: MIT */
/*
 * HTML as far as text needs it: where markup ends, and what a character reference stands for. Not a parser: no tree, no
 * memory, one pass. Follows the tokenisation section of the HTML standard (WHATWG) for what is tag, comment, raw text
 * (script, style) and reference.
 */
#ifndef ND_TEXT_HTML_H
#define ND_TEXT_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The position behind the markup that begins with the '<' at data[at]: a tag, a comment, a declaration, a processing
 * instruction, or a script or style element with all it holds up to its end tag. Markup that the end of data cuts off
 * reaches to the end. Returns `at` when the '<' begins no markup ("a < b") and is just a character. Linear: a call's
 * cost is the distance it skips. */
size_t nd_html_skip(const uint8_t *data, size_t size, size_t at);

/* Decodes the character reference that begins with the '&' at data[at] into one or two code points. Returns its
 * length in bytes, the closing semicolon included, and sets *count_out; 0 when the '&' begins no reference. Never gives
 * a surrogate or a value over U+10FFFF (U+FFFD instead); numeric references to 0x80-0x9F mean Windows-1252, as
 * browsers read them. */
size_t nd_html_reference(const uint8_t *data, size_t size, size_t at, uint32_t code_points_out[2], unsigned *count_out);

/* Whether the tag that begins with the '<' at data[at] begins or ends a block (p, div, li, h1 ...). */
bool nd_html_is_block(const uint8_t *data, size_t size, size_t at);

/* Whether what stands on either side of it stands on different lines: a block, or br. */
bool nd_html_breaks_line(const uint8_t *data, size_t size, size_t at);

#endif
