/* SPDX-License-Identifier: MIT */
/* An engine's life: created, filled with documents, asked about them. What it does with them is in sketching.c,
 * deciding.c. */
#include "engine/engine.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"

/* A block of input, what is made of it, and a thread's room to work, as a rule. */
#define SLOT_BYTES ((uint64_t)8 << 20)

/* Parts of the memory: what is for documents far larger than most, and what may lie idle between two uses. */
enum { LARGE_SHARE = 8, IDLE_SHARE = 4 };

neardup_status neardup_engine_create(const neardup_options *options, neardup_engine **engine_out,
                                     neardup_error *error) {
    nd_settings settings;
    neardup_status status = nd_settings_init(options, &settings, error);
    if (status) return status;
    settings.options.threads = nd_settings_threads(&settings);
    neardup_engine *engine = nd_allocate_zero(1, sizeof *engine);
    nd_workspace *workspaces = nd_allocate_zero(settings.options.threads, sizeof *workspaces);
    if (!engine || !workspaces) {
        nd_free(engine);
        nd_free(workspaces);
        return nd_fail_memory(error);
    }
    engine->settings = settings;
    engine->workspaces = workspaces;
    engine->spill.folder = settings.options.temporary;
    engine->entries.spill = &engine->spill;
    engine->codes.spill.folder = settings.options.temporary;
    nd_registry_init(&engine->registry);
    nd_digest_list_init(&engine->digests, &engine->spill);
    *engine_out = engine;
    return NEARDUP_OK;
}

void neardup_engine_free(neardup_engine *engine) {
    if (!engine) return;
    for (unsigned i = 0; i < engine->settings.options.threads; i++) nd_workspace_release(&engine->workspaces[i]);
    nd_free(engine->workspaces);
    nd_registry_release(&engine->registry);
    nd_digest_list_release(&engine->digests);
    nd_entries_release(&engine->entries);
    nd_codes_release(&engine->codes);
    nd_spill_release(&engine->spill);
    nd_memory_source_release(&engine->memory);
    nd_free(engine->block_first);
    nd_free(engine->order);
    nd_free(engine->sources);
    nd_free(engine);
}

uint64_t nd_engine_held(const neardup_engine *engine) {
    uint64_t source = engine->source.held ? engine->source.held(engine->source.context) : 0;
    return source + nd_registry_bytes(&engine->registry) + nd_digest_list_bytes(&engine->digests) +
           engine->entries.bytes + nd_codes_bytes(&engine->codes) +
           engine->block_capacity * sizeof *engine->block_first +
           (engine->order ? nd_registry_documents(&engine->registry) * sizeof *engine->order : 0);
}

uint64_t nd_engine_working(const neardup_engine *engine) {
    return SLOT_BYTES * nd_pipeline_slots(engine->settings.options.threads);
}

uint64_t nd_engine_limit(const neardup_engine *engine) {
    const neardup_options *options = &engine->settings.options;
    uint64_t working = nd_engine_working(engine) + options->memory / LARGE_SHARE;
    if (!options->memory) return UINT64_MAX;
    return options->memory / 2 > working ? options->memory - working : options->memory / 2;
}

void nd_engine_give_back(const neardup_engine *engine) { nd_give_back(nd_engine_limit(engine) / IDLE_SHARE); }

neardup_status nd_engine_check(const neardup_engine *engine, uint64_t bytes, neardup_error *error) {
    uint64_t limit = nd_engine_limit(engine), documents = nd_registry_documents(&engine->registry);
    if (bytes <= limit) return NEARDUP_OK;
    uint64_t needed = engine->settings.options.memory + (bytes - limit);
    return nd_fail(error, NEARDUP_ERROR_LIMIT,
                   "%llu documents need about %llu MiB of memory whatever is kept in temporary files, and %llu MiB are "
                   "allowed: allow more, or read fewer documents at a time",
                   (unsigned long long)documents, (unsigned long long)(needed >> 20) + 1,
                   (unsigned long long)engine->settings.options.memory >> 20);
}

neardup_status nd_engine_progress(const neardup_engine *engine, neardup_phase phase, uint64_t done, uint64_t total,
                                  neardup_error *error) {
    const neardup_options *options = &engine->settings.options;
    if (!options->progress || options->progress(options->progress_context, phase, done, total) == 0) return NEARDUP_OK;
    return nd_fail(error, NEARDUP_ERROR_CANCELLED, "cancelled");
}

static neardup_status check_usable(const neardup_engine *engine, neardup_error *error) {
    if (engine->failed) return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "an earlier call failed; free the engine");
    if (engine->matched) return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "the engine has given its result already");
    return NEARDUP_OK;
}

/* Whether documents may still come: an order of preference is one of all of them. */
static neardup_status check_open(const neardup_engine *engine, neardup_error *error) {
    neardup_status status = check_usable(engine, error);
    if (status || (!engine->order && !engine->referred)) return status;
    return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "documents cannot be added once their %s is set",
                   engine->order ? "order of preference" : "number of references");
}

