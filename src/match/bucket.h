/* SPDX-License-Identifier: MIT */
/*
 * Buckets: which classes of documents agree in which band. A class is a number; what it stands for is the caller's
 * affair.
 *
 * An entry is 8 bytes: 32 bits of a band key and the class. Entries are dealt to 1,024 partitions by 10 other bits of
 * the key, and each partition is sorted by itself, in the processor's cache and in parallel. The band's number is in
 * the key's hash, so bands need not be kept apart. Of 64 key bits 42 count: two keys that agree in them by chance cost
 * one needless estimate, no more.
 */
#ifndef ND_MATCH_BUCKET_H
#define ND_MATCH_BUCKET_H

#include "neardup.h"

enum { ND_PARTITION_BITS = 10, ND_PARTITIONS = 1 << ND_PARTITION_BITS };

/* No item: what stands where a class or document has none. */
#define ND_NO_ITEM UINT32_MAX

/* Band entries as they come in. All zero is empty. */
typedef struct nd_entries {
    struct nd_partition {
        uint64_t *entries; /* key bits << 32 | class */
        size_t count, capacity;
        size_t buckets; /* after grouping: those with two entries or more, and no other entries are left */
    } partitions[ND_PARTITIONS];
} nd_entries;

void nd_entries_release(nd_entries *entries);

/* Adds the band keys of a class. Classes must come in rising order. */
neardup_status nd_entries_add(nd_entries *entries, uint32_t class, const uint64_t *keys, unsigned bands);

/* Who shares buckets, seen from the classes that have company ("items"): that share a bucket, or stand for several
 * identical documents. All zero is empty. */
typedef struct nd_buckets {
    uint32_t *classes; /* items of them, rising */
    size_t items;
    uint64_t *begin;   /* items + 1: item i is in buckets[begin[i]] to buckets[begin[i + 1]] */
    uint32_t *buckets; /* numbers below bucket_count, for one item each in a fixed order */
    uint64_t *places;  /* bucket_count + 1: running sum of bucket sizes */
    size_t bucket_count;
} nd_buckets;

void nd_buckets_release(nd_buckets *buckets);

/* Groups the entries; `entries` is empty afterwards. copies[class] is how many documents a class stands for; one with
 * two or more is an item even where it shares no bucket. On failure only release is allowed on both. */
neardup_status nd_buckets_group(nd_entries *entries, const uint32_t *copies, uint32_t class_count, unsigned threads,
                                nd_buckets *buckets);

/* A new array that gives the item of each class below `class_count` (ND_NO_ITEM where it has no company), for nd_free;
 * NULL when there is no memory. */
uint32_t *nd_buckets_invert(const nd_buckets *buckets, uint32_t class_count);

#endif
