/* SPDX-License-Identifier: MIT */
#include "filter/cut_record.h"

#include "base/error.h"
#include "base/hash.h"
#include "text/json_string.h"

neardup_status nd_cut_record_find(nd_fates_job *job, nd_span line, uint64_t number, uint64_t document,
                                  neardup_text *text_out) {
    neardup_status status =
        nd_line_reader_literal(job->reader, job->block.file, number == 0, line, text_out, job->error);
    if (status) return status;
    const nd_filter *filter = job->filter;
    return nd_cutter_find(&job->cutter, &filter->cuts, filter->report, document, text_out) ? nd_fail_memory(job->error)
                                                                                           : NEARDUP_OK;
}

/* Writes the decision about a cut. Its checksum is that of what the literal stands for. */
static neardup_status decide(nd_fates_job *job, const nd_cut *cut, nd_span literal) {
    if (!job->filter->decisions) return NEARDUP_OK;
    job->text.size = 0;
    if (nd_json_unescape(literal.data, literal.size, &job->text)) return nd_fail_memory(job->error);
    nd_decision_write_cut(job->filter->report, job->decisions_out, cut, nd_hash64(job->text.data, job->text.size, 0));
    return NEARDUP_OK;
}

/* Appends the line that keeps what is cut to the job's own lines. */
static neardup_status keep_text(nd_fates_job *job, const nd_cut *cut, nd_span literal) {
    nd_span line;
    neardup_status status = nd_fates_rewind_note(job);
    if (status) return status;
    nd_cut_write(job->filter->report, job->notes_out, cut, literal);
    status = nd_fates_take_note(job, &line);
    if (status) return status;
    size_t begin = job->notes.size;
    if (nd_buffer_append(&job->notes, line.data, line.size)) return nd_fail_memory(job->error);
    return nd_fates_add(job, true, begin, job->notes.size, ND_FATE_DROPPED);
}

neardup_status nd_cut_record(nd_fates_job *job, nd_span line, uint64_t number, uint64_t document) {
    neardup_text text;
    neardup_status status = nd_cut_record_find(job, line, number, document, &text);
    if (status) return status;
    size_t at = (size_t)(line.data - job->data.data), end = at + line.size;
    const nd_cutter *cutter = &job->cutter;
    bool whole =
        nd_corpus_file_at(job->filter->report->corpus, job->block.file).converted || text.raw_offset == NEARDUP_NONE;
    if (whole || !cutter->count) {
        job->uncut += whole && cutter->count;
        return nd_fates_add(job, false, at, end, ND_FATE_KEPT);
    }
    size_t offset = (size_t)((const char *)text.data - job->data.data) - (size_t)text.raw_offset;
    for (size_t i = 0; i < cutter->count && !status; i++) {
        const nd_cut *cut = &cutter->cuts[i];
        status = nd_fates_add(job, false, at, offset + (size_t)cut->raw_begin, ND_FATE_KEPT);
        at = offset + (size_t)cut->raw_end;
        job->cut_bytes += cut->end - cut->begin;
    }
    if (!status) status = nd_fates_add(job, false, at, end, ND_FATE_KEPT);
    for (size_t i = 0; i < cutter->count && !status; i++) {
        const nd_cut *cut = &cutter->cuts[i];
        nd_span literal = {job->data.data + offset + cut->raw_begin, (size_t)(cut->raw_end - cut->raw_begin)};
        status = decide(job, cut, literal);
        if (!status && job->filter->targets[ND_FATE_DROPPED].name) status = keep_text(job, cut, literal);
    }
    job->cut_documents++;
    job->cuts += cutter->count;
    return status;
}
