/* SPDX-License-Identifier: MIT */
/*
 * A bit for each byte of a text, some of them set: where tokens begin, or lines. How many are set before a byte is
 * known at once, and where a given one is after a search (rank and select of a bit vector). A quarter of the text's
 * bytes.
 */
#ifndef ND_TEXT_MARKS_H
#define ND_TEXT_MARKS_H

#include "base/bits.h"
#include "neardup.h"
#include "text/kernel.h"

/* All zero is empty; memory is used again. */
typedef struct nd_marks {
    nd_mark_word *words;
    size_t count, capacity; /* of words */
} nd_marks;

void nd_marks_release(nd_marks *marks);

/* Makes room for the bytes 0 to `size`, all of them marked or none. Where all are, so are some behind them, which
 * whoever counts marks up to a byte does not see. */
neardup_status nd_marks_fill(nd_marks *marks, size_t size, bool marked);

/* Counts the marks, which the following need. Returns how many there are. */
size_t nd_marks_count(nd_marks *marks, const nd_text_kernels *kernels);

/* The place of mark `number`, from 0, which there must be. */
size_t nd_marks_find(const nd_marks *marks, size_t number);

/* How many marks there are before a byte. */
static inline size_t nd_marks_before(const nd_marks *marks, size_t at) {
    const nd_mark_word *word = &marks->words[at / 64];
    return word->before + nd_count_bits(word->bits & ~(~(uint64_t)0 << at % 64));
}

/* The last mark before a byte, which there must be. It need not have been counted. */
static inline size_t nd_marks_last(const nd_marks *marks, size_t at) {
    size_t word = --at / 64;
    uint64_t bits = marks->words[word].bits & ~(uint64_t)0 >> (63 - at % 64);
    while (!bits) bits = marks->words[--word].bits;
    return 64 * word + 63 - (size_t)__builtin_clzll(bits);
}

/* Sets or takes the mark of a byte from 0 to `size`. What was counted before is wrong from there on. */
static inline void nd_marks_set(nd_marks *marks, size_t at) { marks->words[at / 64].bits |= (uint64_t)1 << at % 64; }

static inline void nd_marks_unset(nd_marks *marks, size_t at) {
    marks->words[at / 64].bits &= ~((uint64_t)1 << at % 64);
}

#endif
