/* SPDX-License-Identifier: MIT */
#include "passage/group.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/order.h"
#include "base/threads.h"
#include "passage/spot.h"

#define TAKEN (UINT32_MAX - 1) /* of a spot: it has been tried, and is in a group or stands for none */

enum {
    PASSES = 5, /* times that what is left over is grouped again, */
    LAX = 2,    /* so often by halves; then only what is nearly the same is one place, so that nearly nothing drifts */
    FEW = 20,   /* one place in so many does not make a passage longer */
    PART = 4    /* an alignment may leave out one part in so many of its stretches, and still be explained by places */
};

void nd_groups_release(nd_groups *groups) {
    nd_free(groups->places);
    nd_free(groups->begin);
    *groups = (nd_groups){0};
}

static uint32_t length_of(nd_stretch stretch) { return stretch.end - stretch.begin; }

/* Whether two stretches are one place: they share at least half of the longer. */
static bool is_one(nd_stretch a, nd_stretch b) { return nd_stretch_shares(a, b, 2); }

static int compare_alignments(const void *left, const void *right) {
    const nd_alignment *a = left, *b = right;
    if (a->matched != b->matched) return a->matched > b->matched ? -1 : 1;
    int order = nd_stretch_compare(a->a, b->a);
    return order ? order : nd_stretch_compare(a->b, b->b);
}

static uint64_t alignment_number(const void *item) {
    const nd_alignment *a = item;
    return (uint64_t)(UINT32_MAX - a->matched) << 32 | a->a.text;
}

static const nd_order by_matches = {sizeof(nd_alignment), alignment_number, compare_alignments};

/* ---- settling ---- */

/* What one worker needs. */
typedef struct settler {
    nd_aligner aligner;
    uint32_t *fitting;   /* spots that fit the first, and it */
    nd_stretch *reached; /* what of the first place each other one corresponds to */
    uint32_t *edges;
    size_t fitting_capacity, reached_capacity, edge_capacity;
    nd_view first, other;
    neardup_error error;
} settler;

typedef struct settling {
    const nd_sequences *sequences;
    const nd_align_rules *rules;
    const nd_alignments *alignments;
    const nd_spots *spots;
    uint32_t *tried;  /* by spot: the last spot it was aligned with as the first one, TAKEN, or UINT32_MAX */
    nd_place *places; /* of settled groups, one behind the other from where the spots of the joined group are */
    uint32_t *sizes;  /* of those groups, from there on; as there are fewer of them than spots, 0 is behind the last */
    settler *settlers;
} settling;

static int compare_places(const void *left, const void *right) {
    const nd_place *a = left, *b = right;
    return nd_stretch_compare(a->stretch, b->stretch);
}

static uint64_t place_number(const void *item) { return nd_stretch_number(((const nd_place *)item)->stretch); }

static const nd_order by_stretch = {sizeof(nd_place), place_number, compare_places};

/* Makes a stretch what others are aligned with. */
static neardup_status set_first(const settling *s, settler *w, nd_stretch first) {
    nd_sequence sequence;
    neardup_status status = nd_sequences_view(s->sequences, first.text, &w->first, &sequence, &w->error);
    if (!status) nd_align_model(&w->aligner, sequence, first);
    return status;
}

static neardup_status align_with_first(const settling *s, settler *w, nd_stretch other, const nd_alignment *known,
                                       nd_alignment *alignment_out, bool *found_out) {
    nd_sequence sequence;
    neardup_status status = nd_sequences_view(s->sequences, other.text, &w->other, &sequence, &w->error);
    return status ? status : nd_align_stretch(&w->aligner, s->rules, sequence, other, known, alignment_out, found_out);
}

