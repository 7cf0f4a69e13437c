/* SPDX-License-Identifier: MIT */
#include "match/bucket.h"

#include <pthread.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/sort.h"
#include "base/threads.h"

enum {
    KEY_BYTES = 4,
    ENTRY_MOST = KEY_BYTES + ND_NUMBER_MOST,
    CHUNK_LEAST = 256, /* bytes of a partition's first chunk: a small corpus needs no more */
    CHUNK_MOST = 1 << 13,
    AHEAD = 8, /* entries that memory is asked for beforehand */
    SLICE_BITS = 5,
    SLICES = 1 << SLICE_BITS,
    GIVE_BACK_EVERY = 1 << 22 /* entries */
};

#define HASH_FACTOR 0x9E3779B97F4A7C15ULL

typedef struct nd_partition partition;

typedef struct nd_chunk {
    struct nd_chunk *next;
    uint32_t used, capacity; /* of bytes; what is used of the last one is known while it is written to */
    uint8_t bytes[];
} chunk;

static void free_chunks(nd_entries *entries, partition *p) {
    for (chunk *c = p->first, *next; c; c = next) {
        next = c->next;
        entries->bytes -= c->capacity;
        nd_free(c);
    }
    p->first = p->last = NULL;
}

void nd_entries_release(nd_entries *entries) {
    for (size_t p = 0; p < ND_PARTITIONS; p++) {
        free_chunks(entries, &entries->partitions[p]);
        nd_free(entries->partitions[p].spilled);
    }
    *entries = (nd_entries){.spill = entries->spill};
}

/* Notes how much of its last chunk a partition uses. */
static void close_chunk(nd_entries *entries, size_t number) {
    const partition *p = &entries->partitions[number];
    if (p->last) p->last->used = (uint32_t)(entries->writing[number].at - p->last->bytes);
}

static neardup_status add_chunk(nd_entries *entries, size_t number) {
    partition *p = &entries->partitions[number];
    close_chunk(entries, number);
    uint32_t capacity = p->last ? 2 * p->last->capacity : CHUNK_LEAST;
    if (capacity > CHUNK_MOST || p->spilled_count) capacity = CHUNK_MOST;
    chunk *c = nd_allocate(sizeof *c + capacity, 1);
    if (!c) return NEARDUP_ERROR_MEMORY;
    *c = (chunk){.capacity = capacity};
    if (p->last)
        p->last->next = c;
    else
        p->first = c;
    p->last = c;
    entries->bytes += capacity;
    entries->writing[number].at = c->bytes;
    entries->writing[number].end = c->bytes + capacity;
    return NEARDUP_OK;
}

static size_t partition_of(uint64_t key) { return (size_t)(key >> (64 - ND_PARTITION_BITS)); }

neardup_status nd_entries_add(nd_entries *entries, uint32_t class, const uint64_t *keys, unsigned bands) {
    for (unsigned band = 0; band < bands; band++) {
        size_t number = partition_of(keys[band]);
        struct nd_writing *w = &entries->writing[number];
        if (band + AHEAD < bands) __builtin_prefetch(entries->writing[partition_of(keys[band + AHEAD])].at, 1);
        if (w->end - w->at < ENTRY_MOST) {
            neardup_status status = add_chunk(entries, number);
            if (status) return status;
        }
        uint32_t bits = (uint32_t)keys[band];
        memcpy(w->at, &bits, KEY_BYTES);
        w->at += KEY_BYTES;
        w->at += nd_number_put(w->at, class - w->last_class);
        w->last_class = class;
        w->count++;
    }
    return NEARDUP_OK;
}

