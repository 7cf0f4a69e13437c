/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include <string.h>

#include "base/error.h"
#include "cli/cmd_compare.h"
#include "cli/cmd_dedup.h"
#include "cli/cmd_report.h"
#include "cli/cmd_restore.h"
#include "cli/cmd_scan.h"
#include "cli/help.h"
#include "cli/scan_settings.h"
#include "cli/suggestion.h"
#include "io/cleanup.h"

static const nd_command commands[] = {
    {
        .name = "scan",
        .operands = "PATH...",
        .summary = "find duplicates and report them",
        .details = "Finds documents that are copies or near-copies of each other and reports which could go and why. "
                   "PATH is a file, a folder, or - for standard input; gzip and zstd are read as they are. Nothing is "
                   "changed or removed.",
        .examples = "  neardup scan news/                        a report to read\n"
                    "  neardup scan -t 80% --keep longest news/  stricter; the longest copy stays\n"
                    "  neardup scan -r csv:copies.csv news/      a table for a spreadsheet\n"
                    "  zcat crawl.jsonl.gz | neardup scan -r jsonl:found.jsonl -\n"
                    "                                            records from a pipe, for a program\n"
                    "  neardup scan -r paths -0 news/ | xargs -0 ls -l\n"
                    "                                            what could go, one by one\n",
        .options = {nd_scan_options, ND_FOR_SCAN, false},
        .reports = true,
        .run = nd_cmd_scan,
    },
    {
        .name = "dedup",
        .operands = "INPUT... [-o OUT]",
        .summary = "copy records or files without duplicates",
        .details =
            "Copies the records of JSON Lines, or the files of a folder, and leaves out those that are copies or "
            "near-copies of one that stays. What stays is copied byte for byte and in order; outputs appear under "
            "their names when they are whole, or not at all. INPUT is a file, a folder, or - for standard input.",
        .examples = "  zcat crawl.jsonl.gz | neardup dedup - > kept.jsonl\n"
                    "                                            in a pipeline\n"
                    "  neardup dedup shards/ -o out/             every shard under its own name\n"
                    "  neardup dedup news/ -o kept/ --link       files, linked rather than copied\n"
                    "  neardup dedup today.jsonl -o new.jsonl --against yesterday.jsonl\n"
                    "                                            what is new\n"
                    "  neardup dedup in.jsonl -o out.jsonl --dropped gone.jsonl --decisions why.jsonl\n"
                    "                                            what went, and why\n"
                    "  neardup dedup --find documents,passages --passages cut news/ -o lean/\n"
                    "                                            repeated passages are cut out, too\n",
        .options = {nd_scan_options, ND_FOR_DEDUP, false},
        .reports = true,
        .run = nd_cmd_dedup,
    },
    {
        .name = "compare",
        .operands = "A B",
        .summary = "explain one pair of texts",
        .details =
            "Says how alike two texts are, whether that makes them duplicates and why, whether a scan with the "
            "same options would find them, and shows the passages they share side by side. A and B are files, or "
            "records: FILE:N is the one in line N of FILE. The exit status is 0 when they are similar, 1 when "
            "they are not.",
        .examples = "  neardup compare mon/fire.txt tue/fire.txt two articles\n"
                    "  neardup compare crawl.jsonl:17 crawl.jsonl:90211\n"
                    "                                            two records of one file\n"
                    "  neardup compare -t 90% --all a.txt b.txt  by a stricter measure, every line\n",
        .options = {nd_scan_options, ND_FOR_COMPARE, true},
        .run = nd_cmd_compare,
    },
    {
        .name = "report",
        .operands = "RESULT",
        .summary = "render a saved result again",
        .details =
            "Reads a result that neardup scan saved with -r jsonl:RESULT and writes it in other formats. Texts are "
            "shown as far as the inputs are still there and still are what they were: below the working folder, "
            "or below that of RESULT.",
        .examples = "  neardup report found.jsonl                a report to read\n"
                    "  neardup report found.jsonl -r csv:found.csv -r text:found.txt\n"
                    "                                            several at once\n",
        .options = {nd_scan_options, ND_FOR_REPORT, true},
        .reports = true,
        .run = nd_cmd_report,
    },
    {
        .name = "restore",
        .operands = "OUT --dropped FILE --decisions FILE -o ORIGINAL",
        .summary = "undo a dedup",
        .details = "Puts what neardup dedup dropped or cut back into its places: from what it wrote (OUT), what it "
                   "dropped and "
                   "its decisions it makes the inputs again, byte for byte, and checks them.",
        .examples = "  neardup restore out.jsonl --dropped gone.jsonl --decisions why.jsonl -o again\n"
                    "  neardup restore out/ --dropped gone/ --decisions why.jsonl -o again/\n"
                    "                                            a folder of shards\n",
        .options = {nd_restore_options, 0, false},
        .run = nd_cmd_restore,
    },
};

const nd_command *nd_commands(size_t *count_out) {
    *count_out = sizeof commands / sizeof *commands;
    return commands;
}

static int refuse_command(const char *word) {
    neardup_error error;
    nd_suggestion suggestion = {0};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        nd_suggestion_offer(&suggestion, word, commands[i].name);
    nd_suggestion_offer(&suggestion, word, "--help");
    nd_suggestion_offer(&suggestion, word, "--version");
    nd_suggestion_offer(&suggestion, word, "--man");
    nd_suggestion_offer(&suggestion, word, "--completions");
    const char *what = word[0] == '-' ? "option" : "command";
    if (suggestion.best)
        nd_fail(&error, NEARDUP_ERROR_ARGUMENT, "unknown %s '%s'; did you mean '%s'?", what, word, suggestion.best);
    else
        nd_fail(&error, NEARDUP_ERROR_ARGUMENT, "unknown %s '%s'", what, word);
    return nd_help_refuse(NULL, &error);
}

int nd_command_run(int argc, char **argv) {
    nd_cleanup_install();
    if (argc < 2) {
        neardup_error error;
        nd_fail(&error, NEARDUP_ERROR_ARGUMENT, "say what to do, as in: neardup scan FOLDER");
        return nd_help_refuse(NULL, &error);
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return nd_help_print_all();
    if (strcmp(word, "--version") == 0) return nd_help_print_version();
    if (strcmp(word, "--man") == 0) return nd_help_print_man();
    if (strcmp(word, "--completions") == 0) return nd_help_print_completions(argc > 2 ? argv[2] : NULL);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(word, commands[i].name) != 0) continue;
        nd_strings arguments = {(const char *const *)argv + 2, (size_t)argc - 2};
        return commands[i].run(&commands[i], arguments);
    }
    return refuse_command(word);
}
