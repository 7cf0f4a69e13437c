/* SPDX-License-Identifier: MIT */
/* Finding out, line by line, what becomes of a block of lines. */
#ifndef ND_FILTER_LINES_H
#define ND_FILTER_LINES_H

#include "filter/filter.h"

/* A run of bytes with one fate. */
typedef struct nd_stretch {
    bool noted; /* it is in `notes`, else in `data` */
    size_t begin, end;
    nd_fate fate;
} nd_stretch;

/* A block of lines on its way from reading to writing. */
typedef struct nd_lines_job {
    const nd_filter *filter;
    nd_raw_block block;
    nd_buffer data;  /* its lines */
    nd_buffer notes; /* lines that differ from those, because they have a note */
    nd_stretch *stretches;
    size_t stretch_count, stretch_capacity;
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
} nd_lines_job;

/* Fills stretches, notes and decisions from block and data. Jobs are used again; all zero at first. */
neardup_status nd_lines_sort(nd_lines_job *job, neardup_error *error);

void nd_lines_job_release(nd_lines_job *job);

/* Adds bytes of `data`, or with `noted` of `notes`, to what has that fate. */
neardup_status nd_lines_add(nd_lines_job *job, bool noted, size_t begin, size_t end, nd_fate fate);

/* Makes job->notes_out ready for something new, and gives what has been written since. Valid until the next call. */
neardup_status nd_lines_rewind_note(nd_lines_job *job);
neardup_status nd_lines_take_note(nd_lines_job *job, nd_span *note_out);

#endif
