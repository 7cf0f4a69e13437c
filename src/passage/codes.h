/* SPDX-License-Identifier: MIT */
/*
 * Tokens as codes of 32 bits, which is what passages are found and aligned by: two different tokens have the same code
 * with probability 2^-31, and would have to stand in corresponding places for it to matter. They are kept from the
 * first reading on, a sequence for every class of documents, so that no text is tokenised again for its passages.
 */
#ifndef ND_PASSAGE_CODES_H
#define ND_PASSAGE_CODES_H

#include "base/pages.h"
#include "base/spill.h"
#include "text/token.h"

/* A token: bits of its hash, and in the lowest whether it is of a script written without spaces. */
typedef uint32_t nd_code;

/* Tokens that follow each other. */
typedef struct nd_sequence {
    const nd_code *codes;
    size_t count; /* below 2^32 */
} nd_sequence;

/* Sequences by number. All zero but for spill.folder is empty. */
typedef struct nd_codes {
    nd_pages entries;                    /* of struct nd_codes_entry */
    struct nd_codes_chunk *first, *last; /* what was not spilled */
    size_t chunk_bytes;
    uint32_t spilled; /* the first so many sequences */
    nd_spill spill;
} nd_codes;

/* Room for one sequence at a time, for who looks at those that may be spilled. All zero is empty. */
typedef struct nd_view {
    nd_code *codes;
    size_t capacity;
    uint32_t number; /* of the sequence that codes are, where `filled` */
    bool filled;
} nd_view;

/* Writes the codes of a text's tokens; codes_out has room for tokens->count. */
void nd_encode_tokens(const nd_tokens *tokens, nd_code *codes_out);

/* Tokens of scripts without spaces count half: twice the number of words in `count` codes. */
size_t nd_half_words(const nd_code *codes, size_t count);

void nd_codes_release(nd_codes *codes);

/* Adds a sequence; its number is the count of those added before it. NEARDUP_ERROR_LIMIT when there are 2^32 - 1. */
neardup_status nd_codes_add(nd_codes *codes, nd_sequence sequence);

/* The number of sequences. */
size_t nd_codes_count(const nd_codes *codes);

/* The number of tokens of a sequence. */
size_t nd_codes_size(const nd_codes *codes, uint32_t number);

/* Bytes of memory. */
size_t nd_codes_bytes(const nd_codes *codes);

/* Frees memory: all sequences so far go to the spill. While nobody looks at them. Errors are those of
 * nd_spill_write. */
neardup_status nd_codes_spill(nd_codes *codes, neardup_error *error);

/* A sequence, borrowed until the view is used for another one. By any number of threads, each with views of its own.
 * NEARDUP_ERROR_SYSTEM where what was spilled cannot be read. */
neardup_status nd_codes_view(const nd_codes *codes, uint32_t number, nd_view *view, nd_sequence *sequence_out,
                             neardup_error *error);
void nd_view_release(nd_view *view);

#endif
