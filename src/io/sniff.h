/* SPDX-License-Identifier: MIT */
/* What a file holds, by its name and by how it begins. */
#ifndef ND_IO_SNIFF_H
#define ND_IO_SNIFF_H

#include "base/bytes.h"

typedef enum nd_shape {
    ND_SHAPE_TEXT,   /* the file is one document */
    ND_SHAPE_LINES,  /* a JSON record a line */
    ND_SHAPE_UNSURE, /* records if the first line is a JSON object, else one document */
} nd_shape;

/* By the name, without .gz or .zst and whatever the case: .jsonl and .ndjson hold lines; .json and "-" may. */
nd_shape nd_sniff_shape(nd_span path);

/* Whether the name is that of an HTML file (.html .htm .xhtml, the same way). */
bool nd_sniff_html_name(nd_span path);

/* Whether the text begins, after a byte order mark and space, as HTML does: <!doctype html or <html. */
bool nd_sniff_html(nd_span text);

/* Whether a NUL is in the first 8 KiB of the text, not counting a byte order mark. */
enum { ND_BINARY_WITHIN = 8192 };
bool nd_sniff_binary(nd_span text);

/* Bytes of a UTF-8 byte order mark at the beginning: 3 or 0. */
size_t nd_sniff_mark(nd_span text);

/* Whether a name says that the file is compressed. */
bool nd_sniff_packed_name(nd_span path);

#endif
