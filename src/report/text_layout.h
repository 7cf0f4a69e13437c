/* SPDX-License-Identifier: MIT */
/* Text in columns: how wide it is on a terminal, made to fit, coloured. Texts here are visible UTF-8 (as
 * nd_write_visible makes it); a column is a cell of the terminal, and wide characters take two. */
#ifndef ND_REPORT_TEXT_LAYOUT_H
#define ND_REPORT_TEXT_LAYOUT_H

#include <stdio.h>

#include "base/bytes.h"

typedef enum nd_style {
    ND_STYLE_PLAIN,
    ND_STYLE_STRONG,
    ND_STYLE_DIM,
    ND_STYLE_KEPT,    /* what stays */
    ND_STYLE_SHARE,   /* a similarity */
    ND_STYLE_WARNING, /* what wants attention */
    ND_STYLE_GONE,    /* words only the first of two texts has, */
    ND_STYLE_ADDED    /* and only the second */
} nd_style;

/* Where a text that is too long loses its letters. */
typedef enum nd_cut { ND_CUT_END, ND_CUT_MIDDLE } nd_cut;

typedef struct nd_layout {
    FILE *out;
    size_t width;
    bool color;
} nd_layout;

size_t nd_columns(const char *text);

/* Writes as much of `text` as fits in `columns`, with … for what does not, and returns the columns it took. */
size_t nd_layout_write(const nd_layout *layout, nd_style style, const char *text, size_t columns, nd_cut cut);

/* Writes `count` spaces. */
void nd_layout_space(const nd_layout *layout, size_t count);

/* Writes a paragraph, its lines broken between words and indented by `indent`. */
void nd_layout_paragraph(const nd_layout *layout, nd_style style, size_t indent, const char *text);

#endif
