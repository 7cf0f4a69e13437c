/* SPDX-License-Identifier: MIT */
/*
 * A folder of outputs that appear together: they are made in a folder of their own inside it, ".neardup-part", and moved
 * to their places when all of them are whole. That folder is locked, so that two runs cannot write to one place, and what a
 * killed run has left there is removed by the next. What an output replaces is kept there, so that it can be put back.
 */
#ifndef ND_IO_STAGING_H
#define ND_IO_STAGING_H

#include "base/bytes.h"
#include "io/cleanup.h"

typedef struct nd_staging {
    char *folder; /* where the outputs will be, without a slash behind it; NULL: none */
    char *work;   /* where they are until then */
    bool made;    /* the folder was not there before */
    int lock;     /* an open descriptor of `work`, when it is there */
    nd_cleanup_entry *entry;
    nd_buffer path, parent;
} nd_staging;

/* Makes the folder (with those that lead to it) and the one inside. All zero before; to be released. */
neardup_status nd_staging_open(nd_staging *staging, const char *folder, neardup_error *error);

/* The path an output has for now, with the folders that lead to it made; valid until the next call. */
neardup_status nd_staging_path(nd_staging *staging, nd_span relative, const char **path_out, neardup_error *error);

/* Moves an output to its place. What was there, unless it is a folder, is kept for nd_staging_remove. */
neardup_status nd_staging_place(nd_staging *staging, nd_span relative, neardup_error *error);

/* Takes back an output that was moved, and puts back what it replaced. */
void nd_staging_remove(nd_staging *staging, nd_span relative);

/* Makes sure that what was written survives a loss of power. */
neardup_status nd_staging_sync(nd_staging *staging, neardup_error *error);

/* Removes the folder inside; with `failed` also the folder itself, where it was made and is empty. */
void nd_staging_release(nd_staging *staging, bool failed);

#endif
