/* SPDX-License-Identifier: MIT */
#include "filter/filter.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "filter/copy.h"
#include "filter/cut_file.h"
#include "filter/fates.h"
#include "io/hasher.h"
#include "report/decision.h"
#include "report/json_out.h"

/* What a slot of the pipeline holds: a block of lines, or a file that goes as a whole. */
typedef struct slot {
    nd_fates_job job;
    bool whole;       /* a file */
    nd_hash128 hash;  /* at the end of an input: of the file, */
    uint64_t bytes;   /* and its size; */
    uint64_t content; /* of what is in it, should it be compressed, */
    nd_hash128 content_hash;
    uint64_t text_hash; /* of a file that is a document that goes */
    nd_file_cut cut;    /* of one that stays */
    neardup_error error;
} slot;

typedef struct run {
    nd_filter *filter;
    nd_corpus *corpus;
    slot *slots;
    /* The reading side. */
    nd_raw *raw;
    bool open;        /* the raw reading is inside a file, */
    size_t next_file; /* or this one comes next */
    nd_hasher *hasher;
    uint64_t content;
    /* The writing side: of the input under way. */
    uint64_t lines, dropped, bad;
    bool mark_left_out; /* it begins with a byte order mark that was not written */
    char last;          /* its last byte */
} run;

/* ---- reading ---- */

/* Sums up an input at its end. */
static neardup_status sum_up(run *r, slot *s, size_t file, neardup_error *error) {
    s->content = s->bytes = r->content;
    if (!r->hasher) return NEARDUP_OK;
    s->content_hash = s->hash = nd_hasher_value(r->hasher);
    nd_corpus_file info = nd_corpus_file_at(r->corpus, file);
    if (!r->filter->sums || info.special || nd_raw_is_plain(r->raw)) return NEARDUP_OK;
    /* It is read once more, and what it is now must be what has been copied. */
    neardup_status status = nd_hash_file(info.file.data, &s->hash, &s->bytes, error);
    return status ? status : nd_corpus_check_file(r->corpus, file, error);
}

static neardup_status read_lines(run *r, slot *s, neardup_error *error) {
    neardup_status status = nd_raw_next(r->raw, &s->job.data, &s->job.block, error);
    if (status) return status;
    if (r->hasher) nd_hasher_add(r->hasher, s->job.data.data, s->job.data.size);
    r->content += s->job.data.size;
    s->whole = false;
    if (!s->job.block.last) return NEARDUP_OK;
    r->open = false;
    return sum_up(r, s, s->job.block.file, error);
}

static neardup_status read_block(void *context, unsigned number) {
    run *r = context;
    slot *s = &r->slots[number];
    size_t count = nd_corpus_file_count(r->corpus);
    if (r->open) return read_lines(r, s, &s->error);
    while (r->next_file < count && nd_corpus_file_at(r->corpus, r->next_file).reference) r->next_file++;
    if (r->next_file == count) return NEARDUP_END;
    size_t file = r->next_file++;
    if (nd_corpus_file_at(r->corpus, file).content != ND_CONTENT_RECORDS) {
        s->whole = true;
        s->job.block = (nd_raw_block){.file = file};
        return NEARDUP_OK;
    }
    neardup_status status = nd_raw_open(r->raw, file, &s->error);
    if (status) return status;
    r->open = true;
    r->content = 0;
    if (r->hasher) nd_hasher_clear(r->hasher);
    return read_lines(r, s, &s->error);
}

/* ---- work ---- */

static neardup_status take_text(void *context, uint64_t document, const neardup_text *text) {
    (void)document;
    *(uint64_t *)context = nd_hash64(text->data, text->size, 0);
    return NEARDUP_OK;
}

/* Whether a file is a document that goes. */
static bool is_dropped(const run *r, size_t file, uint64_t *document_out) {
    neardup_decision decision;
    if (nd_corpus_file_at(r->corpus, file).content != ND_CONTENT_DOCUMENT) return false;
    *document_out = nd_corpus_first_document(r->corpus, file);
    neardup_result_decision(r->filter->report->result, *document_out, &decision);
    return decision.dropped;
}

static neardup_status work(void *context, unsigned number, unsigned worker) {
    (void)worker;
    run *r = context;
    slot *s = &r->slots[number];
    if (!s->whole) return nd_fates_find(&s->job, &s->error);
    uint64_t document;
    neardup_status status = nd_file_cut_find(&s->cut, r->filter, s->job.block.file, &s->error);
    if (status || !r->filter->decisions || !is_dropped(r, s->job.block.file, &document)) return status;
    return nd_corpus_fetch(r->corpus, &document, 1, take_text, &s->text_hash, &s->error);
}

