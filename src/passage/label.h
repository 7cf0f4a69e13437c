/* SPDX-License-Identifier: MIT */
/* Labels: what kind of passage a group is, by where its places are. */
#ifndef ND_PASSAGE_LABEL_H
#define ND_PASSAGE_LABEL_H

#include "passage/group.h"

enum {
    ND_MANY_DOCUMENTS = 10,  /* from which on a source has boilerplate */
    ND_SOURCE_SHARE = 2,     /* boilerplate is in one of two documents of a source at least, */
    ND_BOILERPLATE_SHARE = 4 /* and is less than a quarter of them */
};

#define ND_NO_SOURCE UINT32_MAX

/* Where texts come from. */
typedef struct nd_sources {
    const uint32_t *source_of; /* by text: a number below count, or ND_NO_SOURCE */
    const uint32_t *texts;     /* by source: how many texts there are */
    uint32_t count;
    bool trivial; /* there are none, or every text is its own: they tell nothing of habits */
} nd_sources;

typedef struct nd_label {
    neardup_label label;
    neardup_rule rule;
    uint64_t documents, sources;
} nd_label;

/* Labels one group: `places`, by text. */
neardup_status nd_label_of(const nd_sequences *sequences, const nd_sources *sources, const nd_place *places,
                           size_t count, nd_label *label_out);

#endif
