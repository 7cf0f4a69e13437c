/* SPDX-License-Identifier: MIT */
/*
 * An output: standard output, or a file that appears under its name only when it is whole. It is written under a
 * temporary name in the same folder and renamed at the end; what is not a regular file (a FIFO, /dev/null) is written
 * in place.
 */
#ifndef ND_IO_OUTPUT_H
#define ND_IO_OUTPUT_H

#include <stdio.h>
#include <sys/stat.h>

#include "io/cleanup.h"
#include "io/sink.h"

typedef struct nd_output {
    FILE *file;
    FILE *packed; /* nd_output_pack: what `file` goes into, through the sink */
    nd_sink *sink;
    char *room;       /* what the stream keeps until it is written */
    const char *name; /* as the user gave it; "-" is standard output */
    struct stat stat; /* what is there already; all zero: nothing */
    char *target;     /* the final path, links resolved; NULL when written in place */
    char *temporary;  /* the path until then */
    char *old;        /* committed: another name of what was there before, if there was anything; */
    bool committed;   /* until the release it can be put back */
    nd_cleanup_entry *entry, *old_entry;
    bool broken_pipe; /* the reader went away */
} nd_output;

/* Finds out what `name` (borrowed) stands for. Nothing is written. To be released. */
neardup_status nd_output_find(const char *name, nd_output *output_out, neardup_error *error);

/* Whether two outputs that were found would go to one file, however it is named. */
bool nd_output_same(const nd_output *a, const nd_output *b);

/* Opens an output that was found. */
neardup_status nd_output_open(nd_output *output, neardup_error *error);

/* Has what is written to output->file compressed from here on, on up to so many threads, where its name ends as that of
 * a compressed file does. After the opening. */
neardup_status nd_output_pack(nd_output *output, unsigned threads, neardup_error *error);

/* Writes out what is buffered and closes the file, which still has its temporary name. Says whether everything since
 * the opening could be written. */
neardup_status nd_output_finish(nd_output *output, neardup_error *error);

/* Gives a finished output its name, and keeps what has it until then. With signals held (io/cleanup.h). */
neardup_status nd_output_commit(nd_output *output, neardup_error *error);

/* Takes a committed output back: what was there before is there again, where the file system knows of second names.
 * Where it cannot be put back it stays under such a name, which is added to the error. */
void nd_output_retract(nd_output *output, neardup_error *error);

/* Releases the output; without a commit no trace of it is left. */
void nd_output_release(nd_output *output);

#endif
