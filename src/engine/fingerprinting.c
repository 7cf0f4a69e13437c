/* SPDX-License-Identifier: MIT */
/*
 * Fingerprints of the documents that stay, to be compared between them, and what every document repeats of itself,
 * which is found there and then: from the tokens that the first reading has left. A document that does not stay is a
 * text only if it repeats itself. References are there for what others share with them: what they repeat of themselves
 * or share with each other is not looked at.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/room.h"
#include "base/threads.h"
#include "engine/passages.h"
#include "passage/pairing.h"
#include "passage/winnow.h"

/* A large document has its turn in a room; others take no more memory than a slot has. */
enum {
    TOKEN_BYTES = 104, /* for each token: its gram and code, its fingerprint, and what links it and chains it */
    LARGE_TOKENS = (8 << 20) / TOKEN_BYTES,
    RANGE_TOKENS = 1 << 14,      /* of the documents that a thread takes at a time, */
    RANGE_DOCUMENTS = 1 << 12,   /* which are so many at the most */
    ROUND_TOKENS = 1 << 24,      /* between two looks at the memory that is left */
    SLOT_FINGERPRINTS = 1 << 18, /* a slot that had more gives its memory back */
};

/* A document of the range with something to add. */
typedef struct reading_document {
    uint64_t document;
    size_t fingerprints, fingerprint_count;
    size_t alignments, alignment_count;
    bool again; /* the same tokens as the first document of its class, of which nothing but its repeats is wanted */
} reading_document;

/* What the documents of one range became. Used again for the next. */
typedef struct slot {
    uint64_t begin, end; /* documents */
    reading_document *documents;
    nd_fingerprint *fingerprints;
    nd_alignments alignments;
    uint64_t bounded;
    size_t document_count, fingerprint_count;
    size_t document_capacity, fingerprint_capacity;
    neardup_error error;
} slot;

/* What one worker needs. */
typedef struct desk {
    uint64_t *grams;
    uint32_t *chosen;
    nd_view view;
    nd_link_scratch links;
    nd_aligner aligner;
    size_t gram_capacity, chosen_capacity;
} desk;

static void release_slot(slot *s) {
    nd_free(s->documents);
    nd_free(s->fingerprints);
    nd_free(s->alignments.items);
    *s = (slot){0};
}

static void release_desk(desk *d) {
    nd_free(d->grams);
    nd_free(d->chosen);
    nd_view_release(&d->view);
    nd_link_scratch_release(&d->links);
    nd_aligner_release(&d->aligner);
    *d = (desk){0};
}

typedef struct fingerprinting {
    neardup_engine *engine;
    const nd_registry *registry;
    const uint8_t *dropped;
    nd_align_rules rules;
    slot *slots;
    desk *desks;
    nd_passage_texts *texts;
    nd_linker linker;
    nd_room room;
    uint64_t documents;    /* in ranges by now */
    uint64_t round_tokens; /* of them, in this round */
} fingerprinting;

/* ---- one document ---- */

/* The grams of a text, from codes spread over 64 bits. */
static neardup_status make_grams(const nd_text_kernels *kernels, nd_sequence sequence, desk *d, size_t *count_out) {
    neardup_status status = nd_reserve(&d->grams, &d->gram_capacity, sequence.count, sizeof *d->grams);
    if (status) return status;
    for (size_t i = 0; i < sequence.count; i++) d->grams[i] = sequence.codes[i] * 0x9E3779B97F4A7C15ULL;
    *count_out = sequence.count - ND_GRAM + 1;
    kernels->hash_shingles(d->grams, *count_out, ND_GRAM, d->grams);
    return NEARDUP_OK;
}

/* Appends the fingerprints of a text to the slot. */
static neardup_status add_fingerprints(const nd_kernels *kernels, nd_sequence sequence, desk *d, slot *s,
                                       reading_document *r) {
    size_t grams = 0;
    neardup_status status = make_grams(kernels->text, sequence, d, &grams);
    if (!status) status = nd_reserve(&d->chosen, &d->chosen_capacity, grams, sizeof *d->chosen);
    if (status) return status;
    size_t chosen = kernels->passage->winnow(d->grams, grams, d->chosen);
    status =
        nd_reserve(&s->fingerprints, &s->fingerprint_capacity, s->fingerprint_count + chosen, sizeof *s->fingerprints);
    if (status) return status;
    r->fingerprints = s->fingerprint_count;
    r->fingerprint_count = chosen;
    for (size_t i = 0; i < chosen; i++)
        s->fingerprints[s->fingerprint_count++] = (nd_fingerprint){d->grams[d->chosen[i]], d->chosen[i]};
    return NEARDUP_OK;
}

