/* SPDX-License-Identifier: MIT */
/* The texts in which passages are looked for, what of them corresponds, and the memory that all of it takes. */
#ifndef ND_ENGINE_PASSAGE_TEXTS_H
#define ND_ENGINE_PASSAGE_TEXTS_H

#include "engine/engine.h"
#include "passage/align.h"
#include "passage/sequences.h"

/* Texts are in the order of their documents. */
typedef struct nd_passage_texts {
    neardup_engine *engine; /* whose codes they are */
    nd_sequences sequences;
    nd_pages documents; /* uint64_t: the document of each text, rising */
    nd_alignments within, between;
    uint64_t bounded;
    uint64_t spilled; /* bytes, but for the codes */
    uint64_t others;  /* bytes of memory that are held besides */
    uint64_t most;    /* bytes that were held, or about to be, at most */
} nd_passage_texts;

/* Makes it empty. `others` is what is held besides texts, their alignments and the codes. */
void nd_passage_texts_init(nd_passage_texts *texts, neardup_engine *engine, uint64_t others);
void nd_passage_texts_release(nd_passage_texts *texts);

/* Adds a document, whose class is given, as a text; *position_out is that of its first token. */
neardup_status nd_passage_texts_add(nd_passage_texts *texts, uint64_t document, uint32_t class, uint64_t *position_out);

/* Adds what the last text repeats of itself. */
neardup_status nd_passage_texts_add_repeat(nd_passage_texts *texts, nd_alignment alignment);

/* What the text of a document, if it is one, repeats of itself: the numbers of these alignments. */
void nd_passage_texts_repeats(const nd_passage_texts *texts, uint64_t document, size_t *begin_out, size_t *end_out);

uint64_t nd_passage_texts_document(const nd_passage_texts *texts, uint32_t text);

/* Bytes of memory that are held: those of the texts, and the others. */
uint64_t nd_passage_texts_held(const nd_passage_texts *texts);

/* Sees that what is held and `more` bytes are within the engine's limit, and spills the codes where they are not. While
 * nobody looks at them. NEARDUP_ERROR_LIMIT, with a sentence that says how much is needed, where that does not help. */
neardup_status nd_passage_texts_fit(nd_passage_texts *texts, uint64_t more, neardup_error *error);

#endif
