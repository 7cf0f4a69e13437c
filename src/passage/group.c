/* SPDX-License-Identifier: MIT */
#include "passage/group.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/threads.h"

#define NO_PLACE UINT32_MAX

enum {
    ROUNDS = 8, /* groups that one group can fall into when it is settled */
    PASSES = 5, /* times that what is left over is grouped again, */
    LAX = 2,    /* so often by halves; then only what is nearly the same is one place, so that nearly nothing drifts */
    FEW = 20    /* one place in so many does not make a passage longer */
};

void nd_groups_release(nd_groups *groups) {
    nd_free(groups->places);
    nd_free(groups->begin);
    *groups = (nd_groups){0};
}

static int compare_stretches(nd_stretch a, nd_stretch b) {
    if (a.text != b.text) return a.text < b.text ? -1 : 1;
    if (a.begin != b.begin) return a.begin < b.begin ? -1 : 1;
    return (a.end > b.end) - (a.end < b.end);
}

static uint32_t length_of(nd_stretch stretch) { return stretch.end - stretch.begin; }

/* Whether two stretches share all but one part in `most` of the longer. */
static bool share_most(nd_stretch a, nd_stretch b, uint32_t most) {
    uint32_t begin = a.begin > b.begin ? a.begin : b.begin, end = a.end < b.end ? a.end : b.end;
    uint32_t longer = length_of(a) > length_of(b) ? length_of(a) : length_of(b);
    return a.text == b.text && begin < end && end - begin >= longer - longer / most;
}

/* Whether two stretches are one place: they share at least half of the longer. */
static bool is_one(nd_stretch a, nd_stretch b) { return share_most(a, b, 2); }

/* ---- joining ---- */

/* A place before it is settled. */
typedef struct spot {
    nd_stretch stretch;
    uint32_t next;   /* another one in its cell, or NO_PLACE */
    uint32_t parent; /* towards the spot that stands for its group, the lowest of it */
} spot;

/* Spots, to be found by where they are: a spot is in the cell of its text, its size (a power of two), and its beginning
 * in units of that size. */
typedef struct spots {
    spot *items;
    size_t count;
    uint32_t *cells;
    size_t mask;
    uint32_t most; /* stretches that share all but one part in so many are one spot */
} spots;

static unsigned size_class(uint32_t length) {
    unsigned class = 0;
    while (length >>= 1) class ++;
    return class;
}

static uint32_t *cell_of(const spots *s, uint32_t text, unsigned class, uint32_t unit) {
    uint64_t hash = nd_avalanche(((uint64_t)text << 32 | unit) * 0x9E3779B97F4A7C15ULL + class);
    return &s->cells[(size_t)hash & s->mask];
}

/* The spot that is one with the stretch and shares most with it; NO_PLACE where there is none. What is at least half
 * the longer of two has at most twice the length of the other, and begins within its length. */
static uint32_t find_spot(const spots *s, nd_stretch stretch) {
    uint32_t length = length_of(stretch), best = NO_PLACE, most = 0;
    unsigned class = size_class(length);
    for (uint32_t i = *cell_of(s, stretch.text, class, stretch.begin >> class); i != NO_PLACE; i = s->items[i].next)
        if (!compare_stretches(s->items[i].stretch, stretch)) return i; /* as mostly */
    for (unsigned c = class ? class - 1 : 0; c <= class + 1 && c < 32; c++) {
        uint32_t from = (stretch.begin > length ? stretch.begin - length : 0) >> c;
        uint32_t to = (uint32_t)(((uint64_t)stretch.begin + length) >> c);
        for (uint32_t unit = from; unit <= to; unit++)
            for (uint32_t i = *cell_of(s, stretch.text, c, unit); i != NO_PLACE; i = s->items[i].next) {
                nd_stretch other = s->items[i].stretch;
                if (!share_most(stretch, other, s->most)) continue;
                uint32_t begin = other.begin > stretch.begin ? other.begin : stretch.begin;
                uint32_t shared = (other.end < stretch.end ? other.end : stretch.end) - begin;
                if (shared > most || (shared == most && i < best)) {
                    most = shared;
                    best = i;
                }
            }
    }
    return best;
}