/* Appends what the document repeats of itself. */
static neardup_status align_within(const fingerprinting *f, nd_sequence sequence, desk *d, slot *s,
                                   reading_document *r) {
    const uint64_t *links;
    size_t count;
    neardup_status status =
        nd_links_within(s->fingerprints + r->fingerprints, r->fingerprint_count, &d->links, &links, &count);
    if (status || count < 2) return status;
    status = nd_align_begin(&d->aligner, sequence.count);
    if (!status)
        status = nd_align_links(&d->aligner, &f->rules, (nd_text_pair){0, 0}, &(nd_two){sequence, sequence, true},
                                links, count, &s->alignments);
    r->alignment_count = s->alignments.count - r->alignments;
    s->bounded += d->aligner.bounded;
    d->aligner.bounded = false;
    return status;
}

/* Whether a document can have passages. */
static bool may_have_passages(const fingerprinting *f, uint64_t document) {
    neardup_document known = nd_registry_document(f->registry, document);
    return known.condition == NEARDUP_COMPARED && known.tokens >= f->rules.min_words;
}

/* Whether of a document nothing is wanted that the first of its class does not have. */
static bool is_again(const fingerprinting *f, uint64_t document) {
    if (!f->dropped[document]) return false;
    uint64_t first = nd_registry_first(f->registry, nd_registry_record(f->registry, document)->class);
    return first != document && first >= f->engine->references;
}

static uint32_t class_of(const fingerprinting *f, uint64_t document) {
    return nd_registry_record(f->registry, document)->class;
}

static neardup_status add_reading(slot *s, const reading_document *r) {
    neardup_status status = nd_reserve(&s->documents, &s->document_capacity, s->document_count + 1, sizeof *r);
    if (!status) s->documents[s->document_count++] = *r;
    return status;
}

/* Appends a document to the slot. */
static neardup_status take_document(fingerprinting *f, desk *d, slot *s, uint64_t document) {
    nd_sequence sequence;
    reading_document r = {.document = document, .alignments = s->alignments.count};
    size_t fingerprints = s->fingerprint_count;
    neardup_status status = nd_codes_view(&f->engine->codes, class_of(f, document), &d->view, &sequence, &s->error);
    if (!status) status = add_fingerprints(f->engine->settings.kernels, sequence, d, s, &r);
    if (!status && document >= f->engine->references) status = align_within(f, sequence, d, s, &r);
    if (status) return status;
    if (f->dropped[document] && !r.alignment_count) { /* nothing to add after all */
        s->fingerprint_count = fingerprints;
        return NEARDUP_OK;
    }
    return add_reading(s, &r);
}

/* What take_document takes, about. */
static uint64_t bytes_for(const fingerprinting *f, uint64_t document) {
    return TOKEN_BYTES * nd_registry_document(f->registry, document).tokens;
}

/* The same when it is the turn of the document. It leaves nothing behind but what is in the slot. */
static neardup_status take_large_document(fingerprinting *f, desk *d, slot *s, uint64_t document) {
    uint64_t bytes = bytes_for(f, document);
    nd_room_enter(&f->room, bytes);
    neardup_status status = take_document(f, d, s, document);
    release_desk(d);
    nd_engine_give_back(f->engine);
    nd_room_leave(&f->room, bytes);
    return status;
}

/* ---- ranges of documents ---- */

/* The next documents, as many as are a range. */
static neardup_status read_range(void *context, unsigned number) {
    fingerprinting *f = context;
    slot *s = &f->slots[number];
    uint64_t tokens = 0, end = f->documents, documents = nd_registry_documents(f->registry);
    if (end == documents || f->round_tokens >= ROUND_TOKENS) return NEARDUP_END;
    for (; end < documents && end - f->documents < RANGE_DOCUMENTS && tokens < RANGE_TOKENS; end++)
        tokens += may_have_passages(f, end) ? nd_registry_document(f->registry, end).tokens : 0;
    s->begin = f->documents;
    s->end = f->documents = end;
    f->round_tokens += tokens;
    return NEARDUP_OK;
}

