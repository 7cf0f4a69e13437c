/* SPDX-License-Identifier: MIT */
/* Copies one file. */
#ifndef ND_FILTER_COPY_H
#define ND_FILTER_COPY_H

#include "base/hash.h"

/* Makes the new file `to` a copy of the regular file `from`, with its times and permissions; with `link` one that
 * shares its bytes (a reflink, or else another name of the same file) where the file systems can. *bytes_out is its
 * size; where `hash_out` is not NULL it is the XXH3-128. NEARDUP_ERROR_SYSTEM with errno for what cannot be written,
 * NEARDUP_ERROR_SOURCE for what cannot be read. */
neardup_status nd_copy_file(const char *from, const char *to, bool link, nd_hash128 *hash_out, uint64_t *bytes_out,
                            neardup_error *error);

/* Gives the file `to` the times and permissions of `from`, as far as its file system keeps any. */
void nd_copy_attributes(const char *from, const char *to);

/* Computes the XXH3-128 and the size of a file. NEARDUP_ERROR_SOURCE where it cannot be read. */
neardup_status nd_hash_file(const char *path, nd_hash128 *hash_out, uint64_t *bytes_out, neardup_error *error);

/* The same of what is in a file, which may be compressed. NEARDUP_ERROR_SOURCE where it cannot be read to its end. */
neardup_status nd_hash_content(const char *path, nd_hash128 *hash_out, uint64_t *bytes_out, neardup_error *error);

#endif
