/* SPDX-License-Identifier: MIT */
#include "filter/fates.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "filter/cut_record.h"
#include "report/decision.h"

void nd_fates_job_release(nd_fates_job *job) {
    nd_buffer_release(&job->data);
    nd_buffer_release(&job->notes);
    nd_buffer_release(&job->plain_note);
    nd_free(job->runs);
    if (job->decisions_out) fclose(job->decisions_out);
    if (job->notes_out) fclose(job->notes_out);
    free(job->decisions);
    free(job->note);
    nd_line_reader_free(job->reader);
    nd_cutter_release(&job->cutter);
    nd_buffer_release(&job->text);
    *job = (nd_fates_job){0};
}

/* To the last run where it goes on with that. */
neardup_status nd_fates_add(nd_fates_job *job, bool noted, size_t begin, size_t end, nd_fate fate) {
    nd_fate_run *last = job->run_count ? &job->runs[job->run_count - 1] : NULL;
    if (last && last->fate == fate && last->noted == noted && last->end == begin) {
        last->end = end;
        return NEARDUP_OK;
    }
    if (nd_reserve(&job->runs, &job->run_capacity, job->run_count + 1, sizeof *job->runs))
        return nd_fail_memory(job->error);
    job->runs[job->run_count++] = (nd_fate_run){noted, begin, end, fate};
    return NEARDUP_OK;
}

/* A line as it is. */
static neardup_status add_line(nd_fates_job *job, nd_span line, nd_fate fate) {
    size_t begin = (size_t)(line.data - job->data.data);
    return nd_fates_add(job, false, begin, begin + line.size, fate);
}

/* ---- notes ---- */

neardup_status nd_fates_rewind_note(nd_fates_job *job) {
    if (!job->notes_out) job->notes_out = open_memstream(&job->note, &job->note_size);
    if (!job->notes_out) return nd_fail_memory(job->error);
    rewind(job->notes_out);
    return NEARDUP_OK;
}

neardup_status nd_fates_take_note(nd_fates_job *job, nd_span *note_out) {
    if (fflush(job->notes_out) != 0 || ferror(job->notes_out)) return nd_fail_memory(job->error);
    *note_out = (nd_span){job->note, (size_t)ftell(job->notes_out)};
    return NEARDUP_OK;
}

/* Makes the note of a document. That of a document in no cluster, with nothing to cut, is always the same. */
static neardup_status make_note(nd_fates_job *job, uint64_t document, bool alone, nd_span *note_out) {
    if (alone && job->plain_note.size) {
        *note_out = (nd_span){job->plain_note.data, job->plain_note.size};
        return NEARDUP_OK;
    }
    const nd_filter *filter = job->filter;
    const nd_cut_list cuts = {job->cutter.cuts, job->cutter.count};
    neardup_status status = nd_fates_rewind_note(job);
    if (status) return status;
    nd_note_write(filter->report, job->notes_out, filter->note_key, document,
                  filter->cuts.use == ND_PASSAGES_MARK ? &cuts : NULL);
    status = nd_fates_take_note(job, note_out);
    if (status) return status;
    if (alone && nd_buffer_append(&job->plain_note, note_out->data, note_out->size)) return nd_fail_memory(job->error);
    return NEARDUP_OK;
}

/* Where the note goes: at the brace that ends the record. Beyond the limit of a record nobody has looked whether there
 * is one; such a line stays as it is. */
static bool find_brace(const nd_fates_job *job, nd_span line, size_t *place_out) {
    size_t end = line.size;
    if (line.size > nd_corpus_limit(job->filter->report->corpus)) return false;
    while (end && strchr(" \t\r\n", line.data[end - 1]) && line.data[end - 1]) end--;
    if (!end || line.data[end - 1] != '}') return false;
    *place_out = end - 1;
    return true;
}

/* Finds what could be cut of a document, for its note. */
static neardup_status mark(nd_fates_job *job, nd_span line, uint64_t number, uint64_t document) {
    neardup_text text;
    job->cutter.count = 0;
    if (!nd_cuts_expected(&job->filter->cuts, job->filter->report, document)) return NEARDUP_OK;
    neardup_status status = nd_cut_record_find(job, line, number, document, &text);
    job->cut_documents += job->cutter.count > 0;
    job->cuts += job->cutter.count;
    for (size_t i = 0; i < job->cutter.count; i++)
        job->cut_bytes += job->cutter.cuts[i].end - job->cutter.cuts[i].begin;
    return status;
}

static neardup_status add_noted(nd_fates_job *job, nd_span line, uint64_t number, uint64_t document, bool alone) {
    size_t brace;
    nd_span note = {0};
    if (!find_brace(job, line, &brace)) return add_line(job, line, ND_FATE_KEPT);
    neardup_status status = mark(job, line, number, document);
    if (!status) status = make_note(job, document, alone && !job->cutter.count, &note);
    if (status) return status;
    size_t begin = job->notes.size;
    if (nd_buffer_append(&job->notes, line.data, brace) || nd_buffer_append(&job->notes, note.data, note.size) ||
        nd_buffer_append(&job->notes, line.data + brace, line.size - brace))
        return nd_fail_memory(job->error);
    return nd_fates_add(job, true, begin, job->notes.size, ND_FATE_KEPT);
}

/* ---- decisions ---- */

