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

/* The line breaks of a text. Of those that nothing but white space parts there is the first only. Memory that is used
 * again; all zero is empty. */
typedef struct nd_breaks {
    uint64_t *items; /* the byte it begins at, shifted left by one; 1 is added where an empty line follows */
    size_t count, capacity;
} nd_breaks;

void nd_breaks_release(nd_breaks *breaks);

/* Fills in the other counts of `count` positions whose `raw`, at most the text's size, never falls, and lists the line
 * breaks of the text (`breaks` may be NULL). One pass. */
neardup_status nd_positions_find(const neardup_text *text, const nd_text_kernels *kernels, nd_position *positions,
                                 size_t count, nd_breaks *breaks);

/*
 * Finds the paragraphs of a text by its tokens, which must have their spans, and its line breaks (in HTML not looked
 * at): first_out[i] is the first token of paragraph i; it has room for tokens->count numbers. Returns how many there
 * are.
 *
 * Where there is an empty line anywhere between words, paragraphs are what empty lines separate; else they are lines.
 * In HTML they are what the tags of blocks (p, div, li, h1 ...) separate.
 */
size_t nd_paragraphs_find(const neardup_text *text, const nd_tokens *tokens, const nd_breaks *breaks,
                          uint32_t *first_out);

#endif