neardup_status nd_entries_spill(nd_entries *entries, neardup_error *error) {
    for (size_t i = 0; i < ND_PARTITIONS; i++) {
        partition *p = &entries->partitions[i];
        while (p->first && p->first != p->last) {
            chunk *c = p->first;
            if (nd_reserve(&p->spilled, &p->spilled_capacity, p->spilled_count + 1, sizeof *p->spilled))
                return nd_fail_memory(error);
            neardup_status status =
                nd_spill_write(entries->spill, c->bytes, c->used, &p->spilled[p->spilled_count], error);
            if (status) return status;
            p->spilled_count++;
            p->first = c->next;
            entries->bytes -= c->capacity;
            nd_free(c);
        }
    }
    return NEARDUP_OK;
}

void nd_buckets_release(nd_buckets *buckets) {
    nd_free(buckets->classes);
    nd_free(buckets->begin);
    nd_free(buckets->buckets);
    *buckets = (nd_buckets){0};
}

/* ---- one partition ---- */

/* Buckets of two classes or more, packed one behind the other: size, first class, distances of the others. */
typedef struct packed {
    uint8_t *bytes;
    size_t size, capacity;
    size_t buckets;
} packed;

/* A bucket in sorted entries. */
typedef struct found {
    size_t begin, end;
    unsigned slice;
} found;

/*
 * What is left of a partition when it has been grouped, in slices by what is in a bucket. Documents that are much alike
 * share many buckets, in many partitions; of all that hold the same classes one is enough, and they are all in the same
 * slice.
 */
typedef struct grouped {
    packed buckets;
    size_t begin[SLICES + 1]; /* of each slice, in bytes */
    size_t count[SLICES];     /* of its buckets */
} grouped;

/* One thread's room. */
typedef struct scratch {
    uint64_t *entries, *sorting;
    found *found;
    size_t *order; /* of what was found, by slice */
    uint8_t *chunk;
    uint64_t *table;
    size_t entries_capacity, sorting_capacity, found_capacity, order_capacity, chunk_capacity, table_capacity;
} scratch;

typedef struct grouping {
    nd_entries *entries;
    scratch *scratch; /* by worker */
    grouped *partitions;
    packed *slices;
    pthread_mutex_t mutex; /* guards what all partitions share of the entries, and the two below */
    size_t freed;          /* entries whose memory has not been given back */
    neardup_error *error;
} grouping;

/* Unpacks the entries of one chunk behind those that are there. */
static void unpack(const uint8_t *at, size_t size, uint32_t *class, uint64_t *entries, size_t *count) {
    for (const uint8_t *end = at + size; at < end;) {
        uint32_t bits;
        memcpy(&bits, at, KEY_BYTES);
        at += KEY_BYTES;
        *class += (uint32_t)nd_number_take(&at);
        entries[(*count)++] = (uint64_t)bits << 32 | *class;
    }
}

static neardup_status unpack_partition(const grouping *g, size_t number, scratch *s, neardup_error *error) {
    const partition *p = &g->entries->partitions[number];
    size_t all = g->entries->writing[number].count;
    neardup_status status = nd_reserve(&s->entries, &s->entries_capacity, all, sizeof *s->entries);
    if (!status) status = nd_reserve(&s->sorting, &s->sorting_capacity, all, sizeof *s->sorting);
    if (!status) status = nd_reserve(&s->found, &s->found_capacity, all / 2, sizeof *s->found);
    if (!status) status = nd_reserve(&s->order, &s->order_capacity, all / 2, sizeof *s->order);
    if (!status) status = nd_reserve(&s->chunk, &s->chunk_capacity, p->spilled_count ? CHUNK_MOST : 0, 1);
    uint32_t class = 0;
    size_t count = 0;
    for (size_t i = 0; i < p->spilled_count && !status; i++) {
        status = nd_spill_read(g->entries->spill, &p->spilled[i], s->chunk, error);
        if (!status) unpack(s->chunk, p->spilled[i].size, &class, s->entries, &count);
    }
    close_chunk(g->entries, number);
    for (const chunk *c = p->first; c && !status; c = c->next) unpack(c->bytes, c->used, &class, s->entries, &count);
    return status;
}

/* A hash of the classes in a bucket; stands for them. */
static uint64_t hash_bucket(uint64_t hash, uint32_t class) { return nd_avalanche((hash ^ class) * HASH_FACTOR); }

