/* SPDX-License-Identifier: MIT */
#include "passage/link.h"

#include <pthread.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/threads.h"
#include "passage/winnow.h"

/* Fingerprints go to no more partitions than it takes for one to be sorted in the cache: they come in turn for all of
 * them, and thousands of places to write to are more than the cache holds. What tells them apart there is 24 more bits:
 * of those in a partition so small, one in 600 has another's by chance, which costs a link that no text bears out. */
enum { PARTITION_TOKENS = 1 << 16, LEADING_MOST = 12, FLUSH = 1 << 14, ENDLESS = 64 };

#define POSITION_MASK (((uint64_t)1 << ND_POSITION_BITS) - 1)
#define LOW_MASK      (((uint64_t)1 << ND_LOW_BITS) - 1)

void nd_linker_init(nd_linker *linker, uint64_t tokens, const char *folder) {
    *linker = (nd_linker){.fingerprints.spill.folder = folder,
                          .common.spill.folder = folder,
                          .contexts.spill.folder = folder,
                          .links.spill.folder = folder};
    while (linker->leading < LEADING_MOST && tokens >> linker->leading > PARTITION_TOKENS) linker->leading++;
}

void nd_linker_release(nd_linker *linker) {
    nd_records_release(&linker->fingerprints);
    nd_records_release(&linker->common);
    nd_records_release(&linker->contexts);
    nd_records_release(&linker->links);
}

size_t nd_linker_bytes(const nd_linker *linker) {
    return linker->fingerprints.bytes + linker->common.bytes + linker->contexts.bytes + linker->links.bytes;
}

uint64_t nd_linker_spilled(const nd_linker *linker) {
    return linker->spilled + linker->fingerprints.spill.size + linker->common.spill.size + linker->contexts.spill.size +
           linker->links.spill.size;
}

/* Lets go of records that are used up. */
static void drop(nd_linker *linker, nd_records *records) {
    linker->spilled += records->spill.size;
    nd_records_release(records);
}

static size_t partition_of_hash(const nd_linker *linker, uint64_t hash) {
    return (size_t)(hash >> 1 >> (63 - linker->leading));
}

static uint64_t value_of_hash(const nd_linker *linker, uint64_t hash, uint64_t position) {
    return hash << linker->leading >> ND_POSITION_BITS << ND_POSITION_BITS | position;
}

neardup_status nd_linker_add(nd_linker *linker, const nd_fingerprint *fingerprints, size_t count, uint64_t position) {
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < count && !status; i++) {
        uint64_t hash = fingerprints[i].hash;
        status = nd_records_add(&linker->fingerprints, partition_of_hash(linker, hash),
                                value_of_hash(linker, hash, position + fingerprints[i].token));
    }
    return status;
}

/* ---- between texts ---- */

/* Records on their way to others, so that the lock is taken for many at a time. */
typedef struct outbox {
    nd_records *records;
    struct parcel {
        size_t partition;
        uint64_t value;
    } * items;
    size_t count, capacity;
} outbox;

/* What one worker needs. */
typedef struct workshop {
    uint32_t *texts; /* of the occurrences of a run */
    size_t text_capacity;
    outbox links, others;
    nd_view view;
    neardup_error error;
} workshop;

typedef struct linking {
    nd_linker *linker;
    const nd_sequences *sequences;
    nd_records *from; /* fingerprints or contexts */
    uint64_t alike;   /* tokens that are alike where their hash is */
    size_t room;
    workshop *workshops;
    pthread_mutex_t mutex; /* guards what outboxes go to. In which order they come does not matter: they are sorted */
} linking;

static neardup_status flush(linking *l, workshop *w, outbox *box) {
    neardup_status status = NEARDUP_OK;
    pthread_mutex_lock(&l->mutex);
    for (size_t i = 0; i < box->count && !status; i++)
        status = nd_records_add(box->records, box->items[i].partition, box->items[i].value);
    if (!status && nd_linker_bytes(l->linker) > l->room) status = nd_records_spill(box->records, &w->error);
    pthread_mutex_unlock(&l->mutex);
    box->count = 0;
    return status;
}

