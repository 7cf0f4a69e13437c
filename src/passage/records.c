/* SPDX-License-Identifier: MIT */
#include "passage/records.h"

#include <string.h>

#include "base/memory.h"
#include "base/sort.h"

void nd_records_release(nd_records *records) {
    for (size_t i = 0; i < records->partition_count; i++) nd_free(records->partitions[i].values);
    nd_free(records->partitions);
    *records = (nd_records){0};
}

/* Makes partitions up to `partition`. */
static neardup_status widen(nd_records *r, size_t partition) {
    neardup_status status = nd_reserve(&r->partitions, &r->partition_capacity, partition + 1, sizeof *r->partitions);
    if (status) return status;
    memset(r->partitions + r->partition_count, 0, (partition + 1 - r->partition_count) * sizeof *r->partitions);
    r->partition_count = partition + 1;
    return NEARDUP_OK;
}

neardup_status nd_records_add(nd_records *records, size_t partition, const uint64_t *values, size_t count) {
    if (partition >= records->partition_count) {
        neardup_status status = widen(records, partition);
        if (status) return status;
    }
    struct nd_record_partition *p = &records->partitions[partition];
    if (p->capacity - p->count < count) {
        neardup_status status = nd_reserve(&p->values, &p->capacity, p->count + count, sizeof *p->values);
        if (status) return status;
    }
    if (count) memcpy(p->values + p->count, values, count * sizeof *values);
    p->count += count;
    return NEARDUP_OK;
}

neardup_status nd_records_take(nd_records *records, size_t partition, uint64_t **values_out, size_t *count_out) {
    *values_out = NULL;
    *count_out = 0;
    if (partition >= records->partition_count || !records->partitions[partition].count) return NEARDUP_OK;
    struct nd_record_partition *p = &records->partitions[partition];
    uint64_t *scratch = nd_allocate(p->count, sizeof *scratch);
    if (!scratch) return NEARDUP_ERROR_MEMORY;
    nd_sort(p->values, p->count, scratch);
    nd_free(scratch);
    *count_out = nd_distinct(p->values, p->count);
    *values_out = p->values;
    *p = (struct nd_record_partition){0};
    return NEARDUP_OK;
}
