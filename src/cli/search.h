/* SPDX-License-Identifier: MIT */
/*
 * A search for duplicates from settings to result, which is what every command that reads a corpus does: the inputs are
 * listed; outputs are opened, so that what cannot be written is known before hours of work; documents are read; the
 * order of keeping is worked out; duplicates are found; reports are written.
 */
#ifndef ND_CLI_SEARCH_H
#define ND_CLI_SEARCH_H

#include "cli/command.h"
#include "cli/scan_settings.h"
#include "io/output.h"
#include "report/saved.h"

/* All zero but for settings before nd_search_prepare. */
typedef struct nd_search {
    const nd_scan_settings *settings; /* borrowed */
    neardup_options options;
    neardup_plan plan;
    nd_corpus_options corpus_options; /* outlives the corpus, which looks at it */
    nd_corpus *corpus;
    neardup_engine *engine;
    neardup_result *result;
    const nd_saved *saved; /* in place of corpus, engine and result; borrowed */
    uint64_t references;   /* documents of --against: the first */
    nd_output *outputs;    /* one per report in settings, then those that were added */
    size_t output_count, output_capacity;
    nd_progress progress;
    double began;
    bool broken_pipe;     /* the reader of an output went away */
    neardup_error unread; /* why texts are missing from reports, if they are */
} nd_search;

/* Works out the plan, lists the inputs, and finds out where reports go. NEARDUP_ERROR_ARGUMENT is
 * a matter of how the command was called. */
neardup_status nd_search_prepare(nd_search *search, neardup_error *error);

/* In place of nd_search_prepare and all the work: takes a result that was saved, and finds out where reports go. */
neardup_status nd_search_resume(nd_search *search, const nd_saved *saved, neardup_error *error);

/* Adds another file to write; search->outputs[*number_out] is it. */
neardup_status nd_search_add_output(nd_search *search, const char *name, size_t *number_out, neardup_error *error);

/* Opens all outputs; reports are compressed as their names say. Refuses those that are inputs or one file. */
neardup_status nd_search_open_outputs(nd_search *search, neardup_error *error);

/* The two halves of the work: reading, and deciding. */
neardup_status nd_search_read(nd_search *search, neardup_error *error);
neardup_status nd_search_decide(nd_search *search, neardup_error *error);

/* What reports show. */
nd_report nd_search_report(const nd_search *search);

/* Writes the reports and finishes their files: those that are printed last, for what is printed cannot be taken back.
 */
neardup_status nd_search_write_reports(nd_search *search, neardup_error *error);

/* Gives all outputs their names; where that fails, or with the second function, takes them all back. With signals held
 * (io/cleanup.h). What cannot be put back is added to the error. */
neardup_status nd_search_commit(nd_search *search, neardup_error *error);
void nd_search_retract(nd_search *search, neardup_error *error);

/* The lines that -v ends with. */
void nd_search_tell_costs(const nd_search *search);

/* Says what went wrong, unless it is a pipe that was closed, and returns the exit status. */
int nd_search_fail(const nd_search *search, neardup_status status, const neardup_error *error);

/* Bytes of memory this process has had at most. */
uint64_t nd_peak_memory(void);

/* Gives up the outputs, of which no trace is left unless they were committed; then all else. */
void nd_search_release_outputs(nd_search *search);
void nd_search_release(nd_search *search);

#endif
