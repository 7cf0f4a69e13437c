/* SPDX-License-Identifier: MIT */
#include "engine/reading.h"

#include "base/memory.h"
#include "base/sort.h"
#include "text/json_string.h"

enum { SUSPECT_SHARE = 100 }; /* one ill-formed byte in so many is too many */

void nd_reading_release(nd_reading *reading) {
    nd_tokens_release(&reading->tokens);
    nd_shingles_release(&reading->shingles);
    nd_free(reading->sort_scratch);
    nd_free(reading->values);
    nd_buffer_release(&reading->text);
    *reading = (nd_reading){0};
}

static neardup_condition condition_of(const nd_settings *settings, const neardup_text *text, const nd_tokens *tokens) {
    if (tokens->ill_formed > text->size / SUSPECT_SHARE) return NEARDUP_SUSPECT;
    if (!tokens->count) return NEARDUP_EMPTY;
    if (tokens->count < settings->options.min_tokens) return NEARDUP_SHORT;
    return NEARDUP_COMPARED;
}

neardup_status nd_read_text(const nd_settings *settings, const neardup_text *text, nd_reading *reading) {
    reading->document = (neardup_document){.condition = NEARDUP_SET_ASIDE, .bytes = text->size};
    if (text->set_aside) return NEARDUP_OK;
    neardup_status status = nd_tokenize(&settings->token_rules, text, &reading->tokens);
    if (status) return status;
    reading->document.bytes = reading->tokens.bytes;
    if (reading->tokens.count > UINT32_MAX) return NEARDUP_OK; /* what sorts and counts below can hold */
    reading->document.tokens = reading->tokens.count;
    reading->document.condition = condition_of(settings, text, &reading->tokens);
    if (reading->document.condition != NEARDUP_COMPARED) return NEARDUP_OK;
    return nd_shingle(&settings->shingle_rules, &reading->tokens, &reading->shingles);
}

nd_hash128 nd_reading_identity(const nd_settings *settings, const nd_reading *reading) {
    const nd_tokens *tokens = &reading->tokens;
    return nd_hash128_of(tokens->hashes, tokens->count * sizeof *tokens->hashes, settings->options.seed);
}

neardup_status nd_reading_sketch(const nd_settings *settings, nd_reading *reading) {
    size_t count = reading->shingles.count;
    neardup_status status = nd_reserve(&reading->values, &reading->values_capacity, count, sizeof *reading->values);
    if (status) return status;
    nd_sketch(reading->shingles.hashes, count, settings->kernels->fill, reading->values, reading->signature);
    return NEARDUP_OK;
}

neardup_status nd_reading_set(nd_reading *reading, nd_set *set_out) {
    nd_shingles *shingles = &reading->shingles;
    neardup_status status =
        nd_reserve(&reading->sort_scratch, &reading->sort_capacity, shingles->count, sizeof *reading->sort_scratch);
    if (status) return status;
    nd_sort(shingles->hashes, shingles->count, reading->sort_scratch);
    shingles->count = nd_distinct(shingles->hashes, shingles->count);
    *set_out = (nd_set){shingles->hashes, shingles->count};
    return NEARDUP_OK;
}

neardup_status nd_hash_text(const neardup_text *text, nd_reading *reading, uint64_t *hash_out) {
    const void *data = text->data;
    size_t size = text->size;
    if (text->form == NEARDUP_JSON && size && memchr(data, '\\', size)) {
        reading->text.size = 0;
        neardup_status status = nd_json_unescape(data, size, &reading->text);
        if (status) return status;
        data = reading->text.data;
        size = reading->text.size;
    }
    *hash_out = nd_hash64(data, size, 0);
    return NEARDUP_OK;
}