static neardup_status decide(nd_fates_job *job, nd_span line, uint64_t number, uint64_t document) {
    nd_span text = {0};
    if (!job->filter->decisions) return NEARDUP_OK;
    neardup_status status = nd_line_reader_text(job->reader, job->block.file, number == 0, line, &text, job->error);
    if (!status)
        nd_decision_write(job->filter->report, job->decisions_out, document, nd_hash64(text.data, text.size, 0));
    return status;
}

/* ---- lines ---- */

/* Whether a line that is no document holds nothing. */
static bool is_blank(nd_span line, bool first, bool wide) {
    const char *mark = wide ? (line.size && line.data[0] == '\xff' ? "\xff\xfe" : "\xfe\xff") : "\xef\xbb\xbf";
    size_t size = strlen(mark), at = first && line.size >= size && memcmp(line.data, mark, size) == 0 ? size : 0;
    for (; at < line.size; at++)
        if (line.data[at] ? !strchr(" \t\r\n", line.data[at]) : !wide) return false;
    return true;
}

static neardup_status take_document(nd_fates_job *job, nd_span line, uint64_t number, uint64_t document) {
    neardup_decision decision;
    neardup_result_decision(job->filter->report->result, document, &decision);
    neardup_status status = NEARDUP_OK;
    if (decision.dropped) {
        job->dropped++;
        status = decide(job, line, number, document);
    }
    if (status) return status;
    if (job->filter->note_key) return add_noted(job, line, number, document, decision.cluster == NEARDUP_NONE);
    if (nd_cuts_expected(&job->filter->cuts, job->filter->report, document))
        return nd_cut_record(job, line, number, document);
    return add_line(job, line, decision.dropped ? ND_FATE_DROPPED : ND_FATE_KEPT);
}

/* The beginning of a line that comes in pieces. It stays, and so it must be that of a document (NEARDUP_NONE: it is
 * none) that was not compared: there are charsets in which a short text can be written at any length. */
static neardup_status take_piece(nd_fates_job *job, nd_span line, uint64_t number, uint64_t document) {
    const nd_report *report = job->filter->report;
    neardup_document facts = {0};
    neardup_result_document(report->result, document, &facts);
    if (facts.condition == NEARDUP_SET_ASIDE) return add_line(job, line, ND_FATE_KEPT);
    return nd_fail(job->error, NEARDUP_ERROR_ARGUMENT,
                   "line %llu of %.250s is too long in its charset to be copied: convert the file to UTF-8 first",
                   (unsigned long long)number + 1, nd_corpus_file_at(report->corpus, job->block.file).file.data);
}

static neardup_status take_other(nd_fates_job *job, nd_span line, uint64_t number) {
    const nd_filter *filter = job->filter;
    bool blank = is_blank(line, number == 0, job->block.break_size == 2);
    bool aside = !blank && filter->targets[ND_FATE_BAD].name;
    if (blank)
        job->blank++;
    else
        job->bad++;
    if (aside && filter->decisions)
        nd_decision_write_bad(job->decisions_out, nd_corpus_file_at(filter->report->corpus, job->block.file).path,
                              number);
    return add_line(job, line, aside ? ND_FATE_BAD : ND_FATE_KEPT);
}

static neardup_status begin(nd_fates_job *job) {
    job->run_count = 0;
    job->notes.size = 0;
    job->dropped = job->bad = job->blank = 0;
    job->cut_documents = job->cuts = job->cut_bytes = job->uncut = 0;
    job->decisions_size = 0;
    if (!job->filter->decisions && job->filter->cuts.use == ND_PASSAGES_LEAVE) return NEARDUP_OK;
    if (!job->reader) job->reader = nd_line_reader_create(job->filter->report->corpus);
    if (!job->reader) return nd_fail_memory(job->error);
    if (!job->filter->decisions) return NEARDUP_OK;
    if (!job->decisions_out) job->decisions_out = open_memstream(&job->decisions, &job->decisions_size);
    if (!job->decisions_out) return nd_fail_memory(job->error);
    rewind(job->decisions_out);
    return NEARDUP_OK;
}

neardup_status nd_fates_find(nd_fates_job *job, neardup_error *error) {
    const nd_raw_block *block = &job->block;
    const nd_corpus *corpus = job->filter->report->corpus;
    job->error = error;
    neardup_status status = begin(job);
    uint64_t number = block->line, document = block->document, end = document + block->documents;
    nd_span rest = {job->data.data, job->data.size}, line;
    /* The rest of a line that was too long to be compared is kept like its beginning. */
    if (!status && block->continues && nd_raw_line(block, &rest, &line)) {
        status = add_line(job, line, ND_FATE_KEPT);
        number++;
    }
    uint64_t next = document < end ? nd_corpus_line(corpus, document) : NEARDUP_NONE;
    for (; !status && nd_raw_line(block, &rest, &line); number++) {
        bool piece = !rest.size && block->continued;
        if (piece) {
            status = take_piece(job, line, number, number == next ? document : NEARDUP_NONE);
        } else if (number != next) {
            status = take_other(job, line, number);
        } else {
            status = take_document(job, line, number, document);
            next = ++document < end ? nd_corpus_line(corpus, document) : NEARDUP_NONE;
        }
    }
    if (!status && job->decisions_out && fflush(job->decisions_out) != 0) status = nd_fail_memory(error);
    if (!status && job->decisions_out) job->decisions_size = (size_t)ftell(job->decisions_out);
    return status;
}
