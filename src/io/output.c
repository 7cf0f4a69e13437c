/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* fopencookie, realpath */
#include "io/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

static bool is_standard(const nd_output *output) { return strcmp(output->name, "-") == 0; }

static const char *shown_name(const nd_output *output) {
    return is_standard(output) ? "standard output" : output->name;
}

static neardup_status fail(const nd_output *output, int reason, neardup_error *error) {
    struct stat s;
    bool full = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
    FILE *file = output->packed ? output->packed : output->file;
    if (full && output->temporary && file && fstat(fileno(file), &s) == 0)
        return nd_fail(error, NEARDUP_ERROR_SYSTEM,
                       "%.300s cannot be written: %s; it takes more than %.1f MB: make room, or give it a name in "
                       "another place",
                       output->name, strerror(reason), (double)s.st_size / 1e6);
    return nd_fail(error, NEARDUP_ERROR_SYSTEM, "%s cannot be written: %s", shown_name(output), strerror(reason));
}

/* FOLDER/.NAME.PID.ATTEMPT for FOLDER/NAME, the name cut to what a folder takes; NULL when there is no memory. */
static char *temporary_name(const char *target, unsigned attempt) {
    enum { SUFFIX = 32, LONGEST_NAME = 255 - SUFFIX };
    const char *slash = strrchr(target, '/');
    size_t folder = slash ? (size_t)(slash + 1 - target) : 0;
    size_t size = strlen(target) + SUFFIX;
    char *name = nd_allocate(size, 1);
    if (name)
        snprintf(name, size, "%.*s.%.*s.%ld.%u", (int)folder, target, LONGEST_NAME, target + folder, (long)getpid(),
                 attempt);
    return name;
}

/* Creates the temporary file. It is on the list of what a signal removes before it exists. */
static neardup_status create_temporary(nd_output *output, mode_t mode, neardup_error *error) {
    for (unsigned attempt = 0;; attempt++) {
        output->temporary = temporary_name(output->target, attempt);
        if (output->temporary) output->entry = nd_cleanup_add(output->temporary);
        if (!output->entry) return nd_fail_memory(error);
        nd_cleanup_enter();
        int descriptor = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        nd_cleanup_leave();
        if (descriptor >= 0) output->file = fdopen(descriptor, "w");
        if (output->file) return NEARDUP_OK;
        int reason = errno;
        if (descriptor >= 0) unlink(output->temporary);
        nd_cleanup_remove(output->entry);
        output->entry = NULL;
        nd_free(output->temporary);
        output->temporary = NULL;
        if (descriptor >= 0) close(descriptor);
        if (descriptor >= 0 || reason != EEXIST || attempt == 100) return fail(output, reason, error);
    }
}

/* What the symbolic link `path` points to, from where the link is; to be nd_freed. NULL: see errno. */
static char *follow_link(const char *path) {
    char place[PATH_MAX];
    ssize_t size = readlink(path, place, sizeof place);
    if (size < 0) return NULL;
    const char *slash = strrchr(path, '/');
    size_t folder = slash && place[0] != '/' ? (size_t)(slash + 1 - path) : 0;
    char *target = nd_allocate(folder + (size_t)size + 1, 1);
    if (!target) return NULL;
    memcpy(target, path, folder);
    memcpy(target + folder, place, (size_t)size);
    target[folder + (size_t)size] = 0;
    return target;
}

/* The path of a file that does not exist, in its folder's real path; to be nd_freed. NULL: see errno. */
static char *place_in_folder(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *folder = slash ? nd_copy(path, (size_t)(slash - path) + 1) : nd_copy(".", 1);
    char *real = folder ? realpath(folder, NULL) : NULL;
    int reason = errno;
    nd_free(folder);
    errno = reason;
    if (!real) return NULL;
    size_t size = strlen(real) + 1 + strlen(name) + 1;
    char *target = nd_allocate(size, 1);
    if (target) snprintf(target, size, "%s/%s", strcmp(real, "/") == 0 ? "" : real, name);
    free(real);
    return target;
}

