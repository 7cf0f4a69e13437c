/* SPDX-License-Identifier: MIT */
#include "passage/align.h"

#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/sort.h"
#include "passage/winnow.h"

void nd_aligner_release(nd_aligner *aligner) {
    nd_path_release(&aligner->path);
    nd_chains_release(&aligner->chains);
    nd_chains_release(&aligner->inner);
    nd_free(aligner->covered_by);
    nd_free(aligner->grams);
    nd_free(aligner->sorting);
    nd_free(aligner->links);
    nd_free(aligner->found.items);
    *aligner = (nd_aligner){0};
}

neardup_status nd_alignments_add(nd_alignments *alignments, const nd_alignment *alignment) {
    neardup_status status =
        nd_reserve(&alignments->items, &alignments->capacity, alignments->count + 1, sizeof *alignments->items);
    if (!status) alignments->items[alignments->count++] = *alignment;
    return status;
}

neardup_status nd_align_begin(nd_aligner *aligner, size_t tokens) {
    size_t before = aligner->covered_capacity;
    neardup_status status =
        nd_reserve(&aligner->covered_by, &aligner->covered_capacity, tokens, sizeof *aligner->covered_by);
    if (status) return status;
    if (aligner->covered_capacity > before)
        memset(aligner->covered_by + before, 0, (aligner->covered_capacity - before) * sizeof *aligner->covered_by);
    if (aligner->covered_next > UINT32_MAX / 2 || !aligner->covered_next) {
        if (tokens) memset(aligner->covered_by, 0, aligner->covered_capacity * sizeof *aligner->covered_by);
        aligner->covered_next = 1;
    }
    aligner->limit = aligner->path.steps + ND_ALIGN_WORK * (uint64_t)tokens + ND_ALIGN_ALWAYS;
    return NEARDUP_OK;
}

/* ---- from a path to alignments ---- */

/* A walk along a path. */
typedef struct walk {
    uint32_t a, b, matched, columns;
} walk;

static void step(walk *at, uint8_t column) {
    at->a += column != ND_ONLY_B;
    at->b += column != ND_ONLY_A;
    at->matched += column == ND_MATCH;
    at->columns++;
}

/* Appends what lies between two points of a walk. */
static neardup_status add_segment(nd_alignments *found, nd_text_pair texts, walk from, walk to) {
    const nd_alignment alignment = {
        {texts.a, from.a, to.a}, {texts.b, from.b, to.b}, to.matched - from.matched, to.columns - from.columns};
    return nd_alignments_add(found, &alignment);
}

/* Cuts a path into the segments whose score rises, without a fall of ND_SCORE_DROP between. */
static neardup_status cut_path(const nd_path *path, nd_text_pair texts, nd_alignments *found) {
    static const int32_t scores[] = {[ND_MATCH] = ND_SCORE_MATCH,
                                     [ND_REPLACED] = ND_SCORE_REPLACED,
                                     [ND_ONLY_A] = ND_SCORE_LEFT,
                                     [ND_ONLY_B] = ND_SCORE_LEFT};
    walk at = {.a = path->begin.a, .b = path->begin.b}, begin = at, end = at;
    int64_t score = 0, highest = 0;
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0, end_i = 0; i < path->count && !status;) {
        step(&at, path->columns[i]);
        score += scores[path->columns[i++]];
        if (score > highest) {
            highest = score;
            end = at;
            end_i = i;
        } else if (score <= 0 || highest - score > ND_SCORE_DROP) {
            if (highest > 0) {
                status = add_segment(found, texts, begin, end);
                at = end;
                i = end_i;
            }
            begin = end = at;
            end_i = i;
            score = highest = 0;
        }
    }
    if (!status && highest > 0) status = add_segment(found, texts, begin, end);
    return status;
}

bool nd_is_long(const nd_align_rules *rules, nd_sequence sequence, nd_stretch stretch) {
    size_t count = stretch.end - stretch.begin;
    if (count < rules->min_words) return false;
    return nd_half_words(sequence.codes + stretch.begin, count) >= 2 * rules->min_words;
}

/* ---- two given stretches ---- */

/* Lists the grams of a stretch: hash bits << 32 | token, sorted. */
static void list_grams(nd_sequence sequence, uint64_t *grams, uint64_t *sorting, size_t count) {
    for (size_t i = 0; i < count; i++)
        grams[i] = nd_hash64(sequence.codes + i, ND_GRAM * sizeof *sequence.codes, 0) << 32 | i;
    nd_sort(grams, count, sorting);
}

