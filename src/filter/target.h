/* SPDX-License-Identifier: MIT */
/*
 * A target: where records or files of one fate go. It is nothing, one file that takes what all inputs give, or a folder
 * with a file for each input under the input's relative path. Between two inputs in one file a line break is put where
 * the first ends without one; a byte order mark at the beginning of the second is for the caller to leave out.
 */
#ifndef ND_FILTER_TARGET_H
#define ND_FILTER_TARGET_H

#include <stdio.h>

#include "io/hasher.h"
#include "io/output.h"
#include "io/sink.h"
#include "io/staging.h"

/* A file that was written. */
typedef struct nd_written {
    nd_span relative; /* its path in the folder; borrowed from the input it mirrors */
    uint64_t bytes;
    nd_hash128 hash;
} nd_written;

typedef struct nd_target {
    /* For the caller to set; all else is zero before nd_target_open. */
    const char *name;   /* as the user gave it; NULL: nothing is written */
    const char *option; /* that gave it, for messages */
    bool folder;        /* else one file, */
    nd_output *file;    /* which has been opened; borrowed */
    bool always;        /* folder: there is a file for each input, even if nothing goes into it */
    bool hashed;        /* folder: note down what was written */
    uint64_t expected;  /* about so many bytes will come, for messages */
    unsigned threads;
    /* Inside. */
    nd_staging staging;
    nd_sink *sink;
    int descriptor;    /* of the folder's file under way, or -1 */
    nd_span relative;  /* and where it will be */
    bool fresh;        /* nothing of this input has come yet */
    nd_written *files; /* folder: what is whole, in order */
    size_t file_count, file_capacity;
} nd_target;

/* Makes ready to write, so that what cannot be written is known before long work. */
neardup_status nd_target_open(nd_target *target, neardup_error *error);

/* Says that another input begins, by its relative path, which must outlive the target. */
neardup_status nd_target_begin(nd_target *target, nd_span relative, neardup_error *error);

/* Whether the byte order mark that an input begins with belongs into the target, with what follows it in `size` bytes:
 * not in the middle of a file, nor where it would become a line of its own. */
bool nd_target_takes_mark(const nd_target *target, size_t size);

/* Writes bytes of that input. NEARDUP_ERROR_SYSTEM with a sentence that says what to do. */
neardup_status nd_target_write(nd_target *target, const void *data, size_t size, neardup_error *error);

/* Says that the input is over. */
neardup_status nd_target_end(nd_target *target, neardup_error *error);

/* Gives what was written of an input last times and permissions of the file `from`. */
neardup_status nd_target_imitate(nd_target *target, nd_span relative, const char *from, neardup_error *error);

/* Copies an input as it is, or with `link` shares its bytes where the file system can. */
neardup_status nd_target_copy(nd_target *target, nd_span relative, const char *from, bool link, neardup_error *error);

/* Writes what is held back; nothing has its final name yet. */
neardup_status nd_target_finish(nd_target *target, neardup_error *error);

/* Moves a folder's files to their names; with signals held (io/cleanup.h). Where that fails, or anything after it,
 * target->staging can be retracted. A single file is its owner's to commit. */
neardup_status nd_target_place(nd_target *target, neardup_error *error);

/* Releases the target; with `failed` what was placed is taken back. */
void nd_target_release(nd_target *target, bool failed);

#endif