/* ---- writing ---- */

/* The line that tells restore about an input. */
static void write_input(const run *r, const slot *s, bool records) {
    nd_corpus_file file = nd_corpus_file_at(r->corpus, s->job.block.file);
    char hash[33];
    nd_json json = nd_json_line(r->filter->decisions, "input");
    nd_json_bytes(&json, "path", file.path);
    nd_json_bytes(&json, "output", file.relative);
    nd_json_count(&json, "bytes", s->content);
    nd_hash128_write(records ? s->content_hash : s->hash, hash);
    nd_json_text(&json, "xxh3_128", hash);
    if (records) {
        nd_json_count(&json, "lines", r->mark_left_out && s->content == 3 ? 0 : r->lines); /* a mark alone is no line */
        nd_json_count(&json, "dropped", r->dropped);
        nd_json_count(&json, "bad", r->bad);
        if (file.converted && s->job.block.break_size == 2)
            nd_json_text(&json, "encoding", s->job.block.big_endian ? "UTF-16BE" : "UTF-16LE");
        if (r->filter->note_key) nd_json_flag(&json, "annotated", true);
        nd_json_flag(&json, "mark", r->mark_left_out);
        nd_json_flag(&json, "final_newline", r->last == '\n');
    }
    nd_json_end_line(&json);
}

static neardup_status add_sum(run *r, const slot *s, neardup_error *error) {
    nd_filter *f = r->filter;
    if (!f->sums) return NEARDUP_OK;
    if (nd_reserve(&f->inputs, &f->input_capacity, f->input_count + 1, sizeof *f->inputs)) return nd_fail_memory(error);
    f->inputs[f->input_count++] = (nd_input_sum){s->job.block.file, s->bytes, s->hash};
    return NEARDUP_OK;
}

static neardup_status begin_input(run *r, size_t file, neardup_error *error) {
    nd_corpus_file info = nd_corpus_file_at(r->corpus, file);
    r->lines = r->dropped = r->bad = 0;
    r->mark_left_out = false;
    r->last = '\n';
    neardup_status status = NEARDUP_OK;
    for (int fate = 0; fate < ND_FATES && !status; fate++)
        status = nd_target_begin(&r->filter->targets[fate], info.relative, error);
    return status;
}

static neardup_status end_input(run *r, slot *s, neardup_error *error) {
    neardup_status status = add_sum(r, s, error);
    for (int fate = 0; fate < ND_FATES && !status; fate++) status = nd_target_end(&r->filter->targets[fate], error);
    if (!status && r->filter->decisions) write_input(r, s, true);
    return status;
}

static bool begins_with_mark(const nd_buffer *data) {
    return data->size >= 3 && memcmp(data->data, "\xef\xbb\xbf", 3) == 0;
}

static neardup_status write_lines(run *r, slot *s, neardup_error *error) {
    nd_fates_job *job = &s->job;
    nd_filter *f = r->filter;
    neardup_status status = job->block.first ? begin_input(r, job->block.file, error) : NEARDUP_OK;
    for (size_t i = 0; i < job->run_count && !status; i++) {
        const nd_fate_run *bytes = &job->runs[i];
        const char *from = (bytes->noted ? job->notes.data : job->data.data) + bytes->begin;
        size_t size = bytes->end - bytes->begin, mark = 0;
        nd_target *target = &f->targets[bytes->fate];
        if (i == 0 && job->block.first && begins_with_mark(&job->data) && !nd_target_takes_mark(target, size)) mark = 3;
        r->mark_left_out |= mark > 0;
        status = nd_target_write(target, from + mark, size - mark, error);
    }
    if (status) return status;
    if (job->decisions_size) fwrite(job->decisions, 1, job->decisions_size, f->decisions);
    if (job->data.size) r->last = job->data.data[job->data.size - 1];
    r->lines += job->block.lines;
    r->dropped += job->dropped;
    r->bad += job->bad;
    f->counts.lines += job->block.lines;
    f->counts.records += job->block.documents;
    f->counts.bad += job->bad;
    f->counts.blank += job->blank;
    f->counts.cut_documents += job->cut_documents;
    f->counts.cuts += job->cuts;
    f->counts.cut_bytes += job->cut_bytes;
    f->counts.uncut += job->uncut;
    return job->block.last ? end_input(r, s, error) : NEARDUP_OK;
}

