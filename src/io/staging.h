/* SPDX-License-Identifier: MIT */
/*
 * A folder of outputs that appear together: they are made in a folder of their own inside it, ".neardup-part", and
 * moved to their places when all of them are whole. That folder is locked, so that two runs cannot write to one place,
 * and what a killed run has left there is removed by the next. What an output replaces is kept there, so that it can be
 * put back: all of them get their places, or none.
 */
#ifndef ND_IO_STAGING_H
#define ND_IO_STAGING_H

#include "base/bytes.h"
#include "io/cleanup.h"

/* A place at which something was moved. */
typedef struct nd_staging_change {
    nd_span relative; /* borrowed */
    bool placed;      /* an output to it; else what was there away */
} nd_staging_change;

typedef struct nd_staging {
    char *folder; /* where the outputs will be, without a slash behind it; NULL: none */
    char *work;   /* where they are until then */
    bool made;    /* the folder was not there before */
    bool stuck;   /* something could not be put back, and is in ND_STAGING_OLD */
    int lock;     /* an open descriptor of `work`, when it is there */
    nd_cleanup_entry *entry;
    nd_buffer path, parent, place;
    nd_staging_change *changed; /* what was moved, in order */
    size_t change_count, change_capacity;
} nd_staging;

/* The folder inside, and in it: what is new, and what that has replaced. */
#define ND_STAGING_WORK ".neardup-part"
#define ND_STAGING_NEW  ND_STAGING_WORK "/new"
#define ND_STAGING_OLD  ND_STAGING_WORK "/old"

/* Makes the folder (with those that lead to it) and the one inside. All zero before; to be released. */
neardup_status nd_staging_open(nd_staging *staging, const char *folder, neardup_error *error);

/* The path an output has for now, with the folders that lead to it made; valid until the next call. */
neardup_status nd_staging_path(nd_staging *staging, nd_span relative, const char **path_out, neardup_error *error);

/* Moves an output to its place. What was there, unless it is a folder, is kept for nd_staging_retract. The name must
 * outlive the staging. */
neardup_status nd_staging_place(nd_staging *staging, nd_span relative, neardup_error *error);

/* Moves what is at a place, if it is a file, away, for good when the staging is released. The name must outlive that.
 */
neardup_status nd_staging_clear(nd_staging *staging, nd_span relative, neardup_error *error);

/* Takes back whatever was moved, and puts back what was there before. What cannot be put back stays in the folder
 * inside, which is added to the error. */
void nd_staging_retract(nd_staging *staging, neardup_error *error);

/* Makes sure that what was written survives a loss of power. */
neardup_status nd_staging_sync(nd_staging *staging, neardup_error *error);

/* Removes the folder inside; and where files were moved away, folders that have become empty; with `failed` also the
 * folder itself, where it was made and is empty. */
void nd_staging_release(nd_staging *staging, bool failed);

#endif
