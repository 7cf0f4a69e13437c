/* SPDX-License-Identifier: MIT */
#include "passage/records.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

enum {
    CHUNK_LEAST = 32, /* records of a partition's first chunk: a small corpus needs no more */
    CHUNK_MOST = 1 << 10
};

typedef struct nd_record_partition partition;

typedef struct nd_record_chunk {
    struct nd_record_chunk *next;
    size_t capacity;
    uint64_t values[];
} chunk;

static size_t chunk_bytes(const chunk *c) { return sizeof *c + c->capacity * sizeof *c->values; }

/* How many records a chunk of a partition has: each but the last is full. */
static size_t chunk_count(const partition *p, const chunk *c) {
    return c == p->last ? (size_t)(p->at - c->values) : c->capacity;
}

static void free_chunks(nd_records *records, partition *p) {
    for (chunk *c = p->first, *next; c; c = next) {
        next = c->next;
        atomic_fetch_sub_explicit(&records->bytes, chunk_bytes(c), memory_order_relaxed);
        nd_free(c);
    }
    p->first = p->last = NULL;
    p->at = p->end = NULL;
}

void nd_records_release(nd_records *records) {
    for (size_t i = 0; i < records->partition_count; i++) {
        free_chunks(records, &records->partitions[i]);
        nd_free(records->partitions[i].spilled);
    }
    nd_free(records->partitions);
    nd_spill_release(&records->spill);
    *records = (nd_records){.spill = records->spill};
}

/* Makes partitions up to `number`. */
static neardup_status widen(nd_records *r, size_t number) {
    neardup_status status = nd_reserve(&r->partitions, &r->partition_capacity, number + 1, sizeof *r->partitions);
    if (status) return status;
    memset(r->partitions + r->partition_count, 0, (number + 1 - r->partition_count) * sizeof *r->partitions);
    r->partition_count = number + 1;
    return NEARDUP_OK;
}

static neardup_status add_chunk(nd_records *records, partition *p) {
    size_t capacity = p->last ? 2 * p->last->capacity : CHUNK_LEAST;
    if (capacity > CHUNK_MOST) capacity = CHUNK_MOST;
    chunk *c = nd_allocate(1, sizeof *c + capacity * sizeof *c->values);
    if (!c) return NEARDUP_ERROR_MEMORY;
    *c = (chunk){.capacity = capacity};
    *(p->last ? &p->last->next : &p->first) = c;
    p->last = c;
    p->at = c->values;
    p->end = c->values + capacity;
    atomic_fetch_add_explicit(&records->bytes, chunk_bytes(c), memory_order_relaxed);
    return NEARDUP_OK;
}

neardup_status nd_records_add(nd_records *records, size_t number, uint64_t value) {
    if (number >= records->partition_count) {
        neardup_status status = widen(records, number);
        if (status) return status;
    }
    partition *p = &records->partitions[number];
    if (p->at == p->end) {
        neardup_status status = add_chunk(records, p);
        if (status) return status;
    }
    *p->at++ = value;
    return NEARDUP_OK;
}

static neardup_status spill_partition(nd_records *records, partition *p, neardup_error *error) {
    size_t chunks = 0;
    for (const chunk *c = p->first; c; c = c->next) chunks++;
    if (!chunks) return NEARDUP_OK;
    size_t before = p->spilled_capacity;
    if (nd_reserve(&p->spilled, &p->spilled_capacity, p->spilled_count + chunks, sizeof *p->spilled))
        return nd_fail_memory(error);
    records->bytes += (p->spilled_capacity - before) * sizeof *p->spilled;
    for (const chunk *c = p->first; c; c = c->next) {
        neardup_status status = nd_spill_write(&records->spill, c->values, chunk_count(p, c) * sizeof *c->values,
                                               &p->spilled[p->spilled_count], error);
        if (status) return status;
        p->spilled_count++;
    }
    free_chunks(records, p);
    return NEARDUP_OK;
}

neardup_status nd_records_spill(nd_records *records, neardup_error *error) {
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < records->partition_count && !status; i++)
        status = spill_partition(records, &records->partitions[i], error);
    return status;
}

static size_t partition_records(const partition *p) {
    size_t count = 0;
    for (size_t i = 0; i < p->spilled_count; i++) count += p->spilled[i].size / sizeof(uint64_t);
    for (const chunk *c = p->first; c; c = c->next) count += chunk_count(p, c);
    return count;
}

size_t nd_records_count(const nd_records *records, size_t begin, size_t end) {
    size_t count = 0;
    for (size_t i = begin; i < end && i < records->partition_count; i++)
        count += partition_records(&records->partitions[i]);
    return count;
}

/* Writes all of a partition to `to`, and empties it. */
static neardup_status unload(nd_records *records, partition *p, uint64_t *to, neardup_error *error) {
    for (size_t i = 0; i < p->spilled_count; i++) {
        neardup_status status = nd_spill_read(&records->spill, &p->spilled[i], to, error);
        if (status) return status;
        to += p->spilled[i].size / sizeof *to;
    }
    for (const chunk *c = p->first; c; c = c->next) {
        size_t count = chunk_count(p, c);
        memcpy(to, c->values, count * sizeof *to);
        to += count;
    }
    free_chunks(records, p);
    nd_free(p->spilled);
    records->bytes -= p->spilled_capacity * sizeof *p->spilled;
    *p = (partition){0};
    return NEARDUP_OK;
}

/* Takes records of partitions; those that have no other like them above their `low` low bits may be left out. */
static neardup_status take(nd_records *records, size_t begin, size_t end, unsigned low, uint64_t **values_out,
                           size_t *count_out, neardup_error *error) {
    size_t all = 0, count = 0;
    *values_out = NULL;
    *count_out = 0;
    if (end > records->partition_count) end = records->partition_count;
    for (size_t i = begin; i < end; i++) all += partition_records(&records->partitions[i]);
    if (!all) return NEARDUP_OK;
    uint64_t *values = nd_allocate(all, sizeof *values), *scratch = nd_allocate(all, sizeof *scratch);
    neardup_status status = values && scratch ? NEARDUP_OK : nd_fail_memory(error);
    for (size_t i = begin; i < end && !status; i++) {
        size_t size = partition_records(&records->partitions[i]);
        status = unload(records, &records->partitions[i], values + count, error);
        count += size;
    }
    if (!status && low) all = nd_drop_single(values, all, low, scratch);
    if (!status) nd_sort(values, all, scratch);
    nd_free(scratch);
    if (status) {
        nd_free(values);
        return status;
    }
    *count_out = nd_distinct(values, all);
    *values_out = values;
    return NEARDUP_OK;
}

neardup_status nd_records_take(nd_records *records, size_t begin, size_t end, uint64_t **values_out, size_t *count_out,
                               neardup_error *error) {
    return take(records, begin, end, 0, values_out, count_out, error);
}

neardup_status nd_records_take_like(nd_records *records, size_t number, unsigned low, uint64_t **values_out,
                                    size_t *count_out, neardup_error *error) {
    return take(records, number, number + 1, low, values_out, count_out, error);
}
