/* SPDX-License-Identifier: MIT */
/*
 * The scan, from top to bottom: what is asked for; the inputs are listed; outputs are opened, so that what cannot be
 * written is known before hours of work; documents are read; the order of keeping is worked out; duplicates are found;
 * reports are written, and only when all of them are whole do they get their names.
 */
#include "cli/cmd_scan.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/help.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/problems.h"
#include "cli/scan_settings.h"
#include "cli/value.h"
#include "report/wording.h"

typedef struct scan {
    nd_scan_settings settings;
    neardup_options options;
    neardup_plan plan;
    nd_corpus_options corpus_options; /* outlives the corpus, which looks at it */
    nd_corpus *corpus;
    neardup_engine *engine;
    neardup_result *result;
    nd_output *outputs; /* one per report in settings */
    size_t output_count;
    nd_progress progress;
    double began;
    bool broken_pipe;
} scan;

/* ---- before ---- */

static neardup_status plan_scan(scan *s, neardup_error *error) {
    nd_when when = s->settings.quiet ? ND_WHEN_NEVER : (nd_when)s->settings.progress;
    nd_progress_init(&s->progress, when);
    s->began = nd_clock();
    s->options = nd_scan_settings_engine(&s->settings);
    s->options.progress = nd_progress_step;
    s->options.progress_context = &s->progress;
    neardup_status status = neardup_options_plan(&s->options, &s->plan, error);
    if (status != NEARDUP_ERROR_RECALL) return status;
    return nd_fail(
        error, NEARDUP_ERROR_ARGUMENT,
        "--recall %g is out of reach at --threshold %g, where %.6f is the most; lower one or raise the other",
        s->options.recall, s->options.threshold, neardup_recall(s->options.threshold, NEARDUP_SIGNATURE_VALUES, 1));
}

static neardup_status open_corpus(scan *s, neardup_error *error) {
    s->corpus_options = nd_scan_settings_corpus(&s->settings);
    neardup_status status = nd_corpus_create(&s->corpus_options, &s->corpus, error);
    s->progress.corpus = s->corpus;
    return status;
}

/* Whether writing the output would change what is read. Devices take whatever is written; and standard output that is an
 * empty file may be the one the shell has just made in a folder that is scanned, which harms nothing. */
static bool is_input(const scan *s, const nd_output *output) {
    const struct stat *found = &output->stat;
    struct stat list;
    if (!S_ISREG(found->st_mode) && !S_ISFIFO(found->st_mode)) return false;
    if (strcmp(output->name, "-") == 0 && (S_ISFIFO(found->st_mode) || !found->st_size)) return false;
    if (s->settings.files_from && stat(s->settings.files_from, &list) == 0 && list.st_dev == found->st_dev &&
        list.st_ino == found->st_ino)
        return true;
    return nd_corpus_holds(s->corpus, (uint64_t)found->st_dev, (uint64_t)found->st_ino);
}

/* A report must not go into an input, nor two of them into one file: each would spoil the other. */
static neardup_status check_outputs(const scan *s, neardup_error *error) {
    for (size_t i = 0; i < s->output_count; i++) {
        const nd_output *output = &s->outputs[i];
        const char *name = strcmp(output->name, "-") == 0 ? "standard output" : output->name;
        if (is_input(s, output))
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "%.300s is an input: give the report another file", name);
        for (size_t j = 0; j < i; j++)
            if (nd_output_same(output, &s->outputs[j]))
                return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                               "two reports cannot go to the same file (%.300s): give each its own", name);
    }
    return NEARDUP_OK;
}

static neardup_status open_outputs(scan *s, neardup_error *error) {
    const nd_report_settings *reports = &s->settings.reports;
    s->outputs = nd_allocate_zero(reports->count, sizeof *s->outputs);
    if (!s->outputs) return nd_fail_memory(error);
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < reports->count && !status; i++) {
        status = nd_output_find(reports->items[i].file, &s->outputs[i], error);
        s->output_count += !status;
    }
    if (!status) status = check_outputs(s, error);
    for (size_t i = 0; i < reports->count && !status; i++) status = nd_output_open(&s->outputs[i], error);
    return status;
}

/* ---- work ---- */

static neardup_status read_documents(scan *s, neardup_error *error) {
    neardup_status status = neardup_engine_create(&s->options, &s->engine, error);
    if (status) return status;
    neardup_source source = nd_corpus_source(s->corpus);
    return neardup_engine_read(s->engine, &source, error);
}

static neardup_status choose_order(scan *s, neardup_error *error) {
    if (nd_keep_is_first(&s->settings.keep)) return NEARDUP_OK;
    uint64_t *order;
    neardup_status status = nd_keep_order(&s->settings.keep, s->engine, s->corpus, &order, error);
    if (status) return status;
    status = neardup_engine_prefer(s->engine, order, (size_t)neardup_engine_documents(s->engine), error);
    nd_free(order);
    return status;
}

static neardup_status find_duplicates(scan *s, neardup_error *error) {
    return neardup_engine_match(s->engine, &s->result, error);
}

/* ---- reports ---- */

/* Columns for a report on `out`: what COLUMNS says, else those of its terminal, else 80. */
static unsigned columns_of(FILE *out) {
    enum { USUAL = 80, MOST = 1000 };
    const char *variable = getenv("COLUMNS");
    uint64_t columns;
    if (variable && nd_value_count(variable, &columns) && columns > 0) return columns < MOST ? (unsigned)columns : MOST;
    struct winsize size;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return USUAL;
}