static uint32_t add_spot(spots *s, nd_stretch stretch) {
    unsigned class = size_class(length_of(stretch));
    uint32_t *cell = cell_of(s, stretch.text, class, stretch.begin >> class), number = (uint32_t)s->count++;
    s->items[number] = (spot){stretch, *cell, number};
    *cell = number;
    return number;
}

static uint32_t root_of(spots *s, uint32_t i) {
    while (s->items[i].parent != i) i = s->items[i].parent = s->items[s->items[i].parent].parent;
    return i;
}

static void join(spots *s, const nd_alignment *alignment) {
    uint32_t a = find_spot(s, alignment->a), b = find_spot(s, alignment->b);
    if (a == NO_PLACE) a = add_spot(s, alignment->a);
    if (b == NO_PLACE) b = add_spot(s, alignment->b);
    a = root_of(s, a);
    b = root_of(s, b);
    s->items[a < b ? b : a].parent = a < b ? a : b;
}

static int compare_alignments(const void *left, const void *right) {
    const nd_alignment *a = left, *b = right;
    if (a->matched != b->matched) return a->matched > b->matched ? -1 : 1;
    int order = compare_stretches(a->a, b->a);
    return order ? order : compare_stretches(a->b, b->b);
}

/* ---- settling ---- */

/* What a joined group falls into: groups of so many places each, one behind the other at its beginning. */
typedef struct settled {
    size_t counts[ROUNDS];
    size_t groups;
} settled;

/* What one worker needs. */
typedef struct settler {
    nd_aligner aligner;
    nd_place *rest;
    nd_stretch *reached; /* what of the first place each other one corresponds to */
    uint32_t *edges;
    size_t rest_capacity, reached_capacity, edge_capacity;
    nd_view first, other;
    neardup_error error;
} settler;

typedef struct settling {
    const nd_sequences *sequences;
    const nd_align_rules *rules;
    nd_place *places; /* of all groups as they were joined */
    const size_t *begin;
    settler *settlers;
    settled *settled; /* by joined group */
} settling;

static int compare_places(const void *left, const void *right) {
    const nd_place *a = left, *b = right;
    return compare_stretches(a->stretch, b->stretch);
}

/* Makes a stretch what others are aligned with. */
static neardup_status set_first(const settling *s, settler *w, nd_stretch first) {
    nd_sequence sequence;
    neardup_status status = nd_sequences_view(s->sequences, first.text, &w->first, &sequence, &w->error);
    if (!status) nd_align_model(&w->aligner, sequence, first);
    return status;
}

static neardup_status align_with_first(const settling *s, settler *w, nd_stretch other, nd_alignment *alignment_out,
                                       bool *found_out) {
    nd_sequence sequence;
    neardup_status status = nd_sequences_view(s->sequences, other.text, &w->other, &sequence, &w->error);
    return status ? status : nd_align_stretch(&w->aligner, s->rules, sequence, other, alignment_out, found_out);
}

