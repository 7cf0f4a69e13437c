/* SPDX-License-Identifier: MIT */
#include "support/reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/threads.h"

enum { MOST_SLOTS = 64 };

typedef struct flow {
    reading *r;
    neardup_source source;
    const neardup_text *texts[MOST_SLOTS];
    size_t counts[MOST_SLOTS];
    neardup_error errors[MOST_SLOTS]; /* of the splits, which run at the same time */
    neardup_error read_error, commit_error;
} flow;

static neardup_status read_block(void *context, unsigned slot) {
    flow *f = context;
    return f->source.read(f->source.context, slot, &f->read_error);
}

static neardup_status split_block(void *context, unsigned slot, unsigned worker) {
    flow *f = context;
    (void)worker;
    return f->source.split(f->source.context, slot, &f->texts[slot], &f->counts[slot], &f->errors[slot]);
}

static neardup_status commit_block(void *context, unsigned slot) {
    flow *f = context;
    reading *r = f->r;
    uint64_t first = r->count;
    for (size_t i = 0; i < f->counts[slot]; i++) {
        const neardup_text *text = &f->texts[slot][i];
        if ((r->count & (r->count - 1)) == 0) {
            void *grown = realloc(r->documents, (2 * r->count + 1) * sizeof *r->documents);
            if (!grown) return NEARDUP_ERROR_MEMORY;
            r->documents = grown;
        }
        reading_document *d = &r->documents[r->count++];
        *d = (reading_document){NULL, text->size, text->form, text->set_aside, text->skipped};
        if (text->set_aside || text->skipped) continue;
        d->data = malloc(text->size + 1);
        if (!d->data) return NEARDUP_ERROR_MEMORY;
        if (text->size) memcpy(d->data, text->data, text->size);
        d->data[text->size] = 0;
    }
    r->blocks++;
    return f->source.commit(f->source.context, slot, first, &f->commit_error);
}

reading reading_run(nd_corpus *corpus, unsigned threads) {
    reading r = {0};
    flow f = {.r = &r, .source = nd_corpus_source(corpus)};
    r.status = f.source.begin(f.source.context, nd_pipeline_slots(threads), &f.read_error);
    nd_pipeline pipeline = {&f, read_block, split_block, commit_block};
    if (r.status == NEARDUP_OK) r.status = nd_pipeline_run(&pipeline, threads, NULL);
    if (r.status == NEARDUP_OK) return r;
    if (f.read_error.status == r.status) r.error = f.read_error;
    if (f.commit_error.status == r.status) r.error = f.commit_error;
    for (unsigned i = 0; i < MOST_SLOTS; i++)
        if (f.errors[i].status == r.status) r.error = f.errors[i];
    return r;
}

static bool is_wanted(void *context, uint64_t document) { return ((const bool *)context)[document]; }

reading reading_run_wanted(nd_corpus *corpus, unsigned threads, const bool *wanted) {
    neardup_source source = nd_corpus_source(corpus);
    source.want(source.context, is_wanted, (void *)(uintptr_t)wanted);
    return reading_run(corpus, threads);
}

void reading_release(reading *r) {
    for (size_t i = 0; i < r->count; i++) free(r->documents[i].data);
    free(r->documents);
    *r = (reading){0};
}

bool reading_equal(const reading *a, const reading *b) {
    if (a->status != b->status || a->count != b->count || a->blocks != b->blocks) return false;
    for (size_t i = 0; i < a->count; i++) {
        const reading_document *x = &a->documents[i], *y = &b->documents[i];
        if (x->size != y->size || x->form != y->form || x->set_aside != y->set_aside || x->skipped != y->skipped)
            return false;
        if (x->size && memcmp(x->data, y->data, x->size) != 0) return false;
    }
    return true;
}
