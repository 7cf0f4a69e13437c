/* SPDX-License-Identifier: MIT */
/*
 * Extents: where in its file the line of each document is, in about four bytes a document. A document's place is kept
 * as the distance from the one before; every 16th is noted as it is, the others are found by passing over the few in
 * between.
 */
#ifndef ND_IO_EXTENTS_H
#define ND_IO_EXTENTS_H

#include "base/pages.h"

typedef struct nd_extent {
    uint64_t begin, size; /* in bytes */
} nd_extent;

/* Empty after nd_extents_init. */
typedef struct nd_extents {
    nd_pages marks;          /* of every 16th document: its begin, and where its size is packed */
    nd_pages packed;         /* numbers: size, and but for every 16th document the gap before it comes first */
    uint64_t documents, end; /* where the last one ends */
} nd_extents;

void nd_extents_init(nd_extents *extents);
void nd_extents_release(nd_extents *extents);

/* Adds the next document's. One that is in another file than the last may lie before it; that costs a few bytes more.
 */
neardup_status nd_extents_add(nd_extents *extents, nd_extent extent);

nd_extent nd_extents_at(const nd_extents *extents, uint64_t document);

/* Bytes of memory. */
size_t nd_extents_bytes(const nd_extents *extents);

#endif
