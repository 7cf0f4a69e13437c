/* SPDX-License-Identifier: MIT */
/*
 * 64-bit records that come in any order and are wanted sorted, a partition at a time: how fingerprints meet, and links
 * come together. What memory has no room for is spilled, and comes back with its partition.
 */
#ifndef ND_PASSAGE_RECORDS_H
#define ND_PASSAGE_RECORDS_H

#include <stdatomic.h>

#include "base/spill.h"

/* All zero but for spill.folder is empty. */
typedef struct nd_records {
    struct nd_record_partition {
        uint64_t *at, *end; /* room in the last chunk */
        struct nd_record_chunk *first, *last;
        nd_piece *spilled; /* what came before the chunks */
        size_t spilled_count, spilled_capacity;
    } * partitions;
    size_t partition_count, partition_capacity;
    atomic_size_t bytes; /* of memory */
    nd_spill spill;
} nd_records;

void nd_records_release(nd_records *records);

/* Adds a record to a partition, which need not have been there. */
neardup_status nd_records_add(nd_records *records, size_t partition, uint64_t value);

/* Frees memory: all records so far go to the spill. Errors are those of nd_spill_write. */
neardup_status nd_records_spill(nd_records *records, neardup_error *error);

/* Gives out the records of partitions begin to end - 1, sorted, repeats dropped, and forgets them: the array is the
 * caller's, for nd_free; NULL where there are none. Different partitions may be taken by several threads at a time.
 * Errors are those of nd_spill_read. */
neardup_status nd_records_take(nd_records *records, size_t begin, size_t end, uint64_t **values_out, size_t *count_out,
                               neardup_error *error);

/* The same for one partition, of which only those are wanted that agree with another one in what is above their `low`
 * low bits, 1 to 63: most of the others are left out. */
neardup_status nd_records_take_like(nd_records *records, size_t partition, unsigned low, uint64_t **values_out,
                                    size_t *count_out, neardup_error *error);

/* How many records partitions begin to end - 1 have, repeats counted. */
size_t nd_records_count(const nd_records *records, size_t begin, size_t end);

#endif
