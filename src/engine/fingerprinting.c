/* SPDX-License-Identifier: MIT */
/*
 * The third reading: fingerprints of the documents that stay, to be compared between them, and what every document
 * repeats of itself, which is found there and then. A document that does not stay is held only if it repeats itself.
 * References are there for what others share with them: what they repeat of themselves or share with each other is not
 * looked at.
 */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/room.h"
#include "base/threads.h"
#include "engine/pass.h"
#include "engine/passages.h"
#include "passage/pairing.h"
#include "passage/winnow.h"

/* A large document has its turn in a room; others take no more memory than a slot has. */
enum {
    TOKEN_BYTES = 112, /* for each token: its hash, gram and code, its fingerprint, and what links it and chains it */
    LARGE_TOKENS = (8 << 20) / TOKEN_BYTES,
    BLOCK_TOKENS = 1 << 19 /* a slot that had more gives its memory back */
};

/* A document of the block with something to add. */
typedef struct reading_document {
    uint64_t document;
    size_t codes, code_count; /* in slot.codes */
    size_t fingerprints, fingerprint_count;
    size_t alignments, alignment_count;
    bool again; /* the same tokens as the first document of its class, of which nothing but its repeats is wanted */
} reading_document;

/* What the documents of one block became. Used again for the next. */
typedef struct slot {
    reading_document *documents;
    nd_code *codes;
    nd_fingerprint *fingerprints;
    nd_alignments alignments;
    uint64_t bounded;
    size_t document_count, code_count, fingerprint_count;
    size_t document_capacity, code_capacity, fingerprint_capacity;
} slot;

/* What one worker needs. */
typedef struct desk {
    uint64_t *grams;
    uint32_t *chosen;
    nd_link_scratch links;
    nd_aligner aligner;
    size_t gram_capacity, chosen_capacity;
} desk;

static void release_slot(slot *s) {
    nd_free(s->documents);
    nd_free(s->codes);
    nd_free(s->fingerprints);
    nd_free(s->alignments.items);
    *s = (slot){0};
}

static void release_desk(desk *d) {
    nd_free(d->grams);
    nd_free(d->chosen);
    nd_link_scratch_release(&d->links);
    nd_aligner_release(&d->aligner);
    *d = (desk){0};
}

typedef struct fingerprinting {
    neardup_engine *engine;
    const nd_registry *registry;
    const uint8_t *dropped;
    nd_align_rules rules;
    nd_token_rules token_rules;
    slot *slots;
    desk *desks;
    nd_passage_texts *texts;
    nd_linker linker;
    nd_view view;
    nd_room room;
    uint64_t documents; /* committed */
} fingerprinting;

uint64_t nd_passage_texts_document(const nd_passage_texts *texts, uint32_t text) {
    return *(const uint64_t *)nd_pages_at(&texts->documents, text);
}

neardup_status nd_engine_block_first(const neardup_engine *engine, const nd_registry *registry, uint64_t block,
                                     size_t count, uint64_t *first_out, neardup_error *error) {
    if (block >= engine->blocks) return nd_fail_changed(nd_registry_documents(registry), error);
    uint64_t first = engine->block_first[block];
    uint64_t end = block + 1 < engine->blocks ? engine->block_first[block + 1] : nd_registry_documents(registry);
    if (count != end - first) return nd_fail_changed(first, error);
    *first_out = first;
    return NEARDUP_OK;
}

/* ---- one document ---- */

/* Appends the codes and fingerprints of the workspace's tokens to the slot. */
static neardup_status add_fingerprints(const nd_text_kernels *kernels, const nd_tokens *tokens, desk *d, slot *s,
                                       reading_document *r) {
    size_t grams = tokens->count - ND_GRAM + 1;
    neardup_status status = nd_reserve(&d->grams, &d->gram_capacity, grams, sizeof *d->grams);
    if (!status) status = nd_reserve(&d->chosen, &d->chosen_capacity, grams, sizeof *d->chosen);
    if (!status) status = nd_reserve(&s->codes, &s->code_capacity, s->code_count + tokens->count, sizeof *s->codes);
    if (status) return status;
    kernels->hash_shingles(tokens->hashes, grams, ND_GRAM, d->grams);
    size_t chosen = nd_winnow(d->grams, grams, d->chosen);
    status =
        nd_reserve(&s->fingerprints, &s->fingerprint_capacity, s->fingerprint_count + chosen, sizeof *s->fingerprints);
    if (status) return status;
    *r = (reading_document){.codes = s->code_count,
                            .code_count = tokens->count,
                            .fingerprints = s->fingerprint_count,
                            .fingerprint_count = chosen,
                            .alignments = s->alignments.count};
    nd_encode_tokens(tokens, s->codes + s->code_count);
    s->code_count += tokens->count;
    for (size_t i = 0; i < chosen; i++)
        s->fingerprints[s->fingerprint_count++] = (nd_fingerprint){d->grams[d->chosen[i]], d->chosen[i]};
    return NEARDUP_OK;
}

