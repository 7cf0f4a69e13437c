/* SPDX-License-Identifier: MIT */
/* Alignments: stretches of two texts, or of one, that say the same, token by token. */
#ifndef ND_PASSAGE_ALIGN_H
#define ND_PASSAGE_ALIGN_H

#include "passage/path.h"

/* Tokens begin to end - 1 of a text. */
typedef struct nd_stretch {
    uint32_t text, begin, end;
} nd_stretch;

/* Two stretches that correspond; `a` is the one that comes first. */
typedef struct nd_alignment {
    nd_stretch a, b;
    uint32_t matched; /* pairs of tokens that are the same */
    uint32_t columns; /* those, and what was replaced, left out and added: identity = matched / columns */
} nd_alignment;

typedef struct nd_alignments {
    nd_alignment *items;
    size_t count, capacity;
} nd_alignments;

/* Which alignments are wanted, and how they are made. */
typedef struct nd_align_rules {
    size_t min_words;                  /* both stretches have at least so many (nd_half_words) */
    const nd_passage_kernels *kernels; /* borrowed */
} nd_align_rules;

/* Whether a stretch of a text has as many words as the rules ask for. */
bool nd_is_long(const nd_align_rules *rules, nd_sequence sequence, nd_stretch stretch);

enum {
    ND_ALIGN_WORK = 64,        /* steps for each token of the later text, */
    ND_ALIGN_ALWAYS = 1 << 16, /* and so many besides, after which no further chain of that text is looked at */
    ND_REPEATS = 256           /* places that a text which repeats itself without end is cut into at the most */
};

/* Memory that is used again. All zero is empty. */
typedef struct nd_aligner {
    nd_path path;
    nd_chains chains, inner;
    uint32_t *covered_by; /* by token of the later text: an alignment's number */
    uint32_t covered_next;
    struct nd_model {
        nd_stretch stretch;
        nd_sequence codes;      /* of the stretch */
        uint32_t *grams, *next; /* by token: the hash of its gram, and 1 + the next token with one in its slot, or 0 */
        uint32_t *slots;        /* 1 + the first token, or 0 */
        uint64_t *bits;         /* sixteen for every slot: nearly all that is not in the model ends there */
        uint8_t *used;          /* by token: how often its gram was linked */
        size_t gram_capacity, next_capacity, slot_capacity, bit_capacity, used_capacity, mask;
        bool filled;
    } model; /* what stretches are aligned with */
    uint64_t *links;
    size_t covered_capacity, link_capacity;
    nd_alignments found, cut;
    nd_buffer *columns; /* borrowed; where given, the columns (a byte of nd_column each) of every alignment of two texts
                           that is added go there, one alignment behind the other */
    uint64_t limit;     /* of path.steps, for the text at hand */
    bool bounded;       /* whether it was reached, for any text so far */
} nd_aligner;

void nd_aligner_release(nd_aligner *aligner);

/* Begins with a later text of so many tokens: work is counted from here. */
neardup_status nd_align_begin(nd_aligner *aligner, size_t tokens);

/* The numbers of two texts, the same for a text and itself. */
typedef struct nd_text_pair {
    uint32_t a, b;
} nd_text_pair;

/* Appends to `alignments` what `links` (token of a << 32 | token of b, sorted) lead to. Within one text, halves of an
 * alignment that overlap are cut apart: the stretch repeats itself, and each repetition is aligned to the first. */
neardup_status nd_align_links(nd_aligner *aligner, const nd_align_rules *rules, nd_text_pair texts, const nd_two *two,
                              const uint64_t *links, size_t count, nd_alignments *alignments);

/* Appends how two texts correspond that nobody has linked: all their common grams are links. */
neardup_status nd_align_texts(nd_aligner *aligner, const nd_align_rules *rules, nd_sequence a, nd_sequence b,
                              nd_alignments *alignments);

/* Sets the stretch of text a that those of the following call are aligned with. The codes are borrowed. */
void nd_align_model(nd_aligner *aligner, nd_sequence a, nd_stretch in_a);

/* The best alignment of the model and a stretch of text b. *found_out tells whether there is one. An alignment of the
 * two texts which is known, or NULL, says where to look for it first. */
neardup_status nd_align_stretch(nd_aligner *aligner, const nd_align_rules *rules, nd_sequence b, nd_stretch in_b,
                                const nd_alignment *known, nd_alignment *alignment_out, bool *found_out);

/* Appends one. */
neardup_status nd_alignments_add(nd_alignments *alignments, const nd_alignment *alignment);

#endif