static int compare_edges(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* The edge that `few` others are before. Mostly it is the first. */
static uint32_t edge_behind(uint32_t *edges, size_t count, size_t few) {
    if (few) {
        qsort(edges, count, sizeof *edges, compare_edges);
        return edges[few];
    }
    uint32_t first = edges[0];
    for (size_t i = 1; i < count; i++) first = edges[i] < first ? edges[i] : first;
    return first;
}

/* What of the first place is the passage: what others correspond to, but for what few do. Among many some go on alike
 * for a word or two by chance. */
static nd_stretch trim_first(const settler *w, nd_stretch first, size_t count) {
    size_t few = count / FEW;
    for (size_t i = 0; i < count; i++) w->edges[i] = w->reached[i].begin;
    first.begin = edge_behind(w->edges, count, few);
    for (size_t i = 0; i < count; i++) w->edges[i] = UINT32_MAX - w->reached[i].end;
    first.end = UINT32_MAX - edge_behind(w->edges, count, few);
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
        const nd_alignment known = {w->reached[i - 1], places[i].stretch, places[i].matched, places[i].columns};
        nd_alignment alignment;
        bool found = false;
        status = align_with_first(s, w, places[i].stretch, &known, &alignment, &found);
        if (!status && found) places[i] = (nd_place){alignment.b, alignment.matched, alignment.columns};
    }
    return status;
}

static bool contains(nd_stretch a, nd_stretch b) { return a.text == b.text && a.begin <= b.begin && a.end >= b.end; }

/* Puts places into order again, and drops those that have become one with another or part of it, or come before the
 * first; returns how many are left. */
static size_t tidy(nd_place *places, size_t count) {
    size_t kept = 1;
    nd_put_in_order(places + 1, count - 1, &by_stretch);
    for (size_t i = 1; i < count; i++) {
        nd_stretch next = places[i].stretch, last = places[kept - 1].stretch;
        if (nd_stretch_compare(places[0].stretch, next) >= 0 || contains(last, next)) continue;
        bool longer = kept > 1 && contains(next, last);
        if (longer || !is_one(next, last)) places[kept - longer] = places[i];
        kept += !longer && !is_one(next, last);
    }
    return kept;
}

/* Aligns a spot with the first one, with which an alignment connects it or another one that fits. */
static neardup_status align_spot(const settling *s, settler *w, nd_stretch first, nd_stretch other, uint32_t edge,
                                 nd_alignment *alignment_out, bool *found_out) {
    const nd_alignment *known = &s->alignments->items[edge];
    *found_out = !nd_stretch_compare(known->a, first) && !nd_stretch_compare(known->b, other);
    bool near = known->a.text == first.text && known->b.text == other.text;
    if (!*found_out) return align_with_first(s, w, other, near ? known : NULL, alignment_out, found_out);
    *alignment_out = *known;
    return NEARDUP_OK;
}

/* Makes room for so many spots that fit. */
static neardup_status reserve_fitting(settler *w, size_t count) {
    neardup_status status = nd_reserve(&w->fitting, &w->fitting_capacity, count, sizeof *w->fitting);
    if (!status) status = nd_reserve(&w->reached, &w->reached_capacity, count, sizeof *w->reached);
    return status ? status : nd_reserve(&w->edges, &w->edge_capacity, count, sizeof *w->edges);
}

/* Finds the places that fit the first: of the spots that are connected with it, and with those that fit. Every
 * alignment is followed twice at the most before its spots are taken, so the work is linear in them. */
static neardup_status grow(const settling *s, settler *w, uint32_t first, nd_place *places, size_t *fit_out) {
    const nd_spots *spots = s->spots;
    const nd_stretch model = spots->stretches[first];
    size_t fit = 1;
    w->fitting[0] = first;
    places[0] = (nd_place){model, length_of(model), length_of(model)};
    neardup_status status = set_first(s, w, model);
    s->tried[first] = first;
    for (size_t i = 0; i < fit && !status; i++) {
        uint32_t spot = w->fitting[i];
        for (size_t e = spots->edge_begin[spot]; e < spots->edge_begin[spot + 1] && !status; e++) {
            nd_edge edge = spots->edges[e];
            if (s->tried[edge.other] == first || s->tried[edge.other] == TAKEN) continue;
            s->tried[edge.other] = first;
            nd_stretch stretch = spots->stretches[edge.other];
            nd_alignment alignment;
            bool found = false;
            status = align_spot(s, w, model, stretch, edge.alignment, &alignment, &found);
            if (status || !found || !is_one(alignment.b, stretch)) continue;
            w->fitting[fit] = edge.other;
            w->reached[fit - 1] = alignment.a;
            places[fit++] = (nd_place){alignment.b, alignment.matched, alignment.columns};
        }
    }
    for (size_t i = 0; i < fit; i++) s->tried[w->fitting[i]] = TAKEN;
    *fit_out = fit;
    return status;
}

