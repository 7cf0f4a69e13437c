/* SPDX-License-Identifier: MIT */
/* Cuts in a file that is one document: what stays of it is written anew, and what is cut goes into a file of its own.
 */
#ifndef ND_FILTER_CUT_FILE_H
#define ND_FILTER_CUT_FILE_H

#include "filter/filter.h"

/* A file, and its cuts. All zero at first; used again. */
typedef struct nd_file_cut {
    nd_cutter cutter; /* without cuts the file stays as it is */
    nd_buffer content;
    bool uncut; /* passages could be cut, but not out of what is marked up or in another charset */
} nd_file_cut;

void nd_file_cut_release(nd_file_cut *cut);

/* Reads the file again and finds the cuts, if any are to be made. */
neardup_status nd_file_cut_find(nd_file_cut *cut, const nd_filter *filter, size_t file, neardup_error *error);

/* Writes what stays to the target of what is kept, and what is cut, piece behind piece, to that of what is dropped,
 * with the decisions. Both targets are folders, if any. */
neardup_status nd_file_cut_write(const nd_file_cut *cut, nd_filter *filter, size_t file, neardup_error *error);

#endif
