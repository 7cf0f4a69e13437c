/* SPDX-License-Identifier: MIT */
/*
 * Both primitives start threads - 1 helpers and let the caller work too, so that one thread means no thread is
 * started. Where a helper cannot be started the rest do its share: the answer is the same, later.
 */
#include "base/threads.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/memory.h"

/* Starts up to `threads` - 1 helpers that run body(argument), runs it here too, and waits for all. */
static void run_on_threads(unsigned threads, void *(*body)(void *), void *argument) {
    pthread_t *helpers = threads > 1 ? nd_allocate(threads - 1, sizeof *helpers) : NULL;
    unsigned started = 0;
    if (helpers)
        while (started < threads - 1 && pthread_create(&helpers[started], NULL, body, argument) == 0) started++;
    body(argument);
    for (unsigned i = 0; i < started; i++) pthread_join(helpers[i], NULL);
    nd_free(helpers);
}

/* ---- parallel for ---- */

typedef struct loop {
    nd_step *step;
    void *context;
    size_t count;
    atomic_size_t next;
    atomic_uint workers;
    atomic_bool failed;
    pthread_mutex_t mutex; /* guards the two below */
    size_t failed_index;
    neardup_status status;
} loop;

static void *loop_body(void *argument) {
    loop *l = argument;
    unsigned worker = atomic_fetch_add(&l->workers, 1);
    while (!atomic_load_explicit(&l->failed, memory_order_relaxed)) {
        size_t index = atomic_fetch_add(&l->next, 1);
        if (index >= l->count) break;
        neardup_status status = l->step(l->context, worker, index);
        if (status == NEARDUP_OK) continue;
        pthread_mutex_lock(&l->mutex);
        if (index < l->failed_index) {
            l->failed_index = index;
            l->status = status;
        }
        pthread_mutex_unlock(&l->mutex);
        atomic_store(&l->failed, true);
    }
    return NULL;
}

neardup_status nd_parallel_for(unsigned threads, size_t count, nd_step *step, void *context) {
    loop l = {.step = step, .context = context, .count = count, .failed_index = SIZE_MAX, .status = NEARDUP_OK};
    pthread_mutex_init(&l.mutex, NULL);
    run_on_threads(threads < count ? threads : (unsigned)count, loop_body, &l);
    pthread_mutex_destroy(&l.mutex);
    return l.status;
}

/* ---- ordered pipeline ---- */

typedef struct flow {
    const nd_pipeline *pipeline;
    unsigned slots;
    pthread_mutex_t mutex; /* guards all below */
    pthread_cond_t changed;
    bool *worked;                    /* by slot: whether its block waits to be committed */
    uint64_t read, taken, committed; /* blocks that were read, that work began on, that were committed; block b lives in
                                         slot b % slots */
    uint64_t end;                    /* blocks from this one on are not passed through: the input ends, or fails */
    bool reading, committing;
    unsigned workers;
    neardup_status status;
} flow;

/* Notes how a stage of a block went. */
static void note(flow *f, uint64_t block, neardup_status status) {
    if (status == NEARDUP_OK || block >= f->end) return;
    f->end = block;
    f->status = status == NEARDUP_END ? NEARDUP_OK : status;
}

static void read_block(flow *f) {
    uint64_t block = f->read;
    f->reading = true;
    pthread_mutex_unlock(&f->mutex);
    neardup_status status = f->pipeline->read(f->pipeline->context, (unsigned)(block % f->slots));
    pthread_mutex_lock(&f->mutex);
    f->reading = false;
    f->read += status == NEARDUP_OK;
    note(f, block, status);
}

static void work_on_block(flow *f, unsigned worker) {
    uint64_t block = f->taken++;
    unsigned slot = (unsigned)(block % f->slots);
    pthread_mutex_unlock(&f->mutex);
    neardup_status status = f->pipeline->work(f->pipeline->context, slot, worker);
    pthread_mutex_lock(&f->mutex);
    f->worked[slot] = true;
    note(f, block, status);
}

static void commit_block(flow *f) {
    uint64_t block = f->committed;
    unsigned slot = (unsigned)(block % f->slots);
    f->committing = true;
    pthread_mutex_unlock(&f->mutex);
    neardup_status status = f->pipeline->commit(f->pipeline->context, slot);
    pthread_mutex_lock(&f->mutex);
    f->committing = f->worked[slot] = false;
    f->committed += status == NEARDUP_OK;
    note(f, block, status);
}

/* The most advanced stage that can go on comes first: committing frees a slot, working feeds the committer. Returns
 * false when there is nothing to do now. Called with the mutex held; it is released while a stage runs. */
static bool run_one_stage(flow *f, unsigned worker) {
    if (!f->committing && f->committed < f->end && f->worked[f->committed % f->slots])
        commit_block(f);
    else if (f->taken < f->read && f->taken < f->end)
        work_on_block(f, worker);
    else if (!f->reading && f->read < f->end && f->read - f->committed < f->slots)
        read_block(f);
    else
        return false;
    pthread_cond_broadcast(&f->changed);
    return true;
}

static void *flow_body(void *argument) {
    flow *f = argument;
    pthread_mutex_lock(&f->mutex);
    unsigned worker = f->workers++;
    while (f->committed < f->end)
        if (!run_one_stage(f, worker)) pthread_cond_wait(&f->changed, &f->mutex);
    pthread_mutex_unlock(&f->mutex);
    return NULL;
}

unsigned nd_pipeline_slots(unsigned threads) { return threads > 1 ? threads + 2 : 1; }

neardup_status nd_pipeline_run(const nd_pipeline *pipeline, unsigned threads, unsigned *failed_slot_out) {
    flow f = {.pipeline = pipeline, .slots = nd_pipeline_slots(threads), .end = UINT64_MAX};
    f.worked = nd_allocate_zero(f.slots, sizeof *f.worked);
    if (!f.worked) return NEARDUP_ERROR_MEMORY;
    pthread_mutex_init(&f.mutex, NULL);
    pthread_cond_init(&f.changed, NULL);
    run_on_threads(threads, flow_body, &f);
    pthread_cond_destroy(&f.changed);
    pthread_mutex_destroy(&f.mutex);
    nd_free(f.worked);
    if (f.status && failed_slot_out) *failed_slot_out = (unsigned)(f.end % f.slots);
    return f.status;
}
