/* SPDX-License-Identifier: MIT */
#include "passage/pairing.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/room.h"
#include "base/sort.h"
#include "base/threads.h"

#define POSITION_MASK (((uint64_t)1 << ND_POSITION_BITS) - 1)
#define LOW_MASK      (((uint64_t)1 << ND_LOW_BITS) - 1)

enum {
    BATCH = 4,             /* parts for each thread between two looks at the memory that is left */
    LINK_BYTES = 80,       /* for each link of a part: as it was taken, to sort it twice, and to chain it */
    LARGE_LINKS = 1 << 17, /* a worker that had more gives its memory back */
};

/* The links in some partitions, which are those of whole texts, and what came of them. */
typedef struct part {
    size_t begin, end;
    nd_alignments alignments;
    uint64_t bounded;
} part;

/* What one worker needs. */
typedef struct worker {
    nd_aligner aligner;
    nd_view earlier, later;
    uint64_t *by_earlier, *sorting, *links;
    size_t by_capacity, sorting_capacity, link_capacity;
    neardup_error error;
} worker;

static void release_worker(worker *w) {
    nd_aligner_release(&w->aligner);
    nd_view_release(&w->earlier);
    nd_view_release(&w->later);
    nd_free(w->by_earlier);
    nd_free(w->sorting);
    nd_free(w->links);
    *w = (worker){.error = w->error};
}

typedef struct pairing {
    const nd_pairing *of;
    nd_linker *linker;
    part *parts;
    worker *workers;
    nd_room room;
} pairing;

/* Sorted links. */
typedef struct links {
    const uint64_t *values;
    size_t count;
    uint64_t base; /* what positions of later tokens have above their low bits */
} links;

static uint64_t later_of(const links *l, size_t i) { return l->base + (l->values[i] >> ND_POSITION_BITS); }

/* The position behind a text. */
static uint64_t text_behind(const nd_sequences *sequences, uint32_t text) {
    return nd_sequences_position(sequences, text) + nd_sequences_size(sequences, text);
}

/* The end of the links of the text that links->values[begin] is in. */
static size_t text_end(const nd_sequences *sequences, const links *l, size_t begin, uint32_t *text_out) {
    *text_out = nd_sequences_text(sequences, later_of(l, begin));
    uint64_t behind = text_behind(sequences, *text_out);
    size_t low = begin, high = l->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        *(later_of(l, middle) < behind ? &low : &high) = middle;
    }
    return high;
}

/* Aligns text `later`, b, with an earlier one. */
static neardup_status pair_with(const nd_pairing *of, worker *w, part *p, nd_text_pair texts, nd_sequence b,
                                size_t count) {
    nd_sequence a;
    if (count < 2) return NEARDUP_OK;
    neardup_status status = nd_sequences_view(of->sequences, texts.a, &w->earlier, &a, &w->error);
    if (status) return status;
    return nd_align_links(&w->aligner, of->rules, texts, &(nd_two){a, b, false}, w->links, count, &p->alignments);
}

/* Aligns a text with every earlier one it has two links with or more. */
static neardup_status pair_text(const nd_pairing *of, worker *w, part *p, uint32_t later, const links *l) {
    nd_sequence b = {0};
    neardup_status status = nd_reserve(&w->by_earlier, &w->by_capacity, l->count, sizeof *w->by_earlier);
    if (!status) status = nd_reserve(&w->sorting, &w->sorting_capacity, l->count, sizeof *w->sorting);
    if (!status) status = nd_reserve(&w->links, &w->link_capacity, l->count, sizeof *w->links);
    if (!status) status = nd_sequences_view(of->sequences, later, &w->later, &b, &w->error);
    if (!status) status = nd_align_begin(&w->aligner, b.count);
    if (status) return status;
    for (size_t i = 0; i < l->count; i++)
        w->by_earlier[i] = (l->values[i] & POSITION_MASK) << ND_LOW_BITS | l->values[i] >> ND_POSITION_BITS;
    nd_sort(w->by_earlier, l->count, w->sorting);
    uint64_t b_begin = nd_sequences_position(of->sequences, later);
    for (size_t i = 0, count = 0; i < l->count && !status; count = 0) {
        uint32_t earlier = nd_sequences_text(of->sequences, w->by_earlier[i] >> ND_LOW_BITS);
        uint64_t a_begin = nd_sequences_position(of->sequences, earlier), a_end = text_behind(of->sequences, earlier);
        for (; i < l->count && (w->by_earlier[i] >> ND_LOW_BITS) < a_end; i++)
            w->links[count++] = ((w->by_earlier[i] >> ND_LOW_BITS) - a_begin) << 32 |
                                (l->base + (w->by_earlier[i] & LOW_MASK) - b_begin);
        status = pair_with(of, w, p, (nd_text_pair){earlier, later}, b, count);
    }
    p->bounded += w->aligner.bounded;
    w->aligner.bounded = false;
    return status;
}

