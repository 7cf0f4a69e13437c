/* SPDX-License-Identifier: MIT */
#include "engine/workspace.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "text/json_string.h"

enum { SUSPECT_SHARE = 100 }; /* one ill-formed byte in so many is too many */

void nd_workspace_release(nd_workspace *workspace) {
    nd_tokens_release(&workspace->tokens);
    nd_shingles_release(&workspace->shingles);
    nd_free(workspace->sort_scratch);
    nd_free(workspace->values);
    nd_buffer_release(&workspace->text);
    *workspace = (nd_workspace){0};
}

static neardup_condition condition_of(const nd_settings *settings, const nd_tokens *tokens) {
    if (tokens->ill_formed > tokens->bytes / SUSPECT_SHARE) return NEARDUP_SUSPECT;
    if (!tokens->count) return NEARDUP_EMPTY;
    if (tokens->count < settings->options.min_tokens) return NEARDUP_SHORT;
    return NEARDUP_COMPARED;
}

neardup_status nd_read_text(const nd_settings *settings, const neardup_text *text, nd_workspace *workspace) {
    workspace->document = (neardup_document){.condition = NEARDUP_SET_ASIDE, .bytes = text->size};
    if ((unsigned)text->form > NEARDUP_HTML) return NEARDUP_ERROR_ARGUMENT;
    if (text->set_aside) return NEARDUP_OK;
    neardup_status status = nd_tokenize(&settings->token_rules, text, &workspace->tokens);
    if (status) return status;
    workspace->document.bytes = workspace->tokens.bytes;
    if (workspace->tokens.count > UINT32_MAX || workspace->tokens.text.size > UINT32_MAX) return NEARDUP_OK;
    workspace->document.tokens = workspace->tokens.count;
    workspace->document.condition = condition_of(settings, &workspace->tokens);
    if (workspace->document.condition != NEARDUP_COMPARED) return NEARDUP_OK;
    return nd_shingle(&settings->shingle_rules, &workspace->tokens, &workspace->shingles);
}

nd_hash128 nd_workspace_identity(const nd_settings *settings, const nd_workspace *workspace) {
    const nd_tokens *tokens = &workspace->tokens;
    return nd_hash128_of(tokens->hashes, tokens->count * sizeof *tokens->hashes, settings->options.seed);
}

neardup_status nd_workspace_sketch(const nd_settings *settings, nd_workspace *workspace) {
    size_t count = workspace->shingles.count;
    neardup_status status =
        nd_reserve(&workspace->values, &workspace->values_capacity, count + ND_FILL_VALUES, sizeof *workspace->values);
    if (status) return status;
    nd_sketch(workspace->shingles.hashes, count, settings->kernels->fill, workspace->values, workspace->signature);
    return NEARDUP_OK;
}

neardup_status nd_workspace_set(nd_workspace *workspace, nd_set *set_out) {
    nd_shingles *shingles = &workspace->shingles;
    neardup_status status = nd_reserve(&workspace->sort_scratch, &workspace->sort_capacity, shingles->count,
                                       sizeof *workspace->sort_scratch);
    if (status) return status;
    nd_sort(shingles->hashes, shingles->count, workspace->sort_scratch);
    shingles->count = nd_distinct(shingles->hashes, shingles->count);
    *set_out = (nd_set){shingles->hashes, shingles->count};
    return NEARDUP_OK;
}

neardup_status nd_text_bytes(const neardup_text *text, nd_workspace *workspace, nd_span *bytes_out) {
    *bytes_out = (nd_span){text->data, text->size};
    if (text->form != NEARDUP_JSON || !text->size || !memchr(text->data, '\\', text->size)) return NEARDUP_OK;
    workspace->text.size = 0;
    neardup_status status = nd_json_unescape(text->data, text->size, &workspace->text);
    if (!status) *bytes_out = (nd_span){workspace->text.data, workspace->text.size};
    return status;
}

neardup_status nd_check_offsets(const uint64_t *offsets, size_t count, neardup_error *error) {
    for (size_t i = 0; i < count; i++)
        if (offsets[i] > offsets[i + 1])
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "offset %zu is below the one before it", i + 1);
    return NEARDUP_OK;
}

neardup_text nd_text_at(const void *data, const uint64_t *offsets, size_t number) {
    return (neardup_text){.data = data ? (const char *)data + offsets[number] : NULL,
                          .size = (size_t)(offsets[number + 1] - offsets[number])};
}
