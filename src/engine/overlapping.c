/* SPDX-License-Identifier: MIT */
/*
 * How alike documents are that overlap: shingles that both have of those that either has. The shingles of each of them
 * are put into a table once, in which those of all documents are looked up that it is the first of an overlap with.
 */
#include <string.h>

#include "base/memory.h"
#include "base/threads.h"
#include "engine/passages.h"
#include "match/set.h"

#define CONTAINED 0.9 /* of the shorter document, from which on a longer one contains it */

enum { ROOM = 8 }; /* bits for each slot: one in 16 to 32 of them is set */

/* A text that is part of an overlap. */
typedef struct subject {
    uint32_t text;
    size_t begin, end; /* overlaps that it is the first of */
    size_t shingles;   /* distinct ones */
} subject;

/* Distinct shingles, in an open table that is at most half full; 0 is a free slot. */
typedef struct shingle_table {
    uint64_t *slots, *bits; /* a bit in ROOM for every slot: nearly all other shingles end there */
    uint32_t *seen;         /* by slot: the last look-up that found it */
    size_t slot_capacity, bit_capacity, seen_capacity, mask, count;
} shingle_table;

/* What one worker needs. */
typedef struct shingling {
    uint64_t *tokens, *hashes;
    size_t token_capacity, hash_capacity;
    shingle_table table;
    nd_view view;
    neardup_error error;
} shingling;

typedef struct comparing {
    const nd_settings *settings;
    const nd_passage_texts *texts;
    const nd_overlap *overlaps;
    subject *subjects;
    uint32_t *subject_of; /* by text: 1 + its number, or 0 */
    uint32_t *shared;     /* by overlap */
    size_t subject_count;
    shingling *shinglings;
} comparing;

/* Makes the shingles of a text, of words, none of them 0. They are made of its codes, and so not those of the first
 * readings, but as many of them are the same. */
static neardup_status make_shingles(const comparing *c, shingling *s, uint32_t text, size_t *count_out) {
    nd_sequence sequence;
    neardup_status status = nd_sequences_view(&c->texts->sequences, text, &s->view, &sequence, &s->error);
    if (status) return status;
    size_t length = c->settings->options.shingle_length;
    if (sequence.count < length) length = sequence.count;
    size_t count = sequence.count - length + 1;
    status = nd_reserve(&s->tokens, &s->token_capacity, sequence.count, sizeof *s->tokens);
    if (!status) status = nd_reserve(&s->hashes, &s->hash_capacity, count, sizeof *s->hashes);
    if (status) return status;
    for (size_t i = 0; i < sequence.count; i++)
        s->tokens[i] = (sequence.codes[i] + (uint64_t)1) * 0x9E3779B97F4A7C15ULL;
    c->settings->kernels->text->hash_shingles(s->tokens, count, length, s->hashes);
    for (size_t i = 0; i < count; i++) s->hashes[i] |= !s->hashes[i];
    *count_out = count;
    return NEARDUP_OK;
}

/* Empties a table and makes it fit for so many shingles. */
static neardup_status clear_table(shingle_table *t, size_t count) {
    size_t slots = 64;
    while (slots < 2 * count) slots *= 2;
    neardup_status status = nd_reserve(&t->slots, &t->slot_capacity, slots, sizeof *t->slots);
    if (!status) status = nd_reserve(&t->seen, &t->seen_capacity, slots, sizeof *t->seen);
    if (!status) status = nd_reserve(&t->bits, &t->bit_capacity, slots / 64 * ROOM, sizeof *t->bits);
    if (status) return status;
    memset(t->slots, 0, slots * sizeof *t->slots);
    memset(t->seen, 0, slots * sizeof *t->seen);
    memset(t->bits, 0, slots / 64 * ROOM * sizeof *t->bits);
    t->mask = slots - 1;
    t->count = 0;
    return NEARDUP_OK;
}

/* Where the bit of a shingle is. */
static size_t bit_of(const shingle_table *t, uint64_t shingle) { return (size_t)shingle & ((t->mask + 1) * ROOM - 1); }

/* The slot that a shingle is in, or else is to be in. */
static size_t find_slot(const shingle_table *t, uint64_t shingle) {
    size_t i = (size_t)shingle & t->mask;
    while (t->slots[i] && t->slots[i] != shingle) i = (i + 1) & t->mask;
    return i;
}

static void add_shingle(shingle_table *t, uint64_t shingle) {
    size_t at = bit_of(t, shingle), slot = find_slot(t, shingle);
    t->bits[at / 64] |= (uint64_t)1 << at % 64;
    t->count += !t->slots[slot];
    t->slots[slot] = shingle;
}

/* How many of the table's shingles are among others. `number` is that of the look-up, from 1 on. */
static uint32_t count_shared(shingle_table *t, const uint64_t *shingles, size_t count, uint32_t number) {
    uint32_t shared = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = bit_of(t, shingles[i]);
        if (!(t->bits[at / 64] >> at % 64 & 1)) continue;
        size_t slot = find_slot(t, shingles[i]);
        if (!t->slots[slot] || t->seen[slot] == number) continue;
        t->seen[slot] = number;
        shared++;
    }
    return shared;
}

