/* SPDX-License-Identifier: MIT */
/* Finding out, line by line, what becomes of a block of lines. */
#ifndef ND_FILTER_FATES_H
#define ND_FILTER_FATES_H

#include "filter/filter.h"

/* A run of bytes with one fate. */
typedef struct nd_fate_run {
    bool noted; /* it is in `notes`, else in `data` */
    size_t begin, end;
    nd_fate fate;
} nd_fate_run;

/* A block of lines on its way from reading to writing. */
typedef struct nd_fates_job {
    const nd_filter *filter;
    nd_raw_block block;
    nd_buffer data;  /* its lines */
    nd_buffer notes; /* lines that differ from those, because they have a note */
    nd_fate_run *runs;
    size_t run_count, run_capacity;
    uint64_t dropped, bad, blank; /* lines of each kind */
    uint64_t cut_documents, cuts; /* records of which passages are cut, and how many, */
    uint64_t cut_bytes;           /* of so many bytes of text */
    uint64_t uncut;               /* records of which they cannot be cut */
    char *decisions;              /* lines about them, from open_memstream; NULL: none */
    size_t decisions_size;
    FILE *decisions_out, *notes_out;
    char *note; /* what notes_out holds */
    size_t note_size;
    nd_buffer plain_note; /* the note of a document that is in no cluster */
    nd_line_reader *reader;
    nd_cutter cutter;
    nd_buffer text; /* unescaped */
    neardup_error *error;
} nd_fates_job;

/* Fills runs, notes and decisions from block and data. Jobs are used again; all zero at first. */
neardup_status nd_fates_find(nd_fates_job *job, neardup_error *error);

void nd_fates_job_release(nd_fates_job *job);

/* Adds bytes of `data`, or with `noted` of `notes`, to what has that fate. */
neardup_status nd_fates_add(nd_fates_job *job, bool noted, size_t begin, size_t end, nd_fate fate);

/* Makes job->notes_out ready for something new, and gives what has been written since. Valid until the next call. */
neardup_status nd_fates_rewind_note(nd_fates_job *job);
neardup_status nd_fates_take_note(nd_fates_job *job, nd_span *note_out);

#endif
