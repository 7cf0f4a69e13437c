/* SPDX-License-Identifier: MIT */
/* From alignments to the passages of a result. */
#include "engine/passages.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/order.h"
#include "base/threads.h"
#include "engine/result.h"
#include "passage/label.h"

void nd_passages_release(nd_passages *passages) {
    nd_free(passages->passages);
    nd_free(passages->places);
    nd_free(passages->by_document);
    nd_free(passages->documents);
    nd_free(passages->overlaps);
    *passages = (nd_passages){0};
}

/* ---- sources ---- */

/* Says of each text where it comes from. The counts are of all documents that stay and were compared, references left
 * out; sources tell nothing where each has one document of all. */
static neardup_status list_sources(const neardup_engine *engine, const nd_registry *registry, const uint8_t *dropped,
                                   const nd_passage_texts *texts, nd_sources *sources_out) {
    size_t count = nd_sequences_count(&texts->sequences);
    uint32_t *source_of = nd_allocate(count, sizeof *source_of);
    uint32_t *documents = nd_allocate_zero(engine->source_count, sizeof *documents);
    uint8_t *seen = nd_allocate_zero(engine->source_count, 1);
    if (!source_of || !documents || !seen) {
        nd_free(source_of);
        nd_free(documents);
        nd_free(seen);
        return NEARDUP_ERROR_MEMORY;
    }
    bool trivial = true;
    for (uint64_t i = engine->references; engine->sources && i < nd_registry_documents(registry); i++) {
        uint32_t source = engine->sources[i];
        if (source == NEARDUP_NO_SOURCE) continue;
        trivial &= !seen[source];
        seen[source] = 1;
        documents[source] += !dropped[i] && nd_registry_document(registry, i).condition == NEARDUP_COMPARED;
    }
    for (uint32_t text = 0; text < count; text++) {
        uint64_t document = nd_passage_texts_document(texts, text);
        bool has_source = engine->sources && document >= engine->references;
        source_of[text] = has_source ? engine->sources[document] : ND_NO_SOURCE;
    }
    nd_free(seen);
    *sources_out = (nd_sources){source_of, documents, engine->source_count, trivial};
    return NEARDUP_OK;
}

/* ---- passages and places ---- */

static double identity_of(const nd_place *place) { return (double)place->matched / (double)place->columns; }

static neardup_status fill_passage(const nd_passage_texts *texts, const nd_sources *sources, const nd_groups *groups,
                                   size_t number, nd_passages *passages) {
    const nd_place *places = groups->places + groups->begin[number];
    size_t count = groups->begin[number + 1] - groups->begin[number];
    nd_label label;
    neardup_status status = nd_label_of(&texts->sequences, sources, places, count, &label);
    if (status) return status;
    neardup_passage *passage = &passages->passages[number];
    *passage = (neardup_passage){.label = label.label,
                                 .rule = label.rule,
                                 .first_place = groups->begin[number],
                                 .places = count,
                                 .documents = label.documents,
                                 .sources = label.sources,
                                 .tokens = places[0].stretch.end - places[0].stretch.begin,
                                 .identity = 1};
    for (size_t i = 0; i < count; i++) {
        neardup_place *place = &passages->places[groups->begin[number] + i];
        *place = (neardup_place){.passage = number,
                                 .document = nd_passage_texts_document(texts, places[i].stretch.text),
                                 .token_begin = places[i].stretch.begin,
                                 .token_end = places[i].stretch.end,
                                 .identity = identity_of(&places[i])};
        if (place->identity < passage->identity) passage->identity = place->identity;
    }
    return NEARDUP_OK;
}

static neardup_status fill_passages(const nd_passage_texts *texts, const nd_sources *sources, const nd_groups *groups,
                                    nd_passages *passages) {
    passages->passages = nd_allocate(groups->count, sizeof *passages->passages);
    passages->places = nd_allocate(groups->place_count, sizeof *passages->places);
    neardup_status status = passages->passages && passages->places ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < groups->count && !status; i++) status = fill_passage(texts, sources, groups, i, passages);
    if (!status) passages->passage_count = groups->count;
    if (!status) passages->place_count = groups->place_count;
    return status;
}

/* ---- what a document has ---- */

/* A place, to be sorted by document and token. */
typedef struct placed {
    uint64_t document, token, place;
} placed;

