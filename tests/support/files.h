/* SPDX-License-Identifier: MIT */
/* Files that tests make and read. A failure fails the test. */
#ifndef TESTS_SUPPORT_FILES_H
#define TESTS_SUPPORT_FILES_H

#include <stddef.h>

/* Writes a file at `path` below `folder`, with the folders that lead to it. */
void files_write(const char *folder, const char *path, const void *data, size_t size);

/* The same for a text. */
void files_write_text(const char *folder, const char *path, const char *text);

/* The whole content of a file, to be freed, with a NUL behind it. */
char *files_read(const char *path, size_t *size_out);

/* `folder`, a slash and `path`, to be freed. */
char *files_join(const char *folder, const char *path);

#endif
