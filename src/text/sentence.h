/* SPDX-License-Identifier: MIT */
/*
 * Sentences of a text: what can be taken out of it and leave whole sentences behind. The rules are those of Unicode
 * (UAX #29, sentence boundaries) where they agree with caution, as a boundary that is missed does less harm than one in
 * the middle of a sentence: white space must follow a full stop, and no lower-case letter; a short word before it, as
 * in "Dr." or "No.", may be an abbreviation. Where a paragraph ends, so does a sentence.
 */
#ifndef ND_TEXT_SENTENCE_H
#define ND_TEXT_SENTENCE_H

#include "neardup.h"

/* A place between two characters, in its several counts. */
typedef struct nd_spot {
    size_t raw;         /* byte of the text as it was given */
    uint64_t byte;      /* of a JSON string: byte of what it stands for; else the same */
    uint64_t character; /* code points before it; every byte that is ill-formed counts as one */
} nd_spot;

/* A sentence, or what stands in the place of one: all between two boundaries. */
typedef struct nd_sentence {
    nd_spot begin, end;  /* where the one before it ends, and the next begins. A paragraph begins with its first line */
    nd_spot first, last; /* its first character that is no white space, and behind the last one */
    uint64_t word, words; /* bytes, as in nd_spot.byte: its first word begins, its last word ends. Without any: as first
                             and last */
    bool opens, closes;   /* it is the first of a paragraph, or the last */
} nd_sentence;

/* A walk over the sentences of a text. */
typedef struct nd_sentences {
    const neardup_text *text;
    nd_spot at;           /* behind what has been read */
    nd_sentence sentence; /* what has been read of the next one, */
    bool open;            /* if anything */
    unsigned breaks;      /* line breaks that end a paragraph */
    /* Since the last character that is no white space: */
    bool gap;
    unsigned lines; /* line breaks, */
    nd_spot line;   /* and behind the last of them */
    /* Before it: */
    bool ended;           /* a terminator that may end a sentence, and closers */
    bool wide;            /* it needs no space behind it */
    unsigned word_length; /* characters of the word that ends here, */
    bool abbreviated;     /* which begins as abbreviations do */
} nd_sentences;

/*
 * Begins a walk. `text` is not NEARDUP_HTML, and must stay where it is. Each sentence begins where the one before it
 * ends; a byte order mark and white space at the beginning of the text are in none. Paragraphs are those of
 * nd_paragraphs_find: what empty lines separate, or lines, where there is no empty line between words. Time is linear,
 * and nothing is allocated.
 */
void nd_sentences_begin(nd_sentences *sentences, const neardup_text *text);

/* Gives the next sentence; false behind the last. */
bool nd_sentences_next(nd_sentences *sentences, nd_sentence *sentence_out);

#endif
