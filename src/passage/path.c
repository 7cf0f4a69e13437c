/* SPDX-License-Identifier: MIT */
#include "passage/path.h"

#include <string.h>

#include "base/memory.h"
#include "passage/winnow.h"

_Static_assert(ND_CHAIN_GAP + ND_DIAGONALS <= ND_MATRIX_TOKENS, "a gap of a chain is never wider than a matrix");
_Static_assert(ND_DIAGONALS <= ND_MATRIX_WIDTH / 2 + 4, "nor leads further off than its diagonals");

void nd_path_release(nd_path *path) {
    nd_free(path->runs);
    nd_free(path->matrix);
    *path = (nd_path){0};
}

static neardup_status reserve_runs(nd_path *path, size_t more) {
    return nd_reserve(&path->runs, &path->capacity, path->count + more, sizeof *path->runs);
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

/* Appends `count` matches. */
static neardup_status add_matches(nd_path *path, size_t count) {
    neardup_status status = reserve_runs(path, 1);
    if (!status) append_run(path, ND_MATCH, (int64_t)count);
    return status;
}

static void reverse(nd_columns *runs, size_t count) {
    for (size_t i = 0; i < count / 2; i++) {
        nd_columns run = runs[i];
        runs[i] = runs[count - 1 - i];
        runs[count - 1 - i] = run;
    }
}

/* Appends the columns of the best way to a point of the matrix, in the order they are passed. */
static neardup_status add_way(nd_path *path, nd_matrix_point to) {
    uint8_t columns[2 * ND_MATRIX_TOKENS];
    neardup_status status = reserve_runs(path, (size_t)to.i + (size_t)to.j);
    for (uint32_t left = status ? 0 : nd_matrix_columns(path->matrix, to, columns), run; left; left -= run) {
        for (run = 1; run < left && columns[left - 1 - run] == columns[left - 1];) run++;
        append_run(path, columns[left - 1], run);
    }
    return status;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* ---- beyond the ends of a chain ---- */

/* How many tokens from a and b on, or before them, are the same; two at a time. */
static inline size_t count_same(const nd_code *a, const nd_code *b, size_t most, bool forward) {
    size_t count = 0;
    uint64_t left, right;
    for (; count + 2 <= most; count += 2) {
        memcpy(&left, forward ? a + count : a - count - 2, sizeof left);
        memcpy(&right, forward ? b + count : b - count - 2, sizeof right);
        if (left == right) continue;
        uint64_t first = forward ? (uint32_t)(left ^ right) : (left ^ right) >> 32;
        return count + (first == 0);
    }
    if (count < most && (forward ? a[count] == b[count] : *(a - count - 1) == *(b - count - 1))) count++;
    return count;
}

/* Moves a point so many tokens on. */
static void move(nd_link *at, size_t a, size_t b, bool forward) {
    at->a += (uint32_t)(forward ? a : -a);
    at->b += (uint32_t)(forward ? b : -b);
}

/* The tokens behind, or before, a point: as many as are enough. *all_out: there are no more. */
static nd_matrix_part part_from(const nd_two *two, nd_link from, bool forward, bool *all_out) {
    size_t a = forward ? two->a.count - from.a : from.a, b = forward ? two->b.count - from.b : from.b;
    int64_t apart = (int64_t)from.b - from.a - ND_GRAM; /* of places in one text */
    if (apart > ND_MATRIX_WIDTH) apart = ND_MATRIX_WIDTH;
    *all_out = a <= ND_MATRIX_STEP && b <= ND_MATRIX_STEP;
    return (nd_matrix_part){.a = two->a.codes + from.a - !forward,
                            .b = two->b.codes + from.b - !forward,
                            .a_count = (int32_t)smaller(a, ND_MATRIX_STEP),
                            .b_count = (int32_t)smaller(b, ND_MATRIX_STEP),
                            .lowest = two->same && !forward ? (int32_t)-apart : -ND_MATRIX_WIDTH,
                            .highest = two->same && forward ? (int32_t)apart : ND_MATRIX_WIDTH,
                            .forward = forward};
}

/* Moves on from `at` as far as it leads. Columns are appended in the order they are passed. */
static neardup_status extend(nd_path *path, const nd_two *two, nd_link *at, bool forward) {
    for (bool going = true; going;) {
        size_t most = forward ? smaller(two->a.count - at->a, two->b.count - at->b) : smaller(at->a, at->b);
        size_t same = count_same(two->a.codes + at->a, two->b.codes + at->b, most, forward);
        neardup_status status = add_matches(path, same);
        move(at, same, same, forward);
        path->steps += same + 1;
        if (status || same == most) return status;
        bool all, sure;
        const nd_matrix_part part = part_from(two, *at, forward, &all);
        nd_matrix_point best;
        path->steps += path->kernels->extend(path->matrix, &part, ND_EXTEND_DROP, &best, &sure);
        going = best.i && (sure || !all);
        status = add_way(path, best);
        if (status) return status;
        move(at, (size_t)best.i, (size_t)best.j, forward);
    }
    return NEARDUP_OK;
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
    bool all;
    if (to.a - from.a == to.b - from.b && count_replaced(two, from, to) < 3) return add_straight(path, two, from, to);
    nd_matrix_part part = part_from(two, from, true, &all);
    part.a_count = (int32_t)(to.a - from.a);
    part.b_count = (int32_t)(to.b - from.b);
    path->steps += path->kernels->cross(path->matrix, &part);
    return add_way(path, (nd_matrix_point){part.a_count, part.b_count});
}

/* Whether the grams of a link are the same, and not only their hashes. */
static bool is_match(const nd_two *two, nd_link link) {
    return memcmp(two->a.codes + link.a, two->b.codes + link.b, ND_GRAM * sizeof(nd_code)) == 0;
}

/* Whether a matrix reaches from one point to another: it does unless a link between them is no match after all. */
static bool is_near(nd_link from, nd_link to) {
    size_t a = to.a - from.a, b = to.b - from.b, shorter = smaller(a, b), longer = a + b - shorter;
    return shorter <= ND_MATRIX_SHORT && longer <= ND_MATRIX_TOKENS && longer - shorter <= ND_DIAGONALS;
}

neardup_status nd_path_trace(nd_path *path, const nd_two *two, const nd_chain *chain) {
    path->count = 0;
    path->begin = path->end = (nd_link){0};
    size_t first = 0;
    while (first < chain->count && !is_match(two, chain->links[first])) first++;
    if (first == chain->count) return NEARDUP_OK;
    if (!path->matrix) path->matrix = nd_matrix_create();
    if (!path->matrix) return NEARDUP_ERROR_MEMORY;
    path->begin = chain->links[first];
    neardup_status status = extend(path, two, &path->begin, false);
    reverse(path->runs, path->count);
    nd_link at = chain->links[first]; /* behind what is in the path */
    for (size_t i = first; i < chain->count && !status; i++) {
        nd_link link = chain->links[i], end = {link.a + ND_GRAM, link.b + ND_GRAM};
        bool straight = end.a - at.a == end.b - at.b && end.a > at.a && link.a <= at.a;
        if ((!straight && (link.a < at.a || link.b < at.b)) || !is_match(two, link)) continue;
        if (!straight && !is_near(at, link)) break;
        if (!straight) status = bridge(path, two, at, link);
        if (!status) status = add_matches(path, straight ? end.a - at.a : ND_GRAM);
        at = end;
    }
    path->end = at;
    return status ? status : extend(path, two, &path->end, true);
}
