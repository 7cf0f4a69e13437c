/* SPDX-License-Identifier: MIT */
#include "filter/target.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "filter/copy.h"

/* The sentence for a write that failed: what, why, and what helps. */
static neardup_status fail(nd_target *t, neardup_status status, neardup_error *error) {
    int reason = errno;
    char text[128];
    if (status == NEARDUP_ERROR_MEMORY) return nd_fail_memory(error);
    if (status != NEARDUP_ERROR_SYSTEM) return status;
    if (t->file && reason == EPIPE) t->file->broken_pipe = true;
    const char *name = strcmp(t->name, "-") == 0 ? "standard output" : t->name;
    nd_file_reason(reason, text, sizeof text);
    if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG) {
        char need[64] = "";
        if (t->expected)
            snprintf(need, sizeof need,
                     " up to %llu MB may be needed there:", (unsigned long long)t->expected / 1000000 + 1);
        return nd_fail(error, status, "%.250s cannot be written: %s;%s make room, or name another place with %s", name,
                       text, need, t->option);
    }
    return nd_fail(error, status, "%.300s cannot be written: %s", name, text);
}

neardup_status nd_target_open(nd_target *target, neardup_error *error) {
    nd_target *t = target;
    t->descriptor = -1;
    t->staging.lock = -1;
    if (!t->name) return NEARDUP_OK;
    t->sink = nd_sink_create(t->threads);
    if (!t->sink) return nd_fail_memory(error);
    if (t->folder) return nd_staging_open(&t->staging, t->name, error);
    nd_span name = {t->name, strlen(t->name)};
    neardup_status status = nd_sink_open(t->sink, fileno(t->file->file), nd_packing_of(name), false);
    return status ? fail(t, status, error) : NEARDUP_OK;
}

/* Opens the folder's file for the input. */
static neardup_status open_file(nd_target *t, neardup_error *error) {
    const char *path;
    neardup_status status = nd_staging_path(&t->staging, t->relative, &path, error);
    if (status) return status;
    t->descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (t->descriptor < 0) return fail(t, NEARDUP_ERROR_SYSTEM, error);
    status = nd_sink_open(t->sink, t->descriptor, nd_packing_of(t->relative), t->hashed);
    return status ? fail(t, status, error) : NEARDUP_OK;
}

neardup_status nd_target_begin(nd_target *target, nd_span relative, neardup_error *error) {
    target->relative = relative;
    target->fresh = true;
    return target->name && target->folder && target->always ? open_file(target, error) : NEARDUP_OK;
}

/* What has to be done before the first bytes of an input. */
static neardup_status begin_writing(nd_target *t, neardup_error *error) {
    t->fresh = false;
    if (t->folder) return t->descriptor < 0 ? open_file(t, error) : NEARDUP_OK;
    if (!nd_sink_given(t->sink) || nd_sink_last(t->sink) == '\n') return NEARDUP_OK;
    neardup_status status = nd_sink_write(t->sink, "\n", 1);
    return status ? fail(t, status, error) : NEARDUP_OK;
}

bool nd_target_takes_mark(const nd_target *target, size_t size) {
    return !target->name || target->folder || (!nd_sink_given(target->sink) && size > 3);
}

neardup_status nd_target_write(nd_target *target, const void *data, size_t size, neardup_error *error) {
    if (!target->name || !size) return NEARDUP_OK;
    neardup_status status = target->fresh ? begin_writing(target, error) : NEARDUP_OK;
    if (status) return status;
    status = nd_sink_write(target->sink, data, size);
    return status ? fail(target, status, error) : NEARDUP_OK;
}

static neardup_status add_file(nd_target *t, uint64_t bytes, nd_hash128 hash, neardup_error *error) {
    if (nd_reserve(&t->files, &t->file_capacity, t->file_count + 1, sizeof *t->files)) return nd_fail_memory(error);
    t->files[t->file_count++] = (nd_written){t->relative, bytes, hash};
    return NEARDUP_OK;
}

neardup_status nd_target_end(nd_target *target, neardup_error *error) {
    nd_target *t = target;
    if (t->descriptor < 0) return NEARDUP_OK;
    neardup_status status = nd_sink_finish(t->sink);
    if (status) status = fail(t, status, error);
    if (close(t->descriptor) != 0 && !status) status = fail(t, NEARDUP_ERROR_SYSTEM, error);
    t->descriptor = -1;
    nd_hash128 none = {0};
    return status ? status : add_file(t, nd_sink_written(t->sink), t->hashed ? nd_sink_hash(t->sink) : none, error);
}

neardup_status nd_target_imitate(nd_target *target, nd_span relative, const char *from, neardup_error *error) {
    const char *path;
    if (!target->name || !target->folder) return NEARDUP_OK;
    neardup_status status = nd_staging_path(&target->staging, relative, &path, error);
    if (!status) nd_copy_attributes(from, path);
    return status;
}

neardup_status nd_target_copy(nd_target *target, nd_span relative, const char *from, bool link, neardup_error *error) {
    nd_target *t = target;
    const char *path;
    if (!t->name) return NEARDUP_OK;
    t->relative = relative;
    neardup_status status = nd_staging_path(&t->staging, relative, &path, error);
    if (status) return status;
    uint64_t bytes;
    nd_hash128 hash = {0};
    status = nd_copy_file(from, path, link, t->hashed ? &hash : NULL, &bytes, error);
    if (status == NEARDUP_ERROR_SYSTEM) return fail(t, status, error);
    return status ? status : add_file(t, bytes, hash, error);
}

neardup_status nd_target_finish(nd_target *target, neardup_error *error) {
    nd_target *t = target;
    if (!t->name) return NEARDUP_OK;
    if (t->folder) return nd_staging_sync(&t->staging, error);
    neardup_status status = nd_sink_finish(t->sink);
    if (status) return fail(t, status, error);
    return nd_output_finish(t->file, error);
}

neardup_status nd_target_place(nd_target *target, neardup_error *error) {
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < target->file_count && !status; i++)
        status = nd_staging_place(&target->staging, target->files[i].relative, error);
    return status;
}

void nd_target_release(nd_target *target, bool failed) {
    nd_target *t = target;
    if (t->descriptor >= 0 && t->folder && t->sink) close(t->descriptor);
    if (t->folder && t->name) nd_staging_release(&t->staging, failed);
    nd_sink_free(t->sink);
    nd_free(t->files);
    *t = (nd_target){.descriptor = -1, .staging = {.lock = -1}};
}
