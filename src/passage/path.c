/* SPDX-License-Identifier: MIT */
#include "passage/path.h"

#include <string.h>

#include "base/memory.h"
#include "passage/winnow.h"

enum {
    MOST_EDITS = ND_CHAIN_GAP + ND_DIAGONALS, /* that one search goes through; a gap of a chain is never wider */
    BRIDGE_BAND = 8,                          /* diagonals beyond those of its ends that one between links uses */
    EDGE = 2,                                 /* points beside a row's that are read, and are nowhere */
    WIDTH = 2 * (MOST_EDITS + EDGE) + 1,
    NOWHERE = INT32_MIN / 2,
    BOTH = ND_SCORE_MATCH / 2,                /* score of a token of either sequence, */
    EDIT = ND_SCORE_MATCH - ND_SCORE_REPLACED /* less so much for an edit */
};

_Static_assert(BOTH - EDIT == ND_SCORE_LEFT, "scores are those of furthest-reaching points");

/* A search from one point of the two sequences, forward or backward. Token i of the search is a[i], or a[-i]. */
typedef struct search {
    const nd_code *a, *b;
    bool forward;
    int32_t a_count, b_count;      /* how far they reach */
    int32_t lowest, highest;       /* diagonals i - j that may be used */
    int32_t alive_low, alive_high; /* those of the last row that are worth going on from */
    int32_t *reach;                /* by edits, WIDTH each, by diagonal: the furthest i, or NOWHERE */
    uint64_t steps;
} search;

void nd_path_release(nd_path *path) {
    nd_free(path->runs);
    nd_free(path->reach);
    *path = (nd_path){0};
}

/* The row of so many edits, by diagonal. */
static int32_t *row_of(const search *s, int32_t edits) { return s->reach + (size_t)edits * WIDTH + MOST_EDITS + EDGE; }

/* How many tokens from a and b on, or before them, are the same; two at a time. */
static inline int32_t count_same(const nd_code *a, const nd_code *b, int32_t most, bool forward) {
    int32_t count = 0;
    uint64_t left, right;
    for (; count + 2 <= most; count += 2) {
        memcpy(&left, forward ? a + count : a - count - 1, sizeof left);
        memcpy(&right, forward ? b + count : b - count - 1, sizeof right);
        if (left == right) continue;
        uint64_t first = forward ? (uint32_t)(left ^ right) : (left ^ right) >> 32;
        return count + (first == 0);
    }
    if (count < most && (forward ? a[count] == b[count] : *(a - count) == *(b - count))) count++;
    return count;
}

/* Goes on while tokens are the same, from a pair that is. */
static __attribute__((noinline)) int32_t slide_on(const search *s, int32_t i, int32_t diagonal) {
    int32_t j = i - diagonal, a_left = s->a_count - i, b_left = s->b_count - j,
            most = a_left < b_left ? a_left : b_left;
    return i + (s->forward ? count_same(s->a + i, s->b + j, most, true) : count_same(s->a - i, s->b - j, most, false));
}

/* Where the best of the three ways to a diagonal arrives from the row before, before it slides; *column_out is its last
 * column. Negative where there is none. */
static int32_t arrive(const search *s, const int32_t *before, int32_t diagonal, nd_column *column_out) {
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

static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

static inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }

/* Where a diagonal is arrived at in row `edits`, if `i` is not it because it is at the end of a sequence or beyond. */
static __attribute__((noinline)) int32_t arrive_late(const search *s, int32_t edits, int32_t diagonal, int32_t i) {
    nd_column column;
    if (i <= s->a_count && i - diagonal <= s->b_count) return i;
    return arrive(s, row_of(s, edits - 1), diagonal, &column);
}

