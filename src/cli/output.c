/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

static bool is_standard(const nd_output *output) { return strcmp(output->name, "-") == 0; }

static const char *shown_name(const nd_output *output) {
    return is_standard(output) ? "standard output" : output->name;
}

static neardup_status fail(const nd_output *output, int reason, neardup_error *error) {
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
        int descriptor = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        int reason = errno;
        if (descriptor >= 0) output->file = fdopen(descriptor, "w");
        if (output->file) return NEARDUP_OK;
        nd_cleanup_remove(output->entry);
        output->entry = NULL;
        nd_free(output->temporary);
        output->temporary = NULL;
        if (descriptor >= 0) close(descriptor);
        if (descriptor >= 0 || reason != EEXIST || attempt == 100) return fail(output, reason, error);
    }
}

neardup_status nd_output_open(const char *name, nd_output *output_out, neardup_error *error) {
    nd_output output = {.name = name};
    neardup_status status = NEARDUP_OK;
    struct stat found;
    if (is_standard(&output)) {
        output.file = stdout;
    } else if (stat(name, &found) < 0) {
        if (errno != ENOENT || !*name) return fail(&output, errno, error);
        output.target = nd_copy(name, strlen(name));
        status = output.target ? create_temporary(&output, 0666, error) : nd_fail_memory(error);
    } else if (S_ISREG(found.st_mode)) {
        char *resolved = realpath(name, NULL);
        if (!resolved) return fail(&output, errno, error);
        output.target = nd_copy(resolved, strlen(resolved));
        free(resolved);
        status = output.target ? create_temporary(&output, 0600, error) : nd_fail_memory(error);
        if (!status && fchmod(fileno(output.file), found.st_mode & 07777) < 0) status = fail(&output, errno, error);
    } else {
        output.file = fopen(name, "we");
        if (!output.file) status = fail(&output, errno, error);
    }
    if (status)
        nd_output_release(&output);
    else
        *output_out = output;
    return status;
}

neardup_status nd_output_finish(nd_output *output, neardup_error *error) {
    /* errno of an earlier failure is gone by now, so a failed stream is asked once more. */
    errno = 0;
    bool failed = ferror(output->file) != 0;
    if (fflush(output->file)) failed = true;
    if (failed && !errno) errno = EIO;
    if (!failed && output->temporary && fsync(fileno(output->file)) < 0) failed = errno != EINVAL && errno != ENOTSUP;
    int reason = errno;
    if (!is_standard(output)) {
        if (fclose(output->file) && !failed) {
            failed = true;
            reason = errno;
        }
        output->file = NULL;
    }
    if (!failed) return NEARDUP_OK;
    output->broken_pipe = reason == EPIPE;
    return fail(output, reason, error);
}

neardup_status nd_output_commit(nd_output *output, neardup_error *error) {
    if (!output->temporary) return NEARDUP_OK;
    if (rename(output->temporary, output->target) < 0) return fail(output, errno, error);
    nd_cleanup_remove(output->entry);
    output->entry = NULL;
    nd_free(output->temporary);
    output->temporary = NULL;
    return NEARDUP_OK;
}

void nd_output_release(nd_output *output) {
    if (output->file && output->file != stdout) fclose(output->file);
    if (output->temporary) unlink(output->temporary);
    nd_cleanup_remove(output->entry);
    nd_free(output->temporary);
    nd_free(output->target);
    *output = (nd_output){0};
}
