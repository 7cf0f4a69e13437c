/* SPDX-License-Identifier: MIT */
/*
 * From the bytes of a document to its tokens, by the text rules of the reference path (reference.h). A token is known
 * by the 64-bit hash of its folded text; the text itself is kept only on request.
 */
#ifndef ND_TEXT_TOKEN_H
#define ND_TEXT_TOKEN_H

#include "base/bytes.h"
#include "neardup.h"
#include "text/kernel.h"
#include "text/marks.h"
#include "text/reference.h"

/* How to tokenise. */
typedef struct nd_token_rules {
    uint64_t seed;                  /* of the token hash */
    bool keep_text;                 /* whether the folded tokens are kept, joined by one space */
    bool keep_spans;                /* whether it is kept where each token stands */
    bool only_marks;                /* whether nothing but marks is kept: for who asks where some of them stand */
    bool keep_alone;                /* whether it is kept which tokens are of scripts written without spaces */
    bool reference;                 /* every character through utf8proc, none through the tables */
    const nd_text_kernels *kernels; /* NULL: the portable ones */
} nd_token_rules;

/* Where a token stands: bytes of the text as it was given, half-open. */
typedef struct nd_token_span {
    size_t begin, end; /* of its first character and behind its last one; what is ignored at either end is left out */
} nd_token_span;

/* Tokens of one document, and memory that is used again for the next. All zero is empty. */
typedef struct nd_tokens {
    uint64_t *hashes; /* count of them, in text order */
    size_t count, capacity;
    uint64_t bytes;      /* of the text: of a JSON string, of what it stands for (a lone surrogate counts 3) */
    uint64_t ill_formed; /* bytes that are not part of a well-formed UTF-8 sequence */
    size_t *alone; /* with keep_alone: alone_count numbers of tokens, rising: those of scripts written without spaces */
    size_t alone_count, alone_capacity;
    nd_token_span *spans; /* with keep_spans: count of them */
    size_t span_capacity;
    nd_marks begins, ends; /* with only_marks, and no hashes then: of the bytes where spans would begin and end */
    nd_buffer text;        /* with keep_text: the folded tokens joined by one space */
    /* Scratch. */
    nd_buffer folded, raw;
    nd_fold_scratch fold;
    struct nd_token_window *window;
} nd_tokens;

void nd_tokens_release(nd_tokens *tokens);

/* Replaces what is in `tokens` by the tokens of `text` (set_aside is not looked at). Time is linear in its size; memory
 * is 8 bytes a token, or with only_marks half of the text's bytes. On failure `tokens` can only be released or used
 * again. */
neardup_status nd_tokenize(const nd_token_rules *rules, const neardup_text *text, nd_tokens *tokens);

/* The hash of a folded token. One of at most 16 bytes is padded with zeros (folded text holds no NUL) to two 64-bit
 * words, which are mixed by XXH3's finishing step (kernel_body.h); no two of at most 8 bytes have one hash. Of a longer
 * one: XXH3. 16 bytes must be readable at `folded`. */
uint64_t nd_token_hash(const uint8_t *folded, size_t size, uint64_t seed);

#endif
