/* SPDX-License-Identifier: MIT */
#include "passage/spot.h"

#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

void nd_spots_release(nd_spots *spots) {
    nd_free(spots->items);
    nd_free(spots->ends);
    nd_free(spots->edges);
    nd_free(spots->edge_begin);
    nd_free(spots->members);
    nd_free(spots->group_begin);
    nd_free(spots->cells);
    *spots = (nd_spots){0};
}

int nd_stretch_compare(nd_stretch a, nd_stretch b) {
    if (a.text != b.text) return a.text < b.text ? -1 : 1;
    if (a.begin != b.begin) return a.begin < b.begin ? -1 : 1;
    return (a.end > b.end) - (a.end < b.end);
}

static uint32_t length_of(nd_stretch stretch) { return stretch.end - stretch.begin; }

bool nd_stretch_shares(nd_stretch a, nd_stretch b, uint32_t most) {
    uint32_t begin = a.begin > b.begin ? a.begin : b.begin, end = a.end < b.end ? a.end : b.end;
    uint32_t longer = length_of(a) > length_of(b) ? length_of(a) : length_of(b);
    return a.text == b.text && begin < end && end - begin >= longer - longer / most;
}

/* ---- joining ---- */

/* A spot is in the cell of its text, its size (a power of two), and its beginning in units of that size. */

static unsigned size_class(uint32_t length) {
    unsigned class = 0;
    while (length >>= 1) class ++;
    return class;
}

static uint32_t *cell_of(const nd_spots *s, uint32_t text, unsigned class, uint32_t unit) {
    uint64_t hash = nd_avalanche(((uint64_t)text << 32 | unit) * 0x9E3779B97F4A7C15ULL + class);
    return &s->cells[(size_t)hash & s->mask];
}

/* The spot that is one with the stretch and shares most with it; ND_NO_SPOT where there is none. What is at least half
 * the longer of two has at most twice the length of the other. It begins no earlier and no later than by what they need
 * not share. */
static uint32_t find_spot(const nd_spots *s, nd_stretch stretch) {
    uint32_t length = length_of(stretch), best = ND_NO_SPOT, most = 0;
    unsigned class = size_class(length);
    for (uint32_t i = *cell_of(s, stretch.text, class, stretch.begin >> class); i != ND_NO_SPOT; i = s->items[i].next)
        if (!nd_stretch_compare(s->items[i].stretch, stretch)) return i; /* as mostly */
    for (unsigned c = class ? class - 1 : 0; c <= class + 1 && c < 32; c++) {
        uint64_t longest = ((uint64_t)2 << c) - 1, earlier = (longest > length ? longest : length) / s->most;
        uint32_t from = (uint32_t)((stretch.begin > earlier ? stretch.begin - earlier : 0) >> c);
        uint32_t to = (uint32_t)(((uint64_t)stretch.begin + length / s->most) >> c);
        for (uint32_t unit = from; unit <= to; unit++)
            for (uint32_t i = *cell_of(s, stretch.text, c, unit); i != ND_NO_SPOT; i = s->items[i].next) {
                nd_stretch other = s->items[i].stretch;
                if (!nd_stretch_shares(stretch, other, s->most)) continue;
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

static uint32_t add_spot(nd_spots *s, nd_stretch stretch) {
    unsigned class = size_class(length_of(stretch));
    uint32_t *cell = cell_of(s, stretch.text, class, stretch.begin >> class), number = (uint32_t)s->count++;
    s->items[number] = (nd_spot){stretch, *cell, number};
    *cell = number;
    return number;
}

static uint32_t root_of(nd_spots *s, uint32_t i) {
    while (s->items[i].parent != i) i = s->items[i].parent = s->items[s->items[i].parent].parent;
    return i;
}

static void join(nd_spots *s, const nd_alignment *alignment, uint32_t *ends) {
    uint32_t a = find_spot(s, alignment->a), b = find_spot(s, alignment->b);
    ends[0] = a == ND_NO_SPOT ? add_spot(s, alignment->a) : a;
    ends[1] = b == ND_NO_SPOT ? add_spot(s, alignment->b) : b;
    a = root_of(s, ends[0]);
    b = root_of(s, ends[1]);
    s->items[a < b ? b : a].parent = a < b ? a : b;
}

/* ---- what is joined ---- */

/* Lists the alignments of each spot. */
static neardup_status list_edges(nd_spots *s, size_t alignments) {
    s->edges = nd_allocate(2 * alignments, sizeof *s->edges);
    s->edge_begin = nd_allocate_zero(s->count + 2, sizeof *s->edge_begin);
    if (!s->edges || !s->edge_begin) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < 2 * alignments; i++) s->edge_begin[s->ends[i / 2][i % 2] + 2]++;
    for (size_t i = 2; i < s->count + 2; i++) s->edge_begin[i] += s->edge_begin[i - 1];
    for (size_t i = 0; i < 2 * alignments; i++)
        s->edges[s->edge_begin[s->ends[i / 2][i % 2] + 1]++] = (uint32_t)(i / 2);
    return NEARDUP_OK;
}

/* Lists the spots of each group. */
static neardup_status list_groups(nd_spots *s) {
    uint32_t *group_of = nd_allocate(s->count, sizeof *group_of);
    for (uint32_t i = 0; group_of && i < s->count; i++) group_of[i] = root_of(s, i) == i ? (uint32_t)s->groups++ : 0;
    s->members = nd_allocate(s->count, sizeof *s->members);
    s->group_begin = nd_allocate_zero(s->groups + 2, sizeof *s->group_begin);
    neardup_status status = group_of && s->members && s->group_begin ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    for (uint32_t i = 0; !status && i < s->count; i++) s->group_begin[group_of[root_of(s, i)] + 2]++;
    for (size_t i = 0; !status && i < s->groups; i++) s->group_begin[i + 2] += s->group_begin[i + 1];
    for (uint32_t i = 0; !status && i < s->count; i++)
        s->members[s->group_begin[group_of[root_of(s, i)] + 1]++] = (nd_group_spot){s->items[i].stretch, i};
    nd_free(group_of);
    return status;
}

neardup_status nd_spots_join(nd_spots *spots, const nd_alignments *alignments, uint32_t most) {
    nd_spots *s = spots;
    size_t cells = 1;
    while (cells < 2 * alignments->count) cells *= 2;
    s->mask = cells - 1;
    s->most = most;
    s->items = nd_allocate(2 * alignments->count, sizeof *s->items);
    s->ends = nd_allocate(alignments->count, sizeof *s->ends);
    s->cells = nd_allocate(cells, sizeof *s->cells);
    if (!s->items || !s->ends || !s->cells) return NEARDUP_ERROR_MEMORY;
    memset(s->cells, 0xFF, cells * sizeof *s->cells);
    for (size_t i = 0; i < alignments->count; i++) join(s, &alignments->items[i], s->ends[i]);
    nd_free(s->cells);
    s->cells = NULL;
    neardup_status status = list_edges(s, alignments->count);
    return status ? status : list_groups(s);
}
