/* SPDX-License-Identifier: MIT */
/*
 * A stretch of text that is marked, folded and cut into tokens as a whole. In it stay the letters whose folds have as
 * many bytes as they: nearly all of every script. Escapes of one letter are passed over. What else is beyond ASCII,
 * other escapes and markup are left to whom they are reported.
 */
#ifndef ND_TEXT_WINDOW_H
#define ND_TEXT_WINDOW_H

#include <stdbool.h>

#include "neardup.h"
#include "text/kernel.h"

enum {
    ND_WINDOW_BLOCKS = 256, /* 16 KiB: text, its fold and marks stay in the first-level cache */
    ND_WINDOW = 64 * ND_WINDOW_BLOCKS,
    ND_WINDOW_PADDING = 16,          /* nd_token_hash reads 16 bytes */
    ND_WINDOW_EDGES = ND_WINDOW + 64 /* kernels write whole vectors */
};

/* Bit i of word b of the marks speaks of byte 64 b + i. */
struct nd_token_window {
    uint8_t folded[ND_WINDOW + ND_WINDOW_PADDING];
    uint64_t word[ND_WINDOW_BLOCKS];  /* whether it is of a letter or digit */
    uint64_t split[ND_WINDOW_BLOCKS]; /* whether a token begins there even if one ends there; 0 without has_splits */
    uint64_t special[ND_WINDOW_BLOCKS + 1]; /* whether it needs a closer look; one word more, so that a set bit ends
                                               every search */
    uint64_t escapes[ND_WINDOW_BLOCKS];     /* of JSON: whether it is the letter of an escape, which only separates */
    uint16_t edges[ND_WINDOW_EDGES];        /* where tokens of a stretch begin and end, in turn */
    bool has_splits;                        /* letters of a script written without spaces */
};

/* Marks the window that begins at `data`; `left` > 0 bytes are there, of which `read`, below 64, have been read before.
 * What marks say of those does not matter. Returns its size, which cuts no character. */
size_t nd_window_mark(struct nd_token_window *window, const nd_text_kernels *kernels, const uint8_t *data, size_t left,
                      size_t read, neardup_form form);

/* Lists the edges of the tokens between `from` and `to`, as kernels do (list_edges). Returns how many. */
size_t nd_window_edges(struct nd_token_window *window, const nd_text_kernels *kernels, size_t from, size_t to);

#endif
