/* SPDX-License-Identifier: MIT */
#include "passage/pairing.h"

#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "base/threads.h"

#define POSITION_MASK (((uint64_t)1 << ND_POSITION_BITS) - 1)
#define LOW_MASK      (((uint64_t)1 << ND_LOW_BITS) - 1)

enum { CHUNK = 1 << 16 }; /* links that are worth a step of their own */

/* Links of some texts, and what came of them. */
typedef struct chunk {
    size_t begin, end;
    nd_alignments alignments;
    uint64_t bounded;
} chunk;

/* What one worker needs. */
typedef struct worker {
    nd_aligner aligner;
    uint64_t *by_earlier, *sorting, *links;
    size_t by_capacity, sorting_capacity, link_capacity;
} worker;

/* One partition of links. */
typedef struct pairing {
    const nd_sequences *sequences;
    const nd_align_rules *rules;
    const uint64_t *values;
    uint64_t base; /* position of the partition */
    chunk *chunks;
    worker *workers;
} pairing;

static uint64_t later_of(const pairing *p, size_t i) { return p->base + (p->values[i] >> ND_POSITION_BITS); }

/* The end of the links of the text that values[begin] is in, below `end`. */
static size_t text_end(const pairing *p, size_t begin, size_t end, uint32_t *text) {
    *text = nd_sequences_text(p->sequences, later_of(p, begin));
    uint64_t behind = nd_sequences_position(p->sequences, *text) + nd_sequences_at(p->sequences, *text).count;
    size_t low = begin, high = end;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        *(later_of(p, middle) < behind ? &low : &high) = middle;
    }
    return high;
}

/* Aligns text `later` with every earlier text it has two links with or more. */
static neardup_status pair_text(const pairing *p, worker *w, chunk *c, uint32_t later, size_t begin, size_t end) {
    size_t count = end - begin;
    neardup_status status = nd_reserve(&w->by_earlier, &w->by_capacity, count, sizeof *w->by_earlier);
    if (!status) status = nd_reserve(&w->sorting, &w->sorting_capacity, count, sizeof *w->sorting);
    if (!status) status = nd_reserve(&w->links, &w->link_capacity, count, sizeof *w->links);
    nd_sequence b = nd_sequences_at(p->sequences, later);
    if (!status) status = nd_align_begin(&w->aligner, b.count);
    if (status) return status;
    for (size_t i = 0; i < count; i++)
        w->by_earlier[i] =
            (p->values[begin + i] & POSITION_MASK) << ND_LOW_BITS | p->values[begin + i] >> ND_POSITION_BITS;
    nd_sort(w->by_earlier, count, w->sorting);
    uint64_t b_begin = nd_sequences_position(p->sequences, later);
    for (size_t i = 0, links = 0; i < count && !status; links = 0) {
        uint32_t earlier = nd_sequences_text(p->sequences, w->by_earlier[i] >> ND_LOW_BITS);
        nd_sequence a = nd_sequences_at(p->sequences, earlier);
        uint64_t a_begin = nd_sequences_position(p->sequences, earlier);
        for (; i < count && (w->by_earlier[i] >> ND_LOW_BITS) < a_begin + a.count; i++)
            w->links[links++] = ((w->by_earlier[i] >> ND_LOW_BITS) - a_begin) << 32 |
                                (p->base + (w->by_earlier[i] & LOW_MASK) - b_begin);
        if (links > 1)
            status = nd_align_links(&w->aligner, p->rules, (nd_text_pair){earlier, later}, &(nd_two){a, b, false},
                                    w->links, links, &c->alignments);
    }
    c->bounded += w->aligner.bounded;
    w->aligner.bounded = false;
    return status;
}

static neardup_status pair_chunk(void *context, unsigned number, size_t index) {
    const pairing *p = context;
    chunk *c = &p->chunks[index];
    uint32_t text = 0;
    neardup_status status = NEARDUP_OK;
    for (size_t begin = c->begin, end; begin < c->end && !status; begin = end) {
        end = text_end(p, begin, c->end, &text);
        status = pair_text(p, &p->workers[number], c, text, begin, end);
    }
    return status;
}

/* Cuts the partition into chunks of whole texts. */
static neardup_status cut_chunks(pairing *p, size_t count, size_t *chunks_out) {
    size_t chunks = 0;
    uint32_t text = 0;
    p->chunks = nd_allocate_zero(count / CHUNK + 1, sizeof *p->chunks);
    if (!p->chunks) return NEARDUP_ERROR_MEMORY;
    for (size_t begin = 0, end; begin < count; begin = end) {
        end = begin + CHUNK < count ? begin + CHUNK : count;
        if (end < count) end = text_end(p, end - 1, count, &text);
        p->chunks[chunks++] = (chunk){.begin = begin, .end = end};
    }
    *chunks_out = chunks;
    return NEARDUP_OK;
}

static neardup_status pair_partition(pairing *p, size_t count, unsigned threads, nd_alignments *alignments,
                                     uint64_t *bounded) {
    size_t chunks = 0;
    neardup_status status = cut_chunks(p, count, &chunks);
    if (!status) status = nd_parallel_for(threads, chunks, pair_chunk, p);
    for (size_t i = 0; i < chunks; i++) {
        chunk *c = &p->chunks[i];
        if (!status)
            status = nd_reserve(&alignments->items, &alignments->capacity, alignments->count + c->alignments.count,
                                sizeof *alignments->items);
        if (!status && c->alignments.count) {
            memcpy(alignments->items + alignments->count, c->alignments.items,
                   c->alignments.count * sizeof *alignments->items);
            alignments->count += c->alignments.count;
        }
        *bounded += c->bounded;
        nd_free(c->alignments.items);
    }
    nd_free(p->chunks);
    return status;
}

neardup_status nd_pair_texts(nd_linker *linker, const nd_sequences *sequences, const nd_align_rules *rules,
                             unsigned threads, nd_alignments *alignments, uint64_t *bounded_out) {
    pairing p = {.sequences = sequences, .rules = rules, .workers = nd_allocate_zero(threads, sizeof *p.workers)};
    uint64_t bounded = 0;
    neardup_status status = p.workers ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < linker->links.partition_count && !status; i++) {
        uint64_t *values;
        size_t count;
        status = nd_records_take(&linker->links, i, &values, &count);
        p.values = values;
        p.base = (uint64_t)i << ND_LOW_BITS;
        if (!status && count) status = pair_partition(&p, count, threads, alignments, &bounded);
        nd_free(values);
    }
    for (unsigned i = 0; p.workers && i < threads; i++) {
        nd_aligner_release(&p.workers[i].aligner);
        nd_free(p.workers[i].by_earlier);
        nd_free(p.workers[i].sorting);
        nd_free(p.workers[i].links);
    }
    nd_free(p.workers);
    if (!status) *bounded_out = bounded;
    return status;
}
