/* SPDX-License-Identifier: MIT */
#include "cli/search.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/message.h"
#include "cli/problems.h"
#include "cli/terminal.h"
#include "io/corpus_files.h"
#include "io/names.h"
#include "report/wording.h"

/* ---- before ---- */

static neardup_status plan_search(nd_search *s, neardup_error *error) {
    nd_when when = s->settings->quiet ? ND_WHEN_NEVER : (nd_when)s->settings->progress;
    nd_progress_init(&s->progress, when);
    s->began = nd_clock();
    s->options = nd_scan_settings_engine(s->settings);
    s->options.progress = nd_progress_step;
    s->options.progress_context = &s->progress;
    return nd_scan_settings_plan(&s->options, &s->plan, error);
}

static neardup_status add_reports(nd_search *s, neardup_error *error) {
    neardup_status status = NEARDUP_OK;
    size_t number;
    for (size_t i = 0; i < s->settings->reports.count && !status; i++)
        status = nd_search_add_output(s, s->settings->reports.items[i].file, &number, error);
    return status;
}

neardup_status nd_search_prepare(nd_search *s, neardup_error *error) {
    neardup_status status = plan_search(s, error);
    if (status) return status;
    s->corpus_options = nd_scan_settings_corpus(s->settings);
    status = nd_corpus_create(&s->corpus_options, &s->corpus, error);
    s->progress.corpus = s->corpus;
    return status ? status : add_reports(s, error);
}

neardup_status nd_search_resume(nd_search *s, const nd_saved *saved, neardup_error *error) {
    s->saved = saved;
    s->options = saved->options;
    s->plan = saved->plan;
    s->references = saved->totals.references;
    return add_reports(s, error);
}

neardup_status nd_search_add_output(nd_search *s, const char *name, size_t *number_out, neardup_error *error) {
    if (nd_reserve(&s->outputs, &s->output_capacity, s->output_count + 1, sizeof *s->outputs))
        return nd_fail_memory(error);
    neardup_status status = nd_output_find(name, &s->outputs[s->output_count], error);
    if (!status) *number_out = s->output_count++;
    return status;
}

static bool same_file(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Whether writing the output would change what is read. Devices take whatever is written; and standard output that is
 * an empty file may be the one the shell has just made in a folder that is scanned, which harms nothing. */
static bool is_input(const nd_search *s, const nd_output *output) {
    const struct stat *found = &output->stat;
    struct stat list;
    if (!S_ISREG(found->st_mode) && !S_ISFIFO(found->st_mode)) return false;
    if (strcmp(output->name, "-") == 0 && (S_ISFIFO(found->st_mode) || !found->st_size)) return false;
    if (s->saved) return stat(s->saved->name, &list) == 0 && same_file(&list, found);
    if (s->settings->files_from && stat(s->settings->files_from, &list) == 0 && same_file(&list, found)) return true;
    return nd_corpus_holds(s->corpus, (uint64_t)found->st_dev, (uint64_t)found->st_ino);
}

/* An output must not go into an input, nor two of them into one file: each would spoil the other. */
static neardup_status check_outputs(const nd_search *s, neardup_error *error) {
    size_t reports = s->settings->reports.count;
    for (size_t i = 0; i < s->output_count; i++) {
        const nd_output *output = &s->outputs[i];
        const char *name = strcmp(output->name, "-") == 0 ? "standard output" : output->name;
        if (is_input(s, output))
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "%.300s is an input: give the %s another file", name,
                           i < reports ? "report" : "output");
        for (size_t j = 0; j < i; j++)
            if (nd_output_same(output, &s->outputs[j]))
                return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                               "two %s cannot go to the same file (%.300s): give each its own",
                               i < reports ? "reports" : "outputs", name);
    }
    return NEARDUP_OK;
}