static int compare_edges(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* What of the first place is the passage: what others correspond to, but for what few do. Among many some go on alike
 * for a word or two by chance. */
static nd_stretch trim_first(const settler *w, nd_stretch first, size_t count) {
    size_t few = count / FEW;
    for (size_t i = 0; i < count; i++) w->edges[i] = w->reached[i].begin;
    qsort(w->edges, count, sizeof *w->edges, compare_edges);
    first.begin = w->edges[few];
    for (size_t i = 0; i < count; i++) w->edges[i] = w->reached[i].end;
    qsort(w->edges, count, sizeof *w->edges, compare_edges);
    first.end = w->edges[count - 1 - few];
    return first;
}

/* Cuts the first of `count` places to what is the passage, and what of the others goes beyond that. */
static neardup_status trim(const settling *s, settler *w, nd_place *places, size_t count) {
    nd_place *first = &places[0];
    nd_stretch trimmed = trim_first(w, first->stretch, count - 1);
    nd_sequence sequence;
    neardup_status status = nd_sequences_view(s->sequences, trimmed.text, &w->first, &sequence, &w->error);
    if (status || trimmed.begin >= trimmed.end || !nd_is_long(s->rules, sequence, trimmed)) return status;
    *first = (nd_place){trimmed, length_of(trimmed), length_of(trimmed)};
    status = set_first(s, w, trimmed);
    for (size_t i = 1; i < count && !status; i++) {
        if (w->reached[i - 1].begin >= trimmed.begin && w->reached[i - 1].end <= trimmed.end) continue;
        nd_alignment alignment;
        bool found = false;
        status = align_with_first(s, w, places[i].stretch, &alignment, &found);
        if (!status && found) places[i] = (nd_place){alignment.b, alignment.matched, alignment.columns};
    }
    return status;
}

static bool contains(nd_stretch a, nd_stretch b) { return a.text == b.text && a.begin <= b.begin && a.end >= b.end; }

/* Puts places into order again, and drops those that have become one with another or part of it, or come before the
 * first; returns how many are left. */
static size_t tidy(nd_place *places, size_t count) {
    size_t kept = 1;
    qsort(places + 1, count - 1, sizeof *places, compare_places);
    for (size_t i = 1; i < count; i++) {
        nd_stretch next = places[i].stretch, last = places[kept - 1].stretch;
        if (compare_stretches(places[0].stretch, next) >= 0 || contains(last, next)) continue;
        bool longer = kept > 1 && contains(next, last);
        if (longer || !is_one(next, last)) places[kept - longer] = places[i];
        kept += !longer && !is_one(next, last);
    }
    return kept;
}

/* Aligns `count` places with the first of them. Leaves in front those that fit, cut to what corresponds, and behind
 * them the others; places that turn out to be one with another are gone. Returns how many fit, the first included, and
 * how many there are in all. */
static neardup_status settle_round(const settling *s, settler *w, nd_place *places, size_t *count, size_t *fit_out) {
    nd_place *first = &places[0];
    size_t fit = 1, rest = 0;
    neardup_status status = nd_reserve(&w->rest, &w->rest_capacity, *count, sizeof *w->rest);
    if (!status) status = nd_reserve(&w->reached, &w->reached_capacity, *count, sizeof *w->reached);
    if (!status) status = nd_reserve(&w->edges, &w->edge_capacity, *count, sizeof *w->edges);
    if (!status) status = set_first(s, w, first->stretch);
    for (size_t i = 1; i < *count && !status; i++) {
        nd_alignment alignment;
        bool found = false;
        status = align_with_first(s, w, places[i].stretch, &alignment, &found);
        if (status) break;
        if (!found || !is_one(alignment.b, places[i].stretch)) {
            w->rest[rest++] = places[i];
            continue;
        }
        if (is_one(alignment.b, places[fit - 1].stretch)) continue;
        w->reached[fit - 1] = alignment.a;
        places[fit++] = (nd_place){alignment.b, alignment.matched, alignment.columns};
    }
    if (!status && fit > 1) status = trim(s, w, places, fit);
    if (status) return status;
    fit = tidy(places, fit);
    if (rest) memcpy(places + fit, w->rest, rest * sizeof *places);
    *fit_out = fit;
    *count = fit + rest;
    return NEARDUP_OK;
}

static neardup_status settle_group(void *context, unsigned worker, size_t group) {
    const settling *s = context;
    nd_place *places = s->places + s->begin[group], *kept = places;
    size_t count = s->begin[group + 1] - s->begin[group];
    settled *result = &s->settled[group];
    neardup_status status = NEARDUP_OK;
    qsort(places, count, sizeof *places, compare_places);
    for (int round = 0; round < ROUNDS && count > 1 && !status; round++) {
        size_t fit = 0;
        status = settle_round(s, &s->settlers[worker], places, &count, &fit);
        if (!status && fit > 1) {
            memmove(kept, places, fit * sizeof *kept);
            result->counts[result->groups++] = fit;
            kept += fit;
        }
        places += fit;
        count -= fit;
    }
    return status;
}

/* Lists the joined groups: their spots as places, one group behind the other. */
static neardup_status list_joined(spots *s, nd_place **places_out, size_t **begin_out, size_t *groups_out) {
    size_t groups = 0;
    uint32_t *group_of = nd_allocate(s->count, sizeof *group_of);
    for (uint32_t i = 0; group_of && i < s->count; i++) group_of[i] = root_of(s, i) == i ? (uint32_t)groups++ : 0;
    nd_place *places = nd_allocate(s->count, sizeof *places);
    size_t *begin = nd_allocate_zero(groups + 2, sizeof *begin);
    if (!group_of || !places || !begin) {
        nd_free(group_of);
        nd_free(places);
        nd_free(begin);
        return NEARDUP_ERROR_MEMORY;
    }
    for (uint32_t i = 0; i < s->count; i++) begin[group_of[root_of(s, i)] + 2]++;
    for (size_t i = 0; i < groups; i++) begin[i + 2] += begin[i + 1];
    for (uint32_t i = 0; i < s->count; i++)
        places[begin[group_of[root_of(s, i)] + 1]++] = (nd_place){.stretch = s->items[i].stretch};
    nd_free(group_of);
    *places_out = places;
    *begin_out = begin;
    *groups_out = groups;
    return NEARDUP_OK;
}

/* ---- what is left over ---- */

/* A place may be joined to another of which the group's first place has too little, and so be left alone. Alignments
 * that lead to such places are grouped once more, among themselves. */

/* Stretches in order that do not overlap. */
typedef struct coverage {
    nd_stretch *items;
    size_t count;
} coverage;

/* Joins those of stretches in order that overlap; returns how many there are. */
static size_t unite(nd_stretch *stretches, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        nd_stretch *last = kept ? &stretches[kept - 1] : NULL;
        if (!last || last->text != stretches[i].text || last->end < stretches[i].begin)
            stretches[kept++] = stretches[i];
        else if (last->end < stretches[i].end)
            last->end = stretches[i].end;
    }
    return kept;
}

