/* SPDX-License-Identifier: MIT */
/* The first reading: every document becomes a record, and each new sequence of tokens a class with digest and band
 * entries. */
#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "engine/engine.h"
#include "engine/pass.h"

/* What the documents of one block became. */
typedef struct drafts {
    nd_draft *drafts;
    uint64_t *keys; /* bands for each draft */
    nd_code *codes; /* of the drafts that may have passages, behind one another */
    size_t code_count;
    size_t capacity, key_capacity, code_capacity;
} drafts;

enum {
    BLOCK_CODES = 1 << 20, /* a slot that had more gives its memory back */
    AHEAD = 4              /* documents that memory is asked for beforehand */
};

static void release_drafts(drafts *d) {
    nd_free(d->drafts);
    nd_free(d->keys);
    nd_free(d->codes);
    *d = (drafts){0};
}

typedef struct sketching {
    neardup_engine *engine;
    drafts *slots;
} sketching;

/* Whether the tokens of a document are kept. */
static bool may_have_passages(const neardup_engine *engine, const neardup_document *document) {
    return engine->settings.options.passages && document->condition == NEARDUP_COMPARED &&
           document->tokens >= engine->settings.options.min_words;
}

static neardup_status keep_codes(const nd_tokens *tokens, drafts *d) {
    neardup_status status = nd_reserve(&d->codes, &d->code_capacity, d->code_count + tokens->count, sizeof *d->codes);
    if (status) return status;
    nd_encode_tokens(tokens, d->codes + d->code_count);
    d->code_count += tokens->count;
    return NEARDUP_OK;
}

static neardup_status draft_text(neardup_engine *engine, nd_workspace *workspace, const neardup_text *text, drafts *d,
                                 nd_draft *draft, uint64_t *keys) {
    const nd_settings *settings = &engine->settings;
    neardup_status status = nd_read_text(settings, text, workspace);
    if (status) return status;
    draft->document = workspace->document;
    draft->checksum = nd_hash_text(text);
    if (draft->document.condition != NEARDUP_COMPARED) return NEARDUP_OK;
    if (may_have_passages(engine, &draft->document)) status = keep_codes(&workspace->tokens, d);
    if (status) return status;
    draft->identity = nd_workspace_identity(settings, workspace);
    status = nd_workspace_sketch(settings, workspace);
    if (status) return status;
    draft->digest = nd_digest_of(workspace->signature);
    nd_band_keys(workspace->signature, settings->banding, keys);
    return NEARDUP_OK;
}

static neardup_status work(void *context, unsigned slot, unsigned worker, const nd_block *block, neardup_error *error) {
    sketching *s = context;
    drafts *d = &s->slots[slot];
    unsigned bands = s->engine->settings.banding.bands;
    neardup_status status = nd_reserve(&d->drafts, &d->capacity, block->count, sizeof *d->drafts);
    if (!status) status = nd_reserve(&d->keys, &d->key_capacity, block->count * bands, sizeof *d->keys);
    d->code_count = 0;
    for (size_t i = 0; i < block->count && !status; i++)
        status = draft_text(s->engine, &s->engine->workspaces[worker], &block->texts[i], d, &d->drafts[i],
                            d->keys + i * bands);
    if (status == NEARDUP_ERROR_ARGUMENT) return nd_fail(error, status, "a text is of no form there is");
    return status ? nd_fail(error, status, "%s", neardup_status_text(status)) : NEARDUP_OK;
}

/* Adds a document; `codes` are its tokens, where they are kept. */
static neardup_status add_draft(neardup_engine *engine, const nd_draft *draft, const uint64_t *keys,
                                nd_sequence codes) {
    uint32_t class;
    neardup_status status = nd_registry_add(&engine->registry, draft, &class);
    if (status || class == ND_NO_ITEM) return status;
    status = nd_digest_list_add(&engine->digests, &draft->digest);
    if (!status && engine->settings.options.passages) status = nd_codes_add(&engine->codes, codes);
    return status ? status : nd_entries_add(&engine->entries, class, keys, engine->settings.banding.bands);
}

static neardup_status add_drafts(neardup_engine *engine, const drafts *d, size_t count) {
    unsigned bands = engine->settings.banding.bands;
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0, code = 0; i < count && !status; i++) {
        const nd_draft *draft = &d->drafts[i];
        if (i + AHEAD < count) nd_registry_expect(&engine->registry, draft[AHEAD].identity);
        size_t tokens = may_have_passages(engine, &draft->document) ? (size_t)draft->document.tokens : 0;
        status = add_draft(engine, draft, d->keys + i * bands, (nd_sequence){d->codes + code, tokens});
        code += tokens;
    }
    return status;
}

/* Sees that what is held stays below the limit: what is wanted last is spilled first, then entries, the most of it. */
static neardup_status keep_within_memory(neardup_engine *engine, neardup_error *error) {
    uint64_t limit = nd_engine_limit(engine);
    if (nd_engine_held(engine) <= limit) return NEARDUP_OK;
    neardup_status status = nd_codes_spill(&engine->codes, error);
    if (!status && nd_engine_held(engine) > limit / 4 * 3) status = nd_entries_spill(&engine->entries, error);
    if (!status && nd_engine_held(engine) > limit / 4 * 3) status = nd_digest_list_spill(&engine->digests, error);
    nd_engine_give_back(engine);
    return status ? status : nd_engine_check(engine, nd_engine_held(engine), error);
}

static neardup_status commit(void *context, unsigned slot, const nd_block *block, uint64_t *first_document_out,
                             neardup_error *error) {
    sketching *s = context;
    neardup_engine *engine = s->engine;
    drafts *d = &s->slots[slot];
    uint64_t first = *first_document_out = nd_registry_documents(&engine->registry);
    neardup_status status =
        nd_reserve(&engine->block_first, &engine->block_capacity, engine->blocks + 1, sizeof *engine->block_first);
    if (!status) engine->block_first[engine->blocks++] = first;
    if (!status) status = add_drafts(engine, d, block->count);
    if (status == NEARDUP_ERROR_LIMIT)
        return nd_fail(error, status, "there are more than %u different documents, which is all that one run can hold",
                       UINT32_MAX - 1);
    if (status) return nd_fail(error, status, "%s", neardup_status_text(status));
    if (d->code_capacity > BLOCK_CODES) release_drafts(d);
    status = keep_within_memory(engine, error);
    return status ? status : nd_engine_progress(engine, NEARDUP_PHASE_SKETCH, first + block->count, 0, error);
}

neardup_status nd_engine_sketch(neardup_engine *engine, unsigned threads, neardup_error *error) {
    unsigned slots = nd_pipeline_slots(threads);
    sketching s = {engine, nd_allocate_zero(slots, sizeof *s.slots)};
    if (!s.slots) return nd_fail_memory(error);
    nd_pass pass = {&engine->source, threads, &s, work, commit};
    neardup_status status = nd_pass_run(&pass, error);
    for (unsigned i = 0; i < slots; i++) release_drafts(&s.slots[i]);
    nd_free(s.slots);
    return status;
}