/* Writes a file without its cuts. What is told of it is its content, compressed or not, but for the sum. */
static neardup_status write_cut(run *r, slot *s, const nd_corpus_file *info, neardup_error *error) {
    size_t file = s->job.block.file;
    neardup_status status = nd_file_cut_write(&s->cut, r->filter, file, error);
    if (!status && r->filter->sums) status = nd_hash_file(info->file.data, &s->hash, &s->bytes, error);
    if (!status) status = nd_corpus_check_file(r->corpus, file, error);
    if (!status) status = add_sum(r, s, error);
    s->content = s->cut.content.size;
    s->hash = nd_hash128_of(s->cut.content.data, s->cut.content.size, 0);
    if (!status && r->filter->decisions) write_input(r, s, false);
    return status;
}

/* Copies a file that goes as a whole. One that was no document and cannot be read either is counted. */
static neardup_status write_whole(run *r, slot *s, neardup_error *error) {
    nd_filter *f = r->filter;
    size_t file = s->job.block.file;
    nd_corpus_file info = nd_corpus_file_at(r->corpus, file);
    uint64_t document;
    bool dropped = is_dropped(r, file, &document);
    nd_target *target = &f->targets[dropped ? ND_FATE_DROPPED : ND_FATE_KEPT];
    bool is_document = info.content == ND_CONTENT_DOCUMENT;
    if (!is_document && (info.special || !target->folder)) {
        f->counts.lost++;
        return NEARDUP_OK;
    }
    neardup_status status = is_document ? nd_corpus_check_file(r->corpus, file, error) : NEARDUP_OK;
    if (status) return status;
    f->counts.files += is_document;
    f->counts.uncut += s->cut.uncut;
    if (s->cut.cutter.count) return write_cut(r, s, &info, error);
    if (dropped && f->decisions) nd_decision_write(f->report, f->decisions, document, s->text_hash);
    s->bytes = s->content = info.bytes;
    if (target->name && target->folder && !info.special) {
        status = nd_target_copy(target, info.relative, info.file.data, f->link, error);
        if (status == NEARDUP_ERROR_SOURCE && !is_document) {
            f->counts.lost++;
            return NEARDUP_OK;
        }
        if (status) return status;
        f->counts.others += !is_document;
        s->hash = target->files[target->file_count - 1].hash;
        s->bytes = s->content = target->files[target->file_count - 1].bytes;
    } else if (target->name && !info.special) { /* it holds nothing that could go into a file, whatever its own size */
        status = f->decisions ? nd_hash_content(info.file.data, &s->hash, &s->content, error) : NEARDUP_OK;
    } else if (f->sums && !info.special) {
        status = nd_hash_file(info.file.data, &s->hash, &s->bytes, error);
    } else {
        s->hash = nd_hash128_of("", 0, 0);
    }
    if (!status && is_document) status = nd_corpus_check_file(r->corpus, file, error);
    if (!status) status = add_sum(r, s, error);
    if (!status && f->decisions) write_input(r, s, false);
    return status;
}

static neardup_status commit(void *context, unsigned number) {
    run *r = context;
    slot *s = &r->slots[number];
    neardup_status status = s->whole ? write_whole(r, s, &s->error) : write_lines(r, s, &s->error);
    if (!status && r->filter->progress) {
        uint64_t done, total;
        nd_corpus_progress(r->corpus, &done, &total);
        r->filter->progress(r->filter->progress_context, done);
    }
    return status;
}

/* ---- the run ---- */

neardup_status nd_filter_run(nd_filter *filter, neardup_error *error) {
    unsigned threads = filter->threads ? filter->threads : 1, slots = nd_pipeline_slots(threads), failed = 0;
    run r = {.filter = filter, .corpus = filter->report->corpus, .slots = nd_allocate_zero(slots, sizeof *r.slots)};
    if (filter->sums || filter->decisions) r.hasher = nd_hasher_create();
    neardup_status status =
        r.slots && (r.hasher || !(filter->sums || filter->decisions)) ? NEARDUP_OK : nd_fail_memory(error);
    if (!status) status = nd_raw_create(r.corpus, &r.raw, error);
    if (!status) {
        for (unsigned i = 0; i < slots; i++) r.slots[i].job.filter = filter;
        nd_pipeline pipeline = {&r, read_block, work, commit};
        status = nd_pipeline_run(&pipeline, threads, &failed);
        if (status && r.slots[failed].error.status == status)
            *error = r.slots[failed].error;
        else if (status)
            nd_fail(error, status, "%s", neardup_status_text(status));
    }
    for (unsigned i = 0; r.slots && i < slots; i++) {
        nd_fates_job_release(&r.slots[i].job);
        nd_file_cut_release(&r.slots[i].cut);
    }
    nd_free(r.slots);
    nd_raw_free(r.raw);
    nd_hasher_free(r.hasher);
    return status;
}

void nd_filter_release(nd_filter *filter) {
    nd_free(filter->inputs);
    filter->inputs = NULL;
    filter->input_count = filter->input_capacity = 0;
}