static neardup_status work(void *context, unsigned number, unsigned worker) {
    fingerprinting *f = context;
    slot *s = &f->slots[number];
    neardup_status status = NEARDUP_OK;
    s->document_count = s->fingerprint_count = s->alignments.count = 0;
    s->bounded = 0;
    for (uint64_t document = s->begin; document < s->end && !status; document++) {
        if (!may_have_passages(f, document)) continue;
        bool large = nd_registry_document(f->registry, document).tokens > LARGE_TOKENS;
        if (is_again(f, document))
            status = add_reading(s, &(reading_document){.document = document, .again = true});
        else
            status = (large ? take_large_document : take_document)(f, &f->desks[worker], s, document);
    }
    return status;
}

/* Adds a document that repeats of itself what the first of its class does. */
static neardup_status add_again(fingerprinting *f, uint64_t document) {
    nd_passage_texts *texts = f->texts;
    uint32_t class = class_of(f, document);
    uint64_t position;
    size_t begin, end;
    nd_passage_texts_repeats(texts, nd_registry_first(f->registry, class), &begin, &end);
    if (begin == end) return NEARDUP_OK;
    neardup_status status = nd_passage_texts_add(texts, document, class, &position);
    for (size_t i = begin; i < end && !status; i++) status = nd_passage_texts_add_repeat(texts, texts->within.items[i]);
    return status;
}

static neardup_status add_document(fingerprinting *f, const slot *s, const reading_document *r) {
    nd_passage_texts *texts = f->texts;
    if (r->again) return add_again(f, r->document);
    uint64_t position;
    neardup_status status = nd_passage_texts_add(texts, r->document, class_of(f, r->document), &position);
    for (size_t i = 0; i < r->alignment_count && !status; i++)
        status = nd_passage_texts_add_repeat(texts, s->alignments.items[r->alignments + i]);
    if (status || f->dropped[r->document]) return status;
    return nd_linker_add(&f->linker, s->fingerprints + r->fingerprints, r->fingerprint_count, position);
}

/* Bytes that are held by now, with those of the linker. */
static uint64_t held(const fingerprinting *f) { return nd_passage_texts_held(f->texts) + nd_linker_bytes(&f->linker); }

static neardup_status commit(void *context, unsigned number) {
    fingerprinting *f = context;
    slot *s = &f->slots[number];
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < s->document_count && !status; i++) status = add_document(f, s, &s->documents[i]);
    f->texts->bounded += s->bounded;
    uint64_t end = s->end;
    if (!status && held(f) > nd_engine_limit(f->engine)) status = nd_records_spill(&f->linker.fingerprints, &s->error);
    if (!status)
        status =
            nd_engine_progress(f->engine, NEARDUP_PHASE_PASSAGES, end, nd_registry_documents(f->registry), &s->error);
    if (!status && s->fingerprint_capacity > SLOT_FINGERPRINTS) release_slot(s);
    return status;
}

/* ---- all of them ---- */

/* Sees that what is held stays below a part of the limit: fingerprints, the most of it, are spilled first. While nobody
 * looks at the codes. */
static neardup_status keep_within(fingerprinting *f, uint64_t most, neardup_error *error) {
    if (held(f) <= most) return NEARDUP_OK;
    neardup_status status = nd_records_spill(&f->linker.fingerprints, error);
    if (!status && held(f) > most / 4 * 3) status = nd_codes_spill(&f->engine->codes, error);
    nd_engine_give_back(f->engine);
    return status ? status : nd_passage_texts_fit(f->texts, nd_linker_bytes(&f->linker), error);
}

static neardup_status take_documents(fingerprinting *f, unsigned threads, neardup_error *error) {
    const nd_pipeline pipeline = {f, read_range, work, commit};
    uint64_t documents = nd_registry_documents(f->registry);
    neardup_status status = NEARDUP_OK;
    while (f->documents < documents && !status) {
        unsigned failed = 0;
        f->round_tokens = 0;
        status = nd_pipeline_run(&pipeline, threads, &failed);
        if (status == NEARDUP_ERROR_LIMIT)
            return nd_fail(error, status, "there is more text than passages can be looked for in: 10^12 words");
        if (status && f->slots[failed].error.status == status) *error = f->slots[failed].error;
        if (!status) status = keep_within(f, nd_engine_limit(f->engine), error);
    }
    return status;
}

