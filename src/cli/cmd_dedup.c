/* SPDX-License-Identifier: MIT */
/*
 * A dedup is a search, a look at what would go, and a filter. All outputs are opened first and get their names last:
 * the data, then the reports and decisions, and the manifest when all else is in place.
 */
#include "cli/cmd_dedup.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/dedup_settings.h"
#include "cli/dedup_summary.h"
#include "cli/help.h"
#include "cli/message.h"
#include "cli/problems.h"
#include "cli/search.h"
#include "filter/filter.h"
#include "filter/guard.h"
#include "filter/manifest.h"
#include "filter/plan.h"
#include "report/jsonl.h"
#include "report/wording.h"

typedef struct dedup {
    nd_dedup_settings settings;
    nd_search search;
    nd_plan plan;
    nd_filter filter;
    nd_report report;
    size_t output_of[ND_FATES]; /* number of the search's output; SIZE_MAX: none */
    size_t decisions;
    nd_stale stale; /* what is in the folder of outputs from earlier runs */
    bool refused;   /* by --max-drop */
} dedup;

/* ---- before ---- */

/* Sets the target of a fate to a name, which may be NULL. */
static neardup_status set_target(dedup *d, nd_fate fate, const char *name, bool folder, const char *option,
                                 neardup_error *error) {
    uint64_t done, total;
    nd_corpus_progress(d->search.corpus, &done, &total);
    d->output_of[fate] = SIZE_MAX;
    d->filter.targets[fate] = (nd_target){.name = name,
                                          .option = option,
                                          .folder = folder,
                                          .always = fate == ND_FATE_KEPT,
                                          .hashed = folder,
                                          .expected = total,
                                          .threads = d->search.plan.threads,
                                          .descriptor = -1,
                                          .staging = {.lock = -1}};
    if (!name || folder) return NEARDUP_OK;
    return nd_search_add_output(&d->search, name, &d->output_of[fate], error);
}

static neardup_status name_outputs(dedup *d, neardup_error *error) {
    const nd_dedup_settings *s = &d->settings;
    neardup_status status = set_target(d, ND_FATE_KEPT, s->out, s->folder, "-o", error);
    if (!status) status = set_target(d, ND_FATE_DROPPED, s->dropped, s->dropped_folder, "--dropped", error);
    if (!status) status = set_target(d, ND_FATE_BAD, s->bad, false, "--bad-records", error);
    d->decisions = SIZE_MAX;
    if (!status && s->decisions) status = nd_search_add_output(&d->search, s->decisions, &d->decisions, error);
    return status;
}

static neardup_status check_places(dedup *d, neardup_error *error) {
    const nd_dedup_settings *s = &d->settings;
    const struct {
        const char *name, *option;
    } outputs[] = {{s->out, "-o"}, {s->dropped, "--dropped"}, {s->bad, "--bad-records"}, {s->decisions, "--decisions"}};
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs && !status; i++)
        if (outputs[i].name && strcmp(outputs[i].name, "-") != 0)
            status = nd_plan_check_outside(&d->plan, outputs[i].name, outputs[i].option, error);
    for (size_t i = 0; i < s->scan.reports.count && !status; i++)
        if (strcmp(s->scan.reports.items[i].file, "-") != 0)
            status = nd_plan_check_outside(&d->plan, s->scan.reports.items[i].file, "--report", error);
    return status;
}

/* Holds the folder of a fate against all else that is written: a file for an input could have the same name. */
static neardup_status check_apart(const dedup *d, int fate, neardup_error *error) {
    const nd_target *targets = d->filter.targets;
    neardup_status status = NEARDUP_OK;
    for (int other = 0; other < ND_FATES && !status; other++)
        if (other != fate && targets[other].folder)
            status = nd_plan_check_apart(targets[fate].name, targets[other].name, error);
    for (size_t i = 0; i < d->search.output_count && !status; i++) {
        const nd_output *output = &d->search.outputs[i];
        if (strcmp(output->name, "-") != 0)
            status = nd_plan_check_apart(targets[fate].name, output->target ? output->target : output->name, error);
    }
    return status;
}

static neardup_status check_all_apart(const dedup *d, neardup_error *error) {
    neardup_status status = NEARDUP_OK;
    for (int fate = 0; fate < ND_FATES && !status; fate++)
        if (d->filter.targets[fate].folder) status = check_apart(d, fate, error);
    return status;
}

