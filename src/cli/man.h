/* SPDX-License-Identifier: MIT */
/* The manual page, made from the tables of commands and options. */
#ifndef ND_CLI_MAN_H
#define ND_CLI_MAN_H

#include <stdio.h>

/* Writes neardup(1) as roff. */
void nd_man_write(FILE *out);

#endif