neardup_status nd_search_open_outputs(nd_search *s, neardup_error *error) {
    neardup_status status = check_outputs(s, error);
    for (size_t i = 0; i < s->output_count && !status; i++) status = nd_output_open(&s->outputs[i], error);
    for (size_t i = 0; i < s->settings->reports.count && !status; i++)
        status = nd_output_pack(&s->outputs[i], s->plan.threads, error);
    return status;
}

/* ---- work ---- */

neardup_status nd_search_read(nd_search *s, neardup_error *error) {
    neardup_status status = neardup_engine_create(&s->options, &s->engine, error);
    if (status) return status;
    neardup_source source = nd_corpus_source(s->corpus);
    status = neardup_engine_read(s->engine, &source, error);
    if (status || !s->settings->against.count) return status;
    s->references = nd_corpus_reference_count(s->corpus);
    return neardup_engine_refer(s->engine, s->references, error);
}

static neardup_status choose_order(nd_search *s, neardup_error *error) {
    if (nd_keep_is_first(&s->settings->keep)) return NEARDUP_OK;
    uint64_t *order;
    neardup_status status = nd_keep_order(&s->settings->keep, s->engine, s->corpus, s->references, &order, error);
    if (status) return status;
    status = neardup_engine_prefer(s->engine, order, (size_t)neardup_engine_documents(s->engine), error);
    nd_free(order);
    return status;
}

/* Tells the engine where the documents come from, by which passages are labelled. */
static neardup_status name_sources(nd_search *s, neardup_error *error) {
    size_t documents = (size_t)neardup_engine_documents(s->engine);
    if (!s->options.passages) return NEARDUP_OK;
    nd_names names = {0};
    uint32_t *sources = nd_allocate(documents, sizeof *sources);
    neardup_status status = sources ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < documents && !status; i++) {
        nd_span source = nd_corpus_document_at(s->corpus, i).source;
        sources[i] = NEARDUP_NO_SOURCE;
        if (source.size) status = nd_names_add(&names, source, &sources[i]);
    }
    if (status)
        nd_fail(error, status, "%s", neardup_status_text(status));
    else
        status = neardup_engine_sources(s->engine, sources, documents, error);
    nd_names_release(&names);
    nd_free(sources);
    return status;
}

neardup_status nd_search_decide(nd_search *s, neardup_error *error) {
    neardup_status status = choose_order(s, error);
    if (!status) status = name_sources(s, error);
    return status ? status : neardup_engine_match(s->engine, &s->result, error);
}

/* ---- reports ---- */

nd_report nd_search_report(const nd_search *s) {
    const nd_saved *saved = s->saved;
    return (nd_report){
        .saved = saved,
        .result = s->result,
        .corpus = s->corpus,
        .options = &s->options,
        .plan = &s->plan,
        .references = s->references,
        .keep = saved                    ? saved->keep
                : s->settings->keep.text ? s->settings->keep.text
                                         : "first",
        .seconds = saved ? saved->seconds : nd_clock() - s->began,
        .all = s->settings->all,
        .pairs = saved ? saved->pairs.count > 0 : s->settings->pairs,
        .pairs_from = saved ? saved->options.pairs_from : s->settings->pairs_from,
        .html_text = s->settings->html_text,
        .nul = s->settings->nul,
    };
}

static neardup_status write_report(nd_search *s, size_t number, neardup_error *error) {
    nd_output *output = &s->outputs[number];
    nd_report report = nd_search_report(s);
    report.unread = &s->unread;
    report.color = nd_terminal_is_colored(output->file, (nd_when)s->settings->color);
    report.width = nd_terminal_columns(output->file);
    neardup_status status = s->settings->reports.items[number].format->write(&report, output->file, error);
    if (!status) status = nd_output_finish(output, error);
    s->broken_pipe |= output->broken_pipe;
    return status;
}

