/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/* Reads from a file system are at most this long: the system takes no more than about 2 GiB at a time. */
#define READ_MOST ((size_t)1 << 30)

/*
 * The folder that holds the last stretch of a path too long for one system call: opens it stretch by stretch, each a
 * whole number of components shorter than PATH_MAX, and points *rest_out to what is left. Returns a descriptor or -1.
 */
static int open_parent(const char *path, const char **rest_out) {
    int folder = AT_FDCWD;
    while (strlen(path) >= PATH_MAX) {
        char stretch[PATH_MAX];
        size_t size = PATH_MAX - 1;
        while (size && path[size] != '/') size--;
        int next = -1;
        if (size) {
            memcpy(stretch, path, size);
            stretch[size] = 0;
            next = openat(folder, stretch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        } else {
            errno = ENAMETOOLONG;
        }
        int number = errno;
        if (folder != AT_FDCWD) close(folder);
        if (next < 0) {
            errno = number;
            return -1;
        }
        folder = next;
        path += size + strspn(path + size, "/");
    }
    *rest_out = path;
    return folder;
}

int nd_file_open(const char *path, int flags) {
    int fd;
    flags |= O_RDONLY | O_CLOEXEC | O_NOCTTY;
    do {
        fd = open(path, flags);
    } while (fd < 0 && errno == EINTR);
    if (fd >= 0 || errno != ENAMETOOLONG) return fd;
    const char *rest;
    int folder = open_parent(path, &rest);
    if (folder < 0) return -1;
    fd = openat(folder, rest, flags);
    int number = errno;
    if (folder != AT_FDCWD) close(folder);
    errno = number;
    return fd;
}

int nd_file_stat(const char *path, bool follow, struct stat *stat_out) {
    int flags = follow ? 0 : AT_SYMLINK_NOFOLLOW;
    int result = fstatat(AT_FDCWD, path, stat_out, flags);
    if (result == 0 || errno != ENAMETOOLONG) return result;
    const char *rest;
    int folder = open_parent(path, &rest);
    if (folder < 0) return -1;
    result = fstatat(folder, rest, stat_out, flags);
    int number = errno;
    if (folder != AT_FDCWD) close(folder);
    errno = number;
    return result;
}

ssize_t nd_file_read(int fd, void *data, size_t size, off_t offset) {
    ssize_t result;
    if (size > READ_MOST) size = READ_MOST;
    do {
        result = offset >= 0 ? pread(fd, data, size, offset) : read(fd, data, size);
    } while (result < 0 && errno == EINTR);
    return result;
}

int nd_file_read_whole(int fd, void *data, size_t size, off_t offset) {
    for (char *to = data; size;) {
        ssize_t got = nd_file_read(fd, to, size, offset);
        if (got == 0) errno = EIO;
        if (got <= 0) return -1;
        to += got;
        offset += got;
        size -= (size_t)got;
    }
    return 0;
}

int nd_file_write(int fd, const void *data, size_t size) {
    const char *bytes = data;
    while (size) {
        ssize_t written = write(fd, bytes, size < READ_MOST ? size : READ_MOST);
        if (written < 0) {
            if (errno == EINTR) continue;
            return -1;
        }
        bytes += written;
        size -= (size_t)written;
    }
    return 0;
}

const char *nd_file_reason(int number, char *text, size_t size) {
    if (strerror_r(number, text, size) != 0) snprintf(text, size, "error %d", number);
    return text;
}
