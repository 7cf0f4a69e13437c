/* SPDX-License-Identifier: MIT */
/* Cuts in a record: all of its line but the cuts stays, escapes as they are; what is cut becomes lines of its own. */
#ifndef ND_FILTER_CUT_RECORD_H
#define ND_FILTER_CUT_RECORD_H

#include "filter/fates.h"

/* Finds the cuts in a document that stays, for which nd_cuts_expected holds: job->cutter has them. `line` is its line,
 * `number` that of the line. *text_out is valid until the next call. */
neardup_status nd_cut_record_find(nd_fates_job *job, nd_span line, uint64_t number, uint64_t document,
                                  neardup_text *text_out);

/* Adds the document's line to the job without what is cut, and what is cut to what is dropped, with its decisions. A
 * text that is no piece of its line as it stands in the file stays whole, and is counted. */
neardup_status nd_cut_record(nd_fates_job *job, nd_span line, uint64_t number, uint64_t document);

#endif
