/* SPDX-License-Identifier: MIT */
#include "passage/link.h"

#include <pthread.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/threads.h"
#include "passage/winnow.h"

enum { PARTITION_BITS = 12, FLUSH = 1 << 14, ENDLESS = 64 };

_Static_assert(ND_FINGERPRINT_PARTITIONS == 1 << PARTITION_BITS, "partitions");

#define POSITION_MASK (((uint64_t)1 << ND_POSITION_BITS) - 1)
#define LOW_MASK      (((uint64_t)1 << ND_LOW_BITS) - 1)

void nd_linker_release(nd_linker *linker) {
    nd_records_release(&linker->fingerprints);
    nd_records_release(&linker->links);
}

neardup_status nd_linker_add(nd_linker *linker, const nd_fingerprint *fingerprints, size_t count, uint64_t position) {
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < count && !status; i++) {
        uint64_t hash = fingerprints[i].hash;
        uint64_t value =
            hash << PARTITION_BITS >> ND_POSITION_BITS << ND_POSITION_BITS | (position + fingerprints[i].token);
        status = nd_records_add(&linker->fingerprints, (size_t)(hash >> (64 - PARTITION_BITS)), &value, 1);
    }
    return status;
}

/* ---- between texts ---- */

/* What one worker needs. */
typedef struct workshop {
    uint32_t *texts; /* of the occurrences of a run */
    uint64_t *contexts, *sorting;
    size_t text_capacity, context_capacity, sorting_capacity;
    struct link {
        uint64_t later, earlier;
    } * links;
    size_t count, capacity;
} workshop;

typedef struct linking {
    nd_linker *linker;
    const nd_sequences *sequences;
    workshop *workshops;
    pthread_mutex_t mutex; /* guards linker->links. In which order they come does not matter: they are sorted */
} linking;

static neardup_status flush(linking *l, workshop *w) {
    neardup_status status = NEARDUP_OK;
    pthread_mutex_lock(&l->mutex);
    for (size_t i = 0; i < w->count && !status; i++) {
        uint64_t value = (w->links[i].later & LOW_MASK) << ND_POSITION_BITS | w->links[i].earlier;
        status = nd_records_add(&l->linker->links, (size_t)(w->links[i].later >> ND_LOW_BITS), &value, 1);
    }
    pthread_mutex_unlock(&l->mutex);
    w->count = 0;
    return status;
}

static void add_link(workshop *w, uint64_t later, uint64_t earlier, uint64_t alike) {
    w->links[w->count++] = (struct link){later, earlier};
    if (alike > ND_GRAM) w->links[w->count++] = (struct link){later + alike - ND_GRAM, earlier + alike - ND_GRAM};
}

/* Links every occurrence to the first and the previous ones in other texts. values[i] holds a position in its low bits,
 * and they rise. Where more than a gram is alike its last gram is linked, too: two hits. */
static neardup_status link_run(linking *l, workshop *w, const uint64_t *values, size_t count, uint64_t alike) {
    neardup_status status = nd_reserve(&w->texts, &w->text_capacity, count, sizeof *w->texts);
    if (status) return status;
    for (size_t i = 0; i < count; i++) w->texts[i] = nd_sequences_text(l->sequences, values[i] & POSITION_MASK);
    size_t others = 0; /* occurrences in texts before that of i */
    for (size_t i = 1; i < count && !status; i++) {
        if (w->texts[i] != w->texts[i - 1]) others = i;
        if (!others) continue;
        status = nd_reserve(&w->links, &w->capacity, w->count + 2 * (ND_LINKS + 1), sizeof *w->links);
        if (status) return status;
        uint64_t later = values[i] & POSITION_MASK;
        add_link(w, later, values[0] & POSITION_MASK, alike);
        for (size_t j = others; j-- > 1 && others - j <= ND_LINKS;)
            add_link(w, later, values[j] & POSITION_MASK, alike);
    }
    return status || w->count < FLUSH ? status : flush(l, w);
}

/* The end of the run of values that agree above the position. */
static size_t run_end(const uint64_t *values, size_t count, size_t begin) {
    size_t end = begin + 1;
    while (end < count && values[end] >> ND_POSITION_BITS == values[begin] >> ND_POSITION_BITS) end++;
    return end;
}

/* Links the occurrences of a common fingerprint that go on alike. */
static neardup_status link_contexts(linking *l, workshop *w, const uint64_t *values, size_t count) {
    neardup_status status = nd_reserve(&w->contexts, &w->context_capacity, count, sizeof *w->contexts);
    if (!status) status = nd_reserve(&w->sorting, &w->sorting_capacity, count, sizeof *w->sorting);
    if (status) return status;
    size_t contexts = 0;
    for (size_t i = 0; i < count; i++) { /* w->texts is still that of the run */
        uint64_t position = values[i] & POSITION_MASK;
        nd_sequence sequence = nd_sequences_at(l->sequences, w->texts[i]);
        size_t at = (size_t)(position - nd_sequences_position(l->sequences, w->texts[i]));
        if (sequence.count - at < ND_CONTEXT) continue;
        uint64_t hash = nd_hash64(sequence.codes + at, ND_CONTEXT * sizeof *sequence.codes, 0);
        w->contexts[contexts++] = hash << ND_POSITION_BITS | position;
    }
    nd_sort(w->contexts, contexts, w->sorting);
    for (size_t begin = 0, end; begin < contexts && !status; begin = end) {
        end = run_end(w->contexts, contexts, begin);
        if (end - begin > 1) status = link_run(l, w, w->contexts + begin, end - begin, ND_CONTEXT);
    }
    return status;
}

