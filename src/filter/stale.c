/* SPDX-License-Identifier: MIT */
#include "filter/stale.h"

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

/* Reads a whole file; data is NULL where it cannot be read. */
static neardup_status read_file(const char *path, nd_buffer *data) {
    enum { STEP = 1 << 16 };
    int descriptor = nd_file_open(path, 0);
    if (descriptor < 0) return NEARDUP_OK;
    neardup_status status = NEARDUP_OK;
    for (ssize_t got = 1; got > 0 && !status;) {
        status = nd_buffer_reserve(data, STEP);
        got = status ? 0 : nd_file_read(descriptor, data->data + data->size, STEP, -1);
        if (got > 0) data->size += (size_t)got;
    }
    close(descriptor);
    return status;
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

static neardup_status read_manifest(nd_stale *stale, const char *path) {
    static const char *const outputs[] = {"outputs"}, *const paths[] = {"path", "path_b64"};
    nd_json_fields *manifest = NULL, *output = NULL;
    nd_json_value values[ND_JSON_NAMES], element;
    nd_json_error error;
    nd_buffer data = {0};
    neardup_status status = read_file(path, &data);
    if (!status) status = nd_json_fields_create(outputs, 1, &manifest, NULL);
    if (!status) status = nd_json_fields_create(paths, 2, &output, NULL);
    if (!status && nd_json_scan(manifest, (nd_span){data.data, data.size}, values, &error) == ND_JSON_OBJECT &&
        values[0].kind == ND_JSON_ARRAY)
        for (nd_span rest = values[0].raw; !status && nd_json_next_element(&rest, &element);)
            status = add_output(stale, output, element.raw);
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
    for (size_t i = 0; i < sizeof places / sizeof *places && !status; i++) {
        size_t size = strlen(folder) + strlen(places[i]) + 1;
        char *path = nd_allocate(size, 1);
        if (!path) return nd_fail_memory(error);
        snprintf(path, size, "%s%s", folder, places[i]);
        status = read_manifest(stale, path);
        nd_free(path);
    }
    sort(stale);
    return status ? nd_fail_memory(error) : NEARDUP_OK;
}

void nd_stale_release(nd_stale *stale) {
    for (size_t i = 0; i < stale->count; i++) nd_free((void *)(uintptr_t)stale->paths[i].data);
    nd_free(stale->paths);
    *stale = (nd_stale){0};
}
