/* SPDX-License-Identifier: MIT */
#include "filter/restore.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "filter/decisions.h"
#include "filter/place.h"
#include "io/sniff.h"

/* The field that matters of a line that keeps what was cut. */
static const char *const cut_names[] = {"text"};

typedef struct run {
    nd_restore *restore;
    nd_decisions decisions;
    const nd_decided *input; /* the one of `decisions` that is being put together */
    nd_json_fields *cut_fields;
    nd_strand kept, dropped, bad;
    nd_splice splice;
    nd_buffer left, piece; /* of something that was cut */
    nd_span *outputs;      /* the inputs' relative paths, which the target goes on pointing to */
    size_t output_count, output_capacity;
    nd_buffer path;
    nd_hasher *hasher;
    uint64_t written; /* of the input, so far */
    bool mark_due;    /* a byte order mark comes first, */
    bool held;        /* and a line break last, which may be there only because others followed */
} run;

/* ---- putting together ---- */

static neardup_status fail_input(const run *r, neardup_error *error) {
    const nd_restore *re = r->restore;
    return nd_fail(
        error, NEARDUP_ERROR_SOURCE,
        "what %.100s was cannot be put together: %.100s%s%.100s and %.100s do not belong together, or one of "
        "them was changed",
        r->input->output.data, re->kept, re->dropped ? ", " : "", re->dropped ? re->dropped : "", re->decisions);
}

static neardup_status write_out(run *r, const char *data, size_t size, neardup_error *error) {
    if (!size) return NEARDUP_OK;
    if (size > r->input->bytes - r->written) return fail_input(r, error); /* at once: a device has no end */
    nd_hasher_add(r->hasher, data, size);
    r->written += size;
    return nd_target_write(&r->restore->target, data, size, error);
}

/* Takes bytes of an input, holding a line break at their end back. */
static neardup_status take(void *context, const char *data, size_t size, neardup_error *error) {
    run *r = context;
    if (!size) return NEARDUP_OK;
    static const char mark[] = "\xef\xbb\xbf";
    neardup_status status = r->mark_due ? write_out(r, mark, 3, error) : NEARDUP_OK;
    r->mark_due = false;
    if (!status && r->held) status = write_out(r, "\n", 1, error);
    r->held = data[size - 1] == '\n';
    return status ? status : write_out(r, data, size - r->held, error);
}

/* Puts the path of the input below a folder into r->path. */
static neardup_status join(run *r, const char *folder, neardup_error *error) {
    nd_span relative = r->input->output;
    size_t size = strlen(folder);
    while (size > 1 && folder[size - 1] == '/') size--;
    r->path.size = 0;
    if (nd_buffer_append(&r->path, folder, size) || nd_buffer_append(&r->path, "/", folder[size - 1] != '/') ||
        nd_buffer_append(&r->path, relative.data, relative.size) || nd_buffer_append_byte(&r->path, 0))
        return nd_fail_memory(error);
    return NEARDUP_OK;
}

/* Whether a path is what is read from, or inside a folder of it. */
static bool is_read_from(const char *path, const char *source) {
    struct stat a, b;
    if (!source || stat(source, &b) != 0) return false;
    if (S_ISDIR(b.st_mode)) return nd_place_is_below(path, source);
    return stat(path, &a) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* In a folder, what was an input may have the name of what it is now put together from. */
static neardup_status check_replaced(run *r, neardup_error *error) {
    const nd_restore *re = r->restore;
    const char *const sources[] = {re->kept, re->dropped, re->bad, re->decisions};
    neardup_status status = re->target.folder ? join(r, re->target.name, error) : NEARDUP_OK;
    for (size_t i = 0; re->target.folder && i < sizeof sources / sizeof *sources && !status; i++)
        if (is_read_from(r->path.data, sources[i]))
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                           "%.250s would replace what it is made from, %.200s: name another folder with -o",
                           r->path.data, sources[i]);
    return status;
}

/* Opens what is below a folder where the input was. */
static neardup_status open_in(run *r, nd_strand *strand, const char *folder, neardup_error *error) {
    neardup_status status = join(r, folder, error);
    return status ? status : nd_strand_open(strand, r->path.data, error);
}

/* The strand lines of a kind come from; an error where they are not to be had. */
static neardup_status take_from(run *r, nd_strand *strand, const char *what, uint64_t count, neardup_error *error) {
    if (!strand->path)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "%.300s tells of lines that went to %s: say where they are with %s", r->restore->decisions, what,
                       what);
    return nd_strand_take(strand, r->input->line_break, count, take, r, error);
}