/* Links two lists of grams. Of a gram that a stretch has often, a few are enough. */
static size_t join_grams(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count, uint64_t *links,
                         size_t room) {
    enum { FEW = 4 };
    size_t count = 0;
    for (size_t i = 0, j = 0; i < a_count && j < b_count;) {
        uint64_t left = a[i] >> 32, right = b[j] >> 32;
        if (left != right) {
            *(left < right ? &i : &j) += 1;
            continue;
        }
        for (size_t x = i; x < a_count && x < i + FEW && a[x] >> 32 == left; x++)
            for (size_t y = j; y < b_count && y < j + FEW && b[y] >> 32 == left && count < room; y++)
                links[count++] = a[x] << 32 | (uint32_t)b[y];
        while (i < a_count && a[i] >> 32 == left) i++;
        while (j < b_count && b[j] >> 32 == left) j++;
    }
    return count;
}

/* Links all common grams of two sequences: al->links, sorted. */
static neardup_status link_grams(nd_aligner *al, const nd_two *two, size_t *count_out) {
    enum { ROOM = 2 };
    *count_out = 0;
    if (two->a.count < ND_GRAM || two->b.count < ND_GRAM) return NEARDUP_OK;
    size_t a_count = two->a.count - ND_GRAM + 1, b_count = two->b.count - ND_GRAM + 1, all = a_count + b_count;
    neardup_status status = nd_reserve(&al->grams, &al->gram_capacity, all, sizeof *al->grams);
    if (!status) status = nd_reserve(&al->links, &al->link_capacity, ROOM * all, sizeof *al->links);
    if (!status) status = nd_reserve(&al->sorting, &al->sorting_capacity, ROOM * all, sizeof *al->sorting);
    if (status) return status;
    list_grams(two->a, al->grams, al->sorting, a_count);
    list_grams(two->b, al->grams + a_count, al->sorting, b_count);
    size_t count = join_grams(al->grams, a_count, al->grams + a_count, b_count, al->links, ROOM * all);
    nd_sort(al->links, count, al->sorting);
    *count_out = count;
    return NEARDUP_OK;
}

neardup_status nd_align_stretches(nd_aligner *aligner, const nd_align_rules *rules, nd_sequence a, nd_sequence b,
                                  nd_stretch in_a, nd_stretch in_b, nd_alignment *alignment_out, bool *found_out) {
    nd_two two = {{a.codes + in_a.begin, in_a.end - in_a.begin}, {b.codes + in_b.begin, in_b.end - in_b.begin}, false};
    nd_alignments found = {0};
    *found_out = false;
    neardup_status status = NEARDUP_OK;
    if (two.a.count == two.b.count && !memcmp(two.a.codes, two.b.codes, two.a.count * sizeof *two.a.codes)) {
        *alignment_out = (nd_alignment){in_a, in_b, (uint32_t)two.a.count, (uint32_t)two.a.count};
        *found_out = nd_is_long(rules, a, in_a);
        return NEARDUP_OK;
    }
    size_t links;
    status = link_grams(aligner, &two, &links);
    if (!status) status = nd_chains_find(&aligner->inner, aligner->links, links);
    if (status || !aligner->inner.count) return status;
    status = nd_path_trace(&aligner->path, &two, &aligner->inner.items[0]);
    if (!status) status = cut_path(&aligner->path, (nd_text_pair){in_a.text, in_b.text}, &found);
    const nd_alignment *best = NULL;
    for (size_t i = 0; i < found.count && !status; i++)
        if (!best || found.items[i].matched > best->matched) best = &found.items[i];
    if (best) {
        nd_alignment moved = *best;
        moved.a.begin += in_a.begin, moved.a.end += in_a.begin;
        moved.b.begin += in_b.begin, moved.b.end += in_b.begin;
        *found_out = nd_is_long(rules, a, moved.a) && nd_is_long(rules, b, moved.b);
        if (*found_out) *alignment_out = moved;
    }
    nd_free(found.items);
    return status;
}

/* ---- links ---- */

/* One pair of texts under way. */
typedef struct pairing {
    nd_aligner *aligner;
    const nd_align_rules *rules;
    nd_text_pair texts;
    const nd_two *two;
    nd_alignments *alignments;
    size_t first;       /* of this pair, in alignments */
    nd_stretch endless; /* the longest stretch that repeats itself without a break */
} pairing;

static neardup_status add_alignment(pairing *p, const nd_alignment *alignment) {
    nd_aligner *al = p->aligner;
    neardup_status status = nd_alignments_add(p->alignments, alignment);
    uint32_t number = al->covered_next + (uint32_t)(p->alignments->count - 1 - p->first);
    for (uint32_t i = alignment->b.begin; i < alignment->b.end && !status; i++) al->covered_by[i] = number;
    return status;
}

