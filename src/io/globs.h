/* SPDX-License-Identifier: MIT */
/* Globs that choose files by their path and name. */
#ifndef ND_IO_GLOBS_H
#define ND_IO_GLOBS_H

#include "base/bytes.h"

/* A list of C strings, borrowed. */
typedef struct nd_strings {
    const char *const *items;
    size_t count;
} nd_strings;

/* Globs, ready to match. All zero has none. */
typedef struct nd_globs {
    nd_buffer texts; /* one behind the other, each with a NUL behind it */
} nd_globs;

/*
 * Adds `globs`, as fnmatch(3) takes them; * matches a slash too. One that begins with a slash is matched with the path
 * only, others with the name as well. A component of two asterisks stands for no folder too (the first eight of a glob
 * do): what stands on either side of it may be next to each other.
 */
neardup_status nd_globs_add(nd_globs *globs, nd_strings strings);
void nd_globs_release(nd_globs *globs);

/* Whether one of them matches a file or folder with this path and name. */
bool nd_globs_match(const nd_globs *globs, const char *path, const char *name);

#endif