/* Slides along the diagonals of a row, of which it has where they are arrived at. */
static inline bool slide_row(search *s, int32_t edits, int32_t from, int32_t to, int32_t drop, point *best,
                             bool forward) {
    int32_t *row = row_of(s, edits), a_count = s->a_count, b_count = s->b_count;
    int32_t first = to + 1, last = from - 1; /* diagonals worth going on from */
    /* What BOTH * (2 i - k) is of a point worth going on from, and of the best one. */
    int32_t most = score_of(best->edits, best->diagonal, best->i) + EDIT * edits, least = most - drop;
    const nd_code *a = s->a, *b = s->b;
    uint64_t steps = 0;
    for (int32_t k = from; k <= to; k++) {
        int32_t i = row[k], begin = i;
        row[k] = NOWHERE;
        if (i >= smaller(a_count, b_count + k))
            begin = i = arrive_late(s, edits, k, i);
        else if (i >= 0 && (forward ? a[i] == b[i - k] : *(a - i) == *(b - (i - k))))
            i = slide_on(s, i, k);
        if (i < 0) continue;
        steps += (uint64_t)(i - begin) + 1;
        int32_t worth = BOTH * (2 * i - k);
        if (worth < least) continue;
        row[k] = i;
        first = smaller(first, k);
        last = k;
        if (worth <= most) continue;
        most = worth;
        least = most - drop;
        *best = (point){edits, k, i};
    }
    s->steps += steps;
    if (last >= from) s->alive_low = first, s->alive_high = last;
    return last >= from;
}

/* Fills in one more row. Updates *best; returns whether any point is worth going on from. */
static bool reach_further(search *s, int32_t edits, int32_t drop, point *best) {
    int32_t from = larger(edits ? s->alive_low - 1 : 0, s->lowest);
    int32_t to = smaller(edits ? s->alive_high + 1 : 0, s->highest), *row = row_of(s, edits);
    const int32_t *before = row - WIDTH;
    row[from - 2] = row[from - 1] = row[to + 1] = row[to + 2] = NOWHERE;
    if (!edits) row[0] = 0;
    for (int32_t k = from; edits && k <= to; k++) row[k] = larger(larger(before[k], before[k - 1]) + 1, before[k + 1]);
    return s->forward ? slide_row(s, edits, from, to, drop, best, true)
                      : slide_row(s, edits, from, to, drop, best, false);
}

/* Appends columns; there must be room for a run. */
static void append_run(nd_path *path, nd_column column, int64_t count) {
    enum { MOST = (1 << 30) - 1 };
    if (count <= 0) return;
    nd_columns *last = path->count ? &path->runs[path->count - 1] : NULL;
    if (last && last->column == column && last->count + (uint64_t)count <= MOST)
        last->count = (uint32_t)(last->count + (uint64_t)count) & MOST;
    else
        path->runs[path->count++] = (nd_columns){(uint32_t)count & MOST, column};
}

static neardup_status reserve_runs(nd_path *path, size_t more) {
    return nd_reserve(&path->runs, &path->capacity, path->count + more, sizeof *path->runs);
}

static void reverse(nd_columns *runs, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        nd_columns run = runs[i];
        runs[i] = runs[count - 1 - i];
        runs[count - 1 - i] = run;
    }
}

/* Appends the columns of the way to a point, in the order they are passed. */
static neardup_status trace_back(const search *s, point to, nd_path *path) {
    neardup_status status = reserve_runs(path, 2 * (size_t)to.edits + 1);
    if (status) return status;
    size_t first = path->count;
    for (int32_t edits = to.edits, k = to.diagonal, i = to.i;; edits--) {
        nd_column column = ND_MATCH;
        int32_t from = edits ? arrive(s, row_of(s, edits - 1), k, &column) : 0;
        if (path->count == first && i > from) /* not joined with what is not to be turned round */
            path->runs[path->count++] = (nd_columns){(uint32_t)(i - from) & ((1u << 30) - 1), ND_MATCH};
        else
            append_run(path, ND_MATCH, i - from);
        if (!edits) break;
        if (path->count == first)
            path->runs[path->count++] = (nd_columns){1, column};
        else
            append_run(path, column, 1);
        if (column == ND_ONLY_A) k--;
        if (column == ND_ONLY_B) k++;
        i = column == ND_ONLY_B ? from : from - 1;
    }
    reverse(path->runs + first, path->count - first);
    return NEARDUP_OK;
}

static int32_t clamp(int64_t value) {
    return (int32_t)(value < -MOST_EDITS ? -MOST_EDITS : value > MOST_EDITS ? MOST_EDITS : value);
}

