/* SPDX-License-Identifier: MIT */
/* neardup compare: one pair, explained. */
#ifndef ND_CLI_CMD_COMPARE_H
#define ND_CLI_CMD_COMPARE_H

#include "cli/command.h"

int nd_cmd_compare(const nd_command *command, nd_strings arguments);

#endif
