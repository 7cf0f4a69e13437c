/* SPDX-License-Identifier: MIT */
/* Texts without a corpus: one pair explained, and sketches for somebody else's job. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "engine/workspace.h"

/* Both texts of a comparison. */
typedef struct pair {
    nd_settings settings;
    nd_workspace a, b;
} pair;

/* Tokens left over on either side when equal ones are paired off. Sorts both token lists. */
static neardup_status count_leftovers(pair *p, neardup_similarity *s) {
    nd_tokens *a = &p->a.tokens, *b = &p->b.tokens;
    size_t larger = a->count > b->count ? a->count : b->count, i = 0, j = 0, both = 0;
    uint64_t *scratch = nd_allocate(larger, sizeof *scratch);
    if (!scratch) return NEARDUP_ERROR_MEMORY;
    nd_sort(a->hashes, a->count, scratch);
    nd_sort(b->hashes, b->count, scratch);
    nd_free(scratch);
    while (i < a->count && j < b->count) {
        uint64_t x = a->hashes[i], y = b->hashes[j];
        both += x == y;
        i += x <= y;
        j += y <= x;
    }
    s->tokens_only_a = a->count - both;
    s->tokens_only_b = b->count - both;
    return NEARDUP_OK;
}

static neardup_status compare_sketches(pair *p, neardup_similarity *s) {
    neardup_status status = nd_workspace_sketch(&p->settings, &p->a);
    if (!status) status = nd_workspace_sketch(&p->settings, &p->b);
    if (status) return status;
    nd_banding banding = p->settings.banding;
    s->estimate = neardup_estimate(p->a.signature, p->b.signature);
    for (unsigned band = 0; band < banding.bands; band++) {
        size_t at = (size_t)band * banding.rows, size = banding.rows * sizeof(uint32_t);
        s->bands_hit += memcmp(p->a.signature + at, p->b.signature + at, size) == 0;
    }
    return NEARDUP_OK;
}

static neardup_status compare_sets(pair *p, neardup_similarity *s) {
    nd_set a, b;
    neardup_status status = nd_workspace_set(&p->a, &a);
    if (!status) status = nd_workspace_set(&p->b, &b);
    if (status) return status;
    size_t shared = nd_set_shared(a, b, 0);
    s->shingles_a = a.size;
    s->shingles_b = b.size;
    s->shingles_shared = shared;
    s->jaccard = nd_jaccard(shared, a.size, b.size);
    s->containment_a = (double)shared / (double)a.size;
    s->containment_b = (double)shared / (double)b.size;
    s->probability = neardup_recall(s->jaccard, p->settings.banding.bands, p->settings.banding.rows);
    return NEARDUP_OK;
}

static neardup_status compare_bytes(pair *p, const neardup_text *a, const neardup_text *b, neardup_similarity *s) {
    nd_span bytes_a = {0}, bytes_b = {0};
    neardup_status status = nd_text_bytes(a, &p->a, &bytes_a);
    if (!status) status = nd_text_bytes(b, &p->b, &bytes_b);
    if (!status) s->same_bytes = s->identical && nd_span_compare(bytes_a, bytes_b) == 0;
    return status;
}

static neardup_status compare_texts(pair *p, const neardup_text *a, const neardup_text *b, neardup_similarity *s) {
    neardup_status status = nd_read_text(&p->settings, a, &p->a);
    if (!status) status = nd_read_text(&p->settings, b, &p->b);
    if (status) return status;
    s->condition_a = p->a.document.condition;
    s->condition_b = p->b.document.condition;
    s->tokens_a = p->a.document.tokens;
    s->tokens_b = p->b.document.tokens;
    if (s->condition_a != NEARDUP_COMPARED || s->condition_b != NEARDUP_COMPARED) return NEARDUP_OK;
    s->identical = s->tokens_a == s->tokens_b &&
                   memcmp(p->a.tokens.hashes, p->b.tokens.hashes, p->a.tokens.count * sizeof *p->a.tokens.hashes) == 0;
    status = compare_sketches(p, s);
    if (!status) status = compare_sets(p, s);
    if (!status) status = compare_bytes(p, a, b, s);
    return status ? status : count_leftovers(p, s);
}

neardup_status neardup_compare(const neardup_options *options, const neardup_text *a, const neardup_text *b,
                               neardup_similarity *similarity_out, neardup_error *error) {
    pair p = {0};
    neardup_status status = nd_settings_init(options, &p.settings, error);
    if (status) return status;
    neardup_similarity similarity = {0};
    status = compare_texts(&p, a, b, &similarity);
    nd_workspace_release(&p.a);
    nd_workspace_release(&p.b);
    if (status == NEARDUP_ERROR_ARGUMENT) return nd_fail(error, status, "a text is of no form there is");
    if (status) return nd_fail(error, status, "%s", neardup_status_text(status));
    *similarity_out = similarity;
    return NEARDUP_OK;
}

/* Sketches text `i` of the job into its places. */
static neardup_status sketch_text(const nd_settings *settings, nd_workspace *workspace, const neardup_sketch_job *job,
                                  size_t i) {
    neardup_text text = nd_text_at(job->data, job->offsets, i);
    neardup_status status = nd_read_text(settings, &text, workspace);
    if (status) return status;
    size_t bands = settings->banding.bands;
    bool compared = workspace->document.condition == NEARDUP_COMPARED;
    if (job->tokens) job->tokens[i] = workspace->document.tokens;
    if (job->conditions) job->conditions[i] = workspace->document.condition;
    if (!job->signatures && !job->band_keys) return NEARDUP_OK;
    memset(workspace->signature, 0, sizeof workspace->signature);
    if (compared) status = nd_workspace_sketch(settings, workspace);
    if (status) return status;
    if (job->signatures) memcpy(job->signatures + i * ND_SIGNATURE, workspace->signature, sizeof workspace->signature);
    if (job->band_keys && compared) nd_band_keys(workspace->signature, settings->banding, job->band_keys + i * bands);
    if (job->band_keys && !compared) memset(job->band_keys + i * bands, 0, bands * sizeof *job->band_keys);
    return NEARDUP_OK;
}

neardup_status neardup_sketch_batch(const neardup_options *options, const neardup_sketch_job *job,
                                    neardup_error *error) {
    nd_settings settings;
    neardup_status status = nd_settings_init(options, &settings, error);
    if (!status) status = nd_check_offsets(job->offsets, job->count, error);
    if (status) return status;
    nd_workspace workspace = {0};
    for (size_t i = 0; i < job->count && !status; i++) status = sketch_text(&settings, &workspace, job, i);
    nd_workspace_release(&workspace);
    return status ? nd_fail(error, status, "%s", neardup_status_text(status)) : NEARDUP_OK;
}

double neardup_estimate(const uint32_t *signature_a, const uint32_t *signature_b) {
    unsigned agree = 0;
    for (unsigned i = 0; i < ND_SIGNATURE; i++) agree += signature_a[i] == signature_b[i];
    return (double)agree / ND_SIGNATURE;
}