neardup_status neardup_engine_add_texts(neardup_engine *engine, const neardup_text *texts, size_t count,
                                        neardup_error *error) {
    neardup_status status = check_open(engine, error);
    if (status) return status;
    if (engine->has_source && !engine->added)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "documents cannot be added to an engine that reads a source");
    for (size_t i = 0; i < count; i++)
        if ((unsigned)texts[i].form > NEARDUP_HTML)
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "text %zu is of no form there is", i);
    if (!count) return NEARDUP_OK;
    engine->memory.first = engine->memory.block_count;
    status = nd_memory_source_add(&engine->memory, texts, count);
    if (status) return nd_fail_memory(error);
    engine->source = nd_memory_source_interface(&engine->memory);
    engine->has_source = engine->added = true;
    bool one_block = engine->memory.block_count - engine->memory.first == 1;
    status = nd_engine_sketch(engine, one_block ? 1 : engine->settings.options.threads, error);
    engine->failed = status != NEARDUP_OK;
    return status;
}

neardup_status neardup_engine_add_batch(neardup_engine *engine, const void *data, const uint64_t *offsets, size_t count,
                                        neardup_error *error) {
    neardup_status status = nd_check_offsets(offsets, count, error);
    if (status || !count) return status ? status : neardup_engine_add_texts(engine, NULL, 0, error);
    neardup_text *texts = nd_allocate(count, sizeof *texts);
    if (!texts) return nd_fail_memory(error);
    for (size_t i = 0; i < count; i++) texts[i] = nd_text_at(data, offsets, i);
    status = neardup_engine_add_texts(engine, texts, count, error);
    nd_free(texts);
    return status;
}

neardup_status neardup_engine_add(neardup_engine *engine, const void *data, size_t size, neardup_error *error) {
    const neardup_text text = {.data = data, .size = size};
    return neardup_engine_add_texts(engine, &text, 1, error);
}

neardup_status neardup_engine_read(neardup_engine *engine, const neardup_source *source, neardup_error *error) {
    neardup_status status = check_open(engine, error);
    if (status) return status;
    if (engine->has_source)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "an engine takes its documents from one source, or by adding");
    engine->source = *source;
    engine->has_source = true;
    status = nd_engine_sketch(engine, engine->settings.options.threads, error);
    engine->failed = status != NEARDUP_OK;
    return status;
}

uint64_t neardup_engine_documents(const neardup_engine *engine) { return nd_registry_documents(&engine->registry); }

neardup_status neardup_engine_document(const neardup_engine *engine, uint64_t number, neardup_document *document_out) {
    if (number >= nd_registry_documents(&engine->registry)) return NEARDUP_ERROR_ARGUMENT;
    *document_out = nd_registry_document(&engine->registry, number);
    return NEARDUP_OK;
}

neardup_status neardup_engine_refer(neardup_engine *engine, uint64_t count, neardup_error *error) {
    neardup_status status = check_usable(engine, error);
    if (status) return status;
    if (count > nd_registry_documents(&engine->registry))
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "there cannot be more references than documents");
    if (engine->settings.options.clustering == NEARDUP_COMPONENT)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "references are for star clusters: in a component some could not be kept");
    engine->references = count;
    engine->referred = true;
    return NEARDUP_OK;
}

/* Whether `order` holds each number below `count` once. `seen` is `count` zero bytes. */
static bool is_permutation(const uint64_t *order, size_t count, uint8_t *seen) {
    for (size_t i = 0; i < count; i++) {
        if (order[i] >= count || seen[order[i]]) return false;
        seen[order[i]] = 1;
    }
    return true;
}

neardup_status neardup_engine_prefer(neardup_engine *engine, const uint64_t *order, size_t count,
                                     neardup_error *error) {
    neardup_status status = check_usable(engine, error);
    if (status) return status;
    uint64_t documents = nd_registry_documents(&engine->registry);
    if (count != documents)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "the order has %zu documents, the engine %llu", count,
                       (unsigned long long)documents);
    uint8_t *seen = nd_allocate_zero(count, 1);
    uint64_t *copy = nd_copy(order, count * sizeof *order);
    if (seen && copy && is_permutation(order, count, seen)) {
        nd_free(engine->order);
        engine->order = copy;
        copy = NULL;
    } else if (seen && copy) {
        status = nd_fail(error, NEARDUP_ERROR_ARGUMENT, "the order must hold every document once");
    } else {
        status = nd_fail_memory(error);
    }
    nd_free(seen);
    nd_free(copy);
    return status;
}

neardup_status neardup_engine_sources(neardup_engine *engine, const uint32_t *sources, size_t count,
                                      neardup_error *error) {
    neardup_status status = check_usable(engine, error);
    if (status) return status;
    uint64_t documents = nd_registry_documents(&engine->registry);
    if (count != documents)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "there are %zu sources for %llu documents", count,
                       (unsigned long long)documents);
    uint32_t highest = 0;
    for (size_t i = 0; i < count; i++) {
        if (sources[i] == NEARDUP_NO_SOURCE) continue;
        if (sources[i] >= count)
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "the source of document %zu has a number above the last", i);
        if (sources[i] >= highest) highest = sources[i] + 1;
    }
    uint32_t *copy = nd_copy(sources, count * sizeof *sources);
    if (!copy) return nd_fail_memory(error);
    nd_free(engine->sources);
    engine->sources = copy;
    engine->source_count = highest;
    return NEARDUP_OK;
}
