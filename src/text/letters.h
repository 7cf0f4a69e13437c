/* SPDX-License-Identifier: MIT */
/*
 * The tokeniser's middle lane: letters of any script whose folds the tables know, and what separates them. Folded tokens
 * are gathered, and hashed many at a time.
 */
#ifndef ND_TEXT_LETTERS_H
#define ND_TEXT_LETTERS_H

#include "text/characters.h"

enum {
    ND_LETTERS = 4096,        /* bytes of folded tokens that are gathered; longer tokens take the slow lane */
    ND_LETTERS_PADDING = 128, /* room for a fold, and for nd_token_hash to read */
};

/* Folded tokens one after the other, and where each begins and ends. */
struct nd_letters {
    uint8_t folded[ND_LETTERS + ND_LETTERS_PADDING];
    uint16_t edges[2 * ND_LETTERS + 2];
    uint8_t alone[ND_LETTERS + 1]; /* whether a token is of a script without spaces; all 0 between stretches */
};

/* Reads on from *at, no token being open there, at least one character and until ASCII goes on between tokens. What the
 * tables do not know, escapes and markup go to the slow lane, which ends with ASCII between tokens too. Moves *at. */
neardup_status nd_letters_read(nd_tokenizer *tokenizer, size_t *at);

#endif
