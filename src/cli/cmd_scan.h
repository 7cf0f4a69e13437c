/* SPDX-License-Identifier: MIT */
/* neardup scan: find duplicates and report them. */
#ifndef ND_CLI_CMD_SCAN_H
#define ND_CLI_CMD_SCAN_H

#include "cli/command.h"

/* Returns the process's exit status. */
int nd_cmd_scan(const nd_command *command, nd_strings arguments);

#endif
