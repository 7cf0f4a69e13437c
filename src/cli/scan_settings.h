/* SPDX-License-Identifier: MIT */
/* What the user of `neardup scan` asked for. */
#ifndef ND_CLI_SCAN_SETTINGS_H
#define ND_CLI_SCAN_SETTINGS_H

#include "cli/keep.h"
#include "cli/option.h"
#include "cli/progress.h"
#include "report/report.h"

typedef struct nd_shingle_setting {
    neardup_unit unit;
    unsigned length;
} nd_shingle_setting;

typedef struct nd_source_setting {
    nd_source_kind kind;
    const char *field;
} nd_source_setting;

/* One -r FORMAT[:FILE]. */
typedef struct nd_report_setting {
    const nd_report_format *format;
    const char *file; /* "-": standard output */
} nd_report_setting;

typedef struct nd_report_settings {
    nd_report_setting *items;
    size_t count, capacity;
} nd_report_settings;

/* --fail-on: from how many dropped documents on the scan counts as failed. */
typedef struct nd_limit {
    bool set, percentage;
    double value; /* documents, or percent of them */
} nd_limit;

/* --find. Where it is not given, a scan looks for passages if a report shows them, and dedup does not. */
typedef enum nd_find { ND_FIND_UNSAID, ND_FIND_DOCUMENTS, ND_FIND_PASSAGES } nd_find;

typedef struct nd_scan_settings {
    nd_texts operands;
    /* input */
    const char *files_from;
    bool nul;
    nd_texts include, exclude;
    bool hidden, follow_links;
    unsigned format; /* nd_format */
    nd_texts encodings;
    unsigned markup;    /* nd_markup */
    uint64_t expansion; /* times */
    nd_texts text_fields;
    const char *id_field;
    nd_source_setting source;
    uint64_t min_tokens;
    /* matching */
    double threshold, recall;
    nd_shingle_setting shingle;
    uint64_t bands, rows;
    uint64_t seed;
    unsigned clustering; /* neardup_clustering */
    unsigned find;       /* nd_find */
    uint64_t min_words;
    nd_keep keep;
    nd_texts against;
    /* running */
    uint64_t threads;
    uint64_t memory; /* bytes; 0: what there is decides */
    const char *temporary;
    unsigned kernels;         /* which of nd_kernel_choices */
    unsigned progress, color; /* nd_when */
    bool quiet, verbose;
    /* report */
    nd_report_settings reports;
    bool all, pairs;
    double pairs_from;
    uint64_t html_text; /* bytes */
    nd_limit fail_on;
    /* Not options: what another command asks of the corpus, and names it made itself. */
    bool whole;
    const char *absent_field;
    nd_texts owned;
} nd_scan_settings;

/* The least --memory that is taken. */
#define ND_MEMORY_LEAST ((uint64_t)64 << 20)

/* What --max-expansion is where nobody says. Text hardly ever becomes a hundred times as large, even with many copies
 * in it; a bomb of gzip data, whose format does not allow for more, 1,032 times. */
#define ND_EXPANSION_USUAL 1000

/* Bits in nd_option.only: the commands that share the table. */
enum { ND_FOR_SCAN = 1, ND_FOR_DEDUP = 2, ND_FOR_COMPARE = 4, ND_FOR_REPORT = 8 };

/* The options of `neardup scan` and `neardup dedup`, for nd_scan_settings and nd_dedup_settings, which begins with it.
 */
extern const nd_option nd_scan_options[];

/* The rows of them that a command has. */
nd_option_table nd_scan_option_table(unsigned command);

/* "auto", then names as neardup_options.kernels takes them; ended by NULL. */
extern const char *const nd_kernel_choices[];

/* Fills `settings` with the defaults and what `arguments` say, and checks what no option can check alone. NEARDUP_END
 * at --help. To be released whatever the outcome. `command` is ND_FOR_SCAN, or that of a command whose settings begin
 * with these. */
neardup_status nd_scan_settings_init(nd_scan_settings *settings, unsigned command, nd_strings arguments,
                                     neardup_error *error);

void nd_scan_settings_release(nd_scan_settings *settings, unsigned command);

/* The parts that the engine and the corpus take. What they point to belongs to `settings`. */
neardup_options nd_scan_settings_engine(const nd_scan_settings *settings);
nd_corpus_options nd_scan_settings_corpus(const nd_scan_settings *settings);

/* What the engine's options amount to; where they do not go together, says so in the words of the command line. */
neardup_status nd_scan_settings_plan(const neardup_options *options, neardup_plan *plan_out, neardup_error *error);

/* The folder of temporary files. */
const char *nd_scan_settings_folder(const nd_scan_settings *settings);

/* Whether so many dropped documents reach the limit. */
bool nd_limit_reached(const nd_limit *limit, uint64_t dropped, uint64_t documents);

#endif
