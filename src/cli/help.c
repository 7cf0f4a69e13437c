/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include <signal.h>
#include <string.h>

#include "base/error.h"
#include "cli/completions.h"
#include "cli/man.h"
#include "cli/message.h"
#include "io/output.h"
#include "report/report.h"

enum {
    HELP_COLUMN = 28, /* where the words about an option begin */
    HELP_WIDTH = 80,
    FEW = 20 /* options that fit a screen, so that --help lists them all */
};

/* Writes words from column `column` on, broken at HELP_WIDTH and indented to `indent`. */
static void write_wrapped(FILE *out, const char *text, size_t column, size_t indent) {
    bool line_start = true;
    while (*text) {
        size_t size = strcspn(text, " ");
        if (!line_start && column + 1 + size > HELP_WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
            line_start = true;
        }
        fprintf(out, "%s%.*s", line_start ? "" : " ", (int)size, text);
        column += size + !line_start;
        line_start = false;
        text += size;
        text += *text == ' ';
    }
    putc('\n', out);
}

static void write_option(FILE *out, const nd_option *option) {
    char left[64], letter[8] = "    ";
    if (option->letter) snprintf(letter, sizeof letter, "-%c, ", option->letter);
    int size = snprintf(left, sizeof left, "  %s--%s%s%s", letter, option->name, option->argument ? " " : "",
                        option->argument ? option->argument : "");
    fputs(left, out);
    if (size + 2 > HELP_COLUMN) {
        putc('\n', out);
        size = 0;
    }
    fprintf(out, "%*s", HELP_COLUMN - size, "");
    write_wrapped(out, option->help, HELP_COLUMN, HELP_COLUMN);
}

static void write_formats(FILE *out) {
    size_t count;
    const nd_report_format *formats = nd_report_formats(&count);
    fputs("\nFormats of reports:\n", out);
    for (size_t i = 0; i < count; i++) fprintf(out, "  %-8s%s\n", formats[i].name, formats[i].summary);
}

static size_t count_options(nd_option_table table) {
    size_t count = 0;
    for (const nd_option *option = NULL; (option = nd_option_next(table, option));) count++;
    return count;
}

/* All options by groups, or the usual ones. */
static void write_options(FILE *out, nd_option_table table, bool all) {
    const char *group = all ? NULL : "Usual options";
    if (!all) fprintf(out, "\n%s:\n", group);
    for (const nd_option *option = NULL; (option = nd_option_next(table, option));) {
        const char *before = group;
        if (all) group = nd_option_group(table, option);
        if (group && group != before) fprintf(out, "\n%s:\n", group);
        if (all || option->usual & table.command) write_option(out, option);
    }
}

static void write_command(FILE *out, const nd_command *command, bool all) {
    fprintf(out, "Usage: neardup %s [OPTIONS] %s\n\n", command->name, command->operands);
    write_wrapped(out, command->details, 0, 0);
    fprintf(out, "\nExamples:\n%s", command->examples);
    write_options(out, command->options, all);
    if (all && command->reports) write_formats(out);
}

static void write_all(FILE *out) {
    fputs("neardup finds text that says the same thing twice: documents that are copies or\n"
          "near-copies of each other.\n\n"
          "Usage:\n",
          out);
    size_t count;
    const nd_command *commands = nd_commands(&count);
    for (size_t i = 0; i < count; i++) {
        int size = fprintf(out, "  neardup %s [OPTIONS] %s", commands[i].name, commands[i].operands);
        if (size > 38) size = fprintf(out, "\n") - 1;
        fprintf(out, "%*s%s\n", 40 - size, "", commands[i].summary);
    }
    fputs("  neardup COMMAND --help                what COMMAND takes, with examples\n"
          "  neardup --version\n"
          "  neardup --man                         the manual page, for man -l -\n"
          "  neardup --completions SHELL           completions for bash, zsh or fish\n\n"
          "Examples:\n",
          out);
    for (size_t i = 0; i < count; i++) fputs(commands[i].examples, out);
}

static void write_version(FILE *out) {
    neardup_options options;
    neardup_plan plan = {.kernels = "unknown"};
    neardup_options_init(&options);
    neardup_options_plan(&options, &plan, NULL);
    fprintf(out, "neardup %s\nUnicode %s, scheme %u, %s kernels\n", neardup_version(), neardup_unicode_version(),
            (unsigned)neardup_scheme(), plan.kernels);
}

/* Closes what was printed to standard output and says how that went. */
static int finish(void) {
    nd_output output = {0};
    neardup_error error;
    if (nd_output_find("-", &output, &error) == NEARDUP_OK && nd_output_open(&output, &error) == NEARDUP_OK &&
        nd_output_finish(&output, &error) == NEARDUP_OK)
        return ND_EXIT_DONE;
    if (output.broken_pipe) return ND_EXIT_SIGNAL + SIGPIPE;
    nd_message("%s", error.text);
    return ND_EXIT_FAILED;
}

int nd_help_print_all(void) {
    write_all(stdout);
    return finish();
}

int nd_help_print(const nd_command *command, nd_strings arguments) {
    bool all = count_options(command->options) <= FEW;
    for (size_t i = 0; i < arguments.count; i++) all |= strcmp(arguments.items[i], "--help-all") == 0;
    write_command(stdout, command, all);
    return finish();
}

int nd_help_print_version(void) {
    write_version(stdout);
    return finish();
}

int nd_help_print_man(void) {
    nd_man_write(stdout);
    return finish();
}

int nd_help_print_completions(const char *shell) {
    if (nd_completions_write(stdout, shell ? shell : "")) return finish();
    neardup_error error;
    if (shell)
        nd_fail(&error, NEARDUP_ERROR_ARGUMENT, "--completions takes bash, zsh or fish, not '%s'", shell);
    else
        nd_fail(&error, NEARDUP_ERROR_ARGUMENT, "--completions needs a value: bash, zsh or fish");
    return nd_help_refuse(NULL, &error);
}

int nd_help_refuse(const nd_command *command, const neardup_error *error) {
    nd_message("%s", error->text);
    if (error->status == NEARDUP_ERROR_MEMORY) return ND_EXIT_FAILED; /* it was not called the wrong way */
    if (command)
        nd_message("try 'neardup %s --help'", command->name);
    else
        nd_message("try 'neardup --help'");
    return ND_EXIT_FAILED;
}
