/* SPDX-License-Identifier: MIT */
#include "match/bucket.h"

#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "base/threads.h"

typedef struct nd_partition partition;

void nd_entries_release(nd_entries *entries) {
    for (size_t p = 0; p < ND_PARTITIONS; p++) nd_free(entries->partitions[p].entries);
    memset(entries, 0, sizeof *entries);
}

neardup_status nd_entries_add(nd_entries *entries, uint32_t class, const uint64_t *keys, unsigned bands) {
    for (unsigned band = 0; band < bands; band++) {
        partition *p = &entries->partitions[keys[band] >> (64 - ND_PARTITION_BITS)];
        if (p->count == p->capacity) {
            neardup_status status = nd_reserve(&p->entries, &p->capacity, p->count + 1, sizeof *p->entries);
            if (status) return status;
        }
        p->entries[p->count++] = keys[band] << 32 | class;
    }
    return NEARDUP_OK;
}

void nd_buckets_release(nd_buckets *buckets) {
    nd_free(buckets->classes);
    nd_free(buckets->begin);
    nd_free(buckets->buckets);
    nd_free(buckets->places);
    *buckets = (nd_buckets){0};
}

/* The end of the run of entries with the key bits of entries[begin]. */
static size_t run_end(const uint64_t *entries, size_t count, size_t begin) {
    size_t end = begin + 1;
    while (end < count && entries[end] >> 32 == entries[begin] >> 32) end++;
    return end;
}

/* Sorts one partition and leaves of it only what is in buckets of two classes or more. */
static neardup_status group_partition(void *context, unsigned worker, size_t index) {
    (void)worker;
    partition *p = &((nd_entries *)context)->partitions[index];
    if (p->count < 2) {
        p->count = 0;
        return NEARDUP_OK;
    }
    uint64_t *scratch = nd_allocate(p->count, sizeof *scratch);
    if (!scratch) return NEARDUP_ERROR_MEMORY;
    nd_sort(p->entries, p->count, scratch);
    nd_free(scratch);
    p->count = nd_distinct(p->entries, p->count); /* a class can meet itself by chance, in two bands */
    size_t kept = 0;
    for (size_t begin = 0, end; begin < p->count; begin = end) {
        end = run_end(p->entries, p->count, begin);
        if (end - begin < 2) continue;
        memmove(p->entries + kept, p->entries + begin, (end - begin) * sizeof *p->entries);
        kept += end - begin;
        p->buckets++;
    }
    p->count = kept;
    return NEARDUP_OK;
}

/* Gives every class with company the next item number, written to item_of[class]; counts its buckets into begin. */
static neardup_status number_items(const nd_entries *entries, const uint32_t *copies, uint32_t class_count,
                                   uint32_t *item_of, nd_buckets *buckets) {
    memset(item_of, 0, class_count * sizeof *item_of);
    for (size_t p = 0; p < ND_PARTITIONS; p++)
        for (size_t i = 0; i < entries->partitions[p].count; i++)
            item_of[(uint32_t)entries->partitions[p].entries[i]]++;
    for (uint32_t class = 0; class < class_count; class ++) buckets->items += item_of[class] || copies[class] > 1;
    buckets->classes = nd_allocate(buckets->items, sizeof *buckets->classes);
    buckets->begin = nd_allocate(buckets->items + 1, sizeof *buckets->begin);
    if (!buckets->classes || !buckets->begin) return NEARDUP_ERROR_MEMORY;
    uint32_t item = 0;
    buckets->begin[0] = 0;
    for (uint32_t class = 0; class < class_count; class ++) {
        if (!item_of[class] && copies[class] < 2) continue;
        buckets->classes[item] = class;
        buckets->begin[item + 1] = buckets->begin[item] + item_of[class];
        item_of[class] = item++;
    }
    return NEARDUP_OK;
}

/* Writes the buckets of each item in the order of partitions and keys, and the running sum of bucket sizes. */
static neardup_status list_buckets(const nd_entries *entries, const uint32_t *item_of, nd_buckets *buckets) {
    for (size_t p = 0; p < ND_PARTITIONS; p++) buckets->bucket_count += entries->partitions[p].buckets;
    if (buckets->bucket_count > UINT32_MAX) return NEARDUP_ERROR_LIMIT;
    size_t total = (size_t)buckets->begin[buckets->items];
    buckets->buckets = nd_allocate(total, sizeof *buckets->buckets);
    buckets->places = nd_allocate(buckets->bucket_count + 1, sizeof *buckets->places);
    uint64_t *next = nd_copy(buckets->begin, (buckets->items + 1) * sizeof *buckets->begin);
    if (!buckets->buckets || !buckets->places || !next) {
        nd_free(next);
        return NEARDUP_ERROR_MEMORY;
    }
    uint32_t bucket = 0;
    buckets->places[0] = 0;
    for (size_t p = 0; p < ND_PARTITIONS; p++) {
        const partition *part = &entries->partitions[p];
        for (size_t begin = 0, end; begin < part->count; begin = end, bucket++) {
            end = run_end(part->entries, part->count, begin);
            buckets->places[bucket + 1] = buckets->places[bucket] + (end - begin);
            for (size_t i = begin; i < end; i++) buckets->buckets[next[item_of[(uint32_t)part->entries[i]]]++] = bucket;
        }
    }
    nd_free(next);
    return NEARDUP_OK;
}

neardup_status nd_buckets_group(nd_entries *entries, const uint32_t *copies, uint32_t class_count, unsigned threads,
                                nd_buckets *buckets) {
    *buckets = (nd_buckets){0};
    neardup_status status = nd_parallel_for(threads, ND_PARTITIONS, group_partition, entries);
    if (status) return status;
    uint32_t *item_of = nd_allocate(class_count, sizeof *item_of);
    if (!item_of) return NEARDUP_ERROR_MEMORY;
    status = number_items(entries, copies, class_count, item_of, buckets);
    if (!status) status = list_buckets(entries, item_of, buckets);
    nd_free(item_of);
    nd_entries_release(entries);
    return status;
}

uint32_t *nd_buckets_invert(const nd_buckets *buckets, uint32_t class_count) {
    uint32_t *item_of = nd_allocate(class_count, sizeof *item_of);
    if (!item_of) return NULL;
    memset(item_of, 0xFF, class_count * sizeof *item_of);
    for (size_t i = 0; i < buckets->items; i++) item_of[buckets->classes[i]] = (uint32_t)i;
    return item_of;
}