/* Appends what the document repeats of itself. */
static neardup_status align_within(const fingerprinting *f, desk *d, slot *s, reading_document *r) {
    const uint64_t *links;
    size_t count;
    neardup_status status =
        nd_links_within(s->fingerprints + r->fingerprints, r->fingerprint_count, &d->links, &links, &count);
    if (status || count < 2) return status;
    nd_sequence sequence = {s->codes + r->codes, r->code_count};
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

/* Whether a document is wanted: no other is. */
static bool is_wanted(void *context, uint64_t document) {
    return may_have_passages(context, document) && !is_again(context, document);
}

static neardup_status add_reading(slot *s, const reading_document *r) {
    neardup_status status = nd_reserve(&s->documents, &s->document_capacity, s->document_count + 1, sizeof *r);
    if (!status) s->documents[s->document_count++] = *r;
    return status;
}

/* Appends a document that is wanted to the slot. */
static neardup_status take_document(fingerprinting *f, nd_workspace *workspace, desk *d, slot *s, uint64_t document,
                                    const neardup_text *text) {
    neardup_status status = nd_tokenize(&f->token_rules, text, &workspace->tokens);
    reading_document r;
    size_t codes = s->code_count, fingerprints = s->fingerprint_count;
    if (!status) status = add_fingerprints(f->engine->settings.kernels->text, &workspace->tokens, d, s, &r);
    if (!status && document >= f->engine->references) status = align_within(f, d, s, &r);
    if (status) return status;
    if (f->dropped[document] && !r.alignment_count) { /* nothing to add after all */
        s->code_count = codes;
        s->fingerprint_count = fingerprints;
        return NEARDUP_OK;
    }
    r.document = document;
    return add_reading(s, &r);
}

/* What take_document takes, about. */
static uint64_t bytes_for(const fingerprinting *f, uint64_t document) {
    return TOKEN_BYTES * nd_registry_document(f->registry, document).tokens;
}

/* The same when it is the turn of the document. It leaves nothing behind but what is in the slot. */
static neardup_status take_large_document(fingerprinting *f, nd_workspace *workspace, desk *d, slot *s,
                                          uint64_t document, const neardup_text *text) {
    uint64_t bytes = bytes_for(f, document);
    nd_room_enter(&f->room, bytes);
    neardup_status status = take_document(f, workspace, d, s, document, text);
    release_desk(d);
    nd_workspace_release(workspace);
    nd_give_back();
    nd_room_leave(&f->room, bytes);
    return status;
}

static neardup_status read_document(fingerprinting *f, nd_workspace *workspace, desk *d, slot *s, uint64_t document,
                                    const neardup_text *text) {
    bool wanted = is_wanted(f, document);
    if (!wanted && may_have_passages(f, document))
        return add_reading(s, &(reading_document){.document = document, .again = true});
    if (text->skipped) return wanted ? NEARDUP_ERROR_CHANGED : NEARDUP_OK;
    if (nd_hash_text(text) != nd_registry_record(f->registry, document)->checksum) return NEARDUP_ERROR_CHANGED;
    if (!wanted) return NEARDUP_OK;
    bool large = nd_registry_document(f->registry, document).tokens > LARGE_TOKENS;
    return (large ? take_large_document : take_document)(f, workspace, d, s, document, text);
}

static neardup_status work(void *context, unsigned slot_number, unsigned worker, const nd_block *block,
                           neardup_error *error) {
    fingerprinting *f = context;
    slot *s = &f->slots[slot_number];
    uint64_t first = 0;
    s->document_count = s->code_count = s->fingerprint_count = s->alignments.count = 0;
    s->bounded = 0;
    neardup_status status = nd_engine_block_first(f->engine, f->registry, block->number, block->count, &first, error);
    if (status) return status;
    for (size_t i = 0; i < block->count; i++) {
        status = read_document(f, &f->engine->workspaces[worker], &f->desks[worker], s, first + i, &block->texts[i]);
        if (status == NEARDUP_ERROR_CHANGED) return nd_fail_changed(first + i, error);
        if (status) return nd_fail(error, status, "%s", neardup_status_text(status));
    }
    return NEARDUP_OK;
}

/* ---- in order ---- */

uint64_t nd_passage_texts_held(const nd_passage_texts *texts) {
    return texts->others + nd_sequences_bytes(&texts->sequences) + nd_pages_bytes(&texts->documents) +
           (texts->within.capacity + texts->between.capacity) * sizeof(nd_alignment);
}

neardup_status nd_passage_texts_fit(nd_passage_texts *texts, const neardup_engine *engine, uint64_t more,
                                    neardup_error *error) {
    uint64_t limit = nd_engine_limit(engine), held = nd_passage_texts_held(texts) + more;
    neardup_status status = NEARDUP_OK;
    if (held > limit) {
        status = nd_sequences_spill(&texts->sequences, error);
        nd_give_back();
        held = nd_passage_texts_held(texts) + more;
    }
    if (held > texts->most) texts->most = held;
    if (status || held <= limit) return status;
    return nd_fail(error, NEARDUP_ERROR_LIMIT,
                   "the passages of these documents need about %llu MiB of memory whatever is kept in temporary files, "
                   "and %llu MiB are allowed: allow more, or look for duplicate documents alone",
                   (unsigned long long)((engine->settings.options.memory + (held - limit)) >> 20) + 1,
                   (unsigned long long)engine->settings.options.memory >> 20);
}

/* Sees that what is held stays below a part of the limit: fingerprints, the most of it, are spilled first. */
static neardup_status keep_within(fingerprinting *f, uint64_t most, neardup_error *error) {
    if (nd_passage_texts_held(f->texts) + nd_linker_bytes(&f->linker) <= most) return NEARDUP_OK;
    neardup_status status = nd_records_spill(&f->linker.fingerprints, error);
    if (!status && nd_passage_texts_held(f->texts) + nd_linker_bytes(&f->linker) > most / 4 * 3)
        status = nd_sequences_spill(&f->texts->sequences, error);
    nd_give_back();
    return status ? status : nd_passage_texts_fit(f->texts, f->engine, nd_linker_bytes(&f->linker), error);
}

/* Adds a text; *position_out is that of its first token. */
static neardup_status add_text(nd_passage_texts *texts, uint64_t document, nd_sequence sequence,
                               uint64_t *position_out) {
    neardup_status status = nd_sequences_add(&texts->sequences, sequence.codes, sequence.count, position_out);
    uint64_t *of = status ? NULL : nd_pages_append(&texts->documents);
    if (of) *of = document;
    return status || of ? status : NEARDUP_ERROR_MEMORY;
}

/* Adds what the last text repeats of itself. */
static neardup_status add_repeat(nd_passage_texts *texts, nd_alignment alignment) {
    alignment.a.text = alignment.b.text = (uint32_t)(nd_sequences_count(&texts->sequences) - 1);
    return nd_alignments_add(&texts->within, &alignment);
}

/* The first text from that of `document` on. */
static size_t find_text(const nd_passage_texts *texts, uint64_t document) {
    size_t low = 0, high = nd_sequences_count(&texts->sequences);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (nd_passage_texts_document(texts, (uint32_t)middle) < document)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first alignment from those of `text` on. */
static size_t find_repeats(const nd_passage_texts *texts, size_t text) {
    size_t low = 0, high = texts->within.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (texts->within.items[middle].a.text < text)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Adds a document that repeats of itself what the first of its class does. */
static neardup_status add_again(fingerprinting *f, uint64_t document, neardup_error *error) {
    nd_passage_texts *texts = f->texts;
    uint64_t first = nd_registry_first(f->registry, nd_registry_record(f->registry, document)->class), position;
    size_t text = find_text(texts, first);
    if (text == nd_sequences_count(&texts->sequences) || nd_passage_texts_document(texts, (uint32_t)text) != first)
        return NEARDUP_OK;
    size_t begin = find_repeats(texts, text), end = find_repeats(texts, text + 1);
    if (begin == end) return NEARDUP_OK;
    nd_sequence sequence;
    neardup_status status = nd_sequences_view(&texts->sequences, (uint32_t)text, &f->view, &sequence, error);
    if (!status) status = add_text(texts, document, sequence, &position);
    for (size_t i = begin; i < end && !status; i++) status = add_repeat(texts, texts->within.items[i]);
    return status;
}

static neardup_status add_document(fingerprinting *f, const slot *s, const reading_document *r, neardup_error *error) {
    nd_passage_texts *texts = f->texts;
    if (r->again) return add_again(f, r->document, error);
    uint64_t position;
    neardup_status status = add_text(texts, r->document, (nd_sequence){s->codes + r->codes, r->code_count}, &position);
    for (size_t i = 0; i < r->alignment_count && !status; i++)
        status = add_repeat(texts, s->alignments.items[r->alignments + i]);
    if (status || f->dropped[r->document]) return status;
    return nd_linker_add(&f->linker, s->fingerprints + r->fingerprints, r->fingerprint_count, position);
}

static neardup_status commit(void *context, unsigned slot_number, const nd_block *block, uint64_t *first_document_out,
                             neardup_error *error) {
    fingerprinting *f = context;
    slot *s = &f->slots[slot_number];
    neardup_status status = NEARDUP_OK;
    *first_document_out = f->engine->block_first[block->number];
    for (size_t i = 0; i < s->document_count && !status; i++) status = add_document(f, s, &s->documents[i], error);
    f->texts->bounded += s->bounded;
    if (s->code_count > BLOCK_TOKENS) release_slot(s);
    if (status == NEARDUP_ERROR_LIMIT)
        return nd_fail(error, status, "there is more text than passages can be looked for in: 10^12 words");
    if (status == NEARDUP_ERROR_SYSTEM) return status;
    if (status) return nd_fail(error, status, "%s", neardup_status_text(status));
    status = keep_within(f, nd_engine_limit(f->engine), error);
    if (status) return status;
    f->documents += block->count;
    return nd_engine_progress(f->engine, NEARDUP_PHASE_PASSAGES, f->documents, nd_registry_documents(f->registry),
                              error);
}

static neardup_status make_room(void *context, neardup_error *error) {
    fingerprinting *f = context;
    return nd_passage_texts_fit(f->texts, f->engine, nd_linker_bytes(&f->linker), error);
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

/* The bytes that the largest document takes, if it is large; else 0. */
static uint64_t bytes_for_largest(const fingerprinting *f) {
    uint64_t largest = 0;
    for (uint64_t document = 0; document < nd_registry_documents(f->registry); document++)
        if (is_wanted((void *)(uintptr_t)f, document) && bytes_for(f, document) > largest)
            largest = bytes_for(f, document);
    return largest > (uint64_t)TOKEN_BYTES * LARGE_TOKENS ? largest : 0;
}

/* Aligns the texts that links lead to. */
static neardup_status align_texts(fingerprinting *f, unsigned threads, neardup_error *error) {
    uint64_t bounded = 0, room = room_for(f, nd_pairing_least(&f->texts->sequences, &f->linker));
    const nd_pairing pairing = {&f->texts->sequences, &f->rules, threads, room, f, make_room};
    neardup_status status = NEARDUP_OK;
    f->texts->others += room;
    if (nd_passage_texts_held(f->texts) + nd_linker_bytes(&f->linker) > nd_engine_limit(f->engine))
        status = nd_records_spill(&f->linker.links, error);
    nd_give_back();
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
    f.token_rules = engine->settings.token_rules;
    f.token_rules.keep_alone = true;
    f.rules = engine->settings.align_rules;
    f.slots = nd_allocate_zero(slots, sizeof *f.slots);
    f.desks = nd_allocate_zero(threads, sizeof *f.desks);
    nd_pages_init(&texts->documents, sizeof(uint64_t));
    nd_linker_init(&f.linker, engine->settings.options.temporary);
    texts->sequences.spill.folder = engine->settings.options.temporary;
    neardup_status status = f.slots && f.desks ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    nd_pass pass = {&engine->source, threads, &f, work, commit};
    if (!status && engine->source.want) engine->source.want(engine->source.context, is_wanted, &f);
    uint64_t room = room_for(&f, bytes_for_largest(&f));
    nd_room_open(&f.room, room);
    texts->others += room;
    if (!status) status = nd_passage_texts_fit(texts, engine, 0, error);
    if (!status) status = nd_pass_run(&pass, error);
    texts->others -= room;
    nd_room_close(&f.room);
    if (!status && f.documents != nd_registry_documents(registry)) status = nd_fail_changed(f.documents, error);
    for (unsigned i = 0; f.slots && i < slots; i++) release_slot(&f.slots[i]);
    for (unsigned i = 0; f.desks && i < threads; i++) release_desk(&f.desks[i]);
    nd_view_release(&f.view);
    nd_free(f.slots);
    nd_free(f.desks);
    if (!status) status = link_texts(&f, threads, error);
    if (!status) status = align_texts(&f, threads, error);
    texts->spilled = nd_linker_spilled(&f.linker);
    nd_linker_release(&f.linker);
    nd_give_back();
    return status;
}