static int compare_placed(const void *left, const void *right) {
    const placed *a = left, *b = right;
    if (a->document != b->document) return a->document < b->document ? -1 : 1;
    if (a->token != b->token) return a->token < b->token ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

/* With as much of the token as leaves room for 2^44 documents. */
static uint64_t placed_number(const void *item) {
    enum { TOKEN_BITS = 20 };
    const placed *p = item;
    uint64_t most = ((uint64_t)1 << TOKEN_BITS) - 1;
    return p->document << TOKEN_BITS | (p->token < most ? p->token : most);
}

static const nd_order by_document = {sizeof(placed), placed_number, compare_placed};

/* Adds up some of a document's places; `stretches` has room for them. */
static neardup_extent measure(const nd_passages *passages, const uint64_t *numbers, size_t count,
                              nd_stretch *stretches) {
    neardup_extent extent = {0};
    uint64_t *const sums[] = {&extent.repeated, &extent.boilerplate, &extent.shared};
    for (int kind = 0; kind < 3; kind++) {
        size_t chosen = 0;
        for (size_t i = 0; i < count; i++) {
            const neardup_place *place = &passages->places[numbers[i]];
            const neardup_passage *passage = &passages->passages[place->passage];
            bool again = numbers[i] > passage->first_place && place[-1].document == place->document;
            bool boilerplate = passage->label == NEARDUP_BOILERPLATE, alone = passage->label == NEARDUP_SELF_REPEAT;
            if (kind == 0 ? again : kind == 1 ? boilerplate : !boilerplate && !alone)
                stretches[chosen++] = (nd_stretch){0, (uint32_t)place->token_begin, (uint32_t)place->token_end};
        }
        *sums[kind] = nd_stretches_cover(stretches, chosen);
    }
    return extent;
}

/* Lists the places by document. */
static neardup_status sort_places(nd_passages *passages) {
    size_t count = passages->place_count;
    placed *all = nd_allocate(count, sizeof *all);
    passages->by_document = nd_allocate(count, sizeof *passages->by_document);
    neardup_status status = all && passages->by_document ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < count && !status; i++)
        all[i] = (placed){passages->places[i].document, passages->places[i].token_begin, i};
    if (!status) nd_put_in_order(all, count, &by_document);
    for (size_t i = 0; i < count && !status; i++) passages->by_document[i] = all[i].place;
    nd_free(all);
    return status;
}

static uint64_t document_at(const nd_passages *passages, size_t i) {
    return passages->places[passages->by_document[i]].document;
}

/* The end of the places of the document whose first one is at `begin`. */
static size_t end_of_document(const nd_passages *passages, size_t begin) {
    size_t end = begin + 1;
    while (end < passages->place_count && document_at(passages, end) == document_at(passages, begin)) end++;
    return end;
}

static neardup_status list_by_document(nd_passages *passages) {
    size_t count = passages->place_count, documents = 0, most = 0;
    neardup_status status = sort_places(passages);
    if (status) return status;
    for (size_t begin = 0, end; begin < count; begin = end, documents++) {
        end = end_of_document(passages, begin);
        if (end - begin > most) most = end - begin;
    }
    nd_stretch *stretches = nd_allocate(most, sizeof *stretches);
    passages->documents = nd_allocate(documents, sizeof *passages->documents);
    if (!stretches || !passages->documents) status = NEARDUP_ERROR_MEMORY;
    for (size_t begin = 0, end; begin < count && !status; begin = end) {
        end = end_of_document(passages, begin);
        passages->documents[passages->document_count++] =
            (nd_document_places){document_at(passages, begin), begin, end,
                                 measure(passages, passages->by_document + begin, end - begin, stretches)};
    }
    nd_free(stretches);
    return status;
}

/* ---- references ---- */

/* How many of the texts are references: they come first. */
static uint32_t count_references(const neardup_engine *engine, const nd_passage_texts *texts) {
    size_t count = nd_sequences_count(&texts->sequences), found = 0;
    while (engine->references && found < count &&
           nd_passage_texts_document(texts, (uint32_t)found) < engine->references)
        found++;
    return (uint32_t)found;
}

/* Forgets what references share with each other only. */
static void drop_among_references(nd_alignments *alignments, uint32_t references) {
    size_t kept = 0;
    for (size_t i = 0; i < alignments->count; i++)
        if (alignments->items[i].a.text >= references || alignments->items[i].b.text >= references)
            alignments->items[kept++] = alignments->items[i];
    alignments->count = kept;
}