static neardup_status open_targets(dedup *d, neardup_error *error) {
    neardup_status status = NEARDUP_OK;
    for (int fate = 0; fate < ND_FATES && !status; fate++)
        if (d->filter.targets[fate].folder) status = nd_target_open(&d->filter.targets[fate], error);
    if (!status) status = nd_search_open_outputs(&d->search, error);
    if (!status && d->decisions != SIZE_MAX)
        status = nd_output_pack(&d->search.outputs[d->decisions], d->search.plan.threads, error);
    for (int fate = 0; fate < ND_FATES && !status; fate++) {
        nd_target *target = &d->filter.targets[fate];
        if (target->folder || !target->name) continue;
        target->file = &d->search.outputs[d->output_of[fate]];
        status = nd_target_open(target, error);
    }
    return status;
}

/* What needs no input to be read. NEARDUP_ERROR_ARGUMENT is a matter of how the command was called. */
static neardup_status prepare(dedup *d, nd_strings arguments, neardup_error *error) {
    nd_dedup_settings *s = &d->settings;
    neardup_status status = nd_dedup_settings_init(s, arguments, error);
    if (status) return status;
    d->search.settings = &s->scan;
    s->scan.whole = true;
    s->scan.absent_field = s->mode == ND_MODE_ANNOTATE && !s->force ? s->key : NULL;
    status = nd_search_prepare(&d->search, error);
    if (status) return status;
    d->plan = (nd_plan){.corpus = d->search.corpus,
                        .out = s->out,
                        .folder = s->folder,
                        .dropped = s->dropped,
                        .dropped_folder = s->dropped_folder,
                        .bad = s->bad,
                        .notes = s->mode == ND_MODE_ANNOTATE,
                        .force = s->force};
    status = nd_plan_check_contents(&d->plan, error);
    if (!status) status = name_outputs(d, error);
    if (!status) status = check_places(d, error);
    if (!status) status = check_all_apart(d, error);
    if (!status && s->folder) status = nd_plan_check_names(&d->plan, error);
    if (!status && s->folder) status = nd_stale_read(&d->stale, s->out, error);
    if (!status && s->folder) status = nd_plan_check_earlier(&d->plan, &d->stale, error);
    return status ? status : open_targets(d, error);
}

/* ---- work ---- */

static neardup_status search(dedup *d, neardup_error *error) {
    neardup_status status = nd_search_read(&d->search, error);
    d->plan.engine = d->search.engine;
    if (!status) status = nd_plan_check_contents(&d->plan, error);
    if (!status) status = nd_search_decide(&d->search, error);
    d->report = nd_search_report(&d->search);
    return status;
}

/* Whether --max-drop lets the result pass; without it, a source that is all but wiped out is worth a warning. */
static neardup_status look_at_losses(dedup *d, neardup_error *error) {
    const double suspicious = 0.9;
    const nd_share *most = &d->settings.max_drop;
    nd_guard guard;
    neardup_status status = nd_guard_look(&d->report, most->set ? most->value : suspicious, &guard, error);
    if (status) return status;
    d->refused = most->set && guard.exceeded;
    if (d->refused)
        nd_dedup_tell_refusal(&d->report, &guard, most->value);
    else if (!most->set && guard.by_source && !d->settings.scan.quiet)
        nd_dedup_tell_loss(&d->report, &guard);
    return NEARDUP_OK;
}

static void step(void *context, uint64_t bytes) {
    nd_search *search = context;
    uint64_t done, total;
    nd_corpus_progress(search->corpus, &done, &total);
    nd_progress_write(&search->progress, bytes, total);
}

static neardup_status write_everything(dedup *d, neardup_error *error) {
    nd_filter *f = &d->filter;
    f->report = &d->report;
    f->note_key = d->settings.mode == ND_MODE_ANNOTATE ? d->settings.key : NULL;
    f->cuts = d->settings.passages;
    f->link = d->settings.link;
    f->sums = d->settings.folder;
    f->decisions = d->decisions == SIZE_MAX ? NULL : d->search.outputs[d->decisions].file;
    f->threads = d->search.plan.threads;
    f->progress = step;
    f->progress_context = &d->search;
    if (f->decisions) nd_jsonl_write_header(&d->report, f->decisions);
    neardup_status status = nd_filter_run(f, error);
    for (int fate = 0; fate < ND_FATES && !status; fate++)
        if (fate != ND_FATE_KEPT) status = nd_target_finish(&f->targets[fate], error);
    if (status || !f->decisions) return status;
    d->report.seconds = nd_clock() - d->search.began;
    nd_jsonl_write_summary(&d->report, f->decisions);
    return nd_output_finish(&d->search.outputs[d->decisions], error);
}

