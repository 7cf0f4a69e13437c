/* SPDX-License-Identifier: MIT */
#include "passage/path.h"

#include <string.h>

#include "base/memory.h"
#include "passage/winnow.h"

enum {
    MOST_EDITS = ND_CHAIN_GAP + ND_DIAGONALS, /* that one search goes through; a gap of a chain is never wider */
    EDGE = 2,                                 /* points beside a row's that are read, and are nowhere */
    WIDTH = 2 * (MOST_EDITS + EDGE) + 1,
    NOWHERE = INT32_MIN / 2,
    BOTH = ND_SCORE_MATCH / 2,                /* score of a token of either sequence, */
    EDIT = ND_SCORE_MATCH - ND_SCORE_REPLACED /* less so much for an edit */
};

_Static_assert(BOTH - EDIT == ND_SCORE_LEFT, "scores are those of furthest-reaching points");

/* A search from one point of the two sequences, forward or backward. Token i of the search is a[step * i]. */
typedef struct search {
    const nd_code *a, *b;
    int64_t step;
    int32_t a_count, b_count;      /* how far they reach */
    int32_t lowest, highest;       /* diagonals i - j that may be used */
    int32_t alive_low, alive_high; /* those of the last row that are worth going on from */
    int32_t *reach;                /* by edits, WIDTH each, by diagonal: the furthest i, or NOWHERE */
    uint64_t steps;
} search;

void nd_path_release(nd_path *path) {
    nd_free(path->columns);
    nd_free(path->reach);
    *path = (nd_path){0};
}

/* The row of so many edits, by diagonal. */
static int32_t *row_of(const search *s, int32_t edits) { return s->reach + (size_t)edits * WIDTH + MOST_EDITS + EDGE; }

/* Goes on while tokens are the same. */
static int32_t slide(search *s, int32_t i, int32_t diagonal) {
    int32_t begin = i;
    while (i < s->a_count && i - diagonal < s->b_count && s->a[s->step * i] == s->b[s->step * (i - diagonal)]) i++;
    s->steps += (uint64_t)(i - begin) + 1;
    return i;
}

/* Where the best of the three ways to a diagonal arrives from the row before, before it slides; *column_out is its last
 * column. Negative where there is none. */
static inline int32_t arrive(const search *s, const int32_t *before, int32_t diagonal, nd_column *column_out) {
    int32_t best = before[diagonal] + 1, left = before[diagonal - 1] + 1, added = before[diagonal + 1];
    nd_column column = ND_REPLACED;
    if (best > s->a_count || best - diagonal > s->b_count) best = NOWHERE;
    if (left > best && left <= s->a_count) {
        best = left;
        column = ND_ONLY_A;
    }
    if (added > best && added - diagonal <= s->b_count) {
        best = added;
        column = ND_ONLY_B;
    }
    *column_out = column;
    return best;
}

static int32_t score_of(int32_t edits, int32_t diagonal, int32_t i) { return BOTH * (2 * i - diagonal) - EDIT * edits; }

/* The point a search ends at. */
typedef struct point {
    int32_t edits, diagonal, i;
} point;

/* Fills in one more row. Updates *best; returns whether any point is worth going on from. */
static bool reach_further(search *s, int32_t edits, int32_t drop, point *best) {
    int32_t from = edits ? s->alive_low - 1 : 0, to = edits ? s->alive_high + 1 : 0;
    if (from < s->lowest) from = s->lowest;
    if (to > s->highest) to = s->highest;
    int32_t *row = row_of(s, edits), highest = score_of(best->edits, best->diagonal, best->i);
    bool alive = false;
    nd_column column;
    row[from - 2] = row[from - 1] = row[to + 1] = row[to + 2] = NOWHERE;
    for (int32_t k = from; k <= to; k++) {
        row[k] = NOWHERE;
        int32_t i = edits ? arrive(s, row - WIDTH, k, &column) : 0;
        if (i < 0) continue;
        i = slide(s, i, k);
        int32_t score = score_of(edits, k, i);
        if (highest - score > drop) continue;
        row[k] = i;
        if (!alive) s->alive_low = k;
        s->alive_high = k;
        alive = true;
        if (score > highest) {
            highest = score;
            *best = (point){edits, k, i};
        }
    }
    return alive;
}

/* Appends the columns of the way to a point, the outermost first. */
static neardup_status trace_back(const search *s, point to, nd_path *path) {
    size_t most = (size_t)(to.i + to.edits + MOST_EDITS);
    neardup_status status = nd_reserve(&path->columns, &path->capacity, path->count + most, 1);
    if (status) return status;
    uint8_t *columns = path->columns + path->count;
    size_t count = 0;
    for (int32_t edits = to.edits, k = to.diagonal, i = to.i;; edits--) {
        nd_column column = ND_MATCH;
        int32_t from = edits ? arrive(s, row_of(s, edits - 1), k, &column) : 0;
        memset(columns + count, ND_MATCH, (size_t)(i - from));
        count += (size_t)(i - from);
        if (!edits) break;
        columns[count++] = (uint8_t)column;
        if (column == ND_ONLY_A) k--;
        if (column == ND_ONLY_B) k++;
        i = column == ND_ONLY_B ? from : from - 1;
    }
    path->count += count;
    return NEARDUP_OK;
}

static void reverse(uint8_t *columns, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        uint8_t column = columns[i];
        columns[i] = columns[count - 1 - i];
        columns[count - 1 - i] = column;
    }
}