/* Whether at least half of a stretch is in `united`. */
static bool is_covered(const nd_stretch *united, size_t count, nd_stretch stretch) {
    size_t low = 0, high = count; /* the first that ends behind its beginning */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const nd_stretch *at = &united[middle];
        if (at->text < stretch.text || (at->text == stretch.text && at->end <= stretch.begin))
            low = middle + 1;
        else
            high = middle;
    }
    uint32_t covered = 0;
    for (; low < count && united[low].text == stretch.text && united[low].begin < stretch.end; low++) {
        uint32_t begin = united[low].begin > stretch.begin ? united[low].begin : stretch.begin;
        covered += (united[low].end < stretch.end ? united[low].end : stretch.end) - begin;
    }
    return covered >= length_of(stretch) - length_of(stretch) / 2;
}

static int compare_in_order(const void *left, const void *right) {
    return compare_stretches(*(const nd_stretch *)left, *(const nd_stretch *)right);
}

/* Drops the alignments of which both stretches are in places. `united`, to begin with empty, holds those of the first
 * `known` places in order, and then of all. */
static neardup_status drop_explained(const nd_groups *groups, size_t known, coverage *united,
                                     nd_alignments *alignments) {
    size_t more = groups->place_count - known, all = united->count + more, kept = 0;
    nd_stretch *merged = nd_allocate(all, sizeof *merged), *added = nd_allocate(more, sizeof *added);
    if (!merged || !added) {
        nd_free(merged);
        nd_free(added);
        return NEARDUP_ERROR_MEMORY;
    }
    for (size_t i = 0; i < more; i++) added[i] = groups->places[known + i].stretch;
    if (more) qsort(added, more, sizeof *added, compare_in_order);
    for (size_t i = 0, a = 0, b = 0; i < all; i++) {
        bool old = b == more || (a < united->count && compare_stretches(united->items[a], added[b]) < 0);
        merged[i] = old ? united->items[a++] : added[b++];
    }
    nd_free(added);
    nd_free(united->items);
    *united = (coverage){merged, unite(merged, all)};
    for (size_t i = 0; i < alignments->count; i++) {
        nd_alignment alignment = alignments->items[i];
        if (!is_covered(merged, united->count, alignment.a) || !is_covered(merged, united->count, alignment.b))
            alignments->items[kept++] = alignment;
    }
    alignments->count = kept;
    return NEARDUP_OK;
}

