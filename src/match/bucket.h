/* SPDX-License-Identifier: MIT */
/*
 * Buckets: which classes of documents agree in which band. A class is a number; what it stands for is the caller's
 * affair.
 *
 * An entry is 32 bits of a band key and a class. Entries are dealt to 1,024 partitions by 10 other bits of the key;
 * within a partition classes come in rising order and close to each other, so an entry takes 5 bytes or a little more:
 * the key's bits and the distance to the class before. Each partition is then sorted by itself, in the processor's
 * cache and in parallel. The band's number is in the key's hash, so bands need not be kept apart. Of 64 key bits 42
 * count: two keys that agree in them by chance cost one needless estimate, no more.
 *
 * Documents that are much alike agree in many bands, so many buckets hold the same classes: one of them is kept.
 */
#ifndef ND_MATCH_BUCKET_H
#define ND_MATCH_BUCKET_H

#include "base/spill.h"

enum { ND_PARTITION_BITS = 10, ND_PARTITIONS = 1 << ND_PARTITION_BITS };

/* No item: what stands where a class or document has none. */
#define ND_NO_ITEM UINT32_MAX

/* Band entries as they come in. All zero but for the spill is empty. */
typedef struct nd_entries {
    struct nd_writing {    /* what adding looks at, in few cache lines */
        uint8_t *at, *end; /* room in the partition's last chunk */
        size_t count;
        uint32_t last_class;
    } writing[ND_PARTITIONS];
    struct nd_partition {
        struct nd_chunk *first, *last; /* packed entries in memory, behind those that were spilled */
        nd_piece *spilled;
        size_t spilled_count, spilled_capacity;
    } partitions[ND_PARTITIONS];
    size_t bytes;    /* of memory */
    nd_spill *spill; /* borrowed */
} nd_entries;

void nd_entries_release(nd_entries *entries);

/* Adds the band keys of a class. Classes must come in rising order. */
neardup_status nd_entries_add(nd_entries *entries, uint32_t class, const uint64_t *keys, unsigned bands);

/* Frees memory: what fills whole chunks goes to the spill. Errors are those of nd_spill_write. */
neardup_status nd_entries_spill(nd_entries *entries, neardup_error *error);

/* Who shares buckets, seen from the classes that have company ("items"): that share a bucket, or stand for several
 * identical documents. All zero is empty. */
typedef struct nd_buckets {
    uint32_t *classes; /* items of them, rising */
    size_t items;
    uint64_t *begin;   /* items + 1: item i is in buckets[begin[i]] to buckets[begin[i + 1]] */
    uint32_t *buckets; /* numbers below bucket_count, for one item each in a fixed order */
    size_t bucket_count;
} nd_buckets;

void nd_buckets_release(nd_buckets *buckets);

/* Groups the entries; `entries` is empty afterwards. Bit class % 64 of several[class / 64] says whether a class stands
 * for several documents: such a one is an item even where it shares no bucket. On failure only release is allowed on
 * both. NEARDUP_ERROR_LIMIT where there are 2^32 buckets or more. */
neardup_status nd_buckets_group(nd_entries *entries, const uint64_t *several, uint32_t class_count, unsigned threads,
                                nd_buckets *buckets, neardup_error *error);

/* A new array that gives the item of each class below `class_count` (ND_NO_ITEM where it has no company), for nd_free;
 * NULL when there is no memory. */
uint32_t *nd_buckets_invert(const nd_buckets *buckets, uint32_t class_count);

#endif