/* Lists the buckets of two classes or more in sorted entries. */
static size_t find_buckets(const scratch *s, size_t count) {
    size_t buckets = 0;
    for (size_t begin = 0, end; begin < count; begin = end) {
        uint64_t hash = HASH_FACTOR;
        for (end = begin; end < count && s->entries[end] >> 32 == s->entries[begin] >> 32; end++)
            hash = hash_bucket(hash, (uint32_t)s->entries[end]);
        if (end - begin >= 2) s->found[buckets++] = (found){begin, end, (unsigned)(hash >> (64 - SLICE_BITS))};
    }
    return buckets;
}

static neardup_status pack_bucket(packed *p, const uint64_t *entries, size_t count) {
    neardup_status status = nd_reserve(&p->bytes, &p->capacity, p->size + (count + 1) * ND_NUMBER_MOST, 1);
    if (status) return status;
    p->size += nd_number_put(p->bytes + p->size, count);
    uint32_t class = 0;
    for (size_t i = 0; i < count; class = (uint32_t)entries[i++])
        p->size += nd_number_put(p->bytes + p->size, (uint32_t)entries[i] - class);
    p->buckets++;
    return NEARDUP_OK;
}

/* Gives back what pack_bucket reserved too much. */
static neardup_status trim(packed *p) {
    uint8_t *copy = nd_copy(p->bytes, p->size);
    if (!copy) return NEARDUP_ERROR_MEMORY;
    nd_free(p->bytes);
    p->bytes = copy;
    p->capacity = p->size;
    return NEARDUP_OK;
}

/* Packs the buckets that were found, slice by slice. */
static neardup_status pack_slices(const scratch *s, size_t count, grouped *out) {
    size_t ends[SLICES] = {0}, before = 0;
    for (size_t i = 0; i < count; i++) ends[s->found[i].slice]++;
    memcpy(out->count, ends, sizeof ends);
    for (unsigned slice = 0; slice < SLICES; slice++) {
        size_t size = ends[slice];
        ends[slice] = before;
        before += size;
    }
    for (size_t i = 0; i < count; i++) s->order[ends[s->found[i].slice]++] = i;
    for (size_t slice = 0, i = 0; slice < SLICES; slice++) {
        out->begin[slice] = out->buckets.size;
        for (; i < ends[slice]; i++) {
            const found *f = &s->found[s->order[i]];
            neardup_status status = pack_bucket(&out->buckets, s->entries + f->begin, f->end - f->begin);
            if (status) return status;
        }
    }
    out->begin[SLICES] = out->buckets.size;
    return out->buckets.size ? trim(&out->buckets) : NEARDUP_OK;
}

/* Sorts one partition and leaves of it only what is in buckets of two classes or more. */
static neardup_status group_partition(void *context, unsigned worker, size_t index) {
    grouping *g = context;
    size_t count = g->entries->writing[index].count;
    scratch *s = &g->scratch[worker];
    neardup_error error = {0};
    neardup_status status = unpack_partition(g, index, s, &error);
    pthread_mutex_lock(&g->mutex);
    if (status && g->error && !g->error->text[0]) *g->error = error;
    free_chunks(g->entries, &g->entries->partitions[index]);
    g->freed += count;
    if (g->freed >= GIVE_BACK_EVERY) {
        nd_give_back(0); /* what is made of them must not come on top of what they took */
        g->freed = 0;
    }
    pthread_mutex_unlock(&g->mutex);
    if (status) return status;
    nd_sort(s->entries, count, s->sorting);
    count = nd_distinct(s->entries, count); /* a class can meet itself by chance, in two bands */
    return pack_slices(s, find_buckets(s, count), &g->partitions[index]);
}

/* ---- one slice ---- */

