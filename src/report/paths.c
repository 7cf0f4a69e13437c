/* SPDX-License-Identifier: MIT */
/*
 * Paths byte for byte, in input order; a record as path:LINE, counted from 1. A path with a line break is refused
 * unless NUL separates: whoever pipes this into rm would remove two other files.
 */
#include "report/paths.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"

neardup_status nd_paths_write(const nd_report *report, FILE *out, neardup_error *error) {
    neardup_totals totals;
    neardup_result_totals(report->result, &totals);
    for (uint64_t number = 0; number < totals.documents && !ferror(out); number++) {
        neardup_decision decision;
        neardup_result_decision(report->result, number, &decision);
        if (!decision.dropped) continue;
        nd_corpus_document place = nd_corpus_document_at(report->corpus, number);
        if (!report->nul && place.path.size && memchr(place.path.data, '\n', place.path.size))
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                           "a path holds a line break (%.*s): have paths separated by NUL, with -0",
                           (int)(place.path.size < 200 ? place.path.size : 200), place.path.data);
        fwrite(place.path.data, 1, place.path.size, out);
        if (place.record != NEARDUP_NONE) fprintf(out, ":%" PRIu64, place.record + 1);
        putc(report->nul ? 0 : '\n', out);
    }
    return NEARDUP_OK;
}
