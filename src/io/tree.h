/* SPDX-License-Identifier: MIT */
/* Folders made and removed with all that leads to them or is in them. Failures are told through errno. */
#ifndef ND_IO_TREE_H
#define ND_IO_TREE_H

#include <stdbool.h>
#include <stddef.h>

/* Makes the folders that lead to `path`, and it too where `whole`; those in its first `from` bytes are there. 0 or -1.
 */
int nd_tree_make(const char *path, size_t from, bool whole);

/* Removes a folder and all that is in it; links are not followed. Safe in a signal handler. 0, or -1 where something is
 * left. */
int nd_tree_remove(const char *folder);

#endif
