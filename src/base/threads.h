/* SPDX-License-Identifier: MIT */
/* The two ways neardup uses threads: a loop in parallel, and an ordered pipeline. Threads live as long as the call. */
#ifndef ND_BASE_THREADS_H
#define ND_BASE_THREADS_H

#include "neardup.h"

/* Does step `index` as worker number `worker` (0 to threads - 1; no two calls at a time share a worker). */
typedef neardup_status nd_step(void *context, unsigned worker, size_t index);

/* Runs step(0) to step(count - 1) on up to `threads` threads, the calling one included, handing them out in rising
 * order. After a step that fails no new one begins; the status of the failed step with the lowest index returns. */
neardup_status nd_parallel_for(unsigned threads, size_t count, nd_step *step, void *context);

/*
 * Blocks pass through slots in three stages: `read` serially and in order, `work` in parallel, `commit` serially and
 * in the order of reading; stages of different blocks run at the same time. Any thread may run any stage; what a stage
 * wrote is visible to the next. `read` returns NEARDUP_END when there are no more blocks.
 *
 * A failure is that of the first block that fails, as if blocks were passed through one by one: those before it are
 * still committed, those behind it are not.
 */
typedef struct nd_pipeline {
    void *context;
    neardup_status (*read)(void *context, unsigned slot);
    neardup_status (*work)(void *context, unsigned slot, unsigned worker);
    neardup_status (*commit)(void *context, unsigned slot);
} nd_pipeline;

/* Runs the pipeline to its end on up to `threads` threads, the calling one included, with nd_pipeline_slots(threads)
 * slots. Where it fails, *failed_slot_out (may be NULL) is the slot of the block that did. */
neardup_status nd_pipeline_run(const nd_pipeline *pipeline, unsigned threads, unsigned *failed_slot_out);

/* Blocks that can be under way at a time: 1 for one thread, else two more than there are threads, so that a reader is
 * never kept waiting by the one block whose turn to commit it is. */
unsigned nd_pipeline_slots(unsigned threads);

#endif
