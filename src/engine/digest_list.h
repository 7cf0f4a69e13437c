/* SPDX-License-Identifier: MIT */
/* The digests of all classes: written in order, pages of them spilled where memory is short, and at last narrowed down
 * to those of the classes that have company. */
#ifndef ND_ENGINE_DIGEST_LIST_H
#define ND_ENGINE_DIGEST_LIST_H

#include "base/pages.h"
#include "base/spill.h"
#include "sketch/digest.h"

/* Empty after nd_digest_list_init. */
typedef struct nd_digest_list {
    nd_pages pages;    /* the first of which are spilled, and NULL */
    nd_piece *spilled; /* one a page */
    size_t spilled_count, spilled_capacity;
    nd_spill *spill; /* borrowed */
} nd_digest_list;

void nd_digest_list_init(nd_digest_list *list, nd_spill *spill);
void nd_digest_list_release(nd_digest_list *list);

neardup_status nd_digest_list_add(nd_digest_list *list, const nd_digest *digest);

/* Bytes of memory. */
size_t nd_digest_list_bytes(const nd_digest_list *list);

/* Frees memory: whole pages go to the spill, whose errors these are. */
neardup_status nd_digest_list_spill(nd_digest_list *list, neardup_error *error);

/* Makes an array of the digests of `count` classes (rising), for nd_free. The list is empty afterwards. */
neardup_status nd_digest_list_pick(nd_digest_list *list, const uint32_t *classes, size_t count, nd_digest **digests_out,
                                   neardup_error *error);

#endif
