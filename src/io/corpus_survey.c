/* SPDX-License-Identifier: MIT */
/* A reading for its own sake: for who wants single documents, and has no engine that reads. */
#include "base/error.h"
#include "io/corpus.h"

/* Whether the last document is at or behind the last line that is wanted. */
static bool is_enough(const nd_corpus *corpus, const nd_survey *survey, uint64_t documents) {
    if (!documents || survey->last_line == NEARDUP_NONE) return false;
    uint64_t record = nd_corpus_document_at(corpus, documents - 1).record;
    return record != NEARDUP_NONE && record >= survey->last_line;
}

neardup_status nd_corpus_survey(nd_corpus *corpus, const nd_survey *survey, uint64_t *documents_out,
                                neardup_error *error) {
    neardup_source source = nd_corpus_source(corpus);
    neardup_error own = {0};
    uint64_t documents = 0;
    error = error ? error : &own;
    neardup_status status = source.begin(source.context, 1, error);
    while (!status && !is_enough(corpus, survey, documents)) {
        const neardup_text *texts;
        size_t count = 0;
        status = source.read(source.context, 0, error);
        if (!status) status = source.split(source.context, 0, &texts, &count, error);
        if (!status) status = source.commit(source.context, 0, documents, error);
        if (!status) documents += count;
        if (!status && survey->progress && survey->progress(survey->context, NEARDUP_PHASE_SKETCH, documents, 0))
            status = nd_fail(error, NEARDUP_ERROR_CANCELLED, "%s", neardup_status_text(NEARDUP_ERROR_CANCELLED));
    }
    if (status && status != NEARDUP_END) return status;
    *documents_out = documents;
    return NEARDUP_OK;
}
