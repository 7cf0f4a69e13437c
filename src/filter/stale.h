/* SPDX-License-Identifier: MIT */
/*
 * What earlier runs have written into a folder: the outputs that the manifest there lists; and where a run was killed
 * while it put its outputs into their places, those it had or replaced, by what it has left. A new run removes what it
 * does not write itself, so that the folder holds the result of one run.
 */
#ifndef ND_FILTER_STALE_H
#define ND_FILTER_STALE_H

#include "base/bytes.h"

/* All zero at first. */
typedef struct nd_stale {
    nd_span *paths; /* relative to the folder, in byte order, each once; with a NUL behind each */
    size_t count, capacity;
} nd_stale;

/* Finds out about a folder, which need not be there. A manifest in its place that cannot be read, or is none, is an
 * error. */
neardup_status nd_stale_read(nd_stale *stale, const char *folder, neardup_error *error);

void nd_stale_release(nd_stale *stale);

#endif
