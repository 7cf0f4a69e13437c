/* SPDX-License-Identifier: MIT */
/* One JSON object, with a line for each input and output, so that people and diff can read it, too. */
#include "filter/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "report/json_out.h"
#include "report/jsonl.h"

static void write_file(FILE *out, bool first, nd_span path, uint64_t bytes, nd_hash128 hash) {
    char text[33];
    nd_hash128_write(hash, text);
    fputs(first ? "\n{" : ",\n{", out);
    nd_json json = nd_json_part(out, true);
    nd_json_bytes(&json, "path", path);
    nd_json_count(&json, "bytes", bytes);
    nd_json_text(&json, "xxh3_128", text);
    nd_json_flush(&json);
    putc('}', out);
}

static void write_all(const nd_filter *filter, FILE *out) {
    const nd_corpus *corpus = filter->report->corpus;
    const nd_target *kept = &filter->targets[ND_FATE_KEPT];
    nd_json json = nd_json_line(out, "manifest");
    nd_json_text(&json, "schema", "neardup/1");
    nd_json_text(&json, "version", neardup_version());
    nd_json_text(&json, "unicode", neardup_unicode_version());
    nd_jsonl_write_params(&json, filter->report);
    static const char *const uses[] = {"leave", "cut", "mark"};
    nd_json_text(&json, "mode", filter->note_key ? "annotate" : "drop");
    nd_json_text(&json, "passages", uses[filter->cuts.use]);
    nd_json_begin(&json, "counts");
    nd_jsonl_write_counts(&json, filter->report);
    nd_json_count(&json, "lines", filter->counts.lines);
    nd_json_count(&json, "blank", filter->counts.blank);
    nd_json_count(&json, "cuts", filter->counts.cuts);
    nd_json_count(&json, "cut_bytes", filter->counts.cut_bytes);
    nd_json_end(&json);
    nd_json_flush(&json);
    fputs(",\n\"inputs\":[", out);
    for (size_t i = 0; i < filter->input_count; i++)
        write_file(out, !i, nd_corpus_file_at(corpus, filter->inputs[i].file).path, filter->inputs[i].bytes,
                   filter->inputs[i].hash);
    fputs("],\n\"outputs\":[", out);
    for (size_t i = 0; i < kept->file_count; i++)
        write_file(out, !i, kept->files[i].relative, kept->files[i].bytes, kept->files[i].hash);
    fputs("]", out);
    nd_json_end_line(&json);
}

static const nd_span name = {ND_MANIFEST, sizeof ND_MANIFEST - 1};

neardup_status nd_manifest_make(nd_filter *filter, neardup_error *error) {
    const char *path;
    neardup_status status = nd_staging_path(&filter->targets[ND_FATE_KEPT].staging, name, &path, error);
    if (status) return status;
    FILE *out = fopen(path, "wxe");
    if (out) write_all(filter, out);
    bool failed = !out || fflush(out) != 0 || ferror(out) || fsync(fileno(out)) != 0;
    int reason = errno;
    if (out && fclose(out) != 0 && !failed) {
        failed = true;
        reason = errno;
    }
    if (!failed) return NEARDUP_OK;
    return nd_fail(error, NEARDUP_ERROR_SYSTEM,
                   "%.200s/" ND_MANIFEST " cannot be written: %s; make room, or name another place with -o",
                   filter->targets[ND_FATE_KEPT].staging.folder, strerror(reason));
}

static int compare(const void *a, const void *b) { return nd_span_compare(*(const nd_span *)a, *(const nd_span *)b); }

neardup_status nd_manifest_make_way(nd_filter *filter, const nd_stale *stale, neardup_error *error) {
    nd_target *kept = &filter->targets[ND_FATE_KEPT];
    nd_span *written = nd_allocate(kept->file_count, sizeof *written);
    if (!written) return nd_fail_memory(error);
    for (size_t i = 0; i < kept->file_count; i++) written[i] = kept->files[i].relative;
    if (kept->file_count) qsort(written, kept->file_count, sizeof *written, compare);
    neardup_status status = nd_staging_clear(&kept->staging, name, error);
    for (size_t i = 0; i < stale->count && !status; i++)
        if (!kept->file_count || !bsearch(&stale->paths[i], written, kept->file_count, sizeof *written, compare))
            status = nd_staging_clear(&kept->staging, stale->paths[i], error);
    nd_free(written);
    return status;
}

neardup_status nd_manifest_place(nd_filter *filter, neardup_error *error) {
    return nd_staging_place(&filter->targets[ND_FATE_KEPT].staging, name, error);
}
