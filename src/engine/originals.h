/* SPDX-License-Identifier: MIT */
/*
 * The texts of documents with company, one at a time and in any order. A source that can fetch is asked for each; any
 * other is read once more, in order, and what will be wanted of it is spilled.
 */
#ifndef ND_ENGINE_ORIGINALS_H
#define ND_ENGINE_ORIGINALS_H

#include "engine/engine.h"

/* All zero is closed. */
typedef struct nd_originals {
    neardup_engine *engine;
    const uint32_t *item_of;   /* by class; ND_NO_ITEM for one without company. Borrowed */
    bool fetching, read_again; /* from where texts come */
    nd_pages places;           /* of what was spilled, by document */
    nd_spill spill;
    nd_buffer *rooms; /* by worker */
} nd_originals;

/* Sees that texts of the classes in `buckets` can be had, which may mean a second reading. `item_of` must outlive the
 * texts. */
neardup_status nd_originals_open(nd_originals *originals, neardup_engine *engine, const nd_buckets *buckets,
                                 const uint32_t *item_of, neardup_error *error);
void nd_originals_close(nd_originals *originals);

/* The document whose text is to be asked for where that of `document`, which has company, is wanted: the first of its
 * class, if that has the very same text. */
uint64_t nd_originals_same(const nd_originals *originals, uint64_t document);

/* Gives the text of a document that has company and is the same as itself. It stays until `worker` asks again. By
 * several workers at a time. NEARDUP_ERROR_CHANGED where it is not what it was. */
neardup_status nd_originals_get(nd_originals *originals, unsigned worker, uint64_t document, neardup_text *text_out,
                                neardup_error *error);

#endif