/* ---- the result ---- */

/* Appends the settled groups. */
static neardup_status append_settled(const settling *s, size_t joined, nd_groups *groups) {
    size_t count = 0, places = 0;
    for (size_t i = 0; i < joined; i++)
        for (size_t g = 0; g < s->settled[i].groups; g++, count++) places += s->settled[i].counts[g];
    neardup_status status =
        nd_reserve(&groups->places, &groups->place_capacity, groups->place_count + places, sizeof *groups->places);
    if (!status)
        status = nd_reserve(&groups->begin, &groups->begin_capacity, groups->count + count + 1, sizeof *groups->begin);
    if (status) return status;
    for (size_t i = 0; i < joined; i++) {
        const nd_place *at = s->places + s->begin[i];
        for (size_t g = 0; g < s->settled[i].groups; at += s->settled[i].counts[g++]) {
            groups->begin[groups->count++] = groups->place_count;
            memcpy(groups->places + groups->place_count, at, s->settled[i].counts[g] * sizeof *at);
            groups->place_count += s->settled[i].counts[g];
        }
    }
    groups->begin[groups->count] = groups->place_count;
    return NEARDUP_OK;
}

/* A settled group, to be put in order. */
typedef struct found_group {
    const nd_place *places;
    size_t count;
} found_group;

static int compare_groups(const void *left, const void *right) {
    const found_group *a = left, *b = right;
    int order = compare_stretches(a->places->stretch, b->places->stretch);
    if (order) return order;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    for (size_t i = 1; i < a->count && !order; i++)
        order = compare_stretches(a->places[i].stretch, b->places[i].stretch);
    return order;
}

/* Puts the groups in order, and the places of each. */
static neardup_status sort_groups(nd_groups *groups) {
    found_group *found = nd_allocate(groups->count, sizeof *found);
    nd_place *places = nd_copy(groups->places, groups->place_count * sizeof *places);
    if (!found || !places) {
        nd_free(found);
        nd_free(places);
        return NEARDUP_ERROR_MEMORY;
    }
    for (size_t i = 0; i < groups->count; i++) {
        size_t count = groups->begin[i + 1] - groups->begin[i];
        qsort(places + groups->begin[i] + 1, count - 1, sizeof *places, compare_places);
        found[i] = (found_group){places + groups->begin[i], count};
    }
    if (groups->count) qsort(found, groups->count, sizeof *found, compare_groups);
    for (size_t i = 0, at = 0; i < groups->count; at += found[i++].count) {
        memcpy(groups->places + at, found[i].places, found[i].count * sizeof *places);
        groups->begin[i] = at;
    }
    nd_free(found);
    nd_free(places);
    return NEARDUP_OK;
}

