/* SPDX-License-Identifier: MIT */
#include "cli/scan_settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/machine.h"
#include "base/memory.h"
#include "report/html.h"

nd_option_table nd_scan_option_table(unsigned command) {
    return (nd_option_table){nd_scan_options, command, command == ND_FOR_COMPARE || command == ND_FOR_REPORT};
}

static void set_defaults(nd_scan_settings *settings) {
    neardup_options defaults;
    neardup_options_init(&defaults);
    *settings = (nd_scan_settings){
        .expansion = ND_EXPANSION_USUAL,
        .min_tokens = defaults.min_tokens,
        .threshold = defaults.threshold,
        .recall = defaults.recall,
        .shingle = {defaults.shingle_unit, defaults.shingle_length},
        .seed = defaults.seed,
        .clustering = (unsigned)defaults.clustering,
        .min_words = defaults.min_words,
        .html_text = ND_HTML_TEXT_USUAL,
    };
}

/* Where --find does not say: a scan looks for passages, unless all its reports would pass over them. */
static void settle_passages(nd_scan_settings *settings) {
    if (settings->find != ND_FIND_UNSAID) return;
    settings->find = ND_FIND_DOCUMENTS;
    for (size_t i = 0; i < settings->reports.count; i++)
        if (settings->reports.items[i].format->passages) settings->find = ND_FIND_PASSAGES;
}

static neardup_status check_reports(const nd_report_settings *reports, neardup_error *error) {
    size_t printed = 0;
    for (size_t i = 0; i < reports->count; i++) {
        printed += strcmp(reports->items[i].file, "-") == 0;
        if (printed > 1)
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                           "only one report can go to standard output: give the others a file, as in --report %s:FILE",
                           reports->items[i].format->name);
    }
    return NEARDUP_OK;
}

neardup_status nd_scan_settings_init(nd_scan_settings *settings, unsigned command, nd_strings arguments,
                                     neardup_error *error) {
    set_defaults(settings);
    neardup_status status =
        nd_options_read(nd_scan_option_table(command), arguments, settings, &settings->operands, error);
    if (status) return status;
    if (command == ND_FOR_COMPARE && settings->operands.count != 2)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "name two texts: files, or records as in FILE.jsonl:N for the one in line N");
    if (command == ND_FOR_REPORT && settings->operands.count != 1)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "name one result, as neardup scan -r jsonl:FILE writes it, or - for standard input");
    if (settings->operands.count == 0 && !settings->files_from)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "name a file or a folder, or - for standard input");
    for (size_t i = 0; i < settings->operands.count; i++)
        if (!settings->operands.items[i][0])
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "an empty operand ('') names no file");
    if (settings->temporary && !settings->temporary[0])
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "--tmpdir needs the name of a folder");
    if (!(settings->recall < 1))
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "--recall must be below 1: no sketch finds every pair for certain");
    if (!settings->bands != !settings->rows)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "--bands and --rows go together: give both or neither");
    if (settings->bands * settings->rows > NEARDUP_SIGNATURE_VALUES)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "--bands times --rows must not exceed %d",
                       NEARDUP_SIGNATURE_VALUES);
    if (settings->pairs_from > settings->threshold)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "--pairs-from must not be above --threshold (%g)",
                       settings->threshold);
    settings->pairs = settings->pairs || settings->pairs_from > 0;
    if (settings->reports.count == 0 && (command == ND_FOR_SCAN || command == ND_FOR_REPORT)) {
        settings->reports.items = nd_allocate(1, sizeof *settings->reports.items);
        if (!settings->reports.items) return nd_fail_memory(error);
        settings->reports.items[0] = (nd_report_setting){nd_report_find("text", strlen("text")), "-"};
        settings->reports.count = settings->reports.capacity = 1;
    }
    if (command == ND_FOR_SCAN) settle_passages(settings);
    return check_reports(&settings->reports, error);
}

void nd_scan_settings_release(nd_scan_settings *settings, unsigned command) {
    nd_options_release(nd_scan_option_table(command), settings);
    nd_texts_release(&settings->operands);
    nd_texts_release(&settings->owned);
    nd_keep_release(&settings->keep);
    nd_free(settings->reports.items);
}

const char *nd_scan_settings_folder(const nd_scan_settings *settings) {
    const char *folder = settings->temporary ? settings->temporary : getenv("TMPDIR");
    return folder && *folder ? folder : "/var/tmp";
}

