/* SPDX-License-Identifier: MIT */
/*
 * The tokens of all texts in which passages are looked for, as codes of 32 bits: what alignments are made of. Two
 * different tokens have the same code with probability 2^-31, and would have to stand in corresponding places for it to
 * matter.
 *
 * Every token has a position, a number of 40 bits: positions rise from text to text, and those of a text of up to 2^24
 * tokens agree in all but their low 24 bits, which costs numbers but no memory.
 */
#ifndef ND_PASSAGE_SEQUENCES_H
#define ND_PASSAGE_SEQUENCES_H

#include "base/arena.h"
#include "base/pages.h"
#include "text/token.h"

enum { ND_POSITION_BITS = 40, ND_LOW_BITS = 24 };

/* A token: bits of its hash, and in the lowest whether it is of a script written without spaces. */
typedef uint32_t nd_code;

/* The tokens of one text. */
typedef struct nd_sequence {
    const nd_code *codes;
    size_t count; /* below 2^32 */
} nd_sequence;

/* All zero is empty. */
typedef struct nd_sequences {
    nd_pages entries; /* of struct nd_sequence_entry */
    nd_pages hints;   /* of uint32_t: the last text that begins at or before every 1,024th position */
    nd_arena arena;
    uint64_t end; /* the position behind the last one */
} nd_sequences;

/* Writes the codes of a text's tokens; codes_out has room for tokens->count. */
void nd_encode_tokens(const nd_tokens *tokens, nd_code *codes_out);

/* Tokens of scripts without spaces count half: twice the number of words in `count` codes. */
size_t nd_half_words(const nd_code *codes, size_t count);

void nd_sequences_release(nd_sequences *sequences);

/* Adds a text; its number is the count of those added before it, its first token's position *position_out.
 * NEARDUP_ERROR_LIMIT when there are 2^32 - 1 texts or no more positions. */
neardup_status nd_sequences_add(nd_sequences *sequences, const nd_code *codes, size_t count, uint64_t *position_out);

/* The number of texts. */
size_t nd_sequences_count(const nd_sequences *sequences);

/* A text's tokens, borrowed, and the position of the first one. */
nd_sequence nd_sequences_at(const nd_sequences *sequences, uint32_t text);
uint64_t nd_sequences_position(const nd_sequences *sequences, uint32_t text);

/* The text that a position is in, in near-constant time. */
uint32_t nd_sequences_text(const nd_sequences *sequences, uint64_t position);

#endif
