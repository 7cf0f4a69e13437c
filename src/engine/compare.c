/* SPDX-License-Identifier: MIT */
/* Texts without a corpus: one pair explained, and sketches for somebody else's job. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "engine/reading.h"

/* Both texts of a comparison. */
typedef struct pair {
    nd_settings settings;
    nd_reading a, b;
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
    neardup_status status = nd_reading_sketch(&p->settings, &p->a);
    if (!status) status = nd_reading_sketch(&p->settings, &p->b);
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
    neardup_status status = nd_reading_set(&p->a, &a);
    if (!status) status = nd_reading_set(&p->b, &b);
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
    uint64_t hash_a, hash_b;
    neardup_status status = nd_hash_text(a, &p->a, &hash_a);
    if (!status) status = nd_hash_text(b, &p->b, &hash_b);
    if (!status) s->same_bytes = s->identical && hash_a == hash_b;
    return status;
}

static neardup_status compare_texts(pair *p, const neardup_text *a, const neardup_text *b, neardup_similarity *s) {
    neardup_status status = nd_read_text(&p->settings, a, &p->a);
    if (!status) status = nd_read_text(&p->settings, b, &p->b);
    if (status) return status;
    s->tokens_a = p->a.document.tokens;
    s->tokens_b = p->b.document.tokens;
    if (p->a.document.condition != NEARDUP_COMPARED || p->b.document.condition != NEARDUP_COMPARED) return NEARDUP_OK;
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
    nd_reading_release(&p.a);
    nd_reading_release(&p.b);
    if (status) return nd_fail(error, status, "%s", neardup_status_text(status));
    *similarity_out = similarity;
    return NEARDUP_OK;
}

neardup_status neardup_sketch_batch(const neardup_options *options, const void *data, const uint64_t *offsets,
                                    size_t count, uint32_t *signatures_out, uint64_t *band_keys_out,
                                    uint64_t *tokens_out, neardup_error *error) {
    nd_settings settings;
    nd_reading reading = {0};
    neardup_status status = nd_settings_init(options, &settings, error);
    if (status) return status;
    size_t bands = settings.banding.bands;
    for (size_t i = 0; i < count; i++)
        if (offsets[i] > offsets[i + 1])
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "offset %zu is below the one before it", i + 1);
    for (size_t i = 0; i < count && !status; i++) {
        neardup_text text = {.data = (const char *)data + offsets[i], .size = (size_t)(offsets[i + 1] - offsets[i])};
        status = nd_read_text(&settings, &text, &reading);
        if (status) break;
        bool compared = reading.document.condition == NEARDUP_COMPARED;
        memset(reading.signature, 0, sizeof reading.signature);
        if (compared) status = nd_reading_sketch(&settings, &reading);
        if (signatures_out) memcpy(signatures_out + i * ND_SIGNATURE, reading.signature, sizeof reading.signature);
        if (band_keys_out && compared) nd_band_keys(reading.signature, settings.banding, band_keys_out + i * bands);
        if (band_keys_out && !compared) memset(band_keys_out + i * bands, 0, bands * sizeof *band_keys_out);
        if (tokens_out) tokens_out[i] = compared ? reading.document.tokens : 0;
    }
    nd_reading_release(&reading);
    return status ? nd_fail(error, status, "%s", neardup_status_text(status)) : NEARDUP_OK;
}

double neardup_estimate(const uint32_t *signature_a, const uint32_t *signature_b) {
    unsigned agree = 0;
    for (unsigned i = 0; i < ND_SIGNATURE; i++) agree += signature_a[i] == signature_b[i];
    return (double)agree / ND_SIGNATURE;
}
