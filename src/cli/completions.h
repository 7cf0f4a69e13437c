/* SPDX-License-Identifier: MIT */
/* Completions for shells, made from the tables of commands and options. */
#ifndef ND_CLI_COMPLETIONS_H
#define ND_CLI_COMPLETIONS_H

#include <stdbool.h>
#include <stdio.h>

/* Writes the script for "bash", "zsh" or "fish"; false for another shell. */
bool nd_completions_write(FILE *out, const char *shell);

#endif