/* Links the fingerprints. What is held by then leaves at least half of the memory for links. */
static neardup_status link_texts(fingerprinting *f, unsigned threads, neardup_error *error) {
    uint64_t limit = nd_engine_limit(f->engine);
    neardup_status status = nd_engine_progress(f->engine, NEARDUP_PHASE_ALIGN, 0, 1, error);
    if (!status) status = keep_within(f, limit / 2, error);
    if (status) return status;
    uint64_t room = limit - nd_passage_texts_held(f->texts);
    return nd_linker_link(&f->linker, &f->texts->sequences, threads, room > SIZE_MAX ? SIZE_MAX : (size_t)room, error);
}

/* How much there may be of something that comes in pieces, one of `largest` bytes, that threads work on: room for the
 * largest, and where there is plenty for one a thread. */
static uint64_t room_for(const fingerprinting *f, uint64_t largest) {
    uint64_t all = largest * f->engine->settings.options.threads, plenty = nd_engine_limit(f->engine) / 4;
    return all <= plenty ? all : plenty > largest ? plenty : largest;
}

/* Looks through all documents: how many tokens will be linked, and how many bytes the largest document takes, if it is
 * large; else 0. */
static uint64_t survey(const fingerprinting *f, uint64_t *largest_out) {
    uint64_t tokens = 0, largest = 0;
    for (uint64_t document = 0; document < nd_registry_documents(f->registry); document++) {
        if (!may_have_passages(f, document)) continue;
        if (!f->dropped[document]) tokens += nd_registry_document(f->registry, document).tokens;
        if (bytes_for(f, document) > largest) largest = bytes_for(f, document);
    }
    *largest_out = largest > (uint64_t)TOKEN_BYTES * LARGE_TOKENS ? largest : 0;
    return tokens;
}

static neardup_status make_room(void *context, neardup_error *error) {
    fingerprinting *f = context;
    return nd_passage_texts_fit(f->texts, nd_linker_bytes(&f->linker), error);
}

/* Aligns the texts that links lead to. */
static neardup_status align_texts(fingerprinting *f, unsigned threads, neardup_error *error) {
    uint64_t bounded = 0, room = room_for(f, nd_pairing_least(&f->texts->sequences, &f->linker));
    const nd_pairing pairing = {&f->texts->sequences, &f->rules, threads, room, f, make_room};
    neardup_status status = NEARDUP_OK;
    f->texts->others += room;
    if (held(f) > nd_engine_limit(f->engine)) status = nd_records_spill(&f->linker.links, error);
    nd_engine_give_back(f->engine);
    if (!status) status = make_room(f, error);
    if (!status) status = nd_pair_texts(&pairing, &f->linker, &f->texts->between, &bounded, error);
    f->texts->others -= room;
    f->texts->bounded += bounded;
    return status;
}

neardup_status nd_engine_fingerprint(neardup_engine *engine, const nd_registry *registry, const uint8_t *dropped,
                                     nd_passage_texts *texts, neardup_error *error) {
    unsigned threads = engine->settings.options.threads, slots = nd_pipeline_slots(threads);
    fingerprinting f = {.engine = engine, .registry = registry, .dropped = dropped, .texts = texts};
    f.rules = engine->settings.align_rules;
    f.slots = nd_allocate_zero(slots, sizeof *f.slots);
    f.desks = nd_allocate_zero(threads, sizeof *f.desks);
    uint64_t largest, tokens = survey(&f, &largest), room = room_for(&f, largest);
    nd_linker_init(&f.linker, tokens, engine->settings.options.temporary);
    neardup_status status = f.slots && f.desks ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    nd_room_open(&f.room, room);
    texts->others += room;
    if (!status) status = nd_passage_texts_fit(texts, 0, error);
    if (!status) status = take_documents(&f, threads, error);
    texts->others -= room;
    nd_room_close(&f.room);
    for (unsigned i = 0; f.slots && i < slots; i++) release_slot(&f.slots[i]);
    for (unsigned i = 0; f.desks && i < threads; i++) release_desk(&f.desks[i]);
    nd_free(f.slots);
    nd_free(f.desks);
    if (!status) status = link_texts(&f, threads, error);
    if (!status) status = align_texts(&f, threads, error);
    texts->spilled = nd_linker_spilled(&f.linker);
    nd_linker_release(&f.linker);
    nd_engine_give_back(engine);
    return status;
}
