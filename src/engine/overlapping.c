/* SPDX-License-Identifier: MIT */
/*
 * How alike documents are that overlap: shingles that both have of those that either has. The shingles of each of them
 * are put into a table once, in which those of all shorter documents are looked up that it has an overlap with.
 *
 * Shingles are here polynomials of their codes, as in Karp and Rabin's search (IBM J. Res. Dev. 31, 1987), modulo 2^64:
 * each is made from the one before. Only whether two are the same matters, and so they need not be those of the first
 * readings. What their low bits are made of are low bits alone, so it is the high ones that tell where they belong.
 */
#include <string.h>

#include "base/memory.h"
#include "base/threads.h"
#include "engine/passages.h"
#include "match/set.h"

#define CONTAINED 0.9                   /* of the shorter document, from which on a longer one contains it */
#define BASE      0x9E3779B97F4A7C15ULL /* of the polynomials: the golden ratio, an odd number without pattern */

enum { ROOM_BITS = 3 }; /* 2^3 bits for each slot: one in 16 to 32 of them is set */

/* A text that is part of an overlap. */
typedef struct subject {
    uint32_t text;
    size_t begin, end; /* in comparing.by_longer: overlaps in which it is the longer one */
    size_t shingles;   /* distinct ones */
} subject;

/* A set of bits of which the high bits of a shingle choose one. */
typedef struct sieve {
    uint64_t *words;
    unsigned shift;
} sieve;

/* Distinct shingles, in an open table that is at most half full; 0 is a free slot. */
typedef struct shingle_table {
    uint64_t *slots;
    sieve sieve;    /* ends the search for nearly all that are not in the table */
    uint32_t *seen; /* by slot: the last look-up that found it, of those of all tables that were here */
    size_t slot_capacity, word_capacity, seen_capacity, mask, count;
    uint32_t look_ups;
} shingle_table;

/* What one worker needs. */
typedef struct shingling {
    uint64_t *shingles;
    size_t shingle_capacity;
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
    size_t *by_longer;    /* numbers of overlaps, by the subject that is the longer one */
    uint32_t *shared;     /* by overlap */
    size_t subject_count;
    shingling *shinglings;
} comparing;

static bool passes(const sieve *through, uint64_t shingle) {
    uint64_t at = shingle >> through->shift;
    return through->words[at / 64] >> at % 64 & 1;
}

/* On its way through a sequence: the shingle that ends before code `next`. */
typedef struct rolling {
    uint64_t shingle;
    const nd_code *next;
} rolling;

static rolling roll_from(const nd_code *codes, size_t length) {
    rolling r = {0, codes + length};
    for (size_t i = 0; i < length; i++) r.shingle = (r.shingle + codes[i]) * BASE;
    return r;
}

static void roll_on(rolling *r, size_t length, uint64_t gone) {
    r->shingle = r->shingle * BASE + (*r->next * BASE - *(r->next - length) * gone);
    r->next++;
}

/* Writes a shingle, which is kept if it passes the sieve. They are odd, so that none is 0: the lowest bit tells least.
 */
static bool keep(rolling r, const sieve *through, uint64_t *out) {
    *out = r.shingle | 1;
    return passes(through, *out);
}

/* Writes the shingles of `length` codes that pass the sieve, in any order; returns how many do. `out` has room for all
 * of them. Each waits for the one before, so both halves of the sequence are passed through at a time. */
static size_t list_shingles(nd_sequence sequence, size_t length, const sieve *through, uint64_t *out) {
    size_t all = sequence.count - length + 1, half = all / 2, count = 0;
    rolling first = roll_from(sequence.codes, length), second = roll_from(sequence.codes + half, length);
    uint64_t gone = BASE;
    for (size_t i = 0; i < length; i++) gone *= BASE;
    for (size_t i = 0; i < half; i++) {
        if (i) roll_on(&first, length, gone);
        if (i) roll_on(&second, length, gone);
        count += keep(first, through, out + count);
        count += keep(second, through, out + count);
    }
    if (half && all % 2) roll_on(&second, length, gone);
    if (all % 2) count += keep(second, through, out + count);
    return count;
}

/* The shingles of a text, of words, that pass the sieve. */
static neardup_status make_shingles(const comparing *c, shingling *s, uint32_t text, const sieve *through,
                                    size_t *count_out) {
    nd_sequence sequence;
    neardup_status status = nd_sequences_view(&c->texts->sequences, text, &s->view, &sequence, &s->error);
    if (!status) status = nd_reserve(&s->shingles, &s->shingle_capacity, sequence.count, sizeof *s->shingles);
    if (status) return status;
    size_t length = c->settings->options.shingle_length;
    *count_out = list_shingles(sequence, length < sequence.count ? length : sequence.count, through, s->shingles);
    return NEARDUP_OK;
}