/* Notes a hash in an open table that is at most half full; returns whether it is new. */
static bool note_hash(uint64_t *table, size_t slots, uint64_t hash) {
    hash += !hash; /* 0 is a free slot */
    size_t i = (size_t)hash & (slots - 1);
    for (; table[i]; i = (i + 1) & (slots - 1))
        if (table[i] == hash) return false;
    table[i] = hash;
    return true;
}

/* Reads over the bucket at *at; returns the hash of its classes. */
static uint64_t pass_bucket(const uint8_t **at) {
    uint64_t hash = HASH_FACTOR;
    uint32_t class = 0;
    for (size_t left = nd_number_take(at); left; left--) {
        class += (uint32_t)nd_number_take(at);
        hash = hash_bucket(hash, class);
    }
    return hash;
}

/* Keeps of the buckets in one slice of all partitions those that differ. */
static neardup_status join_slice(void *context, unsigned worker, size_t slice) {
    grouping *g = context;
    scratch *s = &g->scratch[worker];
    packed *out = &g->slices[slice];
    size_t count = 0, slots = 64;
    for (size_t p = 0; p < ND_PARTITIONS; p++) count += g->partitions[p].count[slice];
    while (slots < 2 * count) slots *= 2;
    neardup_status status = nd_reserve(&s->table, &s->table_capacity, slots, sizeof *s->table);
    if (status) return status;
    memset(s->table, 0, slots * sizeof *s->table);
    for (size_t p = 0; p < ND_PARTITIONS; p++) {
        const grouped *from = &g->partitions[p];
        if (!from->count[slice]) continue;
        const uint8_t *end = from->buckets.bytes + from->begin[slice + 1];
        for (const uint8_t *at = from->buckets.bytes + from->begin[slice], *begin = at; at < end; begin = at) {
            if (!note_hash(s->table, slots, pass_bucket(&at))) continue;
            size_t size = (size_t)(at - begin);
            if (nd_reserve(&out->bytes, &out->capacity, out->size + size, 1)) return NEARDUP_ERROR_MEMORY;
            memcpy(out->bytes + out->size, begin, size);
            out->size += size;
            out->buckets++;
        }
    }
    return NEARDUP_OK;
}

/* ---- all of them ---- */

/* A walk over all entries that are left, in the order of slices, partitions and keys. */
typedef struct walk {
    const packed *slices;
    size_t slice, left_buckets, left_entries; /* behind the current one */
    const uint8_t *at;
    size_t bucket, next_bucket;
    uint32_t class;
} walk;

static bool next_entry(walk *w) {
    if (!w->left_entries) {
        for (; !w->left_buckets; w->slice++) {
            if (w->slice == SLICES) return false;
            w->at = w->slices[w->slice].bytes;
            w->left_buckets = w->slices[w->slice].buckets;
        }
        w->left_buckets--;
        w->bucket = w->next_bucket++;
        w->class = 0;
        w->left_entries = nd_number_take(&w->at);
    }
    w->left_entries--;
    w->class += (uint32_t)nd_number_take(&w->at);
    return true;
}

static bool stands_for_several(const uint64_t *several, uint32_t class) {
    return several[class / 64] >> class % 64 & 1;
}

/* Gives every class with company the next item number, written to item_of[class]; counts its buckets into begin. */
static neardup_status number_items(const packed *slices, const uint64_t *several, uint32_t class_count,
                                   uint32_t *item_of, nd_buckets *buckets) {
    memset(item_of, 0, class_count * sizeof *item_of);
    for (walk w = {.slices = slices}; next_entry(&w);) item_of[w.class]++;
    for (uint32_t class = 0; class < class_count; class ++)
        buckets->items += item_of[class] || stands_for_several(several, class);
    buckets->classes = nd_allocate(buckets->items, sizeof *buckets->classes);
    buckets->begin = nd_allocate(buckets->items + 1, sizeof *buckets->begin);
    if (!buckets->classes || !buckets->begin) return NEARDUP_ERROR_MEMORY;
    uint32_t item = 0;
    buckets->begin[0] = 0;
    for (uint32_t class = 0; class < class_count; class ++) {
        if (!item_of[class] && !stands_for_several(several, class)) continue;
        buckets->classes[item] = class;
        buckets->begin[item + 1] = buckets->begin[item] + item_of[class];
        item_of[class] = item++;
    }
    return NEARDUP_OK;
}

