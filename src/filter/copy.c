/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* copy_file_range */
#include "filter/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "io/hasher.h"
#include "io/stream.h"

enum { STEP = 1 << 20 };

static neardup_status fail_reading(const char *path, neardup_error *error) {
    return nd_fail(error, NEARDUP_ERROR_SOURCE, "%.300s cannot be read: %s", path, strerror(errno));
}

/* Passes the rest of a file through memory: into `to` unless that is -1, and into the hasher unless that is NULL. */
static neardup_status pump(int from, int to, nd_hasher *hasher, uint64_t *bytes, const char *path,
                           neardup_error *error) {
    char *block = nd_allocate(STEP, 1);
    if (!block) return nd_fail_memory(error);
    neardup_status status = NEARDUP_OK;
    for (ssize_t got = 1; got && !status;) {
        got = nd_file_read(from, block, STEP, -1);
        if (got < 0) status = fail_reading(path, error);
        if (got <= 0) break;
        if (hasher) nd_hasher_add(hasher, block, (size_t)got);
        if (to >= 0 && nd_file_write(to, block, (size_t)got) != 0) status = NEARDUP_ERROR_SYSTEM;
        *bytes += (uint64_t)got;
    }
    int number = errno;
    nd_free(block);
    errno = number;
    return status;
}

/* Copies within the kernel as far as it does; what is left is for pump(). */
static void copy_range(int from, int to, uint64_t *bytes) {
    for (ssize_t got; (got = copy_file_range(from, NULL, to, NULL, (size_t)1 << 30, 0)) > 0;) *bytes += (uint64_t)got;
}

/* Fills `to`, unless that is -1: then the bytes are only counted and hashed. */
static neardup_status fill(int from, int to, nd_hash128 *hash_out, uint64_t *bytes_out, const char *path,
                           neardup_error *error) {
    nd_hasher *hasher = hash_out ? nd_hasher_create() : NULL;
    if (hash_out && !hasher) return nd_fail_memory(error);
    uint64_t bytes = 0;
    if (!hasher && to >= 0) copy_range(from, to, &bytes);
    neardup_status status = pump(from, to, hasher, &bytes, path, error);
    if (!status && hasher) *hash_out = nd_hasher_value(hasher);
    if (!status) *bytes_out = bytes;
    nd_hasher_free(hasher);
    return status;
}

/* What is copied besides the bytes. A file system that keeps no times or permissions is no reason to fail. */
static void copy_attributes(int to, const struct stat *s) {
    const struct timespec times[2] = {s->st_atim, s->st_mtim};
    fchmod(to, s->st_mode & 07777);
    futimens(to, times);
}

void nd_copy_attributes(const char *from, const char *to) {
    struct stat s;
    int target = nd_file_open(to, 0);
    if (target < 0) return;
    if (stat(from, &s) == 0) copy_attributes(target, &s);
    close(target);
}

neardup_status nd_copy_file(const char *from, const char *to, bool link_wanted, nd_hash128 *hash_out,
                            uint64_t *bytes_out, neardup_error *error) {
    int source = nd_file_open(from, O_NONBLOCK);
    struct stat s;
    if (source < 0 || fstat(source, &s) != 0) {
        neardup_status status = fail_reading(from, error);
        if (source >= 0) close(source);
        return status;
    }
    neardup_status status = NEARDUP_OK;
    int target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (target < 0) status = NEARDUP_ERROR_SYSTEM;
    bool cloned = !status && link_wanted && ioctl(target, FICLONE, source) == 0;
    if (!status && link_wanted && !cloned) {
        /* No reflink here; another name will do, where both are on one file system: of the file that a symbolic link
         * leads to, not of the link. */
        close(target);
        target = -1;
        unlink(to);
        if (linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) == 0)
            status = fill(source, -1, hash_out, bytes_out, from, error);
        else if ((target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) < 0)
            status = NEARDUP_ERROR_SYSTEM;
    }
    if (!status && target >= 0) {
        status = fill(source, cloned ? -1 : target, hash_out, bytes_out, from, error);
        if (!status) copy_attributes(target, &s);
    }
    int number = errno;
    if (target >= 0 && close(target) != 0 && !status) {
        number = errno;
        status = NEARDUP_ERROR_SYSTEM;
    }
    close(source);
    errno = number;
    return status;
}

neardup_status nd_hash_file(const char *path, nd_hash128 *hash_out, uint64_t *bytes_out, neardup_error *error) {
    int source = nd_file_open(path, O_NONBLOCK);
    if (source < 0) return fail_reading(path, error);
    neardup_status status = fill(source, -1, hash_out, bytes_out, path, error);
    close(source);
    return status;
}

neardup_status nd_hash_content(const char *path, nd_hash128 *hash_out, uint64_t *bytes_out, neardup_error *error) {
    int source = nd_file_open(path, O_NONBLOCK);
    if (source < 0) return fail_reading(path, error);
    nd_stream *stream = nd_stream_create();
    nd_hasher *hasher = nd_hasher_create();
    char *block = nd_allocate(STEP, 1);
    neardup_error inner = {0};
    neardup_status status = stream && hasher && block ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    if (!status) nd_stream_open(stream, &(nd_stream_input){.fd = source, .offset = -1});
    for (*bytes_out = 0; !status;) {
        size_t size = 0;
        status = nd_stream_read(stream, block, STEP, &size, &inner);
        nd_hasher_add(hasher, block, size);
        *bytes_out += size;
    }
    if (status == NEARDUP_END) *hash_out = nd_hasher_value(hasher);
    nd_stream_free(stream);
    nd_hasher_free(hasher);
    nd_free(block);
    close(source);
    if (status == NEARDUP_END) return NEARDUP_OK;
    return status == NEARDUP_ERROR_MEMORY ? nd_fail_memory(error)
                                          : nd_fail(error, status, "%.250s cannot be read: %s", path, inner.text);
}
