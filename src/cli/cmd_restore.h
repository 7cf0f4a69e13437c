/* SPDX-License-Identifier: MIT */
/* neardup restore: undo a dedup. */
#ifndef ND_CLI_CMD_RESTORE_H
#define ND_CLI_CMD_RESTORE_H

#include "cli/command.h"

/* Its options. */
extern const nd_option nd_restore_options[];

/* Returns the process's exit status. */
int nd_cmd_restore(const nd_command *command, nd_strings arguments);

#endif
