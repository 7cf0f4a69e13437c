/* SPDX-License-Identifier: MIT */
#include "passage/align.h"

#include <string.h>

#include "base/memory.h"
#include "passage/winnow.h"

void nd_aligner_release(nd_aligner *aligner) {
    nd_path_release(&aligner->path);
    nd_chains_release(&aligner->chains);
    nd_chains_release(&aligner->inner);
    nd_free(aligner->covered_by);
    nd_free(aligner->model.grams);
    nd_free(aligner->model.next);
    nd_free(aligner->model.slots);
    nd_free(aligner->model.bits);
    nd_free(aligner->model.used);
    nd_free(aligner->links);
    nd_free(aligner->found.items);
    nd_free(aligner->cut.items);
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

static void pass(walk *at, nd_columns run) {
    at->a += run.column == ND_ONLY_B ? 0 : run.count;
    at->b += run.column == ND_ONLY_A ? 0 : run.count;
    at->matched += run.column == ND_MATCH ? run.count : 0;
    at->columns += run.count;
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
        nd_columns run = path->runs[i++];
        pass(&at, run);
        score += (int64_t)scores[run.column] * run.count;
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

void nd_align_model(nd_aligner *aligner, nd_sequence a, nd_stretch in_a) {
    aligner->model.stretch = in_a;
    aligner->model.codes = (nd_sequence){a.codes + in_a.begin, in_a.end - in_a.begin};
    aligner->model.filled = false;
}

/* Products that do not wait for each other. */
static uint32_t hash_gram(const nd_code *codes) {
    uint64_t hash = codes[0] * 0x9E3779B97F4A7C15ULL + codes[1] * 0xC2B2AE3D27D4EB4FULL +
                    codes[2] * 0x165667B19E3779F9ULL + codes[3] * 0x85EBCA77C2B2AE63ULL +
                    codes[4] * 0x27D4EB2F165667C5ULL;
    return (uint32_t)(hash >> 32);
}

/* Of a long stretch one gram in so many is enough to find the way through it, and saves memory. */
static uint32_t gram_mask(size_t tokens) {
    enum { LONG = 1 << 18, SPARSE = 8 };
    return tokens > LONG ? SPARSE - 1 : 0;
}

static uint32_t *slot_of(const struct nd_model *m, uint32_t hash) { return &m->slots[(hash >> 3) & m->mask]; }

static size_t bit_of(const struct nd_model *m, uint32_t hash) { return (hash >> 3) & (16 * m->mask + 15); }

/* Enters the grams of the model into its table, the first of a slot in front. */
static neardup_status fill_model(struct nd_model *m) {
    if (m->filled) return NEARDUP_OK;
    size_t grams = m->codes.count - ND_GRAM + 1, slots = 16;
    uint32_t skipped = gram_mask(m->codes.count);
    while (slots < 2 * grams / (skipped + 1)) slots *= 2;
    neardup_status status = nd_reserve(&m->grams, &m->gram_capacity, grams, sizeof *m->grams);
    if (!status) status = nd_reserve(&m->next, &m->next_capacity, grams, sizeof *m->next);
    if (!status) status = nd_reserve(&m->used, &m->used_capacity, grams, sizeof *m->used);
    if (!status) status = nd_reserve(&m->slots, &m->slot_capacity, slots, sizeof *m->slots);
    if (!status) status = nd_reserve(&m->bits, &m->bit_capacity, slots / 4, sizeof *m->bits);
    if (status) return status;
    memset(m->slots, 0, slots * sizeof *m->slots);
    memset(m->bits, 0, slots / 4 * sizeof *m->bits);
    m->mask = slots - 1;
    for (size_t i = grams; i--;) {
        m->grams[i] = hash_gram(m->codes.codes + i);
        if (m->grams[i] & skipped) continue;
        uint32_t *slot = slot_of(m, m->grams[i]);
        size_t bit = bit_of(m, m->grams[i]);
        m->bits[bit / 64] |= (uint64_t)1 << bit % 64;
        m->next[i] = *slot;
        *slot = (uint32_t)i + 1;
    }
    m->filled = true;
    return NEARDUP_OK;
}

/* Links the grams of a stretch with those of the model: token of the stretch << 32 | token of the model. Of a gram that
 * one of them has often, a few are enough: more would only hide those that matter from chaining. */
static neardup_status join_grams(nd_aligner *al, nd_sequence b, size_t *count_out) {
    enum { FEW = 4, STEPS = 16 };
    const struct nd_model *m = &al->model;
    uint32_t skipped = gram_mask(m->codes.count);
    neardup_status status = NEARDUP_OK;
    size_t count = 0;
    memset(m->used, 0, m->codes.count - ND_GRAM + 1);
    for (size_t i = 0; i + ND_GRAM <= b.count && !status; i++) {
        uint32_t hash = hash_gram(b.codes + i);
        size_t bit = bit_of(m, hash);
        if (!(m->bits[bit / 64] >> bit % 64 & 1) || hash & skipped) continue;
        status = nd_reserve(&al->links, &al->link_capacity, count + FEW, sizeof *al->links);
        uint32_t at = status ? 0 : *slot_of(m, hash);
        for (int few = 0, steps = 0; at && few < FEW && steps < STEPS; at = m->next[at - 1], steps++)
            if (m->grams[at - 1] == hash && m->used[at - 1] < FEW) {
                al->links[count++] = (uint64_t)i << 32 | (at - 1);
                m->used[at - 1]++;
                few++;
            }
    }
    *count_out = count;
    return status;
}

/* Chains all grams that a stretch and the model have in common. */
static neardup_status chain_grams(nd_aligner *al, nd_sequence b) {
    size_t count = 0;
    al->inner.count = 0;
    if (al->model.codes.count < ND_GRAM || b.count < ND_GRAM) return NEARDUP_OK;
    neardup_status status = fill_model(&al->model);
    if (!status) status = join_grams(al, b, &count);
    return status ? status : nd_chains_find(&al->inner, al->path.kernels->look_back, al->links, count);
}

/* Adds a link between a token of the model's text and one of the other if its gram is in both stretches. */
static size_t add_likely(nd_stretch in_a, nd_stretch in_b, int64_t a, int64_t b, nd_link *links_out) {
    if (a < in_a.begin || b < in_b.begin || a + ND_GRAM > in_a.end || b + ND_GRAM > in_b.end) return 0;
    *links_out = (nd_link){(uint32_t)(a - in_a.begin), (uint32_t)(b - in_b.begin)};
    return 1;
}

/* Adds links where two stretches begin and where they end. */
static size_t add_ends(nd_stretch in_a, nd_stretch in_b, nd_stretch a, nd_stretch b, nd_link *links_out) {
    size_t count = add_likely(in_a, in_b, a.begin, b.begin, links_out);
    return count + add_likely(in_a, in_b, (int64_t)a.end - ND_GRAM, (int64_t)b.end - ND_GRAM, links_out + count);
}

/* Whether a path leads through all of one of two sequences but for a few tokens: then there is nothing left of it to be
 * aligned. */
static bool leads_through(const nd_path *path, const nd_two *two) {
    enum { LEFT = 2 * ND_GRAM };
    size_t left_of_a = path->begin.a + (two->a.count - path->end.a);
    size_t left_of_b = path->begin.b + (two->b.count - path->end.b);
    return path->count && (left_of_a <= LEFT || left_of_b <= LEFT);
}

/* Traces the path from where two stretches are likely to be the same, if it leads through: that is how it mostly is
 * with places of one group. It is where a known alignment of them begins or ends, and where they do. */
static neardup_status trace_likely(nd_aligner *al, const nd_two *two, nd_stretch in_b, const nd_alignment *known,
                                   bool *found_out) {
    const nd_stretch in_a = al->model.stretch;
    nd_link likely[4];
    size_t count = known ? add_ends(in_a, in_b, known->a, known->b, likely) : 0;
    count += add_ends(in_a, in_b, in_a, in_b, likely + count);
    neardup_status status = NEARDUP_OK;
    *found_out = false;
    for (size_t i = 0; i < count && !*found_out && !status; i++) {
        status = nd_path_trace(&al->path, two, &(nd_chain){.links = &likely[i], .count = 1});
        *found_out = leads_through(&al->path, two);
    }
    return status;
}

/* Traces the best path through the model, as a, and a stretch. */
static neardup_status trace_stretch(nd_aligner *al, nd_sequence b, nd_stretch in_b, const nd_alignment *known,
                                    bool *found_out, bool *turned_out) {
    const nd_two two = {al->model.codes, b, false}, turned = {b, al->model.codes, false};
    neardup_status status = trace_likely(al, &two, in_b, known, found_out);
    *turned_out = false;
    if (status || *found_out) return status;
    status = chain_grams(al, b);
    *found_out = *turned_out = al->inner.count > 0;
    return status || !*found_out ? status : nd_path_trace(&al->path, &turned, &al->inner.items[0]);
}

neardup_status nd_align_stretch(nd_aligner *aligner, const nd_align_rules *rules, nd_sequence b, nd_stretch in_b,
                                const nd_alignment *known, nd_alignment *alignment_out, bool *found_out) {
    const struct nd_model *m = &aligner->model;
    nd_sequence codes = {b.codes + in_b.begin, in_b.end - in_b.begin};
    if (m->codes.count == codes.count && !memcmp(m->codes.codes, codes.codes, codes.count * sizeof *codes.codes)) {
        *alignment_out = (nd_alignment){m->stretch, in_b, (uint32_t)codes.count, (uint32_t)codes.count};
        *found_out = nd_is_long(rules, b, in_b);
        return NEARDUP_OK;
    }
    bool turned = false;
    aligner->path.kernels = rules->kernels;
    neardup_status status = trace_stretch(aligner, codes, in_b, known, found_out, &turned);
    if (status || !*found_out) return status;
    aligner->cut.count = 0;
    status = cut_path(&aligner->path, (nd_text_pair){0, 0}, &aligner->cut);
    nd_alignment best = {0};
    for (size_t i = 0; i < aligner->cut.count && !status; i++)
        if (aligner->cut.items[i].matched > best.matched) best = aligner->cut.items[i];
    nd_stretch a = turned ? best.b : best.a, other = turned ? best.a : best.b;
    best.a = (nd_stretch){m->stretch.text, a.begin + m->stretch.begin, a.end + m->stretch.begin};
    best.b = (nd_stretch){in_b.text, other.begin + in_b.begin, other.end + in_b.begin};
    *found_out = !status && best.matched &&
                 nd_is_long(rules, (nd_sequence){m->codes.codes - m->stretch.begin, 0}, best.a) &&
                 nd_is_long(rules, b, best.b);
    if (*found_out) *alignment_out = best;
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
    nd_align_model(p->aligner, text, first);
    for (uint64_t at = (uint64_t)begin + size; at < end && !status; at += size) {
        nd_stretch next = {p->texts.a, (uint32_t)at, (uint32_t)(at + size < end ? at + size : end)};
        nd_alignment repeat;
        bool found;
        status = nd_align_stretch(p->aligner, p->rules, text, next, NULL, &repeat, &found);
        if (found) repeat.a = first; /* the last one may be cut off, and is a place of the same passage */
        if (!status && found) status = add_alignment(p, &repeat);
    }
    if (end - begin > p->endless.end - p->endless.begin) p->endless = (nd_stretch){p->texts.a, begin, end};
    return status;
}

/* Appends the columns of an alignment that lies on the path at hand, where somebody wants them. */
static neardup_status keep_columns(const nd_aligner *al, const nd_alignment *alignment) {
    neardup_status status = NEARDUP_OK;
    walk at = {.a = al->path.begin.a, .b = al->path.begin.b};
    if (!al->columns) return status;
    for (const nd_columns *run = al->path.runs; (at.a < alignment->a.end || at.b < alignment->b.end) && !status;
         run++) {
        bool inside = at.a >= alignment->a.begin && at.b >= alignment->b.begin;
        for (uint32_t i = 0; i < run->count && inside && !status; i++)
            status = nd_buffer_append_byte(al->columns, (char)run->column);
        pass(&at, *run);
    }
    return status;
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
    aligner->path.kernels = rules->kernels;
    neardup_status status = nd_chains_find(&aligner->chains, rules->kernels->look_back, links, count);
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
    if (a.count < ND_GRAM || b.count < ND_GRAM) return NEARDUP_OK;
    nd_align_model(aligner, b, (nd_stretch){1, 0, (uint32_t)b.count});
    neardup_status status = nd_align_begin(aligner, b.count);
    if (!status) status = fill_model(&aligner->model);
    if (!status) status = join_grams(aligner, a, &count);
    if (status) return status;
    return nd_align_links(aligner, rules, (nd_text_pair){0, 1}, &two, aligner->links, count, alignments);
}
