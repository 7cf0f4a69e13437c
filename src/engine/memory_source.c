/* SPDX-License-Identifier: MIT */
#include "engine/memory_source.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* A block is big enough to be worth a thread's while. */
enum { BLOCK_BYTES = 1 << 20, BLOCK_TEXTS = 1 << 12 };

void nd_memory_source_release(nd_memory_source *memory) {
    nd_arena_release(&memory->arena);
    nd_free(memory->blocks);
    nd_free(memory->in_slot);
    *memory = (nd_memory_source){0};
}

/* How many of `count` texts make the next block, and the bytes they have. */
static size_t texts_in_block(const neardup_text *texts, size_t count, size_t *bytes_out) {
    size_t n = 0;
    for (*bytes_out = 0; n < count && n < BLOCK_TEXTS && *bytes_out < BLOCK_BYTES; n++)
        *bytes_out += texts[n].set_aside ? 0 : texts[n].size;
    return n;
}

static neardup_status add_block(nd_memory_source *m, const neardup_text *texts, size_t count, size_t bytes) {
    neardup_status status = nd_reserve(&m->blocks, &m->block_capacity, m->block_count + 1, sizeof *m->blocks);
    if (status) return status;
    neardup_text *copies = nd_arena_allocate(&m->arena, count, sizeof *copies);
    char *data = nd_arena_allocate(&m->arena, bytes, 1);
    if (!copies || !data) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        copies[i] = texts[i];
        copies[i].data = data;
        if (texts[i].set_aside || !texts[i].size) continue;
        memcpy(data, texts[i].data, texts[i].size);
        data += texts[i].size;
    }
    m->blocks[m->block_count++] = (struct nd_memory_block){copies, count, m->documents};
    m->documents += count;
    return NEARDUP_OK;
}

neardup_status nd_memory_source_add(nd_memory_source *memory, const neardup_text *texts, size_t count) {
    size_t blocks_before = memory->block_count;
    uint64_t documents_before = memory->documents;
    for (size_t i = 0, n, bytes; i < count; i += n) {
        n = texts_in_block(texts + i, count - i, &bytes);
        neardup_status status = add_block(memory, texts + i, n, bytes);
        if (status) {
            memory->block_count = blocks_before;
            memory->documents = documents_before;
            return status;
        }
    }
    return NEARDUP_OK;
}

static neardup_status begin(void *context, unsigned slots, neardup_error *error) {
    nd_memory_source *m = context;
    m->next = m->first;
    if (nd_reserve(&m->in_slot, &m->slot_capacity, slots, sizeof *m->in_slot)) return nd_fail_memory(error);
    return NEARDUP_OK;
}

static neardup_status read_block(void *context, unsigned slot, neardup_error *error) {
    (void)error;
    nd_memory_source *m = context;
    if (m->next == m->block_count) return NEARDUP_END;
    m->in_slot[slot] = m->next++;
    return NEARDUP_OK;
}

static neardup_status split(void *context, unsigned slot, const neardup_text **texts_out, size_t *count_out,
                            neardup_error *error) {
    (void)error;
    const nd_memory_source *m = context;
    const struct nd_memory_block *block = &m->blocks[m->in_slot[slot]];
    *texts_out = block->texts;
    *count_out = block->count;
    return NEARDUP_OK;
}

static neardup_status commit(void *context, unsigned slot, uint64_t first_document, neardup_error *error) {
    (void)context, (void)slot, (void)first_document, (void)error;
    return NEARDUP_OK;
}

static neardup_status fetch(void *context, unsigned slot, uint64_t document, neardup_text *text_out,
                            neardup_error *error) {
    (void)slot, (void)error;
    const nd_memory_source *m = context;
    size_t low = 0, high = m->block_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (m->blocks[middle].first <= document)
            low = middle;
        else
            high = middle;
    }
    *text_out = m->blocks[low].texts[document - m->blocks[low].first];
    return NEARDUP_OK;
}

static uint64_t bytes_held(void *context) { return ((const nd_memory_source *)context)->arena.bytes; }

neardup_source nd_memory_source_interface(nd_memory_source *memory) {
    return (neardup_source){.context = memory,
                            .begin = begin,
                            .read = read_block,
                            .split = split,
                            .commit = commit,
                            .fetch = fetch,
                            .held = bytes_held};
}
