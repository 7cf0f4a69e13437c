/* SPDX-License-Identifier: MIT */
/* What the command says on standard error. */
#ifndef ND_CLI_MESSAGE_H
#define ND_CLI_MESSAGE_H

/* Writes "neardup: " and the formatted text as one line, in which nothing can steer a terminal. What -q silences is for
 * the caller to leave out. */
void nd_message(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
