/* SPDX-License-Identifier: MIT */
/* From band entries to the result: group, read again, verify, decide. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"
#include "engine/result.h"
#include "engine/store.h"

enum {
    WAVE_MOST = 1 << 14, /* members that are decided at the same time */
    WAVE_LEAST = 1 << 8,
    SETS_MOST = 256 << 20, /* bytes of sets that are worth holding: more do not pay, less may be all there is */
    SETS_LEAST = 4 << 20,
    STRETCH = 1 << 10 /* members whose texts are compared at a time */
};

/* What lives between the first reading and the result. */
typedef struct deciding {
    neardup_engine *engine;
    nd_buckets buckets;
    nd_digest *digests; /* by item */
    uint32_t *item_of;  /* by class; ND_NO_ITEM for one without company */
    nd_members members;
    uint64_t tokens; /* of the members */
    nd_originals originals;
    nd_store store;
    nd_outcome outcome;
    size_t items; /* that there were, when they have been let go */
    neardup_costs costs;
    uint8_t *same; /* by member: whether it has the same text as what it is a duplicate of */
    neardup_error *error;
} deciding;

/* Passages come later: what they are found by makes room for what deciding holds. */
static neardup_status make_room(const deciding *d, uint64_t bytes) {
    nd_codes *codes = &d->engine->codes;
    if (!nd_codes_count(codes) || nd_engine_held(d->engine) + bytes <= nd_engine_limit(d->engine)) return NEARDUP_OK;
    neardup_status status = nd_codes_spill(codes, d->error);
    nd_engine_give_back(d->engine);
    return status;
}

static neardup_status group(deciding *d) {
    neardup_engine *engine = d->engine;
    nd_registry_close(&engine->registry);
    nd_engine_give_back(engine);
    neardup_status status = make_room(d, nd_engine_limit(engine) / 2);
    if (status) return status;
    status = nd_buckets_group(&engine->entries, engine->registry.several, nd_registry_classes(&engine->registry),
                              engine->settings.options.threads, &d->buckets, d->error);
    if (!status)
        status = nd_digest_list_pick(&engine->digests, d->buckets.classes, d->buckets.items, &d->digests, d->error);
    nd_engine_give_back(engine);
    return status;
}

/* The item of a document; ND_NO_ITEM for one without company. */
static uint32_t item_of(const deciding *d, uint64_t document) {
    uint32_t class = nd_registry_record(&d->engine->registry, document)->class;
    return class == ND_NO_ITEM ? ND_NO_ITEM : d->item_of[class];
}

/* The documents with company, best ranked first. */
static neardup_status list_members(deciding *d) {
    const neardup_engine *engine = d->engine;
    nd_members *m = &d->members;
    uint64_t documents = nd_registry_documents(&engine->registry), count = 0;
    d->item_of = nd_buckets_invert(&d->buckets, nd_registry_classes(&engine->registry));
    if (!d->item_of) return NEARDUP_ERROR_MEMORY;
    for (uint64_t i = 0; i < documents; i++) count += item_of(d, i) != ND_NO_ITEM;
    m->documents = nd_allocate((size_t)count, sizeof *m->documents);
    m->items = nd_allocate((size_t)count, sizeof *m->items);
    if (!m->documents || !m->items) return NEARDUP_ERROR_MEMORY;
    for (uint64_t i = 0; i < documents; i++) {
        uint64_t document = engine->order ? engine->order[i] : i;
        uint32_t item = item_of(d, document);
        if (item == ND_NO_ITEM) continue;
        m->documents[m->count] = document;
        m->items[m->count++] = item;
        m->references += document < engine->references;
        d->tokens += nd_registry_record(&engine->registry, document)->tokens;
    }
    return NEARDUP_OK;
}

/* Bytes that deciding takes, but for sets: for each item its digest, buckets, and state; for each bucket what it
 * offers; for each member its verdict. */
static uint64_t bytes_to_decide(const deciding *d) {
    enum { AN_ITEM = sizeof(nd_digest) + 72, AN_ENTRY = 12, A_BUCKET = 10, A_MEMBER = 32 };
    const nd_buckets *b = &d->buckets;
    return b->items * AN_ITEM + b->begin[b->items] * AN_ENTRY + b->bucket_count * A_BUCKET +
           d->members.count * A_MEMBER + nd_registry_classes(&d->engine->registry) * sizeof *d->item_of;
}

/* Bytes that the result takes, and what it is made from. */
static uint64_t bytes_to_conclude(const deciding *d) {
    enum { A_MEMBER = sizeof(nd_verdict) + 2 * sizeof(nd_decided) + 32 };
    return d->members.count * A_MEMBER + d->buckets.items * sizeof *d->outcome.sizes;
}

/* Bytes that so many collected pairs take until they are in the result, of which most then takes pairs of documents. */
static uint64_t bytes_of_pairs(const deciding *d, size_t pairs) {
    enum { COLLECTED = 2 * sizeof(nd_item_pair), LISTED = 128 };
    return (uint64_t)pairs * (d->engine->settings.options.pairs ? LISTED : COLLECTED);
}

