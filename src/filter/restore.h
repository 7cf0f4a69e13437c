/* SPDX-License-Identifier: MIT */
/*
 * Undoing a filter: the lines that went are put back in their places, by the decisions that were written down, and the
 * result is held against the checksums of the inputs.
 */
#ifndef ND_FILTER_RESTORE_H
#define ND_FILTER_RESTORE_H

#include "filter/target.h"

typedef struct nd_restore {
    const char *kept; /* a file or folder */
    bool kept_folder;
    const char *dropped; /* the same; NULL: nothing went, or it is not there any more */
    bool dropped_folder;
    const char *bad;       /* a file, or NULL */
    const char *decisions; /* a file */
    nd_target target;      /* opened */
    /* Come out. */
    uint64_t files, lines, put_back; /* inputs, lines in all, and lines and files that had gone */
    uint64_t spliced;                /* passages that had been cut */
    nd_span *outputs;                /* the inputs' relative paths, which the target points to */
    size_t output_count;
} nd_restore;

/* Writes the inputs to the target, unfinished. Where what is there does not make the inputs again, that is an error. */
neardup_status nd_restore_run(nd_restore *restore, neardup_error *error);

/* Releases what came out; after the target. */
void nd_restore_release(nd_restore *restore);

#endif