/* Where a file will be that is not there yet: at the end of the links that lead to it. */
static neardup_status find_new(nd_output *output, neardup_error *error) {
    enum { MOST_LINKS = 40 }; /* as the system has it */
    char *path = nd_copy(output->name, strlen(output->name));
    struct stat s;
    for (int i = 0; path && i < MOST_LINKS && lstat(path, &s) == 0 && S_ISLNK(s.st_mode); i++) {
        char *next = follow_link(path);
        nd_free(path);
        path = next;
    }
    if (path) output->target = place_in_folder(path);
    int reason = errno;
    nd_free(path);
    return output->target ? NEARDUP_OK : fail(output, reason, error);
}

neardup_status nd_output_find(const char *name, nd_output *output_out, neardup_error *error) {
    nd_output output = {.name = name};
    if (is_standard(&output)) {
        if (fstat(STDOUT_FILENO, &output.stat) < 0) return fail(&output, errno, error);
    } else if (stat(name, &output.stat) < 0) {
        output.stat = (struct stat){0};
        if (errno != ENOENT || !*name) return fail(&output, errno, error);
        neardup_status status = find_new(&output, error);
        if (status) return status;
    } else if (S_ISREG(output.stat.st_mode)) {
        char *resolved = realpath(name, NULL);
        /* A file that has no name any more (/dev/stdout may be one) is written in place. */
        if (!resolved && errno != ENOENT) return fail(&output, errno, error);
        if (resolved) {
            output.target = nd_copy(resolved, strlen(resolved));
            free(resolved);
            if (!output.target) return nd_fail_memory(error);
        }
    }
    *output_out = output;
    return NEARDUP_OK;
}

bool nd_output_same(const nd_output *a, const nd_output *b) {
    if (a->target && b->target && strcmp(a->target, b->target) == 0) return true;
    return a->stat.st_ino && a->stat.st_dev == b->stat.st_dev && a->stat.st_ino == b->stat.st_ino;
}

/* Has the file written in larger pieces than the page at a time that the C library would; without memory for them, it
 * is written in those. */
static void widen(nd_output *output) {
    enum { ROOM = 1 << 16 };
    output->room = nd_allocate(ROOM, 1);
    if (output->room) setvbuf(output->file, output->room, _IOFBF, ROOM);
}

neardup_status nd_output_open(nd_output *output, neardup_error *error) {
    if (is_standard(output)) {
        output->file = stdout;
        return NEARDUP_OK;
    }
    if (!output->target) {
        output->file = fopen(output->name, "we");
        if (!output->file) return fail(output, errno, error);
    } else {
        neardup_status status = create_temporary(output, output->stat.st_ino ? 0600 : 0666, error);
        if (status) return status;
        if (output->stat.st_ino && fchmod(fileno(output->file), output->stat.st_mode & 07777) < 0)
            return fail(output, errno, error);
    }
    widen(output);
    return NEARDUP_OK;
}

static ssize_t write_packed(void *cookie, const char *data, size_t size) {
    neardup_status status = nd_sink_write(cookie, data, size);
    if (status == NEARDUP_ERROR_MEMORY) errno = ENOMEM;
    return status ? 0 : (ssize_t)size;
}

neardup_status nd_output_pack(nd_output *output, unsigned threads, neardup_error *error) {
    nd_packing packing = nd_packing_of((nd_span){output->name, strlen(output->name)});
    if (packing == ND_PACKING_NONE) return NEARDUP_OK;
    output->sink = nd_sink_create(threads);
    if (!output->sink) return nd_fail_memory(error);
    neardup_status status = nd_sink_open(output->sink, fileno(output->file), packing, false);
    if (status) return status == NEARDUP_ERROR_MEMORY ? nd_fail_memory(error) : fail(output, errno, error);
    FILE *file = fopencookie(output->sink, "w", (cookie_io_functions_t){.write = write_packed});
    if (!file) return nd_fail_memory(error);
    output->packed = output->file;
    output->file = file;
    return NEARDUP_OK;
}