static neardup_status after_wave(void *context, uint64_t decided, size_t pairs) {
    deciding *d = context;
    const neardup_engine *engine = d->engine;
    neardup_status status = nd_store_sweep(&d->store);
    if (status) return status;
    uint64_t bytes = nd_engine_held(engine) + bytes_to_conclude(d) + bytes_of_pairs(d, pairs);
    if (pairs && bytes > nd_engine_limit(engine))
        return nd_fail(d->error, NEARDUP_ERROR_LIMIT,
                       "%zu pairs among %llu of %llu documents are as many as fit into %llu MiB of memory: allow more, "
                       "or list pairs from a higher similarity on",
                       pairs, (unsigned long long)decided, (unsigned long long)d->members.count,
                       (unsigned long long)engine->settings.options.memory >> 20);
    return nd_engine_progress(engine, NEARDUP_PHASE_VERIFY, decided, d->members.count, d->error);
}

/* Bytes of sets that may be held. */
static size_t room_for_sets(const deciding *d) {
    uint64_t limit = nd_engine_limit(d->engine), held = nd_engine_held(d->engine) + bytes_to_decide(d);
    if (limit > held && limit - held > SETS_MOST) return SETS_MOST;
    return limit > held + SETS_LEAST ? (size_t)(limit - held) : SETS_LEAST;
}

/* Bytes of sets that will be held, at most. */
static uint64_t bytes_of_sets(const deciding *d) {
    uint64_t all = d->tokens * sizeof(uint64_t), room = room_for_sets(d);
    return all < room ? all : room;
}

/* Members of a wave: so many that the sets of all of them fit into half of the room. */
static size_t length_of_wave(const deciding *d) {
    uint64_t members = d->members.count ? d->members.count : 1, bytes = d->tokens / members * sizeof(uint64_t) + 1;
    uint64_t fit = room_for_sets(d) / 2 / bytes;
    return fit > WAVE_MOST ? WAVE_MOST : fit < WAVE_LEAST ? WAVE_LEAST : (size_t)fit;
}

static neardup_status get_set(void *context, unsigned worker, nd_role role, uint32_t item, nd_set *set_out) {
    return nd_store_get(&((deciding *)context)->store, worker, role, item, set_out);
}

static neardup_status expect_set(void *context, unsigned worker, uint32_t item) {
    return nd_store_expect(&((deciding *)context)->store, worker, item);
}

static neardup_status decide(deciding *d) {
    const nd_settings *settings = &d->engine->settings;
    const neardup_options *options = &settings->options;
    bool connected = options->clustering == NEARDUP_COMPONENT;
    nd_match match = {.buckets = &d->buckets,
                      .digests = d->digests,
                      .members = d->members.items,
                      .member_count = d->members.count,
                      .references = d->members.references,
                      .threshold = options->threshold,
                      .pairs = options->pairs || connected,
                      .pairs_from = options->pairs ? options->pairs_from : options->threshold,
                      .components_are_clusters = connected,
                      .agree = settings->kernels->agree,
                      .threads = options->threads,
                      .wave = length_of_wave(d),
                      .context = d,
                      .set = get_set,
                      .expect = expect_set,
                      .after_wave = after_wave};
    uint64_t decide = bytes_to_decide(d), conclude = bytes_to_conclude(d);
    neardup_status status = make_room(d, (decide > conclude ? decide : conclude) + SETS_MOST);
    if (status) return status;
    uint64_t resident = nd_engine_held(d->engine) + (decide > conclude ? decide : conclude);
    d->costs.expected_memory = resident + bytes_of_sets(d) + nd_engine_working(d->engine);
    status = nd_engine_check(d->engine, resident, d->error);
    if (!status) status = nd_engine_progress(d->engine, NEARDUP_PHASE_VERIFY, 0, d->members.count, d->error);
    if (!status) status = nd_originals_open(&d->originals, d->engine, &d->buckets, d->item_of, d->error);
    if (!status) status = nd_store_open(&d->store, d->engine, &d->originals, &d->buckets, room_for_sets(d));
    return status ? status : nd_match_run(&match, &d->outcome);
}

/* ---- which copies have the same text ---- */

/* Whether two documents with the same tokens have the same text, too: their checksums mostly tell. */
static neardup_status compare_texts(deciding *d, unsigned worker, uint64_t a, uint64_t b, uint8_t *same_out,
                                    neardup_error *error) {
    const nd_registry *registry = &d->engine->registry;
    *same_out = nd_registry_record(registry, a)->checksum == nd_registry_record(registry, b)->checksum;
    if (*same_out || nd_registry_document(registry, a).bytes != nd_registry_document(registry, b).bytes)
        return NEARDUP_OK;
    nd_workspace *workspace = &d->engine->workspaces[worker];
    nd_hash128 hashes[2];
    const uint64_t documents[2] = {nd_originals_same(&d->originals, a), nd_originals_same(&d->originals, b)};
    for (int i = 0; i < 2; i++) {
        neardup_text text;
        nd_span bytes;
        neardup_status status = nd_originals_get(&d->originals, worker, documents[i], &text, error);
        if (!status) status = nd_text_bytes(&text, workspace, &bytes);
        if (status) return status;
        hashes[i] = nd_hash128_of(bytes.data, bytes.size, 0);
    }
    *same_out = hashes[0].low == hashes[1].low && hashes[0].high == hashes[1].high;
    return NEARDUP_OK;
}