/* Cuts a stretch of one text that is alike with itself a little further on into repetitions. */
static neardup_status add_repeats(pairing *p, const nd_alignment *alignment) {
    nd_sequence text = p->two->a;
    uint32_t begin = alignment->a.begin, end = alignment->b.end, period = alignment->b.begin - begin, size = period;
    while (size < end - begin &&
           ((end - begin) / size > ND_REPEATS || !nd_is_long(p->rules, text, (nd_stretch){0, begin, begin + size})))
        size += period;
    nd_stretch first = {p->texts.a, begin, begin + size};
    neardup_status status = NEARDUP_OK;
    for (uint64_t at = (uint64_t)begin + size; at < end && !status; at += size) {
        nd_stretch next = {p->texts.a, (uint32_t)at, (uint32_t)(at + size < end ? at + size : end)};
        nd_alignment repeat;
        bool found;
        status = nd_align_stretches(p->aligner, p->rules, text, text, first, next, &repeat, &found);
        if (found) repeat.a = first; /* the last one may be cut off, and is a place of the same passage */
        if (!status && found) status = add_alignment(p, &repeat);
    }
    if (end - begin > p->endless.end - p->endless.begin) p->endless = (nd_stretch){p->texts.a, begin, end};
    return status;
}

/* Keeps the columns of an alignment that lies on the path at hand, where somebody wants them. */
static neardup_status keep_columns(const nd_aligner *al, const nd_alignment *alignment) {
    if (!al->columns) return NEARDUP_OK;
    walk at = {.a = al->path.begin.a, .b = al->path.begin.b};
    while (at.a != alignment->a.begin || at.b != alignment->b.begin) step(&at, al->path.columns[at.columns]);
    return nd_buffer_append(al->columns, al->path.columns + at.columns, alignment->columns);
}

static bool is_in(uint32_t token, nd_stretch stretch) { return token >= stretch.begin && token < stretch.end; }

/* Whether an alignment that is there already passes by a link. */
static bool is_covered(const pairing *p, nd_link link) {
    if (is_in(link.a, p->endless) && is_in(link.b, p->endless)) return true;
    uint32_t number = p->aligner->covered_by[link.b];
    if (number < p->aligner->covered_next) return false;
    const nd_alignment *by = &p->alignments->items[p->first + (number - p->aligner->covered_next)];
    if (!is_in(link.a, by->a)) return false;
    int64_t off = ((int64_t)link.a - by->a.begin) - ((int64_t)link.b - by->b.begin);
    int64_t longer = ((int64_t)by->a.end - by->a.begin) - ((int64_t)by->b.end - by->b.begin);
    return (off < 0 ? -off : off) <= ND_DIAGONALS + (longer < 0 ? -longer : longer);
}

static neardup_status align_chain(pairing *p, const nd_chain *chain) {
    nd_aligner *al = p->aligner;
    if (is_covered(p, chain->links[0]) && is_covered(p, chain->links[chain->count / 2]) &&
        is_covered(p, chain->links[chain->count - 1]))
        return NEARDUP_OK;
    neardup_status status = nd_path_trace(&al->path, p->two, chain);
    al->found.count = 0;
    if (!status) status = cut_path(&al->path, p->texts, &al->found);
    for (size_t i = 0; i < al->found.count && !status; i++) {
        const nd_alignment alignment = al->found.items[i];
        if (p->two->same && alignment.a.end > alignment.b.begin)
            status = add_repeats(p, &alignment);
        else if (nd_is_long(p->rules, p->two->a, alignment.a) && nd_is_long(p->rules, p->two->b, alignment.b))
            status = add_alignment(p, &alignment) ? NEARDUP_ERROR_MEMORY : keep_columns(al, &alignment);
    }
    return status;
}

neardup_status nd_align_links(nd_aligner *aligner, const nd_align_rules *rules, nd_text_pair texts, const nd_two *two,
                              const uint64_t *links, size_t count, nd_alignments *alignments) {
    pairing p = {.aligner = aligner, .rules = rules, .texts = texts, .two = two, .alignments = alignments};
    p.first = alignments->count;
    neardup_status status = nd_chains_find(&aligner->chains, links, count);
    for (size_t i = 0; i < aligner->chains.count && !status; i++) {
        if (aligner->path.steps > aligner->limit) {
            aligner->bounded = true;
            break;
        }
        status = align_chain(&p, &aligner->chains.items[i]);
    }
    aligner->covered_next += (uint32_t)(alignments->count - p.first);
    return status;
}

neardup_status nd_align_texts(nd_aligner *aligner, const nd_align_rules *rules, nd_sequence a, nd_sequence b,
                              nd_alignments *alignments) {
    const nd_two two = {a, b, false};
    size_t count;
    neardup_status status = nd_align_begin(aligner, b.count);
    if (!status) status = link_grams(aligner, &two, &count);
    if (status) return status;
    return nd_align_links(aligner, rules, (nd_text_pair){0, 1}, &two, aligner->links, count, alignments);
}
