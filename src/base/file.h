/* SPDX-License-Identifier: MIT */
/* Files as the operating system sees them: opening, reading, writing. Failures are told through errno. */
#ifndef ND_BASE_FILE_H
#define ND_BASE_FILE_H

#include <sys/stat.h>
#include <sys/types.h>

#include "base/bytes.h"

/* Opens `path` for reading, however long it is (longer than PATH_MAX: folder by folder). `flags` are further flags of
 * open(2), such as O_DIRECTORY. Returns a descriptor that is closed on exec, or -1. */
int nd_file_open(const char *path, int flags);

/* What stat(2) tells of `path`, however long it is; of the link itself unless `follow`. 0 or -1. */
int nd_file_stat(const char *path, bool follow, struct stat *stat_out);

/* One read(2) that is not interrupted; with `offset` >= 0 one pread(2) from there. Bytes, 0 at the end, or -1. */
ssize_t nd_file_read(int fd, void *data, size_t size, off_t offset);

/* Reads exactly `size` bytes from `offset` on. 0, or -1: with EIO where the file ends before. */
int nd_file_read_whole(int fd, void *data, size_t size, off_t offset);

/* Writes all of it. 0 or -1. */
int nd_file_write(int fd, const void *data, size_t size);

/* Puts a short description of an errno value into `text`, and returns `text`. */
const char *nd_file_reason(int number, char *text, size_t size);

#endif
