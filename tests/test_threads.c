/* SPDX-License-Identifier: MIT */
/*
 * The two ways of using threads. What stages see is noted in atomics and looked at on the main thread, since Check
 * asserts by jumping.
 */
#include <check.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/machine.h"
#include "base/room.h"
#include "base/threads.h"
#include "random.h"
#include "suite.h"

static const unsigned thread_counts[] = {0, 1, 2, 7, 32};
enum { THREAD_COUNTS = sizeof thread_counts / sizeof *thread_counts, MOST_THREADS = 32 };

/* Gives other threads a chance to be in the way, for a random while. */
static void dawdle(uint64_t seed) {
    for (uint64_t n = (seed * 0x9E3779B97F4A7C15ULL) >> 62; n--;) sched_yield();
}

/* ---- parallel for ---- */

typedef struct loop {
    unsigned threads;
    size_t count;
    atomic_uint *calls;             /* by index */
    atomic_bool busy[MOST_THREADS]; /* by worker */
    atomic_bool wrong;
    const bool *fails; /* by index; NULL: none */
} loop;

static neardup_status step(void *context, unsigned worker, size_t index) {
    loop *l = context;
    if (worker >= (l->threads ? l->threads : 1) || index >= l->count) {
        atomic_store(&l->wrong, true);
        return NEARDUP_OK;
    }
    if (atomic_exchange(&l->busy[worker], true)) atomic_store(&l->wrong, true);
    atomic_fetch_add(&l->calls[index], 1);
    dawdle(index + worker);
    atomic_store(&l->busy[worker], false);
    return l->fails && l->fails[index] ? (neardup_status)(-1 - (int)(index % 8)) : NEARDUP_OK;
}

static void run_loop(loop *l, neardup_status expected) {
    l->calls = calloc(l->count + 1, sizeof *l->calls);
    EXPECT(nd_parallel_for(l->threads, l->count, step, l) == expected, "%u threads, %zu steps", l->threads, l->count);
    EXPECT(!atomic_load(&l->wrong), "a worker number is shared or an index out of range");
}

START_TEST(parallel_for_does_each_index_once) {
    static const size_t counts[] = {0, 1, 2, 3, 7, 100, 20000};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        loop l = {.threads = thread_counts[_i], .count = counts[c]};
        run_loop(&l, NEARDUP_OK);
        for (size_t i = 0; i < l.count; i++) EXPECT(atomic_load(&l.calls[i]) == 1, "index %zu", i);
        free(l.calls);
    }
}
END_TEST

START_TEST(parallel_for_returns_the_failure_with_the_lowest_index) {
    random_start("parallel_for");
    for (int round = 0; round < (SANITIZED ? 40 : 200); round++) {
        bool fails[200] = {0};
        size_t lowest = random_below(200);
        fails[lowest] = true;
        for (size_t i = lowest; i < 200; i++) fails[i] |= random_below(3) == 0;
        loop l = {.threads = thread_counts[_i], .count = 200, .fails = fails};
        run_loop(&l, (neardup_status)(-1 - (int)(lowest % 8)));
        for (size_t i = 0; i <= lowest; i++) EXPECT(atomic_load(&l.calls[i]) == 1, "%zu before the failure", i);
        size_t begun = 0;
        for (size_t i = lowest + 1; i < 200; i++) begun += atomic_load(&l.calls[i]);
        if (l.threads < 2) EXPECT(begun == 0, "%zu steps began after the failure", begun);
        free(l.calls);
    }
}
END_TEST

/* ---- pipeline ---- */

enum { MOST_SLOTS = MOST_THREADS + 2 };

typedef enum stage { NOWHERE, READING, WORKING, COMMITTING } stage;

typedef struct flow {
    unsigned threads, slots;
    size_t blocks; /* to read */
    stage failing; /* the stage that fails, and */
    size_t failing_block;
    size_t next_read, next_commit; /* not atomic: the pipeline orders these stages, and a thread sanitizer sees it */
    size_t in_slot[MOST_SLOTS], worked[MOST_SLOTS];
    bool ended;
    atomic_int stage_of[MOST_SLOTS];
    atomic_bool busy[MOST_THREADS];
    atomic_int reading, committing;
    atomic_bool wrong;
} flow;

static void check(flow *f, bool condition) {
    if (!condition) atomic_store(&f->wrong, true);
}

static neardup_status outcome(const flow *f, stage where, size_t block) {
    return f->failing == where && f->failing_block == block ? NEARDUP_ERROR_SOURCE : NEARDUP_OK;
}

static neardup_status read_block(void *context, unsigned slot) {
    flow *f = context;
    check(f, atomic_fetch_add(&f->reading, 1) == 0);
    check(f, slot < f->slots && atomic_exchange(&f->stage_of[slot], READING) == NOWHERE);
    check(f, !f->ended);
    f->ended = f->next_read == f->blocks;
    f->in_slot[slot] = f->next_read;
    dawdle(f->next_read);
    neardup_status status = f->ended ? NEARDUP_END : outcome(f, READING, f->next_read++);
    atomic_fetch_sub(&f->reading, 1);
    return status;
}