/* The same for groups: two references may say the same as a document that is in no group with them in the end. */
static void drop_groups_of_references(nd_groups *groups, uint32_t references) {
    size_t kept = 0, places = 0;
    for (size_t i = 0; i < groups->count; i++) {
        size_t begin = groups->begin[i], count = groups->begin[i + 1] - begin;
        if (groups->places[begin + count - 1].stretch.text < references) continue;
        memmove(groups->places + places, groups->places + begin, count * sizeof *groups->places);
        groups->begin[kept++] = places;
        places += count;
    }
    if (groups->count) groups->begin[kept] = places;
    groups->count = kept;
    groups->place_count = places;
}

/* ---- all of it ---- */

/* Moves what texts repeat of themselves to the alignments between texts. */
static neardup_status join_alignments(nd_passage_texts *texts) {
    nd_alignments *between = &texts->between, *within = &texts->within;
    neardup_status status =
        nd_reserve(&between->items, &between->capacity, between->count + within->count, sizeof *between->items);
    if (status || !within->count) return status;
    memcpy(between->items + between->count, within->items, within->count * sizeof *between->items);
    between->count += within->count;
    within->count = 0;
    return NEARDUP_OK;
}

/* Bytes that a place takes in the result, and while it comes there. */
enum { PLACE_BYTES = sizeof(neardup_place) + sizeof(neardup_passage) / 2 + 80 };

/* Overlaps, from the alignments between texts. */
static neardup_status make_overlaps(const neardup_engine *engine, neardup_result *result, nd_passage_texts *texts,
                                    neardup_error *error) {
    enum { BYTES = sizeof(nd_overlap) + sizeof(nd_stretch) };
    nd_overlap *overlaps = NULL;
    size_t count = 0;
    neardup_status status = nd_passage_texts_fit(texts, texts->between.count * BYTES, error);
    if (!status)
        status = nd_overlaps_find(&texts->between, nd_sequences_count(&texts->sequences), &overlaps, &count,
                                  &result->totals.overlaps_left_out);
    size_t more = nd_overlaps_compare_bytes(count, nd_sequences_count(&texts->sequences));
    if (!status) status = nd_passage_texts_fit(texts, count * sizeof(nd_overlap) + more, error);
    if (!status) status = nd_overlaps_compare(engine, texts, overlaps, count, &result->passages, error);
    nd_free(overlaps);
    texts->others += count * sizeof(neardup_overlap);
    return status;
}

/* Groups, from all alignments. */
static neardup_status make_groups(const neardup_engine *engine, nd_passage_texts *texts, nd_groups *groups,
                                  neardup_error *error) {
    neardup_status status = join_alignments(texts);
    size_t bytes =
        texts->between.count * ND_GROUPING_BYTES + nd_sequences_count(&texts->sequences) * ND_GROUPING_TEXT_BYTES;
    if (!status) status = nd_passage_texts_fit(texts, bytes, error);
    if (!status)
        status = nd_groups_make(&texts->sequences, &engine->settings.align_rules, &texts->between,
                                engine->settings.options.threads, groups, error);
    nd_free(texts->between.items);
    texts->between = (nd_alignments){0};
    texts->others += groups->place_capacity * sizeof *groups->places;
    return status ? status : nd_passage_texts_fit(texts, groups->place_count * PLACE_BYTES, error);
}

neardup_status nd_passages_make(const neardup_engine *engine, neardup_result *result, const uint8_t *dropped,
                                nd_passage_texts *texts, neardup_error *error) {
    nd_passages *passages = &result->passages;
    neardup_totals *totals = &result->totals;
    nd_groups groups = {0};
    nd_sources sources = {0};
    uint32_t references = count_references(engine, texts);
    if (references) drop_among_references(&texts->between, references);
    neardup_status status = make_overlaps(engine, result, texts, error);
    if (!status) status = make_groups(engine, texts, &groups, error);
    if (!status && references) drop_groups_of_references(&groups, references);
    if (!status) status = list_sources(engine, &result->registry, dropped, texts, &sources);
    if (!status) status = fill_passages(texts, &sources, &groups, passages);
    if (!status) status = list_by_document(passages);
    totals->passages = passages->passage_count;
    totals->places = passages->place_count;
    totals->overlaps = passages->overlap_count;
    totals->passages_bounded = texts->bounded;
    result->costs.spilled += texts->spilled + engine->codes.spill.size;
    nd_groups_release(&groups);
    nd_free((void *)(uintptr_t)sources.source_of);
    nd_free((void *)(uintptr_t)sources.texts);
    return status;
}

