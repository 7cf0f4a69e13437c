/* SPDX-License-Identifier: MIT */
#include "filter/cut_file.h"

#include "base/error.h"
#include "base/hash.h"

void nd_file_cut_release(nd_file_cut *cut) {
    nd_cutter_release(&cut->cutter);
    nd_buffer_release(&cut->content);
    *cut = (nd_file_cut){0};
}

typedef struct taking {
    nd_file_cut *cut;
    const nd_filter *filter;
    bool converted;
} taking;

static neardup_status take_text(void *context, uint64_t document, const neardup_text *text) {
    const taking *t = context;
    nd_file_cut *cut = t->cut;
    cut->uncut = t->converted || text->form != NEARDUP_PLAIN;
    if (cut->uncut) return NEARDUP_OK;
    neardup_status status = nd_buffer_append(&cut->content, text->data, text->size);
    return status ? status : nd_cutter_find(&cut->cutter, &t->filter->cuts, t->filter->report, document, text);
}

neardup_status nd_file_cut_find(nd_file_cut *cut, const nd_filter *filter, size_t file, neardup_error *error) {
    nd_corpus *corpus = filter->report->corpus;
    nd_corpus_file info = nd_corpus_file_at(corpus, file);
    cut->cutter.count = cut->content.size = 0;
    cut->uncut = false;
    if (info.content != ND_CONTENT_DOCUMENT) return NEARDUP_OK;
    uint64_t document = nd_corpus_first_document(corpus, file);
    taking t = {cut, filter, info.converted};
    if (!nd_cuts_expected(&filter->cuts, filter->report, document)) return NEARDUP_OK;
    neardup_status status = nd_corpus_fetch(corpus, &document, 1, take_text, &t, error);
    return status == NEARDUP_ERROR_MEMORY ? nd_fail_memory(error) : status;
}

/* Writes the bytes between cuts, or those of the cuts, as a file. */
static neardup_status write_parts(const nd_file_cut *cut, nd_target *target, const nd_corpus_file *info, bool cuts,
                                  neardup_error *error) {
    const nd_cut *items = cut->cutter.cuts;
    size_t count = cut->cutter.count;
    neardup_status status = nd_target_begin(target, info->relative, error);
    for (size_t i = 0; i < count + !cuts && !status; i++) {
        uint64_t begin = cuts ? items[i].begin : i ? items[i - 1].end : 0;
        uint64_t end = cuts ? items[i].end : i < count ? items[i].begin : cut->content.size;
        status = nd_target_write(target, cut->content.data + begin, (size_t)(end - begin), error);
    }
    if (!status) status = nd_target_end(target, error);
    return status ? status : nd_target_imitate(target, info->relative, info->file.data, error);
}

neardup_status nd_file_cut_write(const nd_file_cut *cut, nd_filter *filter, size_t file, neardup_error *error) {
    nd_corpus_file info = nd_corpus_file_at(filter->report->corpus, file);
    neardup_status status = write_parts(cut, &filter->targets[ND_FATE_KEPT], &info, false, error);
    if (!status) status = write_parts(cut, &filter->targets[ND_FATE_DROPPED], &info, true, error);
    for (size_t i = 0; i < cut->cutter.count && !status; i++) {
        const nd_cut *c = &cut->cutter.cuts[i];
        filter->counts.cut_bytes += c->end - c->begin;
        if (!filter->decisions) continue;
        uint64_t hash = nd_hash64(cut->content.data + c->begin, (size_t)(c->end - c->begin), 0);
        nd_decision_write_cut(filter->report, filter->decisions, c, hash);
    }
    filter->counts.cuts += cut->cutter.count;
    filter->counts.cut_documents++;
    return status;
}
