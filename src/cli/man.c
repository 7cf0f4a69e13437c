/* SPDX-License-Identifier: MIT */
#include "cli/man.h"

#include <string.h>

#include "cli/command.h"
#include "report/report.h"

/* Examples as they are run; tests run them, too. */
static const struct {
    const char *title, *lines;
} examples[] = {
    {"In a pipeline: records come in, those that are copies of an earlier one stay out, the others go on byte for "
     "byte.",
     "gzip -c news.jsonl | neardup dedup -q - | wc -l\n"},
    {"One pair: why are these two duplicates, and where do they differ?",
     "neardup compare news.jsonl:1 news.jsonl:2\n"},
    {"Shards: each is written under its own name, what was dropped likewise, and why.jsonl tells why each record went.",
     "neardup dedup shards/ -o out/ --dropped dropped/ --decisions why.jsonl\n"},
    {"Undo: the inputs again, byte for byte, and checked.",
     "neardup restore out/ --dropped dropped/ --decisions why.jsonl -o again/\ndiff -r shards again\n"},
    {"Yesterday's corpus as reference: only what is new today.",
     "neardup dedup today.jsonl -o new.jsonl --against yesterday.jsonl\n"},
    {"Marks instead of removal, for a program to choose by.",
     "neardup dedup --mode annotate news.jsonl -o - | jq -c 'select(.neardup.keep) | .id'\n"},
    {"Articles in a folder: a report to read, and the folder without copies, in which files are linked, not copied.",
     "neardup scan articles/\nneardup dedup articles/ -o kept/ --link\n"},
    {"Parquet, with a converter on both sides, here DuckDB.",
     "duckdb -c \"COPY (FROM 'crawl/*.parquet') TO '/dev/stdout' (FORMAT json)\" |\n  neardup dedup - >kept.jsonl\n"
     "duckdb -c \"COPY (FROM read_json('kept.jsonl')) TO 'kept.parquet'\"\n"},
    {"What stands elsewhere in what stays is cut out, sentence by sentence, and can be put back; the first place of "
     "each "
     "passage is left alone.",
     "neardup dedup --find documents,passages --passages cut articles/ -o lean/ --dropped cut/ --decisions cuts.jsonl\n"
     "jq -r 'select(.action == \"cut\") | [.path, .begin, .end, .dup_path] | @tsv' cuts.jsonl\n"
     "neardup restore lean/ --dropped cut/ --decisions cuts.jsonl -o whole/\ndiff -r articles whole\n"},
    {"A guard: nothing is written when more than a fifth of all records, or of a source, would go.",
     "neardup dedup --max-drop 20% news.jsonl -o news-once.jsonl || echo refused\n"},
};

/* Writes text so that roff leaves it as it is. */
static void write_text(FILE *out, const char *text) {
    bool line_start = true;
    for (; *text; text++) {
        if (line_start && (*text == '.' || *text == '\'')) fputs("\\&", out);
        line_start = *text == '\n';
        if (*text == '\\')
            fputs("\\e", out);
        else if (*text == '-')
            fputs("\\-", out);
        else
            putc(*text, out);
    }
}

static void write_paragraph(FILE *out, const char *text) {
    fputs(".PP\n", out);
    write_text(out, text);
    putc('\n', out);
}

static void write_option(FILE *out, const nd_option *option) {
    fputs(".TP\n", out);
    if (option->letter) fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", out);
    write_text(out, option->name);
    fputs("\\fR", out);
    if (option->argument) {
        fputs(" \\fI", out);
        write_text(out, option->argument);
        fputs("\\fR", out);
    }
    putc('\n', out);
    write_text(out, option->help);
    putc('\n', out);
}

static void write_command(FILE *out, const nd_command *command) {
    fprintf(out, ".SH \"NEARDUP %s\"\n", command->name);
    fprintf(out, ".B neardup %s\n[\\fIOPTIONS\\fR] ", command->name);
    write_text(out, command->operands);
    putc('\n', out);
    write_paragraph(out, command->details);
    const char *group = NULL;
    for (const nd_option *option = NULL; (option = nd_option_next(command->options, option));) {
        const char *before = group;
        group = nd_option_group(command->options, option);
        if (group && group != before) fprintf(out, ".SS %s\n", group);
        write_option(out, option);
    }
    if (!command->reports) return;
    size_t count;
    const nd_report_format *formats = nd_report_formats(&count);
    fputs(".SS Formats of reports\n", out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, ".TP\n\\fB%s\\fR\n", formats[i].name);
        write_text(out, formats[i].summary);
        putc('\n', out);
    }
}

static void write_statuses(FILE *out) {
    static const char *const statuses[][2] = {
        {"0", "done, whether or not there were duplicates"},
        {"1", "the limit of --fail-on or --max-drop was reached, and for the latter nothing is written; compare: the "
              "two are "
              "not similar"},
        {"2", "wrong usage, or it could not be done; no output is left behind"},
        {"3", "done, but something that was named could not be read, or records were bad: they stay in place, unless "
              "--bad-records moves them, and then they are no reason for this status"},
        {"128+n", "ended by signal n (141: the reader of standard output went away)"},
    };
    fputs(".SH EXIT STATUS\n", out);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        fprintf(out, ".TP\n%s\n", statuses[i][0]);
        write_text(out, statuses[i][1]);
        putc('\n', out);
    }
}

void nd_man_write(FILE *out) {
    fprintf(out, ".TH NEARDUP 1 \"\" \"neardup %s\" \"User Commands\"\n.SH NAME\n", neardup_version());
    fputs("neardup \\- find text that says the same thing twice, and leave it out\n.SH SYNOPSIS\n", out);
    size_t count;
    const nd_command *commands = nd_commands(&count);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%s.B neardup %s\n[\\fIOPTIONS\\fR] ", i ? ".br\n" : "", commands[i].name);
        write_text(out, commands[i].operands);
        putc('\n', out);
    }
    fputs(".br\n.B neardup \\-\\-completions\nbash|zsh|fish\n.SH DESCRIPTION\n", out);
    write_text(out,
               "neardup finds documents that are copies or near-copies of each other: files, or records in JSON Lines. "
               "Every similarity it tells is computed on the texts themselves; a document goes only for one that "
               "stays and resembles it at least as much as the threshold says; the result does not depend on the "
               "number of threads.\n");
    for (size_t i = 0; i < count; i++) write_command(out, &commands[i]);
    write_statuses(out);
    fputs(".SH FILES\n.TP\nneardup.json\n", out);
    write_text(out,
               "in a folder written by dedup: the parameters, and size and XXH3-128 of every input and output. It is "
               "written last: where it is, the run succeeded.\n");
    fputs(".TP\n", out);
    write_text(
        out,
        ".neardup-part\n"
        "in such a folder while it is being written; what a killed run leaves there the next one removes. Outputs get "
        "their places together at the end, for signals and failures either all of them or none; only a run that is "
        "killed (SIGKILL, a loss of power) in that moment can leave some of them without a manifest, and the next "
        "one removes what it does not write anew.\n");
    fputs(".SH ENVIRONMENT\n", out);
    write_text(out, "TMPDIR (where what memory has no room for is kept, input from a pipe that is read again among "
                    "it), COLUMNS, NO_COLOR, TERM.\n");
    fputs(".SH EXAMPLES\n", out);
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        write_paragraph(out, examples[i].title);
        fputs(".PP\n.RS 4\n.EX\n", out);
        write_text(out, examples[i].lines);
        fputs(".EE\n.RE\n", out);
    }
}