static neardup_status put(outbox *box, size_t partition, uint64_t value) {
    neardup_status status = nd_reserve(&box->items, &box->capacity, box->count + 1, sizeof *box->items);
    if (!status) box->items[box->count++] = (struct parcel){partition, value};
    return status;
}

static neardup_status put_link(workshop *w, uint64_t later, uint64_t earlier) {
    return put(&w->links, (size_t)(later >> ND_PART_BITS), earlier << ND_LOW_BITS | (later & LOW_MASK));
}

/* Where more than a gram is alike its last gram is linked, too: two hits. */
static neardup_status add_link(const linking *l, workshop *w, uint64_t later, uint64_t earlier) {
    uint64_t last = l->alike - ND_GRAM;
    neardup_status status = put_link(w, later, earlier);
    return status || !last ? status : put_link(w, later + last, earlier + last);
}

/* Links every occurrence to the first and the previous ones in other texts. values[i] holds a position in its low bits,
 * and they rise. */
static neardup_status link_run(linking *l, workshop *w, const uint64_t *values, size_t count) {
    neardup_status status = nd_reserve(&w->texts, &w->text_capacity, count, sizeof *w->texts);
    if (status) return status;
    for (size_t i = 0; i < count; i++) w->texts[i] = nd_sequences_text(l->sequences, values[i] & POSITION_MASK);
    size_t others = 0; /* occurrences in texts before that of i */
    for (size_t i = 1; i < count && !status; i++) {
        if (w->texts[i] != w->texts[i - 1]) others = i;
        if (!others) continue;
        uint64_t later = values[i] & POSITION_MASK;
        status = add_link(l, w, later, values[0] & POSITION_MASK);
        for (size_t j = others; j-- > 1 && others - j <= ND_LINKS && !status;)
            status = add_link(l, w, later, values[j] & POSITION_MASK);
    }
    return status || w->links.count < FLUSH ? status : flush(l, w, &w->links);
}

/* The end of the run of values that agree above the position. */
static size_t run_end(const uint64_t *values, size_t count, size_t begin) {
    size_t end = begin + 1;
    while (end < count && values[end] >> ND_POSITION_BITS == values[begin] >> ND_POSITION_BITS) end++;
    return end;
}

/* Notes where a common fingerprint occurs. */
static neardup_status note_common(linking *l, workshop *w, const uint64_t *values, size_t count) {
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < count && !status; i++) {
        uint64_t position = values[i] & POSITION_MASK;
        status = put(&w->others, (size_t)(position >> ND_PART_BITS), position);
    }
    return status || w->others.count < FLUSH ? status : flush(l, w, &w->others);
}

static neardup_status link_partition(void *context, unsigned worker, size_t partition) {
    linking *l = context;
    workshop *w = &l->workshops[worker];
    uint64_t *values;
    size_t count;
    neardup_status status = nd_records_take_like(l->from, partition, ND_POSITION_BITS, &values, &count, &w->error);
    for (size_t begin = 0, end; begin < count && !status; begin = end) {
        end = run_end(values, count, begin);
        if (end - begin < 2) continue;
        status = link_run(l, w, values + begin, end - begin);
        if (status || end - begin <= ND_COMMON || l->from != &l->linker->fingerprints) continue;
        bool one = w->texts[0] == w->texts[end - begin - 1];
        if (!one) status = note_common(l, w, values + begin, end - begin);
    }
    nd_free(values);
    return status;
}

/* Hashes what common fingerprints begin. Here, and not where they are found, because here they come in the order of the
 * texts, which may be spilled. */