/* Makes groups of the spots of a joined one: the first that is in none yet, and what fits it. */
static neardup_status settle_group(void *context, unsigned worker, size_t group) {
    const settling *s = context;
    settler *w = &s->settlers[worker];
    size_t begin = s->spots->group_begin[group], count = s->spots->group_begin[group + 1] - begin, groups = 0;
    nd_place *places = s->places + begin;
    neardup_status status = reserve_fitting(w, count);
    for (size_t spot = begin; spot < begin + count && !status; spot++) {
        size_t fit = 0;
        if (s->tried[spot] == TAKEN) continue;
        status = grow(s, w, (uint32_t)spot, places, &fit);
        if (status || fit < 2) continue;
        status = trim(s, w, places, fit);
        if (!status) fit = tidy(places, fit);
        if (status || fit < 2) continue;
        s->sizes[begin + groups++] = (uint32_t)fit;
        places += fit;
    }
    return status;
}

/* ---- what is left over ---- */

/* A place may be joined to another of which the group's first place has too little, and so be left alone. Alignments
 * that lead to such places are grouped once more, among themselves. */

/* Stretches in order that do not overlap. */
typedef struct coverage {
    nd_stretch *items;
    size_t count;
    size_t *begin; /* texts + 1: where those of each text are */
    size_t texts;
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

/* Finds where the stretches of each text are. */
static void list_by_text(coverage *united) {
    for (size_t text = 0, i = 0; text <= united->texts; text++) {
        while (i < united->count && united->items[i].text < text) i++;
        united->begin[text] = i;
    }
}

/* Whether all but one part in PART of a stretch is covered. */
static bool is_covered(const coverage *united, nd_stretch stretch) {
    size_t low = united->begin[stretch.text], end = united->begin[stretch.text + 1];
    for (size_t high = end; low < high;) { /* the first that ends behind its beginning */
        size_t middle = low + (high - low) / 2;
        if (united->items[middle].end <= stretch.begin)
            low = middle + 1;
        else
            high = middle;
    }
    uint32_t covered = 0;
    for (const nd_stretch *at = united->items + low; at < united->items + end && at->begin < stretch.end; at++) {
        uint32_t begin = at->begin > stretch.begin ? at->begin : stretch.begin;
        covered += (at->end < stretch.end ? at->end : stretch.end) - begin;
    }
    return covered >= length_of(stretch) - length_of(stretch) / PART;
}

static int compare_in_order(const void *left, const void *right) {
    return nd_stretch_compare(*(const nd_stretch *)left, *(const nd_stretch *)right);
}

static uint64_t number_in_order(const void *item) { return nd_stretch_number(*(const nd_stretch *)item); }

static const nd_order as_stretches = {sizeof(nd_stretch), number_in_order, compare_in_order};

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
    nd_put_in_order(added, more, &as_stretches);
    for (size_t i = 0, a = 0, b = 0; i < all; i++) {
        bool old = b == more || (a < united->count && nd_stretch_compare(united->items[a], added[b]) < 0);
        merged[i] = old ? united->items[a++] : added[b++];
    }
    nd_free(added);
    nd_free(united->items);
    united->items = merged;
    united->count = unite(merged, all);
    list_by_text(united);
    for (size_t i = 0; i < alignments->count; i++) {
        nd_alignment alignment = alignments->items[i];
        if (!is_covered(united, alignment.a) || !is_covered(united, alignment.b)) alignments->items[kept++] = alignment;
    }
    alignments->count = kept;
    return NEARDUP_OK;
}

/* ---- the result ---- */

