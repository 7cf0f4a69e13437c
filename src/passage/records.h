/* SPDX-License-Identifier: MIT */
/*
 * 64-bit records that come in any order and are wanted sorted, a partition at a time: how fingerprints meet, and links
 * come together. What is in memory here is behind this interface so that it can be elsewhere.
 */
#ifndef ND_PASSAGE_RECORDS_H
#define ND_PASSAGE_RECORDS_H

#include "neardup.h"

/* All zero is empty. */
typedef struct nd_records {
    struct nd_record_partition {
        uint64_t *values;
        size_t count, capacity;
    } * partitions;
    size_t partition_count, partition_capacity;
} nd_records;

void nd_records_release(nd_records *records);

/* Adds records to a partition, which need not have been there. */
neardup_status nd_records_add(nd_records *records, size_t partition, const uint64_t *values, size_t count);

/* Gives out a partition's records, sorted, repeats dropped, and forgets them: the array is the caller's, for nd_free;
 * NULL where there are none. */
neardup_status nd_records_take(nd_records *records, size_t partition, uint64_t **values_out, size_t *count_out);

#endif
