/* SPDX-License-Identifier: MIT */
/*
 * The filter: a third reading of a corpus, in which what stays is copied byte for byte, in order, and what goes is left
 * out or put elsewhere, as a result has it. It reads whole blocks of lines and finds out, in parallel, which runs
 * of bytes have which fate; a run is written in one piece. Lines are parsed only where a decision line needs the
 * text's checksum, or a note is put into them.
 */
#ifndef ND_FILTER_FILTER_H
#define ND_FILTER_FILTER_H

#include "filter/cut.h"
#include "filter/target.h"
#include "io/corpus_files.h"
#include "report/report.h"

/* Where a line or file goes. */
typedef enum nd_fate { ND_FATE_KEPT, ND_FATE_DROPPED, ND_FATE_BAD, ND_FATES } nd_fate;

/* What the filter came by. */
typedef struct nd_filter_counts {
    uint64_t lines;         /* of files of records, in all; of which */
    uint64_t records;       /* are documents, */
    uint64_t bad;           /* are no records, though not empty */
    uint64_t blank;         /* and hold nothing */
    uint64_t files;         /* that are one document, */
    uint64_t others;        /* and that are none, but were copied all the same */
    uint64_t lost;          /* files that could not be copied, because they cannot be read */
    uint64_t cuts;          /* of passages, made or marked, */
    uint64_t cut_documents; /* in so many documents, */
    uint64_t cut_bytes;     /* of so much text */
    uint64_t uncut; /* documents that should have had some, but are HTML, not UTF-8, or joined from several fields */
} nd_filter_counts;

/* An input as it was read. */
typedef struct nd_input_sum {
    size_t file; /* its index in the corpus */
    uint64_t bytes;
    nd_hash128 hash;
} nd_input_sum;

typedef struct nd_filter {
    /* For the caller to set. */
    const nd_report *report;
    nd_target targets[ND_FATES]; /* by fate; opened. What has no target for bad lines keeps them in place */
    const char *note_key;        /* every record is kept, with a note under this key; NULL: records go */
    nd_cut_rules cuts;           /* to be made, or with note_key to be marked */
    bool link;                   /* files are linked where that is possible */
    bool sums;                   /* note down the checksums of inputs */
    FILE *decisions;             /* a line for each document that goes, and each bad line; NULL: none */
    unsigned threads;
    void (*progress)(void *context, uint64_t bytes); /* called now and then with the bytes read; or NULL */
    void *progress_context;
    /* What comes out. */
    nd_filter_counts counts;
    nd_input_sum *inputs; /* with `sums`: in order */
    size_t input_count, input_capacity;
} nd_filter;

/* Writes everything to its target. On failure the targets are unfinished. */
neardup_status nd_filter_run(nd_filter *filter, neardup_error *error);

/* Releases what came out. */
void nd_filter_release(nd_filter *filter);

#endif