/* Aligns the texts of a part with all earlier ones. */
static neardup_status pair_part(const pairing *at, worker *w, part *p) {
    uint64_t *values;
    links all = {.base = (uint64_t)p->begin << ND_PART_BITS & ~LOW_MASK};
    neardup_status status = nd_records_take(&at->linker->links, p->begin, p->end, &values, &all.count, &w->error);
    all.values = values;
    uint32_t text = 0;
    for (size_t begin = 0, end; begin < all.count && !status; begin = end) {
        end = text_end(at->of->sequences, &all, begin, &text);
        status = pair_text(at->of, w, p, text, &(links){values + begin, end - begin, all.base});
    }
    nd_free(values);
    return status;
}

static size_t links_of(const nd_linker *linker, const part *p) {
    return nd_records_count(&linker->links, p->begin, p->end);
}

/* The same when there is room for it. */
static neardup_status work(void *context, unsigned number, size_t index) {
    pairing *at = context;
    part *p = &at->parts[index];
    size_t count = links_of(at->linker, p);
    nd_room_enter(&at->room, (uint64_t)LINK_BYTES * count);
    neardup_status status = pair_part(at, &at->workers[number], p);
    if (count > LARGE_LINKS) release_worker(&at->workers[number]);
    nd_room_leave(&at->room, (uint64_t)LINK_BYTES * count);
    return status;
}

/* The partition behind the last one that the text at the end of partition `first` has links in, as far as its positions
 * can be told apart. */
static size_t part_end(const nd_sequences *sequences, size_t first) {
    uint64_t end = (uint64_t)(first + 1) << ND_PART_BITS, most = (end - 1) | LOW_MASK;
    if (end >= sequences->end) return first + 1;
    uint64_t behind = text_behind(sequences, nd_sequences_text(sequences, end - 1));
    if (behind <= end) return first + 1;
    return (size_t)(((behind - 1 < most ? behind - 1 : most) >> ND_PART_BITS) + 1);
}

/* Appends what came of a part. */
static neardup_status append(nd_alignments *alignments, const nd_alignments *more) {
    neardup_status status = nd_reserve(&alignments->items, &alignments->capacity, alignments->count + more->count,
                                       sizeof *alignments->items);
    if (status || !more->count) return status;
    memcpy(alignments->items + alignments->count, more->items, more->count * sizeof *more->items);
    alignments->count += more->count;
    return NEARDUP_OK;
}

/* Takes the next part, from *partition on. False where there is none. */
static bool next_part(const nd_sequences *sequences, const nd_linker *linker, size_t *partition, part *part_out) {
    if (*partition >= linker->links.partition_count) return false;
    *part_out = (part){.begin = *partition, .end = part_end(sequences, *partition)};
    *partition = part_out->end;
    return true;
}

uint64_t nd_pairing_least(const nd_sequences *sequences, const nd_linker *linker) {
    size_t most = 0;
    part p;
    for (size_t partition = 0; next_part(sequences, linker, &partition, &p);)
        if (links_of(linker, &p) > most) most = links_of(linker, &p);
    return (uint64_t)LINK_BYTES * most;
}

/* Pairs the texts of the next parts, from *partition on. */
static neardup_status pair_batch(pairing *p, size_t *partition, nd_alignments *alignments, uint64_t *bounded) {
    size_t count = 0;
    while (count < (size_t)BATCH * p->of->threads &&
           next_part(p->of->sequences, p->linker, partition, &p->parts[count]))
        count++;
    neardup_status status = nd_parallel_for(p->of->threads, count, work, p);
    for (size_t i = 0; i < count; i++) {
        if (!status) status = append(alignments, &p->parts[i].alignments);
        *bounded += p->parts[i].bounded;
        nd_free(p->parts[i].alignments.items);
    }
    return status;
}

neardup_status nd_pair_texts(const nd_pairing *of, nd_linker *linker, nd_alignments *alignments, uint64_t *bounded_out,
                             neardup_error *error) {
    pairing p = {.of = of, .linker = linker};
    p.workers = nd_allocate_zero(of->threads, sizeof *p.workers);
    p.parts = nd_allocate((size_t)BATCH * of->threads, sizeof *p.parts);
    uint64_t bounded = 0;
    nd_room_open(&p.room, of->memory);
    neardup_status status = p.workers && p.parts ? NEARDUP_OK : nd_fail_memory(error);
    for (size_t partition = 0; partition < linker->links.partition_count && !status;) {
        status = pair_batch(&p, &partition, alignments, &bounded);
        for (unsigned i = 0; status && i < of->threads; i++)
            if (p.workers[i].error.status == status) *error = p.workers[i].error;
        if (!status) status = of->make_room(of->context, error);
    }
    for (unsigned i = 0; p.workers && i < of->threads; i++) release_worker(&p.workers[i]);
    nd_room_close(&p.room);
    nd_free(p.workers);
    nd_free(p.parts);
    if (!status) *bounded_out = bounded;
    return status;
}
