/* SPDX-License-Identifier: MIT */
/* neardup report: a saved result, rendered again. */
#ifndef ND_CLI_CMD_REPORT_H
#define ND_CLI_CMD_REPORT_H

#include "cli/command.h"

int nd_cmd_report(const nd_command *command, nd_strings arguments);

#endif
