/* SPDX-License-Identifier: MIT */
/*
 * The texts in which passages are looked for, in the order of their documents, each with the sequence of codes that it
 * is; several may be the same.
 *
 * Every token has a position, a number of 40 bits: positions rise from text to text. Those of a text of up to 2^18
 * tokens agree in all but their low 18 bits, those of a longer one begin with such bits all zero, and those of one of
 * up to 2^24 agree in all but their low 24 bits: which costs numbers but no memory.
 */
#ifndef ND_PASSAGE_SEQUENCES_H
#define ND_PASSAGE_SEQUENCES_H

#include "passage/codes.h"

enum { ND_POSITION_BITS = 40, ND_LOW_BITS = 24, ND_PART_BITS = 18 };

/* All zero but for `codes` is empty. */
typedef struct nd_sequences {
    const nd_codes *codes; /* borrowed */
    nd_pages entries;      /* of struct nd_sequences_entry */
    nd_pages hints;        /* of uint32_t: the last text that begins at or before every 128th position */
    uint64_t end;          /* the position behind the last one */
} nd_sequences;

void nd_sequences_release(nd_sequences *sequences);

/* Adds sequence `number` of the codes as a text; its own number is the count of those added before it, its first
 * token's position *position_out. NEARDUP_ERROR_LIMIT when there are 2^32 - 1 texts or no more positions. */
neardup_status nd_sequences_add(nd_sequences *sequences, uint32_t number, uint64_t *position_out);

/* The number of texts. */
size_t nd_sequences_count(const nd_sequences *sequences);

/* Bytes of memory, without those of the codes. */
size_t nd_sequences_bytes(const nd_sequences *sequences);

/* The number of a text's tokens, and the position of the first one. */
size_t nd_sequences_size(const nd_sequences *sequences, uint32_t text);
uint64_t nd_sequences_position(const nd_sequences *sequences, uint32_t text);

/* A text's tokens, as nd_codes_view has them. */
neardup_status nd_sequences_view(const nd_sequences *sequences, uint32_t text, nd_view *view, nd_sequence *sequence_out,
                                 neardup_error *error);

/* The text that a position is in, in near-constant time. */
uint32_t nd_sequences_text(const nd_sequences *sequences, uint64_t position);

#endif
