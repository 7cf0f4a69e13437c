/* SPDX-License-Identifier: MIT */
/*
 * The tokens of all texts in which passages are looked for, as codes of 32 bits: what alignments are made of. Two
 * different tokens have the same code with probability 2^-31, and would have to stand in corresponding places for it to
 * matter.
 *
 * Every token has a position, a number of 40 bits: positions rise from text to text. Those of a text of up to 2^18
 * tokens agree in all but their low 18 bits, those of a longer one begin with such bits all zero, and those of one of
 * up to 2^24 agree in all but their low 24 bits: which costs numbers but no memory.
 */
#ifndef ND_PASSAGE_SEQUENCES_H
#define ND_PASSAGE_SEQUENCES_H

#include "base/pages.h"
#include "base/spill.h"
#include "text/token.h"

enum { ND_POSITION_BITS = 40, ND_LOW_BITS = 24, ND_PART_BITS = 18 };

/* A token: bits of its hash, and in the lowest whether it is of a script written without spaces. */
typedef uint32_t nd_code;

/* The tokens of one text. */
typedef struct nd_sequence {
    const nd_code *codes;
    size_t count; /* below 2^32 */
} nd_sequence;

/* All zero but for spill.folder is empty. */
typedef struct nd_sequences {
    nd_pages entries; /* of struct nd_sequence_entry */
    nd_pages hints;   /* of uint32_t: the last text that begins at or before every 1,024th position */
    struct nd_sequence_chunk *first, *last; /* the codes of texts that were not spilled */
    size_t chunk_bytes;
    nd_spill spill; /* those of the first texts */
    uint64_t end;   /* the position behind the last one */
} nd_sequences;

/* Room for one text at a time, for who looks at texts that may be spilled. All zero is empty. */
typedef struct nd_view {
    nd_code *codes;
    size_t capacity;
    uint32_t text; /* that codes are of, where `filled` */
    bool filled;
} nd_view;

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

/* Bytes of memory. */
size_t nd_sequences_bytes(const nd_sequences *sequences);

/* Frees memory: the codes of all texts so far go to the spill. While nobody looks at them. Errors are those of
 * nd_spill_write. */
neardup_status nd_sequences_spill(nd_sequences *sequences, neardup_error *error);

/* The number of a text's tokens, and the position of the first one. */
size_t nd_sequences_size(const nd_sequences *sequences, uint32_t text);
uint64_t nd_sequences_position(const nd_sequences *sequences, uint32_t text);

/* A text's tokens, borrowed until the view is used for another one. By any number of threads, each with views of its
 * own. NEARDUP_ERROR_SYSTEM where what was spilled cannot be read. */
neardup_status nd_sequences_view(const nd_sequences *sequences, uint32_t text, nd_view *view, nd_sequence *sequence_out,
                                 neardup_error *error);
void nd_view_release(nd_view *view);

/* The text that a position is in, in near-constant time. */
uint32_t nd_sequences_text(const nd_sequences *sequences, uint64_t position);

#endif