static neardup_status fail_cut(const run *r, neardup_status status, neardup_error *error) {
    if (status == NEARDUP_ERROR_MEMORY) return nd_fail_memory(error);
    return nd_fail(error, NEARDUP_ERROR_SOURCE,
                   "%.250s does not hold what was cut where the decisions say: it does not belong to them",
                   r->restore->dropped);
}

/* Takes the next piece that was cut of a record. */
static neardup_status take_piece(run *r, const nd_gap *gap, neardup_error *error) {
    nd_json_error json_error;
    nd_json_value text[ND_JSON_NAMES];
    if (!r->dropped.path)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "what was cut went to --dropped: say with it where that is");
    neardup_status status = nd_strand_take_json(&r->dropped, &r->piece, error);
    if (status) return status;
    nd_span line = {r->piece.data, r->piece.size};
    if (nd_json_scan(r->cut_fields, line, text, &json_error) != ND_JSON_OBJECT || text[0].kind != ND_JSON_STRING)
        return fail_cut(r, NEARDUP_ERROR_SOURCE, error);
    status = nd_splice_put(&r->splice, gap, text[0].raw);
    return status ? fail_cut(r, status, error) : NEARDUP_OK;
}

/* Puts what was cut of a record, from the gap *next on, back into its line. */
static neardup_status splice_line(run *r, uint64_t line, size_t *next, neardup_error *error) {
    neardup_status status = nd_strand_take_json(&r->kept, &r->left, error);
    if (status) return status;
    nd_span kept = {r->left.data, r->left.size};
    nd_splice_begin(&r->splice, kept, line ? 0 : nd_sniff_mark(kept));
    const nd_gaps *gaps = &r->input->gaps;
    for (; *next < gaps->count && gaps->items[*next].record == line && !status; ++*next)
        status = take_piece(r, &gaps->items[*next], error);
    if (status) return status;
    if (nd_splice_end(&r->splice)) return nd_fail_memory(error);
    return take(r, r->splice.text.data, r->splice.text.size, error);
}

/* The line that stands at a place of a list; `end` behind its last. */
static uint64_t next_of(const nd_line_list *list, size_t at, uint64_t end) {
    return at < list->count ? list->items[at] : end;
}

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* Merges the lines of the input. */
static neardup_status merge(run *r, neardup_error *error) {
    const nd_decided *input = r->input;
    const uint64_t lines = input->lines;
    size_t dropped = 0, bad = 0, cut = 0;
    neardup_status status = NEARDUP_OK;
    for (uint64_t line = 0; line < lines && !status;) {
        uint64_t next_dropped = next_of(&input->dropped, dropped, lines);
        uint64_t next_bad = next_of(&input->bad, bad, lines);
        uint64_t next_cut = cut < input->gaps.count ? input->gaps.items[cut].record : lines;
        uint64_t next = least(least(lines, next_cut), least(next_dropped, next_bad));
        if (next < line) break;
        if (next > line) {
            status = take_from(r, &r->kept, "OUT", next - line, error);
            line = next;
        } else if (next_dropped == line) {
            status = take_from(r, &r->dropped, "--dropped", 1, error);
            dropped++, line++;
        } else if (next_cut == line) {
            status = splice_line(r, line++, &cut, error);
        } else {
            status = take_from(r, &r->bad, "--bad-records", 1, error);
            bad++, line++;
        }
    }
    r->restore->put_back += dropped + bad;
    r->restore->spliced += cut;
    if (!status && dropped + bad + cut < input->dropped.count + input->bad.count + input->gaps.count)
        return nd_decisions_fail(&r->decisions, "has decisions about lines that were not there", error);
    return status;
}

/* Holds what was put together against what is known of the input. */
static neardup_status check_input(const run *r, uint64_t written, nd_hash128 value, neardup_error *error) {
    char hash[33];
    nd_hash128_write(value, hash);
    bool same = written == r->input->bytes && nd_span_equals(r->input->hash, hash);
    return same ? NEARDUP_OK : fail_input(r, error);
}

/* What has been read must have been read to its end. */
static neardup_status check_used_up(nd_strand *strand, neardup_error *error) {
    bool end = true;
    neardup_status status = strand->path ? nd_strand_at_end(strand, &end, error) : NEARDUP_OK;
    if (status || end) return status;
    return nd_fail(error, NEARDUP_ERROR_SOURCE,
                   "%.250s has more lines than the decisions say: it does not belong to them", strand->path);
}

