/* SPDX-License-Identifier: MIT */
/* The tokeniser's slow lane: text read character by character, whatever its script, escapes or markup. */
#ifndef ND_TEXT_CHARACTERS_H
#define ND_TEXT_CHARACTERS_H

#include "text/token.h"

/* A document on its way through. */
typedef struct nd_tokenizer {
    const nd_token_rules *rules;
    const nd_text_kernels *kernels;
    const uint8_t *data;
    size_t size;
    neardup_form form;
    bool tables; /* whether the built tables may be used */
    nd_tokens *tokens;
} nd_tokenizer;

/* Appends a token. 16 bytes must be readable at `folded`. */
neardup_status nd_tokenizer_emit(nd_tokenizer *tokenizer, const uint8_t *folded, size_t size);

/* Appends the tokens that `edges` enclose in `folded`, each two of them one. 16 bytes must be readable at each token.
 */
neardup_status nd_tokenizer_emit_all(nd_tokenizer *tokenizer, const uint8_t *folded, const uint16_t *edges,
                                     size_t edge_count);

/* The bytes of the character beyond ASCII at data[at] if it does nothing but separate; else 0. */
size_t nd_tokenizer_separates(const nd_tokenizer *tokenizer, size_t at);

/* Whether the character at data[at], right behind a token, may go on with it. */
bool nd_tokenizer_continues(const nd_tokenizer *tokenizer, size_t at);

/* Reads characters from *at on, no token being open there, at least one and until none is open again (or,
 * without the tables, to the end). Moves *at. */
neardup_status nd_tokenizer_read(nd_tokenizer *tokenizer, size_t *at);

#endif