/* Empties a table and makes it fit for so many shingles. */
static neardup_status clear_table(shingle_table *t, size_t count) {
    unsigned bits = 6;
    while ((size_t)1 << bits < 2 * count) bits++;
    size_t slots = (size_t)1 << bits, words = slots / 64 << ROOM_BITS, before = t->seen_capacity;
    neardup_status status = nd_reserve(&t->slots, &t->slot_capacity, slots, sizeof *t->slots);
    if (!status) status = nd_reserve(&t->seen, &t->seen_capacity, slots, sizeof *t->seen);
    if (!status) status = nd_reserve(&t->sieve.words, &t->word_capacity, words, sizeof *t->sieve.words);
    if (status) return status;
    if (t->look_ups > UINT32_MAX / 2) before = t->look_ups = 0;
    memset(t->slots, 0, slots * sizeof *t->slots);
    memset(t->seen + before, 0, (t->seen_capacity - before) * sizeof *t->seen);
    memset(t->sieve.words, 0, words * sizeof *t->sieve.words);
    t->sieve.shift = 64 - bits - ROOM_BITS;
    t->mask = slots - 1;
    t->count = 0;
    return NEARDUP_OK;
}

/* The slot that a shingle is in, or else is to be in. */
static size_t find_slot(const shingle_table *t, uint64_t shingle) {
    size_t i = (size_t)(shingle >> t->sieve.shift >> ROOM_BITS);
    while (t->slots[i] && t->slots[i] != shingle) i = (i + 1) & t->mask;
    return i;
}

static void add_shingle(shingle_table *t, uint64_t shingle) {
    uint64_t at = shingle >> t->sieve.shift;
    size_t slot = find_slot(t, shingle);
    t->sieve.words[at / 64] |= (uint64_t)1 << at % 64;
    t->count += !t->slots[slot];
    t->slots[slot] = shingle;
}

/* How many of the table's shingles are among others. */
static uint32_t count_shared(shingle_table *t, const uint64_t *shingles, size_t count) {
    uint32_t shared = 0, number = ++t->look_ups;
    for (size_t i = 0; i < count; i++) {
        size_t slot = find_slot(t, shingles[i]);
        if (!t->slots[slot] || t->seen[slot] == number) continue;
        t->seen[slot] = number;
        shared++;
    }
    return shared;
}

/* Puts the shingles of a text into the table. */
static neardup_status fill_table(const comparing *c, shingling *s, uint32_t text) {
    uint64_t ones[2] = {UINT64_MAX, UINT64_MAX};
    size_t count = 0;
    neardup_status status = make_shingles(c, s, text, &(sieve){ones, 63}, &count);
    if (!status) status = clear_table(&s->table, count);
    if (status) return status;
    for (size_t i = 0; i < count; i++) add_shingle(&s->table, s->shingles[i]);
    return NEARDUP_OK;
}

static neardup_status compare_subject(void *context, unsigned worker, size_t index) {
    comparing *c = context;
    subject *longer = &c->subjects[index];
    shingling *s = &c->shinglings[worker];
    neardup_status status = fill_table(c, s, longer->text);
    longer->shingles = s->table.count;
    for (size_t i = longer->begin; i < longer->end && !status; i++) {
        const nd_overlap *overlap = &c->overlaps[c->by_longer[i]];
        uint32_t other = overlap->a == longer->text ? overlap->b : overlap->a;
        size_t count = 0;
        status = make_shingles(c, s, other, &s->table.sieve, &count);
        if (!status) c->shared[c->by_longer[i]] = count_shared(&s->table, s->shingles, count);
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

/* Lists the overlaps by the longer of the two texts: there are fewer shingles to look up than in the other order. */
static void list_by_longer(comparing *c, size_t count) {
    const nd_sequences *sequences = &c->texts->sequences;
    for (size_t i = 0; i < count; i++) {
        const nd_overlap *o = &c->overlaps[i];
        subject *a = subject_of(c, o->a), *b = subject_of(c, o->b);
        bool first = nd_sequences_size(sequences, o->a) >= nd_sequences_size(sequences, o->b);
        (first ? a : b)->end++;
        c->shared[i] = (uint32_t)((first ? a : b) - c->subjects); /* until it is known how many are shared */
    }
    size_t end = 0;
    for (size_t i = 0; i < c->subject_count; i++) {
        end += c->subjects[i].end;
        c->subjects[i].begin = c->subjects[i].end = end;
    }
    for (size_t i = count; i--;) c->by_longer[--c->subjects[c->shared[i]].begin] = i;
}

/* Counts the shingles of all overlaps. */
static neardup_status compare_all(comparing *c, size_t count, unsigned threads, neardup_error *error) {
    c->subjects = nd_allocate(2 * count, sizeof *c->subjects);
    c->subject_of = nd_allocate_zero(nd_sequences_count(&c->texts->sequences), sizeof *c->subject_of);
    c->by_longer = nd_allocate(count, sizeof *c->by_longer);
    c->shared = nd_allocate(count, sizeof *c->shared);
    c->shinglings = nd_allocate_zero(threads, sizeof *c->shinglings);
    bool allocated = c->subjects && c->subject_of && c->by_longer && c->shared && c->shinglings;
    neardup_status status = allocated ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    if (!status) list_by_longer(c, count);
    if (!status) status = nd_parallel_for(threads, c->subject_count, compare_subject, c);
    for (unsigned i = 0; c->shinglings && i < threads; i++) {
        shingling *s = &c->shinglings[i];
        if (status && s->error.status == status) *error = s->error;
        nd_view_release(&s->view);
        nd_free(s->shingles);
        nd_free(s->table.slots);
        nd_free(s->table.seen);
        nd_free(s->table.sieve.words);
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
    return count * (2 * sizeof(subject) + sizeof(size_t) + sizeof(uint32_t)) + texts * sizeof(uint32_t);
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
    nd_free(c.by_longer);
    nd_free(c.shared);
    return status;
}
