/* SPDX-License-Identifier: MIT */
#include "cli/cmd_restore.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "cli/dedup_settings.h"
#include "cli/help.h"
#include "cli/message.h"
#include "filter/place.h"
#include "filter/restore.h"
#include "report/wording.h"

typedef struct settings {
    nd_texts operands;
    const char *dropped, *bad, *decisions, *out;
    uint64_t threads;
    bool quiet;
} settings;

#define FIELD(name) .field = offsetof(settings, name)

/* clang-format off */
const nd_option nd_restore_options[] = {
    {.group = "Options",
     .name = "dropped", .kind = ND_OPTION_TEXT, .argument = "FILE|DIR", FIELD(dropped),
     .help = "what dedup --dropped wrote"},
    {.name = "bad-records", .kind = ND_OPTION_TEXT, .argument = "FILE", FIELD(bad),
     .help = "what dedup --bad-records wrote"},
    {.name = "decisions", .kind = ND_OPTION_TEXT, .argument = "FILE", FIELD(decisions),
     .help = "what dedup --decisions wrote"},
    {.name = "output", .letter = 'o', .kind = ND_OPTION_TEXT, .argument = "ORIGINAL", FIELD(out),
     .help = "the file to make, a folder (with a slash at its end), or - for standard output"},
    {.name = "threads", .letter = 'j', .kind = ND_OPTION_COUNT, .argument = "N", FIELD(threads), .low = 1, .high = 1024,
     .help = "threads that compress [1]"},
    {.name = "quiet", .letter = 'q', .kind = ND_OPTION_FLAG, FIELD(quiet),
     .help = "do not say what was done"},
    {.name = "help", .letter = 'h', .kind = ND_OPTION_HELP,
     .help = "print this help"},
    {.name = NULL},
};
/* clang-format on */

static const nd_option_table table = {nd_restore_options, 0, false};

static neardup_status check_settings(const settings *s, neardup_error *error) {
    if (s->operands.count != 1)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "name what neardup dedup wrote: one file or folder");
    if (!s->decisions || !*s->decisions)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "--decisions is needed: it says where each line belongs");
    if (!s->out || !*s->out)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "say with -o where to write: a file, a folder, or -");
    return NEARDUP_OK;
}

/* The output must not replace what it is made from. */
static neardup_status check_output(const settings *s, const nd_output *output, neardup_error *error) {
    const char *const inputs[] = {s->operands.items[0], s->dropped, s->bad, s->decisions};
    struct stat found;
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        if (inputs[i] && output->stat.st_ino && S_ISREG(output->stat.st_mode) && stat(inputs[i], &found) == 0 &&
            found.st_dev == output->stat.st_dev && found.st_ino == output->stat.st_ino)
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "%.300s is an input: name another output", inputs[i]);
    return NEARDUP_OK;
}

/* Nor may it be put into a folder of those. */
static neardup_status check_outside(const settings *s, neardup_error *error) {
    const char *const folders[] = {s->operands.items[0], s->dropped};
    if (strcmp(s->out, "-") == 0) return NEARDUP_OK;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (folders[i] && nd_names_folder(folders[i]) && nd_place_is_below(s->out, folders[i]))
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                           "%.200s is inside the folder %.200s that is read: name another place with -o", s->out,
                           folders[i]);
    return NEARDUP_OK;
}

static neardup_status prepare(nd_restore *r, const settings *s, nd_output *output, neardup_error *error) {
    const char *kept = s->operands.items[0];
    *r = (nd_restore){.kept = kept,
                      .kept_folder = nd_names_folder(kept),
                      .dropped = s->dropped,
                      .dropped_folder = s->dropped && nd_names_folder(s->dropped),
                      .bad = s->bad,
                      .decisions = s->decisions,
                      .target = {.name = s->out,
                                 .option = "-o",
                                 .folder = nd_names_folder(s->out),
                                 .always = true,
                                 .hashed = true,
                                 .threads = (unsigned)s->threads,
                                 .descriptor = -1,
                                 .staging = {.lock = -1}}};
    neardup_status status = check_outside(s, error);
    if (!status && !r->target.folder) {
        r->target.file = output;
        status = nd_output_find(s->out, output, error);
        if (!status) status = check_output(s, output, error);
        if (!status) status = nd_output_open(output, error);
    }
    return status ? status : nd_target_open(&r->target, error);
}

static neardup_status run(nd_restore *r, nd_output *output, neardup_error *error) {
    neardup_status status = nd_restore_run(r, error);
    if (!status) status = nd_target_finish(&r->target, error);
    if (status) return status;
    nd_cleanup_hold();
    status = r->target.folder ? nd_target_place(&r->target, error) : nd_output_commit(output, error);
    if (status && r->target.folder) nd_staging_retract(&r->target.staging, error);
    nd_cleanup_go_on();
    return status;
}

static void tell(const nd_restore *r) {
    char passages[96] = "";
    if (r->spliced)
        snprintf(passages, sizeof passages, ", and %s", nd_wording_counted(r->spliced, "passage", "passages").text);
    nd_message("%s restored and checked: %s, %s put back%s", nd_wording_counted(r->files, "file", "files").text,
               nd_wording_counted(r->lines, "line", "lines").text, nd_wording_count(r->put_back).text, passages);
}

int nd_cmd_restore(const nd_command *command, nd_strings arguments) {
    settings s = {.threads = 1};
    nd_restore r = {.target = {.descriptor = -1, .staging = {.lock = -1}}};
    nd_output output = {0};
    neardup_error error = {0};
    int exit = ND_EXIT_DONE;
    neardup_status status = nd_options_read(table, arguments, &s, &s.operands, &error);
    if (!status) status = check_settings(&s, &error);
    if (!status) status = prepare(&r, &s, &output, &error);
    if (status == NEARDUP_END) {
        exit = nd_help_print(command, arguments);
    } else if (status == NEARDUP_ERROR_ARGUMENT) {
        exit = nd_help_refuse(command, &error);
    } else {
        if (!status) status = run(&r, &output, &error);
        if (status) nd_cleanup_yield();
        if (status && output.broken_pipe)
            exit = ND_EXIT_SIGNAL + SIGPIPE;
        else if (status) {
            exit = ND_EXIT_FAILED;
            nd_message("%s", error.text);
        } else if (!s.quiet) {
            tell(&r);
        }
    }
    nd_output_release(&output);
    nd_target_release(&r.target, status != NEARDUP_OK);
    nd_restore_release(&r);
    nd_options_release(table, &s);
    nd_texts_release(&s.operands);
    return exit;
}