static neardup_status compare_stretch(void *context, unsigned worker, size_t number) {
    deciding *d = context;
    const nd_members *m = &d->members;
    uint64_t begin = (uint64_t)number * STRETCH, end = begin + STRETCH < m->count ? begin + STRETCH : m->count;
    for (uint64_t i = begin; i < end; i++) {
        uint64_t of = d->outcome.verdicts[i].dup_of;
        d->same[i] = 0;
        if (of == ND_NO_MEMBER || m->items[of] != m->items[i]) continue;
        neardup_error error = {0};
        neardup_status status = compare_texts(d, worker, m->documents[i], m->documents[of], &d->same[i], &error);
        if (status) return nd_store_note(&d->store, status, &error);
    }
    return NEARDUP_OK;
}

static neardup_status compare_copies(deciding *d) {
    d->same = nd_allocate((size_t)d->members.count, sizeof *d->same);
    if (!d->same) return NEARDUP_ERROR_MEMORY;
    return nd_parallel_for(d->engine->settings.options.threads, (size_t)(d->members.count + STRETCH - 1) / STRETCH,
                           compare_stretch, d);
}

/* Lets go of all that the result is not made from. */
static void settle(deciding *d) {
    d->items = d->buckets.items;
    d->costs.readings = d->originals.read_again ? 2 : 1;
    d->costs.spilled = d->engine->spill.size + d->originals.spill.size;
    nd_store_close(&d->store);
    nd_originals_close(&d->originals);
    nd_buckets_release(&d->buckets);
    nd_free(d->digests);
    nd_free(d->item_of);
    d->digests = NULL;
    d->item_of = NULL;
    nd_engine_give_back(d->engine);
}

/* ---- the result ---- */

static void count_documents(neardup_result *result, uint64_t references) {
    neardup_totals *t = &result->totals;
    uint64_t documents = nd_registry_documents(&result->registry);
    t->references = references;
    t->documents = documents - references;
    for (uint64_t i = references; i < documents; i++) {
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
    nd_registry_init(&d->engine->registry);
    result->totals.candidate_pairs = d->outcome.candidates;
    result->totals.verified_pairs = d->outcome.verified;
    result->costs = d->costs;
    nd_findings findings = {&result->registry, &d->members, d->same, &d->outcome};
    neardup_status status = nd_result_decide(result, &findings);
    const neardup_options *options = &d->engine->settings.options;
    if (!status && options->pairs) status = nd_result_list_pairs(result, &findings, d->items, options->pairs_once);
    if (status) {
        neardup_result_free(result);
        return status;
    }
    for (uint64_t m = 0; m < d->members.count; m++) result->totals.bounded += d->outcome.verdicts[m].bounded;
    count_documents(result, d->engine->references);
    *result_out = result;
    return NEARDUP_OK;
}

static void release(deciding *d) {
    nd_outcome_release(&d->outcome);
    nd_free(d->members.documents);
    nd_free(d->members.items);
    nd_free(d->same);
}

/* Whether the order of preference begins with the references. */
static bool references_are_first(const neardup_engine *engine) {
    for (uint64_t i = 0; engine->order && i < engine->references; i++)
        if (engine->order[i] >= engine->references) return false;
    return true;
}

neardup_status neardup_engine_match(neardup_engine *engine, neardup_result **result_out, neardup_error *error) {
    if (engine->failed || engine->matched)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "an engine gives one result, and none after a failure");
    if (!references_are_first(engine))
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "an order of preference must begin with the references");
    neardup_error first = {0};
    deciding d = {.engine = engine, .error = &first};
    engine->matched = true;
    neardup_status status = nd_engine_progress(engine, NEARDUP_PHASE_GROUP, 0, 1, &first);
    if (!status) status = group(&d);
    if (!status) status = list_members(&d);
    if (!status) status = decide(&d);
    if (!status) status = compare_copies(&d);
    if (status && d.store.error.status == status) first = d.store.error;
    neardup_result *result = NULL;
    settle(&d);
    if (!status) status = conclude(&d, &result);
    release(&d);
    bool any = !status && nd_registry_documents(&result->registry) > 0;
    if (any && engine->settings.options.passages) status = nd_engine_passages(engine, result, &first);
    if (!status) {
        *result_out = result;
        return NEARDUP_OK;
    }
    neardup_result_free(result);
    if (first.status != status) nd_fail(&first, status, "%s", neardup_status_text(status));
    if (error) *error = first;
    return status;
}
