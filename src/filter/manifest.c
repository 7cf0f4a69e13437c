/* SPDX-License-Identifier: MIT */
/* One JSON object, with a line for each input and output, so that people and diff can read it, too. */
#include "filter/manifest.h"

#include "report/json_out.h"
#include "report/jsonl.h"

static void write_file(FILE *out, bool first, nd_span path, uint64_t bytes, nd_hash128 hash) {
    char text[33];
    nd_hash128_write(hash, text);
    fputs(first ? "\n{" : ",\n{", out);
    nd_json json = {out, true};
    nd_json_bytes(&json, "path", path);
    nd_json_count(&json, "bytes", bytes);
    nd_json_text(&json, "xxh3_128", text);
    putc('}', out);
}

void nd_manifest_write(const nd_filter *filter, FILE *out) {
    const nd_corpus *corpus = filter->report->corpus;
    const nd_target *kept = &filter->targets[ND_FATE_KEPT];
    nd_json json = nd_json_line(out, "manifest");
    nd_json_text(&json, "schema", "neardup/1");
    nd_json_text(&json, "version", neardup_version());
    nd_json_text(&json, "unicode", neardup_unicode_version());
    nd_jsonl_write_params(&json, filter->report);
    nd_json_text(&json, "mode", filter->note_key ? "annotate" : "drop");
    nd_json_begin(&json, "counts");
    nd_jsonl_write_counts(&json, filter->report);
    nd_json_count(&json, "lines", filter->counts.lines);
    nd_json_count(&json, "blank", filter->counts.blank);
    nd_json_end(&json);
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