neardup_status nd_search_write_reports(nd_search *s, neardup_error *error) {
    neardup_status status = NEARDUP_OK;
    for (int printed = 0; printed <= 1; printed++)
        for (size_t i = 0; i < s->settings->reports.count && !status; i++)
            if ((s->outputs[i].file == stdout) == printed) status = write_report(s, i, error);
    if (!status && s->unread.status && !s->settings->quiet)
        nd_message("%s; reports show less of the texts", s->unread.text);
    return status;
}

neardup_status nd_search_commit(nd_search *s, neardup_error *error) {
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < s->output_count && !status; i++) status = nd_output_commit(&s->outputs[i], error);
    if (status) nd_search_retract(s, error);
    return status;
}

void nd_search_retract(nd_search *s, neardup_error *error) {
    for (size_t i = s->output_count; i; i--) nd_output_retract(&s->outputs[i - 1], error);
}

/* ---- after ---- */

uint64_t nd_peak_memory(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_maxrss * 1024;
}

void nd_search_tell_costs(const nd_search *s) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double processor = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    nd_message("version %s, Unicode %s, scheme %u", neardup_version(), neardup_unicode_version(),
               (unsigned)neardup_scheme());
    nd_message("plan: %u bands of %u rows, expected recall %.6f, seed %llu, %s, %s kernels", s->plan.bands,
               s->plan.rows, s->plan.expected_recall, (unsigned long long)s->options.seed,
               nd_wording_counted(s->plan.threads, "thread", "threads").text, s->plan.kernels);
    neardup_costs costs;
    neardup_result_costs(s->result, &costs);
    nd_message("memory: at most %s, about %s expected, input read %s, %s of temporary data in %s",
               nd_wording_bytes(s->options.memory).text, nd_wording_bytes(costs.expected_memory).text,
               nd_wording_counted(costs.readings, "time", "times").text, nd_wording_bytes(costs.spilled).text,
               s->options.temporary);
    nd_message("%.2f s, %.2f s of processor time, peak memory %s", nd_clock() - s->began, processor,
               nd_wording_bytes(nd_peak_memory()).text);
}

/* The engine knows documents by their numbers, people by their names. Whether it was about one that has a name. */
static bool tell_changed(const nd_search *s, const neardup_error *error) {
    if (!s->corpus || error->document >= nd_corpus_first_document(s->corpus, nd_corpus_file_count(s->corpus)))
        return false;
    nd_corpus_document place = nd_corpus_document_at(s->corpus, error->document);
    char line[32] = "";
    if (place.record != NEARDUP_NONE) snprintf(line, sizeof line, ":%llu", (unsigned long long)place.record + 1);
    if (nd_span_equals(place.file, "-"))
        nd_message("standard input%s is not what it was when it was first read: run again", line);
    else
        nd_message("%s%s is not what it was when it was first read: run again when nothing writes to it",
                   place.file.data, line);
    return true;
}

int nd_search_fail(const nd_search *s, neardup_status status, const neardup_error *error) {
    nd_cleanup_yield(); /* it may fail because a signal has just taken away what it was writing */
    if (s->broken_pipe) return ND_EXIT_SIGNAL + SIGPIPE;
    if (status == NEARDUP_ERROR_CHANGED && tell_changed(s, error)) return ND_EXIT_FAILED;
    const char *text = error->text[0] ? error->text : neardup_status_text(status);
    bool memory = status == NEARDUP_ERROR_MEMORY;
    nd_message("%s%s", text, memory ? ": read fewer documents at a time, or on fewer threads (--threads 1)" : "");
    return ND_EXIT_FAILED;
}

void nd_search_release_outputs(nd_search *s) {
    for (size_t i = 0; i < s->output_count; i++) nd_output_release(&s->outputs[i]);
    s->output_count = 0;
}

void nd_search_release(nd_search *s) {
    nd_search_release_outputs(s);
    nd_free(s->outputs);
    neardup_result_free(s->result);
    neardup_engine_free(s->engine);
    nd_corpus_free(s->corpus);
}