static neardup_status hash_contexts(void *context, unsigned worker, size_t partition) {
    linking *l = context;
    workshop *w = &l->workshops[worker];
    uint64_t *positions;
    size_t count;
    neardup_status status =
        nd_records_take(&l->linker->common, partition, partition + 1, &positions, &count, &w->error);
    nd_sequence sequence = {0};
    for (size_t i = 0, at = 0; i < count && !status; i++) {
        uint32_t text = nd_sequences_text(l->sequences, positions[i]);
        at = (size_t)(positions[i] - nd_sequences_position(l->sequences, text));
        status = nd_sequences_view(l->sequences, text, &w->view, &sequence, &w->error);
        if (status || sequence.count - at < ND_CONTEXT) continue;
        uint64_t hash = nd_hash64(sequence.codes + at, ND_CONTEXT * sizeof *sequence.codes, 0);
        status = put(&w->others, partition_of_hash(l->linker, hash), value_of_hash(l->linker, hash, positions[i]));
    }
    nd_free(positions);
    return status || w->others.count < FLUSH ? status : flush(l, w, &w->others);
}

/* Runs one of the above over all partitions. `others` is where their outboxes go. */
static neardup_status run(linking *l, unsigned threads, size_t partitions, nd_step *step, nd_records *others) {
    for (unsigned i = 0; i < threads; i++) {
        l->workshops[i].links.records = &l->linker->links;
        l->workshops[i].others.records = others;
    }
    neardup_status status = nd_parallel_for(threads, partitions, step, l);
    for (unsigned i = 0; i < threads && !status; i++) {
        status = flush(l, &l->workshops[i], &l->workshops[i].links);
        if (!status) status = flush(l, &l->workshops[i], &l->workshops[i].others);
    }
    return status;
}

neardup_status nd_linker_link(nd_linker *linker, const nd_sequences *sequences, unsigned threads, size_t room,
                              neardup_error *error) {
    if (!nd_sequences_count(sequences)) return NEARDUP_OK;
    linking l = {.linker = linker, .sequences = sequences, .room = room};
    l.workshops = nd_allocate_zero(threads, sizeof *l.workshops);
    if (!l.workshops) return nd_fail_memory(error);
    pthread_mutex_init(&l.mutex, NULL);
    l.from = &linker->fingerprints;
    l.alike = ND_GRAM;
    neardup_status status = run(&l, threads, linker->fingerprints.partition_count, link_partition, &linker->common);
    drop(linker, &linker->fingerprints);
    if (!status) status = run(&l, threads, linker->common.partition_count, hash_contexts, &linker->contexts);
    drop(linker, &linker->common);
    l.from = &linker->contexts;
    l.alike = ND_CONTEXT;
    if (!status) status = run(&l, threads, linker->contexts.partition_count, link_partition, &linker->contexts);
    drop(linker, &linker->contexts);
    for (unsigned i = 0; i < threads; i++) {
        workshop *w = &l.workshops[i];
        if (status && w->error.status == status) *error = w->error;
        nd_free(w->texts);
        nd_free(w->links.items);
        nd_free(w->others.items);
        nd_view_release(&w->view);
    }
    pthread_mutex_destroy(&l.mutex);
    nd_free(l.workshops);
    return status;
}

/* ---- within a text ---- */

void nd_link_scratch_release(nd_link_scratch *scratch) {
    nd_free(scratch->values);
    nd_free(scratch->sorting);
    nd_free(scratch->links);
    *scratch = (nd_link_scratch){0};
}

/* Fills scratch->values with the fingerprints that may occur twice: hash bits << 32 | position, sorted. */
static neardup_status find_repeats(const nd_fingerprint *fingerprints, size_t count, nd_link_scratch *s,
                                   size_t *repeats_out) {
    neardup_status status = nd_reserve(&s->values, &s->value_capacity, count, sizeof *s->values);
    if (!status) status = nd_reserve(&s->sorting, &s->sorting_capacity, count, sizeof *s->sorting);
    if (status) return status;
    for (size_t i = 0; i < count; i++) s->values[i] = fingerprints[i].hash >> 32 << 32 | fingerprints[i].token;
    *repeats_out = nd_drop_single(s->values, count, 32, s->sorting);
    nd_sort(s->values, *repeats_out, s->sorting);
    return NEARDUP_OK;
}

/* Links to a later token from the first and the previous ones that are far enough away; from[0] to from[count - 1].
 * What comes that often does so at every turn of a text that repeats itself without end: there one turn back is enough.
 */
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