static neardup_status work(void *context, unsigned slot, unsigned worker) {
    flow *f = context;
    check(f, worker < f->threads && !atomic_exchange(&f->busy[worker], true));
    check(f, slot < f->slots && atomic_exchange(&f->stage_of[slot], WORKING) == READING);
    f->worked[slot] = f->in_slot[slot] * 3 + 1;
    dawdle(f->worked[slot]);
    atomic_store(&f->busy[worker], false);
    return outcome(f, WORKING, f->in_slot[slot]);
}

static neardup_status commit(void *context, unsigned slot) {
    flow *f = context;
    check(f, atomic_fetch_add(&f->committing, 1) == 0);
    check(f, slot < f->slots && atomic_exchange(&f->stage_of[slot], COMMITTING) == WORKING);
    check(f, f->in_slot[slot] == f->next_commit && f->worked[slot] == 3 * f->next_commit + 1);
    size_t block = f->next_commit++;
    dawdle(block);
    atomic_store(&f->stage_of[slot], NOWHERE);
    atomic_fetch_sub(&f->committing, 1);
    return outcome(f, COMMITTING, block);
}

static void run_flow(flow *f) {
    f->slots = nd_pipeline_slots(f->threads);
    ck_assert_uint_eq(f->slots, f->threads == 1 ? 1 : f->threads + 2);
    nd_pipeline pipeline = {f, read_block, work, commit};
    neardup_status expected = f->failing ? NEARDUP_ERROR_SOURCE : NEARDUP_OK;
    EXPECT(nd_pipeline_run(&pipeline, f->threads, NULL) == expected, "%u threads, %zu blocks", f->threads, f->blocks);
    EXPECT(!atomic_load(&f->wrong), "%u threads, %zu blocks, stage %d fails at %zu", f->threads, f->blocks, f->failing,
           f->failing_block);
}

START_TEST(pipeline_keeps_order_and_slots) {
    static const size_t counts[] = {0, 1, 2, 8, 9, 10, 3000};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        flow f = {.threads = thread_counts[_i], .blocks = counts[c]};
        run_flow(&f);
        ck_assert_uint_eq(f.next_read, f.blocks);
        ck_assert_uint_eq(f.next_commit, f.blocks);
        ck_assert(f.ended);
    }
}
END_TEST

START_TEST(pipeline_stops_at_a_failure) {
    for (stage failing = READING; failing <= COMMITTING; failing++)
        for (size_t block = 0; block < 40; block += SANITIZED ? 9 : 1) {
            flow f = {.threads = thread_counts[_i], .blocks = 1000, .failing = failing, .failing_block = block};
            run_flow(&f);
            ck_assert_uint_le(f.next_commit, block + 1);
            if (failing == COMMITTING) ck_assert_uint_eq(f.next_commit, block + 1);
            ck_assert_uint_le(f.next_read, block + 1 + f.slots);
        }
}
END_TEST

START_TEST(there_are_processors) {
    ck_assert_uint_ge(nd_processors(), 1);
    ck_assert_uint_le(nd_processors(), 1 << 20);
}
END_TEST

/* ---- room ---- */

enum { CAPACITY = 100, LARGEST = 150 };

typedef struct crowd {
    nd_room room;
    atomic_uint inside; /* bytes */
    atomic_bool wrong;
} crowd;

static neardup_status visit(void *context, unsigned worker, size_t index) {
    crowd *c = context;
    unsigned size = 1 + (unsigned)((index * 0x9E3779B97F4A7C15ULL) >> 40) % LARGEST; /* what has no size is not seen */
    nd_room_enter(&c->room, size);
    unsigned inside = atomic_fetch_add(&c->inside, size) + size;
    if (inside > CAPACITY && inside != size) atomic_store(&c->wrong, true);
    dawdle(index + worker);
    atomic_fetch_sub(&c->inside, size);
    nd_room_leave(&c->room, size);
    return NEARDUP_OK;
}

/* All get in, and never more at a time than there is room for, but for one that is larger than the room. */
START_TEST(a_room_holds_no_more_than_it_can) {
    crowd c = {.wrong = false};
    nd_room_open(&c.room, CAPACITY);
    ck_assert_int_eq(nd_parallel_for(thread_counts[_i], 20000, visit, &c), NEARDUP_OK);
    ck_assert(!atomic_load(&c.wrong));
    ck_assert_uint_eq(c.room.taken, 0);
    nd_room_close(&c.room);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("threads");
    tcase_add_loop_test(tests, parallel_for_does_each_index_once, 0, THREAD_COUNTS);
    tcase_add_loop_test(tests, parallel_for_returns_the_failure_with_the_lowest_index, 0, THREAD_COUNTS);
    tcase_add_loop_test(tests, pipeline_keeps_order_and_slots, 1, THREAD_COUNTS);
    tcase_add_loop_test(tests, pipeline_stops_at_a_failure, 1, THREAD_COUNTS);
    tcase_add_loop_test(tests, a_room_holds_no_more_than_it_can, 1, THREAD_COUNTS);
    tcase_add_test(tests, there_are_processors);
    return run_tests(tests);
}