/* Gives everything its name: files in folders first, the manifest last. */
static neardup_status place(dedup *d, neardup_error *error) {
    nd_filter *f = &d->filter;
    neardup_status status = d->settings.folder ? nd_manifest_make_way(f, &d->stale, error) : NEARDUP_OK;
    for (int fate = 0; fate < ND_FATES && !status; fate++)
        if (f->targets[fate].folder) status = nd_target_place(&f->targets[fate], error);
    if (!status) status = nd_search_commit(&d->search, error);
    if (!status && d->settings.folder) status = nd_manifest_place(f, error);
    return status;
}

/* The same, but for signals and failures either all of it or nothing. */
static neardup_status commit(dedup *d, neardup_error *error) {
    neardup_status status = d->settings.folder ? nd_manifest_make(&d->filter, error) : NEARDUP_OK;
    if (status) return status;
    nd_cleanup_hold();
    status = place(d, error);
    if (status) nd_search_retract(&d->search, error);
    for (int fate = 0; fate < ND_FATES && status; fate++) nd_staging_retract(&d->filter.targets[fate].staging, error);
    nd_cleanup_go_on();
    return status;
}

/* Bad records that are where the user wants them; those of references are not. */
static uint64_t moved(const dedup *d) { return d->settings.bad ? d->filter.counts.bad : 0; }

/* Says what was done, or where nobody wants to know, only what was not. */
static void tell(const dedup *d) {
    if (d->settings.scan.quiet) {
        nd_problems_tell_why(d->search.corpus, moved(d));
        nd_dedup_tell_lost(&d->filter);
    } else {
        nd_dedup_tell_summary(&d->filter, nd_clock() - d->search.began);
    }
    if (d->settings.scan.verbose) nd_search_tell_costs(&d->search);
}

static neardup_status run(dedup *d, neardup_error *error) {
    neardup_status status = search(d, error);
    nd_progress_clear(&d->search.progress);
    if (!status && !d->settings.scan.quiet) nd_problems_tell(d->search.corpus);
    if (!status) status = look_at_losses(d, error);
    if (status || d->refused) return status;
    status = write_everything(d, error);
    nd_progress_clear(&d->search.progress);
    if (!status) status = nd_search_write_reports(&d->search, error);
    if (!status) status = nd_target_finish(&d->filter.targets[ND_FATE_KEPT], error);
    if (!status) status = commit(d, error);
    for (int fate = 0; fate < ND_FATES; fate++)
        if (d->filter.targets[fate].file) d->search.broken_pipe |= d->filter.targets[fate].file->broken_pipe;
    if (!status) tell(d);
    return status;
}

/* ---- after ---- */

static int exit_status(const dedup *d) {
    if (d->refused) return ND_EXIT_REACHED;
    return d->filter.counts.lost || nd_problems_remain(d->search.corpus, moved(d)) ? ND_EXIT_PARTIAL : ND_EXIT_DONE;
}

static void release(dedup *d, bool failed) {
    nd_search_release_outputs(&d->search); /* before the folders they are in */
    for (int fate = 0; fate < ND_FATES; fate++) nd_target_release(&d->filter.targets[fate], failed || d->refused);
    nd_filter_release(&d->filter);
    nd_stale_release(&d->stale);
    nd_search_release(&d->search);
    nd_dedup_settings_release(&d->settings);
}

int nd_cmd_dedup(const nd_command *command, nd_strings arguments) {
    dedup d = {0};
    neardup_error error = {0};
    int exit;
    neardup_status status = prepare(&d, arguments, &error);
    if (status == NEARDUP_END) {
        exit = nd_help_print(command, arguments);
    } else if (status == NEARDUP_ERROR_ARGUMENT) {
        exit = nd_help_refuse(command, &error);
    } else {
        if (!status) status = run(&d, &error);
        exit = status ? nd_search_fail(&d.search, status, &error) : exit_status(&d);
    }
    release(&d, status != NEARDUP_OK);
    return exit;
}
