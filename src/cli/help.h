/* SPDX-License-Identifier: MIT */
/* What --help and --version print, made from the tables of commands and options. */
#ifndef ND_CLI_HELP_H
#define ND_CLI_HELP_H

#include "cli/command.h"

/* Print to standard output; the exit status says whether that could be done. */
int nd_help_print_all(void);
int nd_help_print(const nd_command *command, nd_strings arguments); /* as it was called: --help-all is longer */
int nd_help_print_version(void);
int nd_help_print_man(void);
int nd_help_print_completions(const char *shell); /* NULL: none was named, and refused as another one is */

/* Says on standard error what is wrong with how a command (or, where NULL, neardup) was called, and where help is.
 * Returns ND_EXIT_FAILED. */
int nd_help_refuse(const nd_command *command, const neardup_error *error);

#endif