static int32_t clamp(int64_t value) {
    return (int32_t)(value < -MOST_EDITS ? -MOST_EDITS : value > MOST_EDITS ? MOST_EDITS : value);
}

/* A search from token pair `from` on: forward over what lies at and behind it, backward over what lies before it. */
static search begin_search(const nd_path *path, const nd_two *two, nd_link from, bool forward) {
    const int64_t most = INT32_MAX / 8, distance = (int64_t)from.b - from.a;
    int64_t a_count = forward ? (int64_t)two->a.count - from.a : (int64_t)from.a;
    int64_t b_count = forward ? (int64_t)two->b.count - from.b : (int64_t)from.b;
    search s = {.step = forward ? 1 : -1, .lowest = -MOST_EDITS, .highest = MOST_EDITS, .reach = path->reach};
    s.a = two->a.codes + from.a - !forward;
    s.b = two->b.codes + from.b - !forward;
    s.a_count = (int32_t)(a_count < most ? a_count : most);
    s.b_count = (int32_t)(b_count < most ? b_count : most);
    if (two->same && forward) s.highest = clamp(distance - ND_GRAM);
    if (two->same && !forward) s.lowest = clamp(ND_GRAM - distance);
    return s;
}

/* Moves on from `from` as far as it leads. Columns are appended in the order they are passed. */
static neardup_status extend(nd_path *path, const nd_two *two, nd_link *from, bool forward) {
    neardup_status status = NEARDUP_OK;
    for (bool going = true; going && !status;) {
        search s = begin_search(path, two, *from, forward);
        if (s.lowest < -ND_EXTEND_BAND) s.lowest = -ND_EXTEND_BAND;
        if (s.highest > ND_EXTEND_BAND) s.highest = ND_EXTEND_BAND;
        point best = {0};
        int32_t edits = 0;
        while (edits < MOST_EDITS && reach_further(&s, edits, ND_EXTEND_DROP, &best)) edits++;
        path->steps += s.steps;
        going = edits == MOST_EDITS && best.i > 0; /* not dropped: there may be more */
        size_t before = path->count;
        status = trace_back(&s, best, path);
        if (status) break;
        reverse(path->columns + before, path->count - before);
        uint32_t a = (uint32_t)best.i, b = (uint32_t)(best.i - best.diagonal);
        *from = forward ? (nd_link){from->a + a, from->b + b} : (nd_link){from->a - a, from->b - b};
    }
    return status;
}

/* Appends the columns between two points of a chain. */
static neardup_status bridge(nd_path *path, const nd_two *two, nd_link from, nd_link to) {
    search s = begin_search(path, two, from, true);
    s.a_count = (int32_t)(to.a - from.a);
    s.b_count = (int32_t)(to.b - from.b);
    int32_t diagonal = s.a_count - s.b_count, edits = 0;
    point best = {0};
    for (; edits <= MOST_EDITS; edits++) {
        reach_further(&s, edits, INT32_MAX / 2, &best);
        if (diagonal >= s.alive_low && diagonal <= s.alive_high && row_of(&s, edits)[diagonal] == s.a_count) break;
    }
    path->steps += s.steps;
    size_t before = path->count;
    neardup_status status = trace_back(&s, (point){edits, diagonal, s.a_count}, path);
    if (!status) reverse(path->columns + before, path->count - before);
    return status;
}

/* Appends `count` matches. */
static neardup_status add_matches(nd_path *path, size_t count) {
    neardup_status status = nd_reserve(&path->columns, &path->capacity, path->count + count, 1);
    if (status) return status;
    memset(path->columns + path->count, ND_MATCH, count);
    path->count += count;
    return NEARDUP_OK;
}

/* Whether the grams of a link are the same, and not only their hashes. */
static bool is_match(const nd_two *two, nd_link link) {
    return memcmp(two->a.codes + link.a, two->b.codes + link.b, ND_GRAM * sizeof(nd_code)) == 0;
}

neardup_status nd_path_trace(nd_path *path, const nd_two *two, const nd_chain *chain) {
    path->count = 0;
    size_t first = 0;
    while (first < chain->count && !is_match(two, chain->links[first])) first++;
    if (first == chain->count) return NEARDUP_OK;
    if (!path->reach) path->reach = nd_allocate((size_t)(MOST_EDITS + 1) * WIDTH, sizeof *path->reach);
    if (!path->reach) return NEARDUP_ERROR_MEMORY;
    path->begin = chain->links[first];
    neardup_status status = extend(path, two, &path->begin, false);
    reverse(path->columns, path->count);
    nd_link at = chain->links[first]; /* behind what is in the path */
    for (size_t i = first; i < chain->count && !status; i++) {
        nd_link link = chain->links[i], end = {link.a + ND_GRAM, link.b + ND_GRAM};
        bool straight = end.a - at.a == end.b - at.b && end.a > at.a && link.a <= at.a;
        if ((!straight && (link.a < at.a || link.b < at.b)) || !is_match(two, link)) continue;
        if (!straight && (link.a - at.a > MOST_EDITS || link.b - at.b > MOST_EDITS)) break;
        if (!straight) status = bridge(path, two, at, link);
        if (!status) status = add_matches(path, straight ? end.a - at.a : ND_GRAM);
        at = end;
    }
    return status ? status : extend(path, two, &at, true);
}