/* Appends the settled groups. */
static neardup_status append_settled(const settling *s, nd_groups *groups) {
    size_t count = 0, places = 0;
    for (size_t i = 0; i < s->spots->count; i++) {
        count += s->sizes[i] > 0;
        places += s->sizes[i];
    }
    neardup_status status =
        nd_reserve(&groups->places, &groups->place_capacity, groups->place_count + places, sizeof *groups->places);
    if (!status)
        status = nd_reserve(&groups->begin, &groups->begin_capacity, groups->count + count + 1, sizeof *groups->begin);
    if (status) return status;
    for (size_t i = 0; i < s->spots->groups; i++) {
        const nd_place *at = s->places + s->spots->group_begin[i];
        for (const uint32_t *size = s->sizes + s->spots->group_begin[i]; *size; at += *size++) {
            groups->begin[groups->count++] = groups->place_count;
            memcpy(groups->places + groups->place_count, at, *size * sizeof *at);
            groups->place_count += *size;
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
    int order = nd_stretch_compare(a->places->stretch, b->places->stretch);
    if (order) return order;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    for (size_t i = 1; i < a->count && !order; i++)
        order = nd_stretch_compare(a->places[i].stretch, b->places[i].stretch);
    return order;
}

static uint64_t group_number(const void *item) {
    return nd_stretch_number(((const found_group *)item)->places->stretch);
}

static const nd_order as_groups = {sizeof(found_group), group_number, compare_groups};

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
        nd_put_in_order(places + groups->begin[i] + 1, count - 1, &by_stretch);
        found[i] = (found_group){places + groups->begin[i], count};
    }
    nd_put_in_order(found, groups->count, &as_groups);
    for (size_t i = 0, at = 0; i < groups->count; at += found[i++].count) {
        memcpy(groups->places + at, found[i].places, found[i].count * sizeof *places);
        groups->begin[i] = at;
    }
    nd_free(found);
    nd_free(places);
    return NEARDUP_OK;
}

static void release_settler(settler *w) {
    nd_view_release(&w->first);
    nd_view_release(&w->other);
    nd_aligner_release(&w->aligner);
    nd_free(w->fitting);
    nd_free(w->reached);
    nd_free(w->edges);
}

/* Settles what was joined. */
static neardup_status settle(settling *s, unsigned threads, nd_groups *groups, neardup_error *error) {
    size_t count = s->spots->count;
    s->tried = nd_allocate(count, sizeof *s->tried);
    s->places = nd_allocate(count, sizeof *s->places);
    s->sizes = nd_allocate_zero(count, sizeof *s->sizes);
    s->settlers = nd_allocate_zero(threads, sizeof *s->settlers);
    neardup_status status = s->tried && s->places && s->sizes && s->settlers ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    if (s->tried) memset(s->tried, 0xFF, count * sizeof *s->tried);
    if (!status) status = nd_parallel_for(threads, s->spots->groups, settle_group, s);
    if (!status) status = append_settled(s, groups);
    for (unsigned i = 0; s->settlers && i < threads; i++) {
        if (status && s->settlers[i].error.status == status) *error = s->settlers[i].error;
        release_settler(&s->settlers[i]);
    }
    nd_free(s->tried);
    nd_free(s->places);
    nd_free(s->sizes);
    nd_free(s->settlers);
    return status;
}

/* Joins what the alignments connect, and settles that. */
static neardup_status group_once(const nd_sequences *sequences, const nd_align_rules *rules,
                                 const nd_alignments *alignments, uint32_t most, unsigned threads, nd_groups *groups,
                                 neardup_error *error) {
    nd_spots spots = {0};
    settling s = {.sequences = sequences, .rules = rules, .alignments = alignments, .spots = &spots};
    neardup_status status = nd_spots_join(&spots, alignments, nd_sequences_count(sequences), most);
    if (!status) status = settle(&s, threads, groups, error);
    nd_spots_release(&spots);
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
    coverage united = {.texts = nd_sequences_count(sequences)};
    united.begin = nd_allocate(united.texts + 1, sizeof *united.begin);
    neardup_status status = united.begin ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    nd_put_in_order(alignments->items, alignments->count, &by_matches);
    for (int pass = 0; pass < PASSES && alignments->count && !status; pass++) {
        size_t known = groups->place_count;
        status = group_once(sequences, rules, alignments, pass < LAX ? 2 : 10, threads, groups, error);
        if (!status) status = drop_explained(groups, known, &united, alignments);
    }
    nd_free(united.items);
    nd_free(united.begin);
    if (!status && alignments->count) status = append_pairs(alignments, groups);
    return status || !groups->count ? status : sort_groups(groups);
}