static neardup_status restore_records(run *r, neardup_error *error) {
    nd_restore *re = r->restore;
    const nd_decided *input = r->input;
    bool from_dropped = re->dropped_folder && input->dropped.count + input->gaps.count;
    neardup_status status = nd_target_begin(&re->target, input->output, error);
    if (!status && re->kept_folder) status = open_in(r, &r->kept, re->kept, error);
    if (!status && from_dropped) status = open_in(r, &r->dropped, re->dropped, error);
    nd_hasher_clear(r->hasher);
    r->written = 0;
    r->held = false;
    r->mark_due = input->mark;
    if (!status) status = merge(r, error);
    if (!status && r->mark_due) status = write_out(r, "\xef\xbb\xbf", 3, error);
    if (!status && r->held && !input->open_end) status = write_out(r, "\n", 1, error);
    if (!status) status = check_input(r, r->written, nd_hasher_value(r->hasher), error);
    if (!status && re->kept_folder) status = check_used_up(&r->kept, error);
    if (!status && from_dropped) status = check_used_up(&r->dropped, error);
    re->lines += input->lines;
    return status ? status : nd_target_end(&re->target, error);
}

/* A file that was one document and went into a file of records: only one that held nothing could. */
static neardup_status restore_nothing(run *r, neardup_error *error) {
    nd_target *target = &r->restore->target;
    if (r->input->bytes) return nd_decisions_fail(&r->decisions, "tells of files that a folder would hold", error);
    neardup_status status = check_input(r, 0, nd_hash128_of("", 0, 0), error);
    if (!status) status = nd_target_begin(target, r->input->output, error);
    return status ? status : nd_target_end(target, error);
}

static neardup_status append(void *context, const char *data, size_t size, neardup_error *error) {
    return nd_buffer_append(context, data, size) ? nd_fail_memory(error) : NEARDUP_OK;
}

/* Reads the whole of what is below a folder where the input was. */
static neardup_status read_whole(run *r, nd_strand *strand, const char *folder, nd_buffer *data, neardup_error *error) {
    bool end = false;
    data->size = 0;
    neardup_status status = open_in(r, strand, folder, error);
    while (!status && !(status = nd_strand_at_end(strand, &end, error)) && !end)
        status = nd_strand_take(strand, (nd_line_break){1, false}, 1, append, data, error);
    return status;
}

/* A file that was kept but for what was cut. */
static neardup_status restore_cut_file(run *r, neardup_error *error) {
    nd_restore *re = r->restore;
    const nd_gaps *gaps = &r->input->gaps;
    nd_span output = r->input->output;
    if (!re->dropped_folder)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "what was cut of %.250s went to the folder of --dropped: say with it where that is",
                       output.data);
    neardup_status status = read_whole(r, &r->kept, re->kept, &r->left, error);
    if (!status) status = read_whole(r, &r->dropped, re->dropped, &r->piece, error);
    nd_splice_begin(&r->splice, (nd_span){r->left.data, r->left.size}, 0);
    for (size_t i = 0, at = 0; i < gaps->count && !status; i++) {
        const nd_gap *gap = &gaps->items[i];
        uint64_t size = gap->end - gap->begin;
        if (gap->record != NEARDUP_NONE || size > r->piece.size - at) return fail_cut(r, NEARDUP_ERROR_SOURCE, error);
        status = nd_splice_put(&r->splice, gap, (nd_span){r->piece.data + at, (size_t)size});
        if (status) return fail_cut(r, status, error);
        at += (size_t)size;
    }
    if (status) return status;
    if (nd_splice_end(&r->splice)) return nd_fail_memory(error);
    const nd_buffer *text = &r->splice.text;
    status = check_input(r, text->size, nd_hash128_of(text->data, text->size, 0), error);
    if (!status) status = nd_target_begin(&re->target, output, error);
    if (!status) status = nd_target_write(&re->target, text->data, text->size, error);
    if (!status) status = nd_target_end(&re->target, error);
    if (status || join(r, re->kept, error)) return status ? status : NEARDUP_ERROR_MEMORY;
    re->spliced += gaps->count;
    return nd_target_imitate(&re->target, output, r->path.data, error);
}

