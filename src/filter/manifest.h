/* SPDX-License-Identifier: MIT */
/* The manifest of a folder of outputs: its presence says that the run succeeded, and it says which run that was. */
#ifndef ND_FILTER_MANIFEST_H
#define ND_FILTER_MANIFEST_H

#include "filter/filter.h"
#include "filter/stale.h"

/* Its name, which no output may have. */
#define ND_MANIFEST "neardup.json"

/* Writes the manifest of a filter that has run with `sums`; it has no name in the folder yet. */
neardup_status nd_manifest_make(nd_filter *filter, neardup_error *error);

/* Makes way for the outputs of a filter: removes the manifest of an earlier run, and what it wrote that is not written
 * now. With signals held (io/cleanup.h); where this or anything after it fails, the staging of the target can be
 * retracted. */
neardup_status nd_manifest_make_way(nd_filter *filter, const nd_stale *stale, neardup_error *error);

/* Puts the manifest into its place: when all else is. */
neardup_status nd_manifest_place(nd_filter *filter, neardup_error *error);

#endif
