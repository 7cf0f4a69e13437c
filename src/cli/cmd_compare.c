/* SPDX-License-Identifier: MIT */
#include "cli/cmd_compare.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/help.h"
#include "cli/message.h"
#include "cli/operand.h"
#include "cli/scan_settings.h"
#include "cli/terminal.h"
#include "io/output.h"
#include "report/comparison.h"
#include "report/wording.h"

/* A comparison from settings to page. */
typedef struct pair {
    nd_scan_settings settings;
    neardup_options options;
    neardup_plan plan;
    nd_operand operands[2];
    char *names[2];
    neardup_similarity similarity;
    neardup_alignment *alignment;
    nd_output output;
} pair;

static neardup_status read_operands(pair *p, neardup_error *error) {
    const nd_corpus_options options = nd_scan_settings_corpus(&p->settings);
    char *const *names = p->settings.operands.items;
    if (strcmp(names[0], "-") == 0 && strcmp(names[1], "-") == 0)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "only one of the two texts can come from standard input");
    for (int i = 0; i < 2; i++) {
        nd_progress progress;
        nd_progress_init(&progress, (nd_when)p->settings.progress);
        neardup_status status = nd_operand_read(names[i], &options, &progress, &p->operands[i], error);
        if (status) return status;
    }
    return NEARDUP_OK;
}

static neardup_status name_operands(pair *p, neardup_error *error) {
    for (int i = 0; i < 2; i++) {
        const char *name = p->settings.operands.items[i];
        size_t size;
        FILE *out = open_memstream(&p->names[i], &size);
        if (!out) return nd_fail_memory(error);
        nd_write_visible(out, (nd_span){name, strlen(name)});
        if (fclose(out)) return nd_fail_memory(error);
    }
    return NEARDUP_OK;
}

static neardup_status prepare(pair *p, nd_strings arguments, neardup_error *error) {
    neardup_status status = nd_scan_settings_init(&p->settings, ND_FOR_COMPARE, arguments, error);
    if (status) return status;
    p->options = nd_scan_settings_engine(&p->settings);
    return nd_scan_settings_plan(&p->options, &p->plan, error);
}

static nd_comparison comparison_of(const pair *p) {
    return (nd_comparison){
        .names = {p->names[0], p->names[1]},
        .texts = {&p->operands[0].text, &p->operands[1].text},
        .options = &p->options,
        .plan = &p->plan,
        .similarity = &p->similarity,
        .alignment = p->alignment,
        .all = p->settings.all,
    };
}

static neardup_status run(pair *p, neardup_error *error) {
    const neardup_text *a = &p->operands[0].text, *b = &p->operands[1].text;
    neardup_status status = read_operands(p, error);
    if (!status) status = name_operands(p, error);
    if (!status) status = neardup_compare(&p->options, a, b, &p->similarity, error);
    if (!status) status = neardup_align(&p->options, a, b, &p->alignment, error);
    if (!status) status = nd_output_find("-", &p->output, error);
    if (!status) status = nd_output_open(&p->output, error);
    if (status) return status;
    FILE *out = p->output.file;
    const nd_comparison comparison = comparison_of(p);
    const nd_layout layout = {out, nd_terminal_columns(out), nd_terminal_is_colored(out, (nd_when)p->settings.color)};
    status = nd_comparison_write(&comparison, &layout, error);
    return status ? status : nd_output_finish(&p->output, error);
}

static int exit_of(const pair *p) {
    const nd_comparison comparison = comparison_of(p);
    return nd_comparison_is_similar(&comparison) ? ND_EXIT_DONE : ND_EXIT_REACHED;
}

static void release(pair *p) {
    for (int i = 0; i < 2; i++) {
        nd_operand_release(&p->operands[i]);
        free(p->names[i]);
    }
    neardup_alignment_free(p->alignment);
    nd_output_release(&p->output);
    nd_scan_settings_release(&p->settings, ND_FOR_COMPARE);
}

int nd_cmd_compare(const nd_command *command, nd_strings arguments) {
    pair p = {0};
    neardup_error error = {0};
    int exit;
    neardup_status status = prepare(&p, arguments, &error);
    if (status == NEARDUP_END) {
        exit = nd_help_print(command, arguments);
    } else if (status) {
        exit = nd_help_refuse(command, &error);
    } else if ((status = run(&p, &error)) == NEARDUP_OK) {
        exit = exit_of(&p);
    } else if (p.output.broken_pipe) {
        exit = ND_EXIT_SIGNAL + SIGPIPE;
    } else {
        nd_message("%s", error.text[0] ? error.text : neardup_status_text(status));
        exit = ND_EXIT_FAILED;
    }
    release(&p);
    return exit;
}