/* A file that was kept or dropped as a whole. */
static neardup_status restore_file(run *r, neardup_error *error) {
    nd_restore *re = r->restore;
    nd_span output = r->input->output;
    if (!re->kept_folder) return restore_nothing(r, error);
    if (!re->target.folder)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "%.250s went as a whole file: name a folder for it with -o (with a slash at its end)",
                       output.data);
    if (r->input->gaps.count) return restore_cut_file(r, error);
    const char *const folders[] = {re->kept, re->dropped_folder ? re->dropped : NULL};
    for (int i = 0; i < 2; i++) {
        if (!folders[i]) continue;
        if (join(r, folders[i], error)) return NEARDUP_ERROR_MEMORY;
        if (access(r->path.data, F_OK) != 0) continue;
        re->put_back += (uint64_t)i;
        neardup_status status = nd_target_copy(&re->target, output, r->path.data, false, error);
        if (status) return status;
        const nd_written *copy = &re->target.files[re->target.file_count - 1];
        return check_input(r, copy->bytes, copy->hash, error);
    }
    return nd_fail(error, NEARDUP_ERROR_SOURCE, "%.100s is neither in %.100s nor in %.100s, the folder of --dropped",
                   output.data, re->kept, re->dropped_folder ? re->dropped : "(none)");
}

/* Keeps the path of the input until the end. */
static neardup_status keep_output(run *r, neardup_error *error) {
    nd_span output = r->input->output;
    if (nd_reserve(&r->outputs, &r->output_capacity, r->output_count + 1, sizeof *r->outputs)) {
        nd_free((void *)(uintptr_t)output.data);
        return nd_fail_memory(error);
    }
    r->outputs[r->output_count++] = output;
    return NEARDUP_OK;
}

static neardup_status restore_input(run *r, neardup_error *error) {
    nd_restore *re = r->restore;
    neardup_status status = keep_output(r, error);
    if (!status) status = check_replaced(r, error);
    if (status) return status;
    if (r->input->annotated)
        return nd_fail(
            error, NEARDUP_ERROR_ARGUMENT,
            "%.200s is of a run with --mode annotate, which takes nothing out: remove the key that was added, and the "
            "records are what they were",
            re->decisions);
    if (r->input->bytes == NEARDUP_NONE)
        return nd_decisions_fail(&r->decisions, "has an input without its size", error);
    re->files++;
    if (!re->target.folder && re->files > 1)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "%.200s tells of several inputs, %.100s among them: name a folder for them with -o (with a "
                       "slash at its end)",
                       re->decisions, r->input->output.data);
    return r->input->lines == NEARDUP_NONE ? restore_file(r, error) : restore_records(r, error);
}

/* ---- the run ---- */

static neardup_status open_strands(run *r, neardup_error *error) {
    nd_restore *re = r->restore;
    neardup_status status = nd_decisions_open(&r->decisions, re->decisions, error);
    if (!status && !re->kept_folder) status = nd_strand_open(&r->kept, re->kept, error);
    if (!status && re->dropped && !re->dropped_folder) status = nd_strand_open(&r->dropped, re->dropped, error);
    if (!status && re->bad) status = nd_strand_open(&r->bad, re->bad, error);
    return status;
}

/* What is one file for all inputs must have been used up. */
static neardup_status check_leftovers(run *r, neardup_error *error) {
    nd_restore *re = r->restore;
    neardup_status status = NEARDUP_OK;
    if (!re->kept_folder) status = check_used_up(&r->kept, error);
    if (!status && !re->dropped_folder) status = check_used_up(&r->dropped, error);
    return status ? status : check_used_up(&r->bad, error);
}

static void release(run *r) {
    nd_decisions_release(&r->decisions);
    nd_strand_release(&r->kept);
    nd_strand_release(&r->dropped);
    nd_strand_release(&r->bad);
    nd_buffer_release(&r->splice.text);
    nd_buffer_release(&r->left);
    nd_buffer_release(&r->piece);
    nd_json_fields_free(r->cut_fields);
    nd_buffer_release(&r->path);
    nd_hasher_free(r->hasher);
}

neardup_status nd_restore_run(nd_restore *restore, neardup_error *error) {
    run r = {.restore = restore, .input = &r.decisions.input, .hasher = nd_hasher_create()};
    neardup_status status = r.hasher ? NEARDUP_OK : nd_fail_memory(error);
    if (!status) status = nd_json_fields_create(cut_names, 1, &r.cut_fields, error);
    if (!status) status = open_strands(&r, error);
    while (!status && !(status = nd_decisions_next(&r.decisions, error))) status = restore_input(&r, error);
    if (status == NEARDUP_END) status = check_leftovers(&r, error);
    restore->outputs = r.outputs;
    restore->output_count = r.output_count;
    release(&r);
    return status;
}

void nd_restore_release(nd_restore *restore) {
    for (size_t i = 0; i < restore->output_count; i++) nd_free((void *)(uintptr_t)restore->outputs[i].data);
    nd_free(restore->outputs);
}
