/* SPDX-License-Identifier: MIT */
/* What a stream that people may be looking at can show. */
#ifndef ND_CLI_TERMINAL_H
#define ND_CLI_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

/* When to do what only makes sense on terminals. */
typedef enum nd_when { ND_WHEN_AUTO, ND_WHEN_ALWAYS, ND_WHEN_NEVER } nd_when;

/* Columns for a report on `out`: what COLUMNS says, else those of its terminal, else 80. At most 1,000. */
unsigned nd_terminal_columns(FILE *out);

/* Whether to use colours: AUTO does on terminals that are not "dumb", unless NO_COLOR says otherwise. */
bool nd_terminal_is_colored(FILE *out, nd_when when);

#endif
