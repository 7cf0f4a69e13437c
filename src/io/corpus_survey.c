/* SPDX-License-Identifier: MIT */
/* A reading for its own sake: for who wants single documents, and has no engine that reads. */
#include "io/corpus.h"

neardup_status nd_corpus_survey(nd_corpus *corpus, uint64_t *documents_out, neardup_error *error) {
    neardup_source source = nd_corpus_source(corpus);
    neardup_error own;
    uint64_t documents = 0;
    error = error ? error : &own;
    neardup_status status = source.begin(source.context, 1, error);
    while (!status) {
        const neardup_text *texts;
        size_t count = 0;
        status = source.read(source.context, 0, error);
        if (!status) status = source.split(source.context, 0, &texts, &count, error);
        if (!status) status = source.commit(source.context, 0, documents, error);
        if (!status) documents += count;
    }
    if (status != NEARDUP_END) return status;
    *documents_out = documents;
    return NEARDUP_OK;
}
