/* SPDX-License-Identifier: MIT */
/* From band entries to the result: group, read again, verify, decide. */
#include <pthread.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "engine/result.h"
#include "engine/streaming.h"

/* What lives between the first reading and the result. */
typedef struct deciding {
    neardup_engine *engine;
    nd_buckets buckets;
    nd_components components;
    nd_set *sets;   /* by item */
    nd_arena arena; /* what they point to, where all are held */
    nd_copies copies;
    nd_outcome outcome;
    pthread_mutex_t mutex; /* guards the following, and lets one thread at a time report progress */
    uint64_t members_done;
} deciding;

static neardup_status after_members(void *context, uint64_t members) {
    deciding *d = context;
    uint64_t total = d->components.begin[d->components.count];
    pthread_mutex_lock(&d->mutex);
    d->members_done += members;
    neardup_status status = nd_engine_progress(d->engine, NEARDUP_PHASE_VERIFY, d->members_done, total, NULL);
    pthread_mutex_unlock(&d->mutex);
    return status;
}

static neardup_status group(deciding *d) {
    neardup_engine *engine = d->engine;
    const nd_registry *registry = &engine->registry;
    neardup_status status = nd_buckets_group(&engine->entries, registry->copies, registry->classes,
                                             engine->settings.options.threads, &d->buckets);
    if (status) return status;
    nd_ranking ranking = {engine->order, registry->documents, registry->class_of, registry->classes};
    return nd_components_build(&d->buckets, &ranking, &d->components);
}

/* A taker that holds every set. */
static neardup_status hold(void *context, uint64_t document, uint32_t item, nd_set set) {
    deciding *d = context;
    (void)document;
    if (!set.size) return NEARDUP_OK;
    uint64_t *hashes = nd_arena_allocate(&d->arena, set.size, sizeof *hashes);
    if (!hashes) return NEARDUP_ERROR_MEMORY;
    memcpy(hashes, set.hashes, set.size * sizeof *hashes);
    d->sets[item] = (nd_set){hashes, set.size};
    return NEARDUP_OK;
}

static neardup_status read_then_decide(deciding *d, const nd_match *match, neardup_error *error) {
    nd_taker taker = {d, hold};
    neardup_status status = nd_engine_fetch(d->engine, &d->buckets, &taker, &d->copies, error);
    if (!status) status = after_members(d, 0);
    return status ? status : nd_match_run(match, &d->outcome);
}

static neardup_status decide_while_reading(deciding *d, const nd_match *match, neardup_error *error) {
    nd_streaming streaming;
    neardup_status status = nd_streaming_init(&streaming, d->engine, match, d->sets);
    nd_taker taker = {&streaming, nd_streaming_take};
    if (!status) status = nd_engine_fetch(d->engine, &d->buckets, &taker, &d->copies, error);
    if (!status) status = after_members(d, 0);
    if (!status) status = nd_streaming_finish(&streaming, &d->outcome);
    nd_streaming_release(&streaming);
    return status;
}

/* Reads again, verifies and decides: in one go where the input comes in the order of preference. */
static neardup_status decide(deciding *d, neardup_error *error) {
    const nd_settings *settings = &d->engine->settings;
    bool connected = settings->options.clustering == NEARDUP_COMPONENT;
    d->sets = nd_allocate_zero(d->buckets.items, sizeof *d->sets);
    if (!d->sets) return NEARDUP_ERROR_MEMORY;
    nd_match match = {.buckets = &d->buckets,
                      .components = &d->components,
                      .digests = d->engine->registry.digests,
                      .sets = d->sets,
                      .threshold = settings->options.threshold,
                      .pairs = settings->options.pairs || connected,
                      .pairs_from = settings->options.pairs_from,
                      .components_are_clusters = connected,
                      .agree = settings->kernels->agree,
                      .threads = settings->options.threads,
                      .context = d};
    neardup_status status;
    pthread_mutex_init(&d->mutex, NULL);
    if (match.pairs || d->engine->order) {
        match.done = after_members;
        status = read_then_decide(d, &match, error);
    } else {
        status = decide_while_reading(d, &match, error);
    }
    if (!status) status = after_members(d, d->components.begin[d->components.count] - d->members_done);
    pthread_mutex_destroy(&d->mutex);
    return status;
}

static void count_documents(neardup_result *result) {
    neardup_totals *t = &result->totals;
    t->documents = result->registry.documents;
    for (uint64_t i = 0; i < t->documents; i++) {
        neardup_document document = nd_registry_document(&result->registry, i);
        t->bytes += document.bytes;
        t->tokens += document.tokens;
        t->empty += document.condition == NEARDUP_EMPTY;
        t->short_documents += document.condition == NEARDUP_SHORT;
        t->suspect += document.condition == NEARDUP_SUSPECT;
        t->set_aside += document.condition == NEARDUP_SET_ASIDE;
    }
    t->kept = t->documents - t->dropped;
}

/* Makes the result; the engine's registry becomes its own. */
static neardup_status conclude(deciding *d, neardup_result **result_out) {
    neardup_result *result = nd_allocate_zero(1, sizeof *result);
    if (!result) return NEARDUP_ERROR_MEMORY;
    result->registry = d->engine->registry;
    d->engine->registry = (nd_registry){0};
    result->totals.candidate_pairs = d->outcome.candidates;
    result->totals.verified_pairs = d->outcome.verified;
    nd_findings findings = {&result->registry, &d->components, d->sets, &d->copies, &d->outcome};
    neardup_status status = nd_result_decide(result, &findings);
    if (!status && d->engine->settings.options.pairs)
        status = nd_result_list_pairs(result, &findings, d->buckets.items);
    if (status) {
        neardup_result_free(result);
        return status;
    }
    for (uint64_t m = 0; m < d->components.begin[d->components.count]; m++)
        result->totals.bounded += d->outcome.verdicts[m].bounded;
    count_documents(result);
    *result_out = result;
    return NEARDUP_OK;
}

neardup_status neardup_engine_match(neardup_engine *engine, neardup_result **result_out, neardup_error *error) {
    if (engine->failed || engine->matched)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "an engine gives one result, and none after a failure");
    deciding d = {.engine = engine};
    engine->matched = true;
    engine->memory.first = 0;
    neardup_error first = {0};
    neardup_status status = nd_engine_progress(engine, NEARDUP_PHASE_GROUP, 0, 1, &first);
    if (!status) status = group(&d);
    if (!status) status = decide(&d, &first);
    if (!status) status = conclude(&d, result_out);
    nd_buckets_release(&d.buckets);
    nd_components_release(&d.components);
    nd_free(d.sets);
    nd_arena_release(&d.arena);
    nd_copies_release(&d.copies);
    nd_outcome_release(&d.outcome);
    if (!status) return NEARDUP_OK;
    if (status == NEARDUP_ERROR_LIMIT)
        nd_fail(&first, status, "documents share more than %u buckets, which is all that one run can hold", UINT32_MAX);
    else if (first.status != status)
        nd_fail(&first, status, "%s", neardup_status_text(status));
    if (error) *error = first;
    return status;
}
