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

static neardup_status read_block(void *context, unsigned number) {
    flow *f = context;
    slot *s = &f->slots[number];
    neardup_status status = f->pass->source->read(f->pass->source->context, number, &s->error);
    if (status == NEARDUP_OK) s->block = (nd_block){.number = f->blocks++};
    return status;
}

static neardup_status work_on_block(void *context, unsigned number, unsigned worker) {
    flow *f = context;
    slot *s = &f->slots[number];
    const neardup_source *source = f->pass->source;
    neardup_status status = source->split(source->context, number, &s->block.texts, &s->block.count, &s->error);
    return status ? status : f->pass->work(f->pass->context, number, worker, &s->block, &s->error);
}

static neardup_status commit_block(void *context, unsigned number) {
    flow *f = context;
    slot *s = &f->slots[number];
    const neardup_source *source = f->pass->source;
    uint64_t first = 0;
    neardup_status status = f->pass->commit(f->pass->context, number, &s->block, &first, &s->error);
    return status ? status : source->commit(source->context, number, first, &s->error);
}

neardup_status nd_pass_run(const nd_pass *pass, neardup_error *error) {
    unsigned slots = nd_pipeline_slots(pass->threads);
    flow f = {.pass = pass, .slots = nd_allocate_zero(slots, sizeof *f.slots)};
    if (!f.slots) return nd_fail_memory(error);
    neardup_status status = pass->source->begin(pass->source->context, slots, &f.slots[0].error);
    nd_pipeline pipeline = {&f, read_block, work_on_block, commit_block};
    if (!status) status = nd_pipeline_run(&pipeline, pass->threads);
    if (status && error) {
        unsigned i = 0;
        while (i < slots && f.slots[i].error.status != status) i++;
        if (i < slots)
            *error = f.slots[i].error;
        else
            nd_fail(error, status, "%s", neardup_status_text(status));
    }
    nd_free(f.slots);
    return status;
}