/* Whether everything given to the stream has been written; errno says why not. */
static bool flush(FILE *file) {
    errno = 0;
    /* errno of an earlier failure is gone by now, so a failed stream is asked once more, with something to write. */
    bool failed = ferror(file) != 0;
    if (failed) putc('\n', file);
    if (fflush(file)) failed = true;
    if (failed && !errno) errno = EIO;
    return !failed;
}

/* Ends the compressed data, if they are such. */
static bool unpack(nd_output *output) {
    if (!output->packed) return true;
    bool done = flush(output->file);
    neardup_status status = done ? nd_sink_finish(output->sink) : NEARDUP_OK;
    int reason = status == NEARDUP_ERROR_MEMORY ? ENOMEM : errno;
    fclose(output->file);
    output->file = output->packed;
    output->packed = NULL;
    errno = reason;
    return done && !status;
}

neardup_status nd_output_finish(nd_output *output, neardup_error *error) {
    bool failed = !unpack(output) || !flush(output->file);
    if (!failed && output->temporary && fsync(fileno(output->file)) < 0) failed = errno != EINVAL && errno != ENOTSUP;
    int reason = errno;
    if (failed) {
        output->broken_pipe = reason == EPIPE;
        return fail(output, reason, error); /* what is open is closed with the release */
    }
    if (is_standard(output)) return NEARDUP_OK;
    failed = fclose(output->file) != 0;
    reason = errno;
    output->file = NULL;
    return failed ? fail(output, reason, error) : NEARDUP_OK;
}

/* What was there before has no second name, or none any more. */
static void forget_old(nd_output *output) {
    nd_cleanup_remove(output->old_entry);
    nd_free(output->old);
    output->old_entry = NULL;
    output->old = NULL;
}

/* Gives what has the output's name a second one, where there is something and that can be. */
static neardup_status keep_old(nd_output *output, neardup_error *error) {
    static const char suffix[] = ".old";
    size_t size = strlen(output->temporary);
    output->old = nd_allocate(size + sizeof suffix, 1);
    if (!output->old) return nd_fail_memory(error);
    memcpy(output->old, output->temporary, size);
    memcpy(output->old + size, suffix, sizeof suffix);
    output->old_entry = nd_cleanup_add(output->old);
    if (!output->old_entry) return nd_fail_memory(error);
    if (link(output->target, output->old) != 0) forget_old(output);
    return NEARDUP_OK;
}

neardup_status nd_output_commit(nd_output *output, neardup_error *error) {
    if (!output->temporary) return NEARDUP_OK;
    neardup_status status = keep_old(output, error);
    if (status) return status;
    if (rename(output->temporary, output->target) < 0) return fail(output, errno, error);
    output->committed = true;
    nd_cleanup_remove(output->entry);
    output->entry = NULL;
    nd_free(output->temporary);
    output->temporary = NULL;
    return NEARDUP_OK;
}

void nd_output_retract(nd_output *output, neardup_error *error) {
    if (!output->committed) return;
    output->committed = false;
    if (!output->old)
        unlink(output->target);
    else if (rename(output->old, output->target) < 0)
        nd_fail_also(error, "; what was in %.200s before is now %s", output->name, output->old);
    forget_old(output);
}

void nd_output_release(nd_output *output) {
    if (output->packed) unpack(output);
    nd_sink_free(output->sink);
    if (output->file && output->file != stdout) fclose(output->file);
    if (output->temporary) unlink(output->temporary);
    if (output->old) unlink(output->old);
    nd_cleanup_remove(output->entry);
    forget_old(output);
    nd_free(output->room);
    nd_free(output->temporary);
    nd_free(output->target);
    *output = (nd_output){0};
}
