/* SPDX-License-Identifier: MIT */
#include "passage/pairing.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/room.h"
#include "base/threads.h"

#define LOW_MASK (((uint64_t)1 << ND_LOW_BITS) - 1)

enum {
    BATCH = 4,             /* parts for each thread between two looks at the memory that is left */
    LINK_BYTES = 80,       /* for each link of a part: as it was taken, by its text, and to chain it */
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
    uint64_t *by_text; /* the links of a part, */
    uint32_t *texts;   /* the later text of each of them, from the first one on, */
    size_t *ends;      /* and where those of each text end */
    uint64_t *links;   /* between two texts */
    size_t by_capacity, text_capacity, end_capacity, link_capacity;
    neardup_error error;
} worker;

static void release_worker(worker *w) {
    nd_aligner_release(&w->aligner);
    nd_view_release(&w->earlier);
    nd_view_release(&w->later);
    nd_free(w->by_text);
    nd_free(w->texts);
    nd_free(w->ends);
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

/* Links of one text or several: earlier position << ND_LOW_BITS | low bits of a later one, sorted. */
typedef struct links {
    const uint64_t *values;
    size_t count;
    uint64_t base; /* what positions of later tokens have above their low bits */
} links;

/* The position behind a text. */
static uint64_t text_behind(const nd_sequences *sequences, uint32_t text) {
    return nd_sequences_position(sequences, text) + nd_sequences_size(sequences, text);
}

/* Puts the links of a part together by later text, those of each in the order they were in: w->by_text and, for all
 * texts from the first to the last one, w->ends. */
static neardup_status gather(const nd_sequences *sequences, worker *w, const links *l, uint32_t *first_out,
                             size_t *texts_out) {
    uint32_t first = UINT32_MAX, last = 0;
    neardup_status status = nd_reserve(&w->by_text, &w->by_capacity, l->count, sizeof *w->by_text);
    if (!status) status = nd_reserve(&w->texts, &w->text_capacity, l->count, sizeof *w->texts);
    if (status) return status;
    for (size_t i = 0; i < l->count; i++) {
        uint32_t text = nd_sequences_text(sequences, l->base + (l->values[i] & LOW_MASK));
        w->texts[i] = text;
        first = text < first ? text : first;
        last = text > last ? text : last;
    }
    size_t texts = (size_t)last - first + 1;
    status = nd_reserve(&w->ends, &w->end_capacity, texts, sizeof *w->ends);
    if (status) return status;
    memset(w->ends, 0, texts * sizeof *w->ends);
    for (size_t i = 0; i < l->count; i++) w->ends[w->texts[i] - first]++;
    for (size_t t = 0, begin = 0; t < texts; t++) {
        size_t size = w->ends[t];
        w->ends[t] = begin;
        begin += size;
    }
    for (size_t i = 0; i < l->count; i++) w->by_text[w->ends[w->texts[i] - first]++] = l->values[i];
    *first_out = first;
    *texts_out = texts;
    return NEARDUP_OK;
}

/* Asks for what links lead to in the earlier text, which nobody has looked at for long: it comes while they are
 * chained. From one link to the next are two or three codes, so every fourth has another line of the cache; processors
 * keep no more requests than some dozen. */
static void fetch(nd_sequence a, const uint64_t *between, size_t count) {
    enum { MOST = 64, STEP = 4 };
    for (size_t i = 0; i < count && i < MOST; i += STEP) __builtin_prefetch(a.codes + (between[i] >> 32));
}

/* Aligns text `later`, b, with an earlier one. */
static neardup_status pair_with(const nd_pairing *of, worker *w, part *p, nd_text_pair texts, nd_sequence b,
                                size_t count) {
    nd_sequence a;
    if (count < 2) return NEARDUP_OK;
    neardup_status status = nd_sequences_view(of->sequences, texts.a, &w->earlier, &a, &w->error);
    if (status) return status;
    fetch(a, w->links, count);
    return nd_align_links(&w->aligner, of->rules, texts, &(nd_two){a, b, false}, w->links, count, &p->alignments);
}

/* Aligns a text with every earlier one it has two links with or more. */
static neardup_status pair_text(const nd_pairing *of, worker *w, part *p, uint32_t later, const links *l) {
    nd_sequence b = {0};
    neardup_status status = nd_reserve(&w->links, &w->link_capacity, l->count, sizeof *w->links);
    if (!status) status = nd_sequences_view(of->sequences, later, &w->later, &b, &w->error);
    if (!status) status = nd_align_begin(&w->aligner, b.count);
    uint64_t b_begin = nd_sequences_position(of->sequences, later);
    for (size_t i = 0, count = 0; i < l->count && !status; count = 0) {
        uint32_t earlier = nd_sequences_text(of->sequences, l->values[i] >> ND_LOW_BITS);
        uint64_t a_begin = nd_sequences_position(of->sequences, earlier), a_end = text_behind(of->sequences, earlier);
        for (; i < l->count && l->values[i] >> ND_LOW_BITS < a_end; i++)
            w->links[count++] =
                ((l->values[i] >> ND_LOW_BITS) - a_begin) << 32 | (l->base + (l->values[i] & LOW_MASK) - b_begin);
        status = pair_with(of, w, p, (nd_text_pair){earlier, later}, b, count);
    }
    p->bounded += w->aligner.bounded;
    w->aligner.bounded = false;
    return status;
}

/* Aligns the texts of a part with all earlier ones. */
static neardup_status pair_part(const pairing *at, worker *w, part *p) {
    uint64_t *values, base = (uint64_t)p->begin << ND_PART_BITS & ~LOW_MASK;
    size_t count, texts = 0;
    uint32_t first = 0;
    neardup_status status = nd_records_take(&at->linker->links, p->begin, p->end, &values, &count, &w->error);
    if (status || !count) return status;
    status = gather(at->of->sequences, w, &(links){values, count, base}, &first, &texts);
    nd_free(values);
    for (size_t t = 0, begin = 0; t < texts && !status; begin = w->ends[t++])
        if (w->ends[t] > begin)
            status =
                pair_text(at->of, w, p, first + (uint32_t)t, &(links){w->by_text + begin, w->ends[t] - begin, base});
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
