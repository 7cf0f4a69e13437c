/* SPDX-License-Identifier: MIT */
#include "passage/spot.h"

#include <string.h>

#include "base/memory.h"
#include "base/order.h"

#define NONE UINT32_MAX

void nd_spots_release(nd_spots *spots) {
    nd_free(spots->stretches);
    nd_free(spots->edges);
    nd_free(spots->edge_begin);
    nd_free(spots->group_begin);
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

/* ---- the spots of one text ---- */

/* One side of an alignment. */
typedef struct side {
    uint32_t begin, end; /* the stretch of its text */
    uint32_t number;     /* alignment << 1 | whether it is the second one; there are below 2^30 alignments */
} side;

/* A spot as it was found. */
typedef struct item {
    nd_stretch stretch;
    uint32_t next; /* another one in its cell, or NONE; at last its own number */
} item;

/* What the spots of a text are found by. One is in the cell of its size class (of a power of two) and its beginning in
 * units of that size. */
typedef struct finder {
    item *items;
    uint32_t count;
    uint32_t *numbers; /* by item: the spot that it is, from 0 on */
    uint32_t *item_of; /* by side */
    uint32_t *cells;   /* the last item in each, or NONE */
    size_t mask;
    uint32_t most;
} finder;

static void release_finder(finder *f) {
    nd_free(f->items);
    nd_free(f->numbers);
    nd_free(f->item_of);
    nd_free(f->cells);
}

/* Two for each side. */
static size_t cells_for(size_t sides) {
    size_t cells = 2;
    while (cells < 2 * sides) cells *= 2;
    return cells;
}

/* Makes room for a text of so many sides. */
static neardup_status open_finder(finder *f, size_t sides) {
    f->items = nd_allocate(sides, sizeof *f->items);
    f->numbers = nd_allocate(sides, sizeof *f->numbers);
    f->item_of = nd_allocate(sides, sizeof *f->item_of);
    f->cells = nd_allocate(cells_for(sides), sizeof *f->cells);
    return f->items && f->numbers && f->item_of && f->cells ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
}

static unsigned size_class(uint32_t length) { return 31 - (unsigned)__builtin_clz(length | 1); }

static uint32_t *cell_of(const finder *f, unsigned class, uint32_t unit) {
    return &f->cells[(class * 0x9E3779B9U + unit) & f->mask];
}

/* The item that is one with the stretch and shares most with it, of equal ones the first; NONE where there is none.
 * What is at least half the longer of two has at most twice the length of the other, and begins no earlier and no later
 * than by what they need not share. */
static uint32_t find_item(const finder *f, nd_stretch stretch) {
    uint32_t length = length_of(stretch), best = NONE, most = 0;
    unsigned class = size_class(length);
    for (uint32_t i = *cell_of(f, class, stretch.begin >> class); i != NONE; i = f->items[i].next)
        if (!nd_stretch_compare(f->items[i].stretch, stretch)) return i; /* as mostly */
    for (unsigned c = class ? class - 1 : 0; c <= class + 1 && c < 32; c++) {
        uint64_t longest = ((uint64_t)2 << c) - 1, earlier = (longest > length ? longest : length) / f->most;
        uint32_t from = (uint32_t)((stretch.begin > earlier ? stretch.begin - earlier : 0) >> c);
        uint32_t to = (uint32_t)(((uint64_t)stretch.begin + length / f->most) >> c);
        for (uint32_t unit = from; unit <= to; unit++)
            for (uint32_t i = *cell_of(f, c, unit); i != NONE; i = f->items[i].next) {
                nd_stretch other = f->items[i].stretch;
                if (!nd_stretch_shares(stretch, other, f->most)) continue;
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

static uint32_t add_item(finder *f, nd_stretch stretch) {
    unsigned class = size_class(length_of(stretch));
    uint32_t *cell = cell_of(f, class, stretch.begin >> class), number = f->count++;
    f->items[number] = (item){stretch, *cell};
    *cell = number;
    return number;
}

static int compare_items(const void *left, const void *right) {
    return nd_stretch_compare(((const item *)left)->stretch, ((const item *)right)->stretch);
}

static uint64_t item_number(const void *of) { return nd_stretch_number(((const item *)of)->stretch); }

static const nd_order by_stretch = {sizeof(item), item_number, compare_items};

/* Finds the spots of a text: f->items, in order, and which of them each side is. */
static void find_spots(finder *f, uint32_t text, const side *sides, size_t count) {
    size_t cells = cells_for(count);
    memset(f->cells, 0xFF, cells * sizeof *f->cells);
    f->mask = cells - 1;
    f->count = 0;
    for (size_t i = 0; i < count; i++) {
        nd_stretch stretch = {text, sides[i].begin, sides[i].end};
        uint32_t found = find_item(f, stretch);
        f->item_of[i] = found == NONE ? add_item(f, stretch) : found;
    }
    for (uint32_t i = 0; i < f->count; i++) f->items[i].next = i;
    nd_put_in_order(f->items, f->count, &by_stretch);
    for (uint32_t i = 0; i < f->count; i++) f->numbers[f->items[i].next] = i;
}

/* ---- the spots of all texts ---- */

/* The sides of alignments. */
typedef struct sides {
    side *items;   /* by text, those of each in the order of the alignments */
    size_t *begin; /* texts + 1: where those of each text are */
    size_t most;   /* that a text has */
} sides;

/* Lists them by text. */
static neardup_status list_sides(sides *s, const nd_alignments *alignments, size_t texts) {
    const nd_alignment *all = alignments->items;
    s->items = nd_allocate(2 * alignments->count, sizeof *s->items);
    s->begin = nd_allocate_zero(texts + 2, sizeof *s->begin);
    if (!s->items || !s->begin) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < alignments->count; i++) {
        s->begin[all[i].a.text + 2]++;
        s->begin[all[i].b.text + 2]++;
    }
    for (size_t text = 0; text < texts; text++) {
        if (s->begin[text + 2] > s->most) s->most = s->begin[text + 2];
        s->begin[text + 2] += s->begin[text + 1];
    }
    for (uint32_t i = 0; i < alignments->count; i++) {
        s->items[s->begin[all[i].a.text + 1]++] = (side){all[i].a.begin, all[i].a.end, i << 1};
        s->items[s->begin[all[i].b.text + 1]++] = (side){all[i].b.begin, all[i].b.end, i << 1 | 1};
    }
    return NEARDUP_OK;
}

typedef struct joining {
    const nd_alignments *alignments;
    nd_stretch *stretches; /* by spot, in order */
    size_t count;
    uint32_t (*ends)[2]; /* by alignment: its spots */
    uint32_t *parents;   /* by spot: towards the one that stands for its group, the first of it */
} joining;

static void release_joining(joining *j) {
    nd_free(j->stretches);
    nd_free(j->ends);
    nd_free(j->parents);
}

/* Finds the spots, text by text: those of one have nothing to do with any other's, and what is looked at for one is in
 * the cache. */
static neardup_status find_all(joining *j, size_t texts, uint32_t most) {
    finder f = {.most = most};
    sides all = {0};
    neardup_status status = list_sides(&all, j->alignments, texts);
    if (!status) status = open_finder(&f, all.most);
    j->stretches = nd_allocate(2 * j->alignments->count, sizeof *j->stretches);
    j->ends = nd_allocate(j->alignments->count, sizeof *j->ends);
    if (!j->stretches || !j->ends) status = NEARDUP_ERROR_MEMORY;
    for (uint32_t text = 0; text < texts && !status; text++) {
        const side *of = all.items + all.begin[text];
        size_t count = all.begin[text + 1] - all.begin[text];
        find_spots(&f, text, of, count);
        for (size_t i = 0; i < count; i++)
            j->ends[of[i].number >> 1][of[i].number & 1] = (uint32_t)j->count + f.numbers[f.item_of[i]];
        for (size_t i = 0; i < f.count; i++) j->stretches[j->count++] = f.items[i].stretch;
    }
    release_finder(&f);
    nd_free(all.items);
    nd_free(all.begin);
    return status;
}

static uint32_t root_of(uint32_t *parents, uint32_t i) {
    while (parents[i] != i) i = parents[i] = parents[parents[i]];
    return i;
}

/* Joins the spots that alignments connect. */
static neardup_status join(joining *j) {
    j->parents = nd_allocate(j->count, sizeof *j->parents);
    if (!j->parents) return NEARDUP_ERROR_MEMORY;
    for (uint32_t i = 0; i < j->count; i++) j->parents[i] = i;
    for (size_t i = 0; i < j->alignments->count; i++) {
        uint32_t a = root_of(j->parents, j->ends[i][0]), b = root_of(j->parents, j->ends[i][1]);
        j->parents[a < b ? b : a] = a < b ? a : b;
    }
    return NEARDUP_OK;
}

/* ---- groups ---- */

/* Puts the spots of each group together: the ends of alignments become their final numbers. */
static neardup_status list_groups(nd_spots *s, joining *j) {
    s->count = j->count;
    s->stretches = nd_allocate(s->count, sizeof *s->stretches);
    s->group_begin = nd_allocate_zero(s->count + 2, sizeof *s->group_begin);
    uint32_t *numbers = nd_allocate(s->count, sizeof *numbers); /* of its group, and then of the spot */
    if (!s->stretches || !s->group_begin || !numbers) {
        nd_free(numbers);
        return NEARDUP_ERROR_MEMORY;
    }
    for (uint32_t i = 0; i < s->count; i++) { /* a root comes before all that lead to it */
        uint32_t root = root_of(j->parents, i);
        numbers[i] = root == i ? (uint32_t)s->groups++ : numbers[root];
        s->group_begin[numbers[i] + 2]++;
    }
    for (size_t g = 0; g < s->groups; g++) s->group_begin[g + 2] += s->group_begin[g + 1];
    for (size_t i = 0; i < s->count; i++) {
        numbers[i] = (uint32_t)s->group_begin[numbers[i] + 1]++;
        s->stretches[numbers[i]] = j->stretches[i];
    }
    for (size_t i = 0; i < j->alignments->count; i++)
        for (int end = 0; end < 2; end++) j->ends[i][end] = numbers[j->ends[i][end]];
    nd_free(numbers);
    return NEARDUP_OK;
}

/* Lists the alignments of each spot. */
static neardup_status list_edges(nd_spots *s, const joining *j) {
    size_t count = j->alignments->count;
    s->edges = nd_allocate(2 * count, sizeof *s->edges);
    s->edge_begin = nd_allocate_zero(s->count + 2, sizeof *s->edge_begin);
    if (!s->edges || !s->edge_begin) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        for (int end = 0; end < 2; end++) s->edge_begin[j->ends[i][end] + 2]++;
    for (size_t i = 2; i < s->count + 2; i++) s->edge_begin[i] += s->edge_begin[i - 1];
    for (size_t i = 0; i < count; i++)
        for (int end = 0; end < 2; end++)
            s->edges[s->edge_begin[j->ends[i][end] + 1]++] = (nd_edge){(uint32_t)i, j->ends[i][!end]};
    return NEARDUP_OK;
}

neardup_status nd_spots_join(nd_spots *spots, const nd_alignments *alignments, size_t texts, uint32_t most) {
    joining j = {.alignments = alignments};
    neardup_status status = find_all(&j, texts, most);
    if (!status) status = join(&j);
    if (!status) status = list_groups(spots, &j);
    if (!status) status = list_edges(spots, &j);
    release_joining(&j);
    return status;
}
