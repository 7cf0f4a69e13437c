/* SPDX-License-Identifier: MIT */
/*
 * Paths byte for byte, in input order, such that they lead to the files from where the user stands; a record as
 * path:LINE, counted from 1. A path with a line break is refused, before anything is written, unless NUL separates:
 * whoever pipes this into rm would remove two other files.
 */
#include "report/paths.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "report/findings.h"

/* Calls `look` for every document that would be dropped, in order, until it fails. */
static neardup_status each_dropped(const nd_report *report, FILE *out,
                                   neardup_status (*look)(const nd_report *, const nd_corpus_document *, FILE *,
                                                          neardup_error *),
                                   neardup_error *error) {
    neardup_totals totals;
    neardup_status status = NEARDUP_OK;
    nd_report_totals(report, &totals);
    uint64_t end = totals.references + totals.documents;
    for (uint64_t number = nd_report_next(report, totals.references); number < end && !status && !ferror(out);
         number = nd_report_next(report, number + 1)) {
        neardup_decision decision;
        nd_report_decision(report, number, &decision);
        if (!decision.dropped) continue;
        nd_corpus_document place = nd_report_at(report, number);
        status = look(report, &place, out, error);
    }
    return status;
}

static neardup_status check_path(const nd_report *report, const nd_corpus_document *place, FILE *out,
                                 neardup_error *error) {
    (void)report, (void)out;
    if (!memchr(place->file.data, '\n', place->file.size)) return NEARDUP_OK;
    return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                   "a path holds a line break (%.200s): have paths separated by NUL, with -0", place->file.data);
}

static neardup_status write_path(const nd_report *report, const nd_corpus_document *place, FILE *out,
                                 neardup_error *error) {
    (void)error;
    fwrite(place->file.data, 1, place->file.size, out);
    if (place->record != NEARDUP_NONE) fprintf(out, ":%" PRIu64, place->record + 1);
    putc(report->nul ? 0 : '\n', out);
    return NEARDUP_OK;
}

neardup_status nd_paths_write(const nd_report *report, FILE *out, neardup_error *error) {
    neardup_status status = report->nul ? NEARDUP_OK : each_dropped(report, out, check_path, error);
    return status ? status : each_dropped(report, out, write_path, error);
}