static bool is_colored(FILE *out, nd_when when) {
    if (when != ND_WHEN_AUTO) return when == ND_WHEN_ALWAYS;
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fileno(out)) && !(no_color && *no_color) && terminal && strcmp(terminal, "dumb") != 0;
}

static neardup_status write_report(scan *s, size_t number, neardup_error *error) {
    nd_output *output = &s->outputs[number];
    nd_report report = {
        .result = s->result,
        .corpus = s->corpus,
        .options = &s->options,
        .plan = &s->plan,
        .keep = s->settings.keep.text ? s->settings.keep.text : "first",
        .seconds = nd_clock() - s->began,
        .all = s->settings.all,
        .pairs = s->settings.pairs,
        .color = is_colored(output->file, (nd_when)s->settings.color),
        .width = columns_of(output->file),
        .nul = s->settings.nul,
    };
    neardup_status status = s->settings.reports.items[number].format->write(&report, output->file, error);
    if (!status) status = nd_output_finish(output, error);
    s->broken_pipe |= output->broken_pipe;
    return status;
}

/* What is printed cannot be taken back, so it is written when all else is. */
static neardup_status write_reports(scan *s, neardup_error *error) {
    neardup_status status = NEARDUP_OK;
    for (int printed = 0; printed <= 1; printed++)
        for (size_t i = 0; i < s->output_count && !status; i++)
            if ((s->outputs[i].file == stdout) == printed) status = write_report(s, i, error);
    for (size_t i = 0; i < s->output_count && !status; i++) status = nd_output_commit(&s->outputs[i], error);
    return status;
}

/* ---- after ---- */

static void tell_costs(const scan *s) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double processor = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    nd_message("version %s, Unicode %s, scheme %u", neardup_version(), neardup_unicode_version(),
               (unsigned)neardup_scheme());
    nd_message("plan: %u bands of %u rows, expected recall %.6f, seed %llu, %s, %s kernels", s->plan.bands,
               s->plan.rows, s->plan.expected_recall, (unsigned long long)s->options.seed,
               nd_wording_counted(s->plan.threads, "thread", "threads").text, s->plan.kernels);
    nd_message("%.2f s, %.2f s of processor time, peak memory %s", nd_clock() - s->began, processor,
               nd_wording_bytes((uint64_t)usage.ru_maxrss * 1024).text);
}

static int exit_status(const scan *s) {
    neardup_totals totals;
    neardup_result_totals(s->result, &totals);
    if (nd_limit_reached(&s->settings.fail_on, totals.dropped, totals.documents)) {
        if (!s->settings.quiet)
            nd_message("%s of %s could go: --fail-on is reached", nd_wording_count(totals.dropped).text,
                       nd_wording_counted(totals.documents, "document", "documents").text);
        return ND_EXIT_REACHED;
    }
    return nd_problems_matter(s->corpus) ? ND_EXIT_PARTIAL : ND_EXIT_DONE;
}

static void release_scan(scan *s) {
    for (size_t i = 0; i < s->output_count; i++) nd_output_release(&s->outputs[i]);
    nd_free(s->outputs);
    neardup_result_free(s->result);
    neardup_engine_free(s->engine);
    nd_corpus_free(s->corpus);
    nd_scan_settings_release(&s->settings);
}

/* What needs no input to be read. NEARDUP_ERROR_ARGUMENT is a matter of how the command was called. */
static neardup_status prepare_scan(scan *s, nd_strings arguments, neardup_error *error) {
    neardup_status status = nd_scan_settings_init(&s->settings, arguments, error);
    if (!status) status = plan_scan(s, error);
    if (!status) status = open_corpus(s, error);
    if (!status) status = open_outputs(s, error);
    return status;
}

static neardup_status run_scan(scan *s, neardup_error *error) {
    neardup_status status = read_documents(s, error);
    if (!status) status = choose_order(s, error);
    if (!status) status = find_duplicates(s, error);
    nd_progress_clear(&s->progress);
    if (!status && !s->settings.quiet) nd_problems_tell(s->corpus);
    if (!status) status = write_reports(s, error);
    if (!status && s->settings.verbose) tell_costs(s);
    return status;
}

static void tell_failure(neardup_status status, const neardup_error *error) {
    const char *text = error->text[0] ? error->text : neardup_status_text(status);
    bool memory = status == NEARDUP_ERROR_MEMORY;
    nd_message("%s%s", text, memory ? ": scan fewer documents at a time, or on fewer threads (--threads 1)" : "");
}

int nd_cmd_scan(const nd_command *command, nd_strings arguments) {
    scan s = {0};
    neardup_error error = {0};
    int exit = ND_EXIT_FAILED;
    neardup_status status = prepare_scan(&s, arguments, &error);
    if (status == NEARDUP_END) {
        exit = nd_help_print(command);
    } else if (status == NEARDUP_ERROR_ARGUMENT) {
        exit = nd_help_refuse(command, &error);
    } else {
        if (!status) status = run_scan(&s, &error);
        if (!status)
            exit = exit_status(&s);
        else if (s.broken_pipe)
            exit = ND_EXIT_SIGNAL + SIGPIPE;
        else
            tell_failure(status, &error);
    }
    release_scan(&s);
    return exit;
}