/* Bytes to make do with; 0 where it is not known what there is. */
static uint64_t memory_of(const nd_scan_settings *settings) {
    return settings->memory ? settings->memory : nd_machine_memory() / 4 * 3;
}

/* The share of memory, one in so many, that a copy of standard input may take, for which no disk is needed then. */
enum { COPY_SHARE = 8 };

/* Bytes of the largest document that is read. While a document is compared it takes eight to ten times its size; and
 * several can be large at a time. */
static size_t largest_record(uint64_t memory) {
    const uint64_t share = 64, most = (uint64_t)1 << 30;
    return !memory || memory / share > most ? (size_t)most : (size_t)(memory / share);
}

static bool shows_pages(const nd_scan_settings *settings) {
    for (size_t i = 0; i < settings->reports.count; i++)
        if (settings->reports.items[i].format == nd_report_find("html", strlen("html"))) return true;
    return false;
}

neardup_options nd_scan_settings_engine(const nd_scan_settings *settings) {
    neardup_options options;
    neardup_options_init(&options);
    options.threshold = settings->threshold;
    options.recall = settings->recall;
    options.bands = (unsigned)settings->bands;
    options.rows = (unsigned)settings->rows;
    options.shingle_unit = settings->shingle.unit;
    options.shingle_length = settings->shingle.length;
    options.seed = settings->seed;
    options.min_tokens = settings->min_tokens;
    options.clustering = (neardup_clustering)settings->clustering;
    options.passages = settings->find == ND_FIND_PASSAGES;
    options.min_words = settings->min_words;
    options.pairs = settings->pairs;
    options.pairs_from = settings->pairs_from;
    if (shows_pages(settings)) {
        /* A page shows what another threshold would have found. */
        double usual = settings->threshold < ND_HTML_PAIRS_FROM ? settings->threshold : ND_HTML_PAIRS_FROM;
        options.pairs = true;
        options.pairs_once = !settings->pairs;
        options.pairs_from = settings->pairs_from > 0 ? settings->pairs_from : usual;
    }
    options.threads = (unsigned)settings->threads;
    options.memory = memory_of(settings);
    options.temporary = nd_scan_settings_folder(settings);
    options.kernels = settings->kernels ? nd_kernel_choices[settings->kernels] : NULL;
    return options;
}

neardup_status nd_scan_settings_plan(const neardup_options *options, neardup_plan *plan_out, neardup_error *error) {
    neardup_status status = neardup_options_plan(options, plan_out, error);
    if (status != NEARDUP_ERROR_RECALL) return status;
    return nd_fail(
        error, NEARDUP_ERROR_ARGUMENT,
        "--recall %g is out of reach at --threshold %g, where %.6f is the most; lower one or raise the other",
        options->recall, options->threshold, neardup_recall(options->threshold, NEARDUP_SIGNATURE_VALUES, 1));
}

nd_corpus_options nd_scan_settings_corpus(const nd_scan_settings *settings) {
    return (nd_corpus_options){
        .operands = nd_texts_view(&settings->operands),
        .references = nd_texts_view(&settings->against),
        .files_from = settings->files_from,
        .files_from_nul = settings->nul,
        .include = nd_texts_view(&settings->include),
        .exclude = nd_texts_view(&settings->exclude),
        .hidden = settings->hidden,
        .follow_links = settings->follow_links,
        .format = (nd_format)settings->format,
        .encodings = nd_texts_view(&settings->encodings),
        .markup = (nd_markup)settings->markup,
        .text_fields = nd_texts_view(&settings->text_fields),
        .id_field = settings->id_field,
        .source = settings->source.kind,
        .source_field = settings->source.field,
        .key_fields = nd_texts_view(&settings->keep.fields),
        .absent_field = settings->absent_field,
        .whole = settings->whole,
        .expansion = settings->expansion,
        .temporary = nd_scan_settings_folder(settings),
        .copy_memory = memory_of(settings) / COPY_SHARE,
        .record_limit = largest_record(memory_of(settings)),
    };
}

bool nd_limit_reached(const nd_limit *limit, uint64_t dropped, uint64_t documents) {
    if (!limit->set || dropped == 0) return false;
    if (!limit->percentage) return (double)dropped >= limit->value;
    /* 7 of 100 are 7 %, although 0.07 * 100 is a little more than 7. */
    return (double)dropped * 100 >= limit->value * (double)documents * (1 - 1e-12);
}
