/* SPDX-License-Identifier: MIT */
/*
 * The text rules as written: one code point at a time, classified and folded by utf8proc itself. Slow, and the
 * definition of what the fast path in token.c must give. It is also what is used where the running utf8proc has another
 * version of Unicode than the tables were built from.
 */
#ifndef ND_TEXT_REFERENCE_H
#define ND_TEXT_REFERENCE_H

#include "base/bytes.h"
#include "neardup.h"

/* What a code point does to the token that is open. The values are stored in the built tables. */
typedef enum nd_class {
    ND_SEPARATOR = 0, /* ends it */
    ND_WORD = 1,      /* extends it, or starts one */
    ND_MARK = 2,      /* the same, and stays with an ALONE code point before it */
    ND_ALONE = 3,     /* is a token of its own: a script written without spaces */
    ND_IGNORED = 4    /* is as if it were not there */
} nd_class;

/* The class of a code point up to U+10FFFF. */
nd_class nd_class_of(uint32_t code_point);

/* Memory that folding uses again and again; all zero is empty. */
typedef struct nd_fold_scratch {
    int32_t *code_points, *ordered;
    size_t capacity, ordered_capacity;
} nd_fold_scratch;

void nd_fold_scratch_release(nd_fold_scratch *scratch);

/* Appends the NFKC case fold of `size` bytes of well-formed UTF-8 to `folded`: what utf8proc_map gives, in linear time.
 */
neardup_status nd_fold(const uint8_t *raw, size_t size, nd_fold_scratch *scratch, nd_buffer *folded);

#endif