/* A search from token pair `from` on: forward over what lies at and behind it, backward over what lies before it. */
static search begin_search(const nd_path *path, const nd_two *two, nd_link from, bool forward) {
    const int64_t most = INT32_MAX / 8, distance = (int64_t)from.b - from.a;
    int64_t a_count = forward ? (int64_t)two->a.count - from.a : (int64_t)from.a;
    int64_t b_count = forward ? (int64_t)two->b.count - from.b : (int64_t)from.b;
    search s = {.forward = forward, .lowest = -MOST_EDITS, .highest = MOST_EDITS, .reach = path->reach};
    s.a = two->a.codes + from.a - !forward;
    s.b = two->b.codes + from.b - !forward;
    s.a_count = (int32_t)(a_count < most ? a_count : most);
    s.b_count = (int32_t)(b_count < most ? b_count : most);
    if (two->same && forward) s.highest = clamp(distance - ND_GRAM);
    if (two->same && !forward) s.lowest = clamp(ND_GRAM - distance);
    return s;
}

/* ---- beyond the ends of a chain ---- */

/* Beyond most ends little is alike. What is, among a few more tokens than can be replaced before a path is given up, is
 * found with a small table; where no way over it scores above 0 or leads further, there is nothing to search for. */
enum { NEAR = 16, NEAR_MATCHES = 24, NEAR_SLOTS = 256 };

_Static_assert(ND_SCORE_MATCH + (NEAR - 1) * ND_SCORE_REPLACED < -ND_EXTEND_DROP, "one match does not lead further");

/* The same token i behind the end in the one, j in the other; and the score of the best way to it. */
typedef struct near_match {
    int32_t i, j, score;
} near_match;

/* The score of the columns between two matches, when the shorter side is all replaced. */
static int32_t gap_score(int32_t a, int32_t b) {
    return ND_SCORE_REPLACED * smaller(a, b) + ND_SCORE_LEFT * (larger(a, b) - smaller(a, b));
}

/* Lists the matches by rising i and j; NEAR_MATCHES + 1 where there are more. `table` is all zero, before and after. */
static int32_t list_near(const nd_code *a, const nd_code *b, int32_t count, int64_t step, uint16_t *table,
                         near_match *matches) {
    int32_t found = 0;
    for (int32_t j = 0; j < count; j++) {
        uint16_t *slot = &table[b[step * j] >> 24];
        *slot = (uint16_t)(*slot | 1u << j);
    }
    for (int32_t i = 0; i < count; i++)
        for (uint32_t bits = table[a[step * i] >> 24]; bits && found <= NEAR_MATCHES; bits &= bits - 1) {
            int32_t j = __builtin_ctz(bits);
            if (a[step * i] != b[step * j]) continue;
            if (found < NEAR_MATCHES) matches[found] = (near_match){i, j, 0};
            found++;
        }
    for (int32_t j = 0; j < count; j++) table[b[step * j] >> 24] = 0;
    return found;
}

/* Whether nothing that is worth it lies behind the first `i` tokens of both. */
static bool leads_nowhere(const search *s, int32_t i, uint16_t *table) {
    near_match matches[NEAR_MATCHES];
    int32_t count = smaller(NEAR, smaller(s->a_count, s->b_count) - i);
    if (s->a_count - i < NEAR || s->b_count - i < NEAR) return s->a_count == i || s->b_count == i;
    const nd_code *a = s->forward ? s->a + i : s->a - i, *b = s->forward ? s->b + i : s->b - i;
    int32_t found = list_near(a, b, count, s->forward ? 1 : -1, table, matches);
    if (found > NEAR_MATCHES) return false;
    for (int32_t m = 0; m < found; m++) {
        near_match *at = &matches[m];
        at->score = ND_SCORE_MATCH + gap_score(at->i, at->j);
        for (int32_t k = 0; k < m; k++) {
            const near_match *from = &matches[k];
            if (from->i >= at->i || from->j >= at->j) continue;
            int32_t score = from->score + ND_SCORE_MATCH + gap_score(at->i - from->i - 1, at->j - from->j - 1);
            if (score > at->score) at->score = score;
        }
        int32_t beyond = at->score + ND_SCORE_REPLACED * (NEAR - 1 - larger(at->i, at->j));
        if (at->score > 0 || beyond >= -ND_EXTEND_DROP) return false;
    }
    return true;
}