/* Bytes of what the result has by now, and of what the source and the engine still hold, but for the codes. */
static uint64_t held_besides(const neardup_engine *engine, const neardup_result *result) {
    uint64_t documents = nd_registry_documents(&result->registry);
    return nd_engine_held(engine) - nd_codes_bytes(&engine->codes) + nd_registry_bytes(&result->registry) + documents +
           (engine->order ? documents * sizeof *engine->order : 0) +
           (engine->sources ? documents * sizeof *engine->sources : 0) +
           result->decided_count * (sizeof *result->decided + sizeof *result->members) +
           result->totals.clusters * sizeof *result->clusters + result->totals.pairs * sizeof *result->pairs;
}

neardup_status nd_engine_passages(neardup_engine *engine, neardup_result *result, neardup_error *error) {
    nd_passage_texts texts;
    nd_passage_texts_init(&texts, engine, held_besides(engine, result));
    uint8_t *dropped = nd_allocate_zero((size_t)nd_registry_documents(&result->registry), 1);
    neardup_status status = dropped ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < result->decided_count && !status; i++)
        dropped[result->decided[i].document] = result->decided[i].decision.dropped;
    if (!status) status = nd_engine_fingerprint(engine, &result->registry, dropped, &texts, error);
    if (!status) status = nd_passages_make(engine, result, dropped, &texts, error);
    nd_passage_texts_release(&texts);
    nd_codes_release(&engine->codes);
    nd_free(dropped);
    if (status) return status;
    uint64_t expected = texts.most + nd_engine_working(engine);
    if (expected > result->costs.expected_memory) result->costs.expected_memory = expected;
    result->costs.readings += result->passages.place_count > 0;
    return nd_engine_locate(engine, &result->registry, &result->passages, error);
}

/* ---- questions ---- */

neardup_status neardup_result_passage(const neardup_result *result, uint64_t passage, neardup_passage *passage_out) {
    if (passage >= result->passages.passage_count) return NEARDUP_ERROR_ARGUMENT;
    *passage_out = result->passages.passages[passage];
    return NEARDUP_OK;
}

neardup_status neardup_result_place(const neardup_result *result, uint64_t place, neardup_place *place_out) {
    if (place >= result->passages.place_count) return NEARDUP_ERROR_ARGUMENT;
    *place_out = result->passages.places[place];
    return NEARDUP_OK;
}

neardup_status neardup_result_overlap(const neardup_result *result, uint64_t overlap, neardup_overlap *overlap_out) {
    if (overlap >= result->passages.overlap_count) return NEARDUP_ERROR_ARGUMENT;
    *overlap_out = result->passages.overlaps[overlap];
    return NEARDUP_OK;
}

static int compare_documents(const void *left, const void *right) {
    uint64_t a = ((const nd_document_places *)left)->document, b = ((const nd_document_places *)right)->document;
    return (a > b) - (a < b);
}

/* What the document has; NULL where it has no place. */
static const nd_document_places *places_of(const nd_passages *passages, uint64_t document) {
    const nd_document_places key = {.document = document};
    if (!passages->document_count) return NULL;
    return bsearch(&key, passages->documents, passages->document_count, sizeof key, compare_documents);
}

neardup_status neardup_result_extent(const neardup_result *result, uint64_t document, neardup_extent *extent_out) {
    if (document >= nd_registry_documents(&result->registry)) return NEARDUP_ERROR_ARGUMENT;
    const nd_document_places *found = places_of(&result->passages, document);
    *extent_out = found ? found->extent : (neardup_extent){0};
    return NEARDUP_OK;
}

neardup_status neardup_result_document_places(const neardup_result *result, uint64_t document,
                                              const uint64_t **places_out, size_t *count_out) {
    if (document >= nd_registry_documents(&result->registry)) return NEARDUP_ERROR_ARGUMENT;
    const nd_document_places *found = places_of(&result->passages, document);
    *places_out = found ? result->passages.by_document + found->begin : NULL;
    *count_out = found ? (size_t)(found->end - found->begin) : 0;
    return NEARDUP_OK;
}