/* Writes the buckets of each item in a fixed order. begin[i] moves to begin[i + 1] meanwhile. */
static neardup_status list_buckets(const packed *slices, const uint32_t *item_of, nd_buckets *buckets) {
    buckets->buckets = nd_allocate((size_t)buckets->begin[buckets->items], sizeof *buckets->buckets);
    if (!buckets->buckets) return NEARDUP_ERROR_MEMORY;
    for (walk w = {.slices = slices}; next_entry(&w);)
        buckets->buckets[buckets->begin[item_of[w.class]]++] = (uint32_t)w.bucket;
    if (buckets->items) memmove(buckets->begin + 1, buckets->begin, buckets->items * sizeof *buckets->begin);
    buckets->begin[0] = 0;
    return NEARDUP_OK;
}

static neardup_status list_items(const grouping *g, const uint64_t *several, uint32_t class_count,
                                 nd_buckets *buckets) {
    for (size_t i = 0; i < SLICES; i++) buckets->bucket_count += g->slices[i].buckets;
    if (buckets->bucket_count > UINT32_MAX)
        return nd_fail(g->error, NEARDUP_ERROR_LIMIT,
                       "documents share more than %u buckets, which is all that one run can hold", UINT32_MAX);
    uint32_t *item_of = nd_allocate(class_count, sizeof *item_of);
    if (!item_of) return NEARDUP_ERROR_MEMORY;
    neardup_status status = number_items(g->slices, several, class_count, item_of, buckets);
    if (!status) status = list_buckets(g->slices, item_of, buckets);
    nd_free(item_of);
    return status;
}

static void release_scratch(scratch *s) {
    nd_free(s->entries);
    nd_free(s->sorting);
    nd_free(s->found);
    nd_free(s->order);
    nd_free(s->chunk);
    nd_free(s->table);
}

neardup_status nd_buckets_group(nd_entries *entries, const uint64_t *several, uint32_t class_count, unsigned threads,
                                nd_buckets *buckets, neardup_error *error) {
    *buckets = (nd_buckets){0};
    grouping g = {.entries = entries, .error = error};
    g.scratch = nd_allocate_zero(threads, sizeof *g.scratch);
    g.partitions = nd_allocate_zero(ND_PARTITIONS, sizeof *g.partitions);
    g.slices = nd_allocate_zero(SLICES, sizeof *g.slices);
    pthread_mutex_init(&g.mutex, NULL);
    neardup_status status = g.scratch && g.partitions && g.slices ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    if (!status) status = nd_parallel_for(threads, ND_PARTITIONS, group_partition, &g);
    if (!status) status = nd_parallel_for(threads, SLICES, join_slice, &g);
    for (unsigned i = 0; g.scratch && i < threads; i++) release_scratch(&g.scratch[i]);
    for (size_t p = 0; g.partitions && p < ND_PARTITIONS; p++) nd_free(g.partitions[p].buckets.bytes);
    if (!status) status = list_items(&g, several, class_count, buckets);
    for (size_t i = 0; g.slices && i < SLICES; i++) nd_free(g.slices[i].bytes);
    pthread_mutex_destroy(&g.mutex);
    nd_free(g.scratch);
    nd_free(g.partitions);
    nd_free(g.slices);
    if (!status) nd_entries_release(entries);
    return status;
}

uint32_t *nd_buckets_invert(const nd_buckets *buckets, uint32_t class_count) {
    uint32_t *item_of = nd_allocate(class_count, sizeof *item_of);
    if (!item_of) return NULL;
    memset(item_of, 0xFF, class_count * sizeof *item_of);
    for (size_t i = 0; i < buckets->items; i++) item_of[buckets->classes[i]] = (uint32_t)i;
    return item_of;
}
