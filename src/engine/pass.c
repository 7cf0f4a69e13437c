/* SPDX-License-Identifier: MIT */
#include "engine/pass.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"

typedef struct slot {
    nd_block block;
    neardup_error error; /* several slots can fail at a time */
} slot;

typedef struct flow {
    const nd_pass *pass;
    slot *slots;
    uint64_t blocks;
} flow;

neardup_status nd_pass_answer(neardup_status status, neardup_error *error) {
    if (status > 0)
        return nd_fail(error, NEARDUP_ERROR_SOURCE, "the source gave an answer that is none: %d", (int)status);
    if (status && !error->text[0]) return nd_fail(error, status, "%s", neardup_status_text(status));
    error->status = status;
    return status;
}

static neardup_status read_block(void *context, unsigned number) {
    flow *f = context;
    slot *s = &f->slots[number];
    s->error.text[0] = 0;
    neardup_status status = f->pass->source->read(f->pass->source->context, number, &s->error);
    if (status == NEARDUP_END) return NEARDUP_END;
    s->block = (nd_block){.number = f->blocks++};
    return nd_pass_answer(status, &s->error);
}

static neardup_status work_on_block(void *context, unsigned number, unsigned worker) {
    flow *f = context;
    slot *s = &f->slots[number];
    const neardup_source *source = f->pass->source;
    neardup_status status = source->split(source->context, number, &s->block.texts, &s->block.count, &s->error);
    if (!status) status = f->pass->work(f->pass->context, number, worker, &s->block, &s->error);
    return nd_pass_answer(status, &s->error);
}

static neardup_status commit_block(void *context, unsigned number) {
    flow *f = context;
    slot *s = &f->slots[number];
    const neardup_source *source = f->pass->source;
    uint64_t first = 0;
    neardup_status status = f->pass->commit(f->pass->context, number, &s->block, &first, &s->error);
    if (!status) status = source->commit(source->context, number, first, &s->error);
    return nd_pass_answer(status, &s->error);
}

neardup_status nd_pass_run(const nd_pass *pass, neardup_error *error) {
    unsigned slots = nd_pipeline_slots(pass->threads), failed = 0;
    flow f = {.pass = pass, .slots = nd_allocate_zero(slots, sizeof *f.slots)};
    if (!f.slots) return nd_fail_memory(error);
    neardup_error *first = &f.slots[0].error;
    neardup_status status = nd_pass_answer(pass->source->begin(pass->source->context, slots, first), first);
    nd_pipeline pipeline = {&f, read_block, work_on_block, commit_block};
    if (!status) status = nd_pipeline_run(&pipeline, pass->threads, &failed);
    if (status && f.slots[failed].error.status != status)
        nd_fail(&f.slots[failed].error, status, "%s", neardup_status_text(status));
    if (status && error) *error = f.slots[failed].error;
    nd_free(f.slots);
    return status;
}