static neardup_status link_partition(void *context, unsigned worker, size_t partition) {
    linking *l = context;
    workshop *w = &l->workshops[worker];
    uint64_t *values;
    size_t count;
    neardup_status status = nd_records_take(&l->linker->fingerprints, partition, &values, &count);
    for (size_t begin = 0, end; begin < count && !status; begin = end) {
        end = run_end(values, count, begin);
        if (end - begin > 1) status = link_run(l, w, values + begin, end - begin, ND_GRAM);
        if (end - begin > ND_COMMON && !status) status = link_contexts(l, w, values + begin, end - begin);
    }
    nd_free(values);
    return status;
}

neardup_status nd_linker_link(nd_linker *linker, const nd_sequences *sequences, unsigned threads) {
    if (!nd_sequences_count(sequences)) return NEARDUP_OK;
    linking l = {.linker = linker, .sequences = sequences};
    l.workshops = nd_allocate_zero(threads, sizeof *l.workshops);
    if (!l.workshops) return NEARDUP_ERROR_MEMORY;
    pthread_mutex_init(&l.mutex, NULL);
    neardup_status status = nd_parallel_for(threads, ND_FINGERPRINT_PARTITIONS, link_partition, &l);
    for (unsigned i = 0; i < threads; i++) {
        workshop *w = &l.workshops[i];
        if (!status) status = flush(&l, w);
        nd_free(w->texts);
        nd_free(w->contexts);
        nd_free(w->sorting);
        nd_free(w->links);
    }
    pthread_mutex_destroy(&l.mutex);
    nd_free(l.workshops);
    return status;
}

/* ---- within a text ---- */

void nd_link_scratch_release(nd_link_scratch *scratch) {
    nd_free(scratch->seen);
    nd_free(scratch->values);
    nd_free(scratch->sorting);
    nd_free(scratch->links);
    *scratch = (nd_link_scratch){0};
}

/* Fills scratch->values with the fingerprints that may occur twice: hash bits << 32 | position, sorted. Two bits for every
 * hash, in tables of eight bits a fingerprint, tell nearly all others. */
static neardup_status find_repeats(const nd_fingerprint *fingerprints, size_t count, nd_link_scratch *s,
                                   size_t *repeats_out) {
    size_t words = 1;
    while (words * 8 < count) words *= 2;
    neardup_status status = nd_reserve(&s->seen, &s->seen_capacity, 2 * words, sizeof *s->seen);
    if (!status) status = nd_reserve(&s->values, &s->value_capacity, count, sizeof *s->values);
    if (!status) status = nd_reserve(&s->sorting, &s->sorting_capacity, count, sizeof *s->sorting);
    if (status) return status;
    uint64_t *once = s->seen, *twice = s->seen + words;
    memset(s->seen, 0, 2 * words * sizeof *s->seen);
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = fingerprints[i].hash, bit = (uint64_t)1 << (hash & 63);
        size_t word = hash >> 6 & (words - 1);
        twice[word] |= once[word] & bit;
        once[word] |= bit;
    }
    size_t repeats = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = fingerprints[i].hash;
        if (twice[hash >> 6 & (words - 1)] >> (hash & 63) & 1)
            s->values[repeats++] = hash >> 32 << 32 | fingerprints[i].token;
    }
    nd_sort(s->values, repeats, s->sorting);
    *repeats_out = repeats;
    return NEARDUP_OK;
}

/* Links to a later token from the first and the previous ones that are far enough away; from[0] to from[count - 1]. What
 * comes that often does so at every turn of a text that repeats itself without end: there one turn back is enough. */
static size_t link_token(const uint64_t *from, size_t count, uint32_t later, uint64_t *links_out) {
    size_t made = 0, most = count < ENDLESS ? ND_LINKS : 1;
    while (count && later - (uint32_t)from[count - 1] < ND_GRAM) count--;
    for (size_t j = count; j-- > 1 && made < most;) links_out[made++] = from[j] << 32 | later;
    if (count) links_out[made++] = from[0] << 32 | later;
    return made;
}

neardup_status nd_links_within(const nd_fingerprint *fingerprints, size_t count, nd_link_scratch *scratch,
                               const uint64_t **links_out, size_t *count_out) {
    nd_link_scratch *s = scratch;
    size_t repeats = 0, links = 0;
    neardup_status status = find_repeats(fingerprints, count, s, &repeats);
    if (status) return status;
    for (size_t begin = 0, i = 0; i < repeats; i++) {
        if (s->values[i] >> 32 != s->values[begin] >> 32) begin = i;
        status = nd_reserve(&s->links, &s->link_capacity, links + ND_LINKS + 1, sizeof *s->links);
        if (status) return status;
        links += link_token(s->values + begin, i - begin, (uint32_t)s->values[i], s->links + links);
    }
    status = nd_reserve(&s->sorting, &s->sorting_capacity, links, sizeof *s->sorting);
    if (status) return status;
    nd_sort(s->links, links, s->sorting);
    *links_out = s->links;
    *count_out = links;
    return NEARDUP_OK;
}