/* Settles what was joined. */
static neardup_status settle(const nd_sequences *sequences, const nd_align_rules *rules, spots *joined,
                             unsigned threads, nd_groups *groups, neardup_error *error) {
    settling s = {.sequences = sequences, .rules = rules};
    size_t *begin = NULL, count = 0;
    neardup_status status = list_joined(joined, &s.places, &begin, &count);
    s.begin = begin;
    s.settlers = nd_allocate_zero(threads, sizeof *s.settlers);
    s.settled = nd_allocate_zero(count, sizeof *s.settled);
    if (!s.settlers || !s.settled) status = NEARDUP_ERROR_MEMORY;
    if (!status) status = nd_parallel_for(threads, count, settle_group, &s);
    if (!status) status = append_settled(&s, count, groups);
    for (unsigned i = 0; s.settlers && i < threads; i++) {
        if (status && s.settlers[i].error.status == status) *error = s.settlers[i].error;
        nd_view_release(&s.settlers[i].first);
        nd_view_release(&s.settlers[i].other);
        nd_aligner_release(&s.settlers[i].aligner);
        nd_free(s.settlers[i].rest);
        nd_free(s.settlers[i].reached);
        nd_free(s.settlers[i].edges);
    }
    nd_free(s.settlers);
    nd_free(s.settled);
    nd_free(s.places);
    nd_free(begin);
    return status;
}

/* Joins what the alignments connect, and settles that. */
static neardup_status group_once(const nd_sequences *sequences, const nd_align_rules *rules,
                                 const nd_alignments *alignments, uint32_t most, unsigned threads, nd_groups *groups,
                                 neardup_error *error) {
    spots s = {.mask = 1, .most = most};
    while (s.mask < 2 * alignments->count) s.mask *= 2;
    s.items = nd_allocate(2 * alignments->count, sizeof *s.items);
    s.cells = nd_allocate(s.mask, sizeof *s.cells);
    neardup_status status = s.items && s.cells ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    if (!status) {
        memset(s.cells, 0xFF, s.mask * sizeof *s.cells);
        s.mask--;
        for (size_t i = 0; i < alignments->count; i++) join(&s, &alignments->items[i]);
        status = settle(sequences, rules, &s, threads, groups, error);
    }
    nd_free(s.items);
    nd_free(s.cells);
    return status;
}

/* Makes a group of each alignment that is left over after all. */
static neardup_status append_pairs(const nd_alignments *alignments, nd_groups *groups) {
    size_t places = groups->place_count + 2 * alignments->count, count = groups->count + alignments->count;
    neardup_status status = nd_reserve(&groups->places, &groups->place_capacity, places, sizeof *groups->places);
    if (!status) status = nd_reserve(&groups->begin, &groups->begin_capacity, count + 1, sizeof *groups->begin);
    for (size_t i = 0; i < alignments->count && !status; i++) {
        const nd_alignment *pair = &alignments->items[i];
        nd_place *at = groups->places + groups->place_count;
        at[0] = (nd_place){pair->a, length_of(pair->a), length_of(pair->a)};
        at[1] = (nd_place){pair->b, pair->matched, pair->columns};
        groups->place_count += 2;
        groups->begin[++groups->count] = groups->place_count;
    }
    return status;
}

neardup_status nd_groups_make(const nd_sequences *sequences, const nd_align_rules *rules, nd_alignments *alignments,
                              unsigned threads, nd_groups *groups, neardup_error *error) {
    if (alignments->count > UINT32_MAX / 4)
        return nd_fail(error, NEARDUP_ERROR_LIMIT,
                       "texts correspond in more than %u places, which is all that one run can hold", UINT32_MAX / 4);
    neardup_status status = NEARDUP_OK;
    coverage united = {0};
    if (alignments->count) qsort(alignments->items, alignments->count, sizeof *alignments->items, compare_alignments);
    for (int pass = 0; pass < PASSES && alignments->count && !status; pass++) {
        size_t known = groups->place_count;
        status = group_once(sequences, rules, alignments, pass < LAX ? 2 : 10, threads, groups, error);
        if (!status) status = drop_explained(groups, known, &united, alignments);
    }
    nd_free(united.items);
    if (!status && alignments->count) status = append_pairs(alignments, groups);
    return status || !groups->count ? status : sort_groups(groups);
}
