/* SPDX-License-Identifier: MIT */
/* Where bytes of a text are for people and other programs: in code points, in lines, in paragraphs. */
#ifndef ND_TEXT_POSITION_H
#define ND_TEXT_POSITION_H

#include "text/token.h"

/* A position in a text, in its several counts. */
typedef struct nd_position {
    size_t raw;         /* byte of the text as it was given */
    uint64_t byte;      /* of a JSON string: byte of what it stands for; else the same */
    uint64_t character; /* code points before it; every byte that is ill-formed counts as one */
    uint64_t line;      /* from 1 */
} nd_position;

/* What there is to count in a text. Memory that is used again; all zero is empty. */
typedef struct nd_layout {
    nd_marks bytes;      /* of a JSON string, as many as what it stands for has; else not looked at */
    nd_marks characters; /* one for each */
    nd_marks breaks;     /* the last byte of each line break */
    bool json;
} nd_layout;

void nd_layout_release(nd_layout *layout);

/* Replaces what is in `layout` by the layout of a text. Time is linear in its size. */
neardup_status nd_layout_find(const neardup_text *text, const nd_text_kernels *kernels, nd_layout *layout);

/* The position of a byte of the text, or of its end. No character must begin before it that ends behind it. */
nd_position nd_layout_position(const nd_layout *layout, size_t raw);

/*
 * Finds the paragraphs of a text by its layout and its tokens, which must be marked (only_marks): first_out[i] is the
 * first token of paragraph i; it has room for tokens->count numbers. Returns how many there are.
 *
 * Where there is an empty line anywhere between words, paragraphs are what empty lines separate; else they are lines.
 * In HTML they are what the tags of blocks (p, div, li, h1 ...) separate.
 */
size_t nd_layout_paragraphs(const nd_layout *layout, const neardup_text *text, const nd_tokens *tokens,
                            uint32_t *first_out);

#endif
