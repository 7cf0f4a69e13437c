/* SPDX-License-Identifier: MIT */
/* From links to alignments: for each text, all earlier texts that it has links with. */
#ifndef ND_PASSAGE_PAIRING_H
#define ND_PASSAGE_PAIRING_H

#include "passage/align.h"
#include "passage/link.h"

/* What pairing works with. */
typedef struct nd_pairing {
    const nd_sequences *sequences;
    const nd_align_rules *rules;
    unsigned threads;
    uint64_t memory; /* bytes that links under way may take: nd_pairing_least or more */
    void *context;
    /* Is called now and then, while nothing else is done, to see that what is held stays within bounds: the sequences
     * may be spilled. */
    neardup_status (*make_room)(void *context, neardup_error *error);
} nd_pairing;

/* The bytes that pairing takes where it is done by one thread: those for the text with the most links. */
uint64_t nd_pairing_least(const nd_sequences *sequences, const nd_linker *linker);

/* Appends the alignments between texts that the linker's links lead to, by rising later text and earlier text; the
 * links are gone afterwards. *bounded_out is how many texts reached the bound on work (ND_ALIGN_WORK). */
neardup_status nd_pair_texts(const nd_pairing *pairing, nd_linker *linker, nd_alignments *alignments,
                             uint64_t *bounded_out, neardup_error *error);

#endif
