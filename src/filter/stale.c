/* SPDX-License-Identifier: MIT */
#include "filter/stale.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "filter/manifest.h"
#include "filter/relative.h"
#include "io/json.h"
#include "io/staging.h"

static int compare(const void *a, const void *b) { return nd_span_compare(*(const nd_span *)a, *(const nd_span *)b); }

/* Reads a whole file; data is NULL where there is none. */
static neardup_status read_file(const char *path, nd_buffer *data, neardup_error *error) {
    enum { STEP = 1 << 16 };
    int descriptor = nd_file_open(path, 0);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR)) return NEARDUP_OK;
    ssize_t got = descriptor < 0 ? -1 : 1;
    while (got > 0) {
        if (nd_buffer_reserve(data, STEP)) {
            close(descriptor);
            return nd_fail_memory(error);
        }
        got = nd_file_read(descriptor, data->data + data->size, STEP, -1);
        if (got > 0) data->size += (size_t)got;
    }
    int reason = errno;
    if (descriptor >= 0) close(descriptor);
    if (!got) return NEARDUP_OK;
    return nd_fail(error, NEARDUP_ERROR_SYSTEM, "%.300s, which lists what a run before has written, cannot be read: %s",
                   path, strerror(reason));
}

/* Adds what an output's object in a manifest names. */
static neardup_status add_output(nd_stale *stale, const nd_json_fields *fields, nd_span object) {
    nd_json_value values[ND_JSON_NAMES];
    nd_json_error error;
    if (nd_json_scan(fields, object, values, &error) != ND_JSON_OBJECT) return NEARDUP_OK;
    if (nd_reserve(&stale->paths, &stale->capacity, stale->count + 1, sizeof *stale->paths))
        return NEARDUP_ERROR_MEMORY;
    neardup_status status = nd_relative_read(&values[0], &values[1], &stale->paths[stale->count]);
    if (!status && stale->paths[stale->count].data) stale->count++;
    return status;
}

/* Adds what a manifest lists. `whole`: it is in its place, and so must be one; elsewhere a killed run may have left it
 * half written, and then it tells of nothing. */
static neardup_status read_manifest(nd_stale *stale, const char *path, bool whole, neardup_error *error) {
    static const char *const outputs[] = {"outputs"}, *const paths[] = {"path", "path_b64"};
    nd_json_fields *manifest = NULL, *output = NULL;
    nd_json_value values[ND_JSON_NAMES], element;
    nd_json_error json_error;
    nd_buffer data = {0};
    neardup_status status = read_file(path, &data, error);
    if (!status) status = nd_json_fields_create(outputs, 1, &manifest, error);
    if (!status) status = nd_json_fields_create(paths, 2, &output, error);
    bool is_one = !status &&
                  nd_json_scan(manifest, (nd_span){data.data, data.size}, values, &json_error) == ND_JSON_OBJECT &&
                  values[0].kind == ND_JSON_ARRAY;
    for (nd_span rest = is_one ? values[0].raw : (nd_span){0}; !status && nd_json_next_element(&rest, &element);)
        if (add_output(stale, output, element.raw)) status = nd_fail_memory(error);
    if (!status && data.data && whole && !is_one)
        status = nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                         "%.300s lists no outputs of a run before, so what belongs to it cannot be told: move it away, "
                         "or name another folder with -o",
                         path);
    nd_json_fields_free(manifest);
    nd_json_fields_free(output);
    nd_buffer_release(&data);
    return status;
}

static void sort(nd_stale *stale) {
    size_t kept = 0;
    if (stale->count) qsort(stale->paths, stale->count, sizeof *stale->paths, compare);
    for (size_t i = 0; i < stale->count; i++) {
        if (kept && compare(&stale->paths[kept - 1], &stale->paths[i]) == 0)
            nd_free((void *)(uintptr_t)stale->paths[i].data);
        else
            stale->paths[kept++] = stale->paths[i];
    }
    stale->count = kept;
}

neardup_status nd_stale_read(nd_stale *stale, const char *folder, neardup_error *error) {
    static const char *const places[] = {"/" ND_MANIFEST, "/" ND_STAGING_OLD "/" ND_MANIFEST,
                                         "/" ND_STAGING_NEW "/" ND_MANIFEST};
    neardup_status status = NEARDUP_OK;
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/') length--;
    for (size_t i = 0; i < sizeof places / sizeof *places && !status; i++) {
        size_t size = length + strlen(places[i]) + 1;
        char *path = nd_allocate(size, 1);
        if (!path) return nd_fail_memory(error);
        snprintf(path, size, "%.*s%s", (int)length, folder, places[i]);
        status = read_manifest(stale, path, i == 0, error);
        nd_free(path);
    }
    sort(stale);
    return status;
}

void nd_stale_release(nd_stale *stale) {
    for (size_t i = 0; i < stale->count; i++) nd_free((void *)(uintptr_t)stale->paths[i].data);
    nd_free(stale->paths);
    *stale = (nd_stale){0};
}