/* Moves on from `from` as far as it leads. Columns are appended in the order they are passed. */
static neardup_status extend(nd_path *path, const nd_two *two, nd_link *from, bool forward) {
    neardup_status status = NEARDUP_OK;
    for (bool going = true; going && !status;) {
        search s = begin_search(path, two, *from, forward);
        if (s.lowest < -ND_EXTEND_BAND) s.lowest = -ND_EXTEND_BAND;
        if (s.highest > ND_EXTEND_BAND) s.highest = ND_EXTEND_BAND;
        point best = {.i = slide_on(&s, 0, 0)};
        int32_t edits = leads_nowhere(&s, best.i, path->near) ? MOST_EDITS + 1 : 0;
        if (edits) row_of(&s, 0)[0] = best.i;
        s.steps += (uint64_t)best.i + NEAR;
        while (edits < MOST_EDITS && reach_further(&s, edits, ND_EXTEND_DROP, &best)) edits++;
        path->steps += s.steps;
        going = edits == MOST_EDITS && best.i > 0; /* not dropped: there may be more */
        status = trace_back(&s, best, path);
        if (status) break;
        uint32_t a = (uint32_t)best.i, b = (uint32_t)(best.i - best.diagonal);
        *from = forward ? (nd_link){from->a + a, from->b + b} : (nd_link){from->a - a, from->b - b};
    }
    return status;
}

/* ---- between the links of a chain ---- */

static uint32_t count_replaced(const nd_two *two, nd_link from, nd_link to) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < to.a - from.a; i++) count += two->a.codes[from.a + i] != two->b.codes[from.b + i];
    return count;
}

/* Appends the columns of one diagonal. With one or two of them replaced there is no shorter way: two edits are the
 * least that leads off a diagonal and back. */
static neardup_status add_straight(nd_path *path, const nd_two *two, nd_link from, nd_link to) {
    neardup_status status = reserve_runs(path, to.a - from.a);
    for (uint32_t i = 0; i < to.a - from.a && !status; i++)
        append_run(path, two->a.codes[from.a + i] == two->b.codes[from.b + i] ? ND_MATCH : ND_REPLACED, 1);
    path->steps += to.a - from.a;
    return status;
}

/* Appends the columns between two points of a chain. */
static neardup_status bridge(nd_path *path, const nd_two *two, nd_link from, nd_link to) {
    if (to.a - from.a == to.b - from.b && count_replaced(two, from, to) < 3) return add_straight(path, two, from, to);
    search s = begin_search(path, two, from, true);
    s.a_count = (int32_t)(to.a - from.a);
    s.b_count = (int32_t)(to.b - from.b);
    int32_t diagonal = s.a_count - s.b_count, edits = 0;
    s.lowest = larger(s.lowest, smaller(diagonal, 0) - BRIDGE_BAND);
    s.highest = smaller(s.highest, larger(diagonal, 0) + BRIDGE_BAND);
    point best = {0};
    for (; edits <= MOST_EDITS; edits++) {
        reach_further(&s, edits, INT32_MAX / 2, &best);
        if (diagonal >= s.alive_low && diagonal <= s.alive_high && row_of(&s, edits)[diagonal] == s.a_count) break;
    }
    path->steps += s.steps;
    return trace_back(&s, (point){edits, diagonal, s.a_count}, path);
}

/* Appends `count` matches. */
static neardup_status add_matches(nd_path *path, size_t count) {
    neardup_status status = reserve_runs(path, 1);
    if (!status) append_run(path, ND_MATCH, (int64_t)count);
    return status;
}

/* Whether the grams of a link are the same, and not only their hashes. */
static bool is_match(const nd_two *two, nd_link link) {
    return memcmp(two->a.codes + link.a, two->b.codes + link.b, ND_GRAM * sizeof(nd_code)) == 0;
}

neardup_status nd_path_trace(nd_path *path, const nd_two *two, const nd_chain *chain) {
    path->count = 0;
    path->begin = path->end = (nd_link){0};
    size_t first = 0;
    while (first < chain->count && !is_match(two, chain->links[first])) first++;
    if (first == chain->count) return NEARDUP_OK;
    if (!path->reach) path->reach = nd_allocate((size_t)(MOST_EDITS + 1) * WIDTH, sizeof *path->reach);
    if (!path->reach) return NEARDUP_ERROR_MEMORY;
    path->begin = chain->links[first];
    neardup_status status = extend(path, two, &path->begin, false);
    reverse(path->runs, path->count);
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
    path->end = at;
    return status ? status : extend(path, two, &path->end, true);
}
