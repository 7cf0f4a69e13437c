/* SPDX-License-Identifier: MIT */
/* The commands of neardup: which there are, and how one is chosen. */
#ifndef ND_CLI_COMMAND_H
#define ND_CLI_COMMAND_H

#include "cli/option.h"
#include "io/cleanup.h"

/* How the process ends. Where several hold, FAILED wins over REACHED, and REACHED over PARTIAL. */
enum {
    ND_EXIT_DONE = 0,
    ND_EXIT_REACHED = 1,               /* --fail-on was reached */
    ND_EXIT_FAILED = 2,                /* wrong usage, or it could not be done; no output was left behind */
    ND_EXIT_PARTIAL = 3,               /* done, but something named could not be read, or records were bad */
    ND_EXIT_SIGNAL = ND_CLEANUP_STATUS /* plus the number of the signal */
};

typedef struct nd_command {
    const char *name;
    const char *operands; /* in the usage line: "PATH..." */
    const char *summary;  /* one line */
    const char *details;  /* a paragraph below the usage line */
    const char *examples; /* lines, each indented by two */
    nd_option_table options;
    bool reports; /* it writes reports, whose formats help lists */
    int (*run)(const struct nd_command *command, nd_strings arguments); /* arguments behind the command's name */
} nd_command;

/* Runs the command that the arguments of main() name and returns the process's exit status. */
int nd_command_run(int argc, char **argv);

/* All commands. */
const nd_command *nd_commands(size_t *count_out);

#endif
