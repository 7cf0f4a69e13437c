/* SPDX-License-Identifier: MIT */
/* neardup dedup: copy records or files, leaving duplicates out. */
#ifndef ND_CLI_CMD_DEDUP_H
#define ND_CLI_CMD_DEDUP_H

#include "cli/command.h"

/* Returns the process's exit status. */
int nd_cmd_dedup(const nd_command *command, nd_strings arguments);

#endif