static neardup_status compare_subject(void *context, unsigned worker, size_t index) {
    comparing *c = context;
    subject *a = &c->subjects[index];
    shingling *s = &c->shinglings[worker];
    size_t count = 0;
    neardup_status status = make_shingles(c, s, a->text, &count);
    if (!status) status = clear_table(&s->table, count);
    if (status) return status;
    for (size_t i = 0; i < count; i++) add_shingle(&s->table, s->hashes[i]);
    a->shingles = s->table.count;
    for (size_t i = a->begin; i < a->end && !status; i++) {
        status = make_shingles(c, s, c->overlaps[i].b, &count);
        if (!status) c->shared[i] = count_shared(&s->table, s->hashes, count, (uint32_t)(i - a->begin) + 1);
    }
    return status;
}

/* The subject of a text, which is made if there is none yet. */
static subject *subject_of(comparing *c, uint32_t text) {
    if (!c->subject_of[text]) {
        c->subjects[c->subject_count] = (subject){.text = text};
        c->subject_of[text] = (uint32_t)++c->subject_count;
    }
    return &c->subjects[c->subject_of[text] - 1];
}

/* Counts the shingles of all overlaps. */
static neardup_status compare_all(comparing *c, size_t count, unsigned threads, neardup_error *error) {
    c->subjects = nd_allocate(2 * count, sizeof *c->subjects);
    c->subject_of = nd_allocate_zero(nd_sequences_count(&c->texts->sequences), sizeof *c->subject_of);
    c->shared = nd_allocate_zero(count, sizeof *c->shared);
    c->shinglings = nd_allocate_zero(threads, sizeof *c->shinglings);
    bool allocated = c->subjects && c->subject_of && c->shared && c->shinglings;
    neardup_status status = allocated ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < count && !status; i++) {
        subject *a = subject_of(c, c->overlaps[i].a);
        if (a->begin == a->end) a->begin = i;
        a->end = i + 1;
        subject_of(c, c->overlaps[i].b);
    }
    if (!status) status = nd_parallel_for(threads, c->subject_count, compare_subject, c);
    for (unsigned i = 0; c->shinglings && i < threads; i++) {
        shingling *s = &c->shinglings[i];
        if (status && s->error.status == status) *error = s->error;
        nd_view_release(&s->view);
        nd_free(s->tokens);
        nd_free(s->hashes);
        nd_free(s->table.slots);
        nd_free(s->table.seen);
        nd_free(s->table.bits);
    }
    nd_free(c->shinglings);
    return status;
}

/* One overlap as the result has it. */
static neardup_overlap overlap_at(const comparing *c, size_t number, bool compared) {
    const nd_overlap *o = &c->overlaps[number];
    uint32_t tokens_a = (uint32_t)nd_sequences_size(&c->texts->sequences, o->a);
    uint32_t tokens_b = (uint32_t)nd_sequences_size(&c->texts->sequences, o->b);
    neardup_overlap overlap = {.a = nd_passage_texts_document(c->texts, o->a),
                               .b = nd_passage_texts_document(c->texts, o->b),
                               .passages = o->passages,
                               .tokens_a = o->tokens_a,
                               .tokens_b = o->tokens_b,
                               .coverage_a = (double)o->tokens_a / tokens_a,
                               .coverage_b = (double)o->tokens_b / tokens_b,
                               .jaccard = -1};
    overlap.contains = (tokens_a <= tokens_b ? overlap.coverage_a : overlap.coverage_b) >= CONTAINED;
    if (compared)
        overlap.jaccard = nd_jaccard(c->shared[number], c->subjects[c->subject_of[o->a] - 1].shingles,
                                     c->subjects[c->subject_of[o->b] - 1].shingles);
    return overlap;
}

size_t nd_overlaps_compare_bytes(size_t count, size_t texts) {
    return count * (2 * sizeof(subject) + sizeof(uint32_t)) + texts * sizeof(uint32_t);
}

neardup_status nd_overlaps_compare(const neardup_engine *engine, const nd_passage_texts *texts,
                                   const nd_overlap *overlaps, size_t count, nd_passages *passages,
                                   neardup_error *error) {
    comparing c = {.settings = &engine->settings, .texts = texts, .overlaps = overlaps};
    bool compared = engine->settings.options.shingle_unit == NEARDUP_WORD;
    neardup_status status = NEARDUP_OK;
    passages->overlaps = nd_allocate(count, sizeof *passages->overlaps);
    if (!passages->overlaps) status = NEARDUP_ERROR_MEMORY;
    if (!status && compared) status = compare_all(&c, count, engine->settings.options.threads, error);
    for (size_t i = 0; i < count && !status; i++) passages->overlaps[i] = overlap_at(&c, i, compared);
    if (!status) passages->overlap_count = count;
    nd_free(c.subjects);
    nd_free(c.subject_of);
    nd_free(c.shared);
    return status;
}
