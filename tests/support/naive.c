/* SPDX-License-Identifier: MIT */
#include "support/naive.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "text/json_string.h"
#include "text/token.h"

static double *jaccard_at(const naive *n, size_t a, size_t b) { return &n->jaccard[a * n->count + b]; }

static bool is_compared(const naive *n, size_t i) { return n->documents[i].known.condition == NEARDUP_COMPARED; }

/* ---- documents ---- */

static int compare_strings(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The end of the unit that begins at `at`: of a token with the space behind it, or of a code point. */
static const char *unit_end(const char *at, neardup_unit unit) {
    if (unit == NEARDUP_WORD) {
        while (*at && *at != ' ') at++;
        return *at ? at + 1 : at;
    }
    at++;
    while ((*at & 0xC0) == 0x80) at++;
    return at;
}

static char *copy_piece(const char *begin, const char *end, bool is_word) {
    size_t size = (size_t)(end - begin);
    if (is_word && size && end[-1] == ' ') size--; /* the last token of a text has none behind it */
    char *piece = malloc(size + 1);
    memcpy(piece, begin, size);
    piece[size] = 0;
    return piece;
}

static void make_shingles(naive_document *d, neardup_unit unit, unsigned length) {
    const char *begin = d->tokens, *end = begin;
    size_t units = 0;
    bool is_word = unit == NEARDUP_WORD;
    d->shingles = calloc(d->text_size + 1, sizeof *d->shingles);
    while (*end) {
        end = unit_end(end, unit);
        if (++units < length) continue;
        d->shingles[d->shingle_count++] = copy_piece(begin, end, is_word);
        begin = unit_end(begin, unit);
    }
    if (units < length) d->shingles[d->shingle_count++] = copy_piece(begin, end, is_word);
    qsort(d->shingles, d->shingle_count, sizeof *d->shingles, compare_strings);
    size_t kept = 0;
    for (size_t i = 0; i < d->shingle_count; i++) {
        if (kept && strcmp(d->shingles[i], d->shingles[kept - 1]) == 0)
            free(d->shingles[i]);
        else
            d->shingles[kept++] = d->shingles[i];
    }
    d->shingle_count = kept;
}

static void keep_bytes(naive_document *d, const neardup_text *text) {
    nd_buffer buffer = {0};
    if (text->form == NEARDUP_JSON)
        nd_json_unescape(text->data, text->size, &buffer);
    else
        nd_buffer_append(&buffer, text->data, text->size);
    d->bytes = buffer.data;
    d->size = buffer.size;
}

static void read_document(naive_document *d, const neardup_text *text, const neardup_options *o) {
    keep_bytes(d, text);
    d->known = (neardup_document){.condition = NEARDUP_SET_ASIDE, .bytes = text->size};
    if (text->set_aside) return;
    nd_tokens tokens = {0};
    EXPECT(nd_tokenize(&(nd_token_rules){.keep_text = true, .reference = true}, text, &tokens) == NEARDUP_OK, "tokens");
    nd_buffer_append_byte(&tokens.text, 0);
    d->tokens = tokens.text.data;
    d->text_size = tokens.text.size - 1;
    tokens.text = (nd_buffer){0};
    d->known.bytes = d->size;
    d->known.tokens = tokens.count;
    d->known.condition = tokens.ill_formed * 100 > text->size ? NEARDUP_SUSPECT
                         : tokens.count == 0                  ? NEARDUP_EMPTY
                         : tokens.count < o->min_tokens       ? NEARDUP_SHORT
                                                              : NEARDUP_COMPARED;
    nd_tokens_release(&tokens);
    if (d->known.condition == NEARDUP_COMPARED) make_shingles(d, o->shingle_unit, o->shingle_length);
}

bool naive_identical(const naive *n, size_t a, size_t b) {
    return is_compared(n, a) && is_compared(n, b) && strcmp(n->documents[a].tokens, n->documents[b].tokens) == 0;
}

bool naive_same_bytes(const naive *n, size_t a, size_t b) {
    const naive_document *x = &n->documents[a], *y = &n->documents[b];
    return x->size == y->size && (x->size == 0 || memcmp(x->bytes, y->bytes, x->size) == 0);
}

static size_t count_shared(const naive_document *a, const naive_document *b) {
    size_t i = 0, k = 0, shared = 0;
    while (i < a->shingle_count && k < b->shingle_count) {
        int order = strcmp(a->shingles[i], b->shingles[k]);
        shared += order == 0;
        i += order <= 0;
        k += order >= 0;
    }
    return shared;
}

static void compare_all(naive *n) {
    for (size_t a = 0; a < n->count; a++)
        for (size_t b = 0; b < n->count; b++) {
            if (!is_compared(n, a) || !is_compared(n, b)) continue;
            const naive_document *x = &n->documents[a], *y = &n->documents[b];
            size_t shared = count_shared(x, y);
            n->shared[a * n->count + b] = shared;
            *jaccard_at(n, a, b) = (double)shared / (double)(x->shingle_count + y->shingle_count - shared);
        }
}

/* ---- decisions ---- */

/* Drops a document for another. */
static void drop(naive *n, size_t document, size_t dup_of) {
    neardup_decision *d = &n->decisions[document];
    d->dropped = true;
    d->dup_of = dup_of;
    d->identical = naive_identical(n, document, dup_of);
    d->same_bytes = d->identical && naive_same_bytes(n, document, dup_of);
    d->jaccard = *jaccard_at(n, document, dup_of);
    d->containment = (double)n->shared[document * n->count + dup_of] / (double)n->documents[document].shingle_count;
}

/* Greedy: in rank order, dropped for the most similar kept one, the better ranked of equals. keeper[i]: whose cluster.
 */
static void decide_stars(naive *n, size_t *keeper) {
    for (size_t r = 0; r < n->count; r++) {
        size_t document = n->order[r], best = document;
        double most = n->options.threshold;
        keeper[document] = document;
        for (size_t k = 0; k < r && is_compared(n, document); k++) {
            size_t other = n->order[k];
            double jaccard = *jaccard_at(n, document, other);
            if (n->decisions[other].dropped || jaccard < most || (jaccard == most && best != document)) continue;
            most = jaccard;
            best = other;
        }
        if (best == document) continue;
        drop(n, document, best);
        keeper[document] = best;
    }
}

/* The best ranked document with the same tokens. */
static size_t first_of_copies(const naive *n, size_t document) {
    for (size_t r = 0; r < n->count; r++)
        if (naive_identical(n, n->order[r], document)) return n->order[r];
    return document;
}

/* Whether x explains a document's place in its component better than y: a better ranked neighbour before a worse
 * ranked, then the more similar, then the better ranked. */
static bool explains_better(const naive *n, size_t document, size_t x, size_t y) {
    bool x_before = n->rank_of[x] < n->rank_of[document], y_before = n->rank_of[y] < n->rank_of[document];
    if (x_before != y_before) return x_before;
    double jaccard_x = *jaccard_at(n, document, x), jaccard_y = *jaccard_at(n, document, y);
    return jaccard_x != jaccard_y ? jaccard_x > jaccard_y : n->rank_of[x] < n->rank_of[y];
}

static void decide_components(naive *n, size_t *keeper) {
    for (size_t i = 0; i < n->count; i++) keeper[i] = i;
    for (bool changed = true; changed;) { /* the best ranked that can be reached */
        changed = false;
        for (size_t a = 0; a < n->count; a++)
            for (size_t b = 0; b < n->count; b++)
                if (*jaccard_at(n, a, b) >= n->options.threshold && n->rank_of[keeper[a]] < n->rank_of[keeper[b]]) {
                    keeper[b] = keeper[a];
                    changed = true;
                }
    }
    for (size_t i = 0; i < n->count; i++) {
        if (keeper[i] == i || !is_compared(n, i)) continue;
        size_t first = first_of_copies(n, i), best = i;
        for (size_t k = 0; k < n->count && first == i; k++) {
            if (k == i || first_of_copies(n, k) != k || *jaccard_at(n, i, k) < n->options.threshold) continue;
            if (best == i || explains_better(n, i, k, best)) best = k;
        }
        drop(n, i, first == i ? best : first);
    }
}

static void number_clusters(naive *n, const size_t *keeper) {
    uint64_t cluster = 0;
    for (size_t keep = 0; keep < n->count; keep++) {
        size_t size = 0;
        for (size_t i = 0; i < n->count; i++) size += keeper[i] == keep;
        if (keeper[keep] != keep || size < 2) continue;
        for (size_t i = 0; i < n->count; i++)
            if (keeper[i] == keep) n->decisions[i].cluster = cluster;
        cluster++;
    }
}

/* Whether no document identical to it ranks before it. */
static bool is_first(const naive *n, size_t document) {
    for (size_t i = 0; i < n->count; i++)
        if (n->rank_of[i] < n->rank_of[document] && *jaccard_at(n, i, document) == 1 && naive_identical(n, i, document))
            return false;
    return true;
}

/* Whether pairs_once leaves the pair in. */
static bool is_of_first(const naive *n, size_t a, size_t b) {
    return naive_identical(n, a, b) ? is_first(n, a) || is_first(n, b) : is_first(n, a) && is_first(n, b);
}

static void list_pairs(naive *n) {
    double from = n->options.pairs_from > 0 ? n->options.pairs_from : n->options.threshold;
    n->pairs = calloc(n->count * n->count + 1, sizeof *n->pairs);
    for (size_t a = 0; a < n->count && n->options.pairs; a++)
        for (size_t b = a + 1; b < n->count; b++) {
            if (*jaccard_at(n, a, b) < from || (n->options.pairs_once && !is_of_first(n, a, b))) continue;
            double shared = (double)n->shared[a * n->count + b];
            n->pairs[n->pair_count++] =
                (neardup_pair){a, b, *jaccard_at(n, a, b), shared / (double)n->documents[a].shingle_count,
                               shared / (double)n->documents[b].shingle_count};
        }
}

naive *naive_create(const neardup_options *options, const neardup_text *texts, size_t count, const uint64_t *order) {
    naive *n = calloc(1, sizeof *n);
    *n = (naive){.options = *options, .count = count};
    n->documents = calloc(count + 1, sizeof *n->documents);
    n->shared = calloc(count * count + 1, sizeof *n->shared);
    n->jaccard = calloc(count * count + 1, sizeof *n->jaccard);
    n->rank_of = calloc(count + 1, sizeof *n->rank_of);
    n->order = calloc(count + 1, sizeof *n->order);
    n->decisions = calloc(count + 1, sizeof *n->decisions);
    size_t *keeper = calloc(count + 1, sizeof *keeper);
    for (size_t i = 0; i < count; i++) {
        n->order[i] = order ? order[i] : i;
        n->rank_of[n->order[i]] = i;
        n->decisions[i] = (neardup_decision){.dup_of = NEARDUP_NONE, .cluster = NEARDUP_NONE};
        read_document(&n->documents[i], &texts[i], options);
    }
    compare_all(n);
    if (options->clustering == NEARDUP_STAR)
        decide_stars(n, keeper);
    else
        decide_components(n, keeper);
    number_clusters(n, keeper);
    list_pairs(n);
    free(keeper);
    return n;
}

void naive_free(naive *n) {
    if (!n) return;
    for (size_t i = 0; i < n->count; i++) {
        naive_document *d = &n->documents[i];
        for (size_t s = 0; s < d->shingle_count; s++) free(d->shingles[s]);
        free(d->shingles);
        free(d->tokens);
        free(d->bytes);
    }
    free(n->documents);
    free(n->shared);
    free(n->jaccard);
    free(n->rank_of);
    free(n->order);
    free(n->decisions);
    free(n->pairs);
    free(n);
}

/* ---- comparison ---- */

static void check_documents(const naive *n, const neardup_result *result) {
    for (size_t i = 0; i < n->count; i++) {
        const neardup_document *expected = &n->documents[i].known;
        neardup_document found;
        EXPECT(neardup_result_document(result, i, &found) == NEARDUP_OK, "document %zu", i);
        EXPECT(found.condition == expected->condition, "document %zu: %d, not %d", i, (int)found.condition,
               (int)expected->condition);
        EXPECT(found.bytes == expected->bytes && found.tokens == expected->tokens, "document %zu", i);
    }
}

static void check_decisions(const naive *n, const neardup_result *result) {
    for (size_t i = 0; i < n->count; i++) {
        const neardup_decision *e = &n->decisions[i];
        neardup_decision d;
        EXPECT(neardup_result_decision(result, i, &d) == NEARDUP_OK, "document %zu", i);
        EXPECT(d.dropped == e->dropped && d.dup_of == e->dup_of, "document %zu: dup_of %lld, not %lld (J %g and %g)", i,
               (long long)d.dup_of, (long long)e->dup_of, d.jaccard, e->jaccard);
        EXPECT(d.identical == e->identical && d.same_bytes == e->same_bytes, "document %zu: %d%d, not %d%d", i,
               d.identical, d.same_bytes, e->identical, e->same_bytes);
        EXPECT(d.jaccard == e->jaccard && d.containment == e->containment, "document %zu: %.17g, not %.17g", i,
               d.jaccard, e->jaccard);
        EXPECT(d.cluster == e->cluster, "document %zu: cluster %lld, not %lld", i, (long long)d.cluster,
               (long long)e->cluster);
    }
}

static void check_cluster(const naive *n, uint64_t number, const neardup_cluster *c) {
    uint64_t identical = 0, near = 0;
    size_t size = 1;
    double least = 1;
    EXPECT(c->keep == c->members[0] && !n->decisions[c->keep].dropped, "cluster %llu", (unsigned long long)number);
    for (size_t i = 0; i < n->count; i++) {
        const neardup_decision *d = &n->decisions[i];
        if (d->cluster != number || !d->dropped) continue;
        EXPECT(size < c->size && c->members[size] == i, "cluster %llu, member %zu", (unsigned long long)number, size);
        size++;
        identical += d->identical;
        near += !d->identical;
        if (d->jaccard < least) least = d->jaccard;
    }
    EXPECT(c->size == size && c->identical == identical && c->near == near && c->min_jaccard == least,
           "cluster %llu of %zu", (unsigned long long)number, size);
}

static void check_clusters(const naive *n, const neardup_result *result, const neardup_totals *totals) {
    uint64_t clusters = 0, previous = 0;
    for (size_t i = 0; i < n->count; i++)
        clusters += !n->decisions[i].dropped && n->decisions[i].cluster != NEARDUP_NONE;
    EXPECT(totals->clusters == clusters, "%llu clusters", (unsigned long long)totals->clusters);
    for (uint64_t number = 0; number < clusters; number++) {
        neardup_cluster c;
        EXPECT(neardup_result_cluster(result, number, &c) == NEARDUP_OK, "cluster %llu", (unsigned long long)number);
        EXPECT(number == 0 || c.keep > previous, "cluster %llu", (unsigned long long)number);
        previous = c.keep;
        check_cluster(n, number, &c);
    }
    neardup_cluster untouched = {.keep = 77};
    EXPECT(neardup_result_cluster(result, clusters, &untouched) == NEARDUP_ERROR_ARGUMENT && untouched.keep == 77,
           "a cluster too many");
}

static void check_pairs(const naive *n, const neardup_result *result, const neardup_totals *totals) {
    for (size_t i = 0, k = 0; i < n->pair_count; i++, k++) {
        const neardup_pair *e = &n->pairs[i];
        neardup_pair p = {0};
        neardup_result_pair(result, k, &p);
        EXPECT(p.a == e->a && p.b == e->b, "pair %zu is (%llu, %llu), not (%llu, %llu) of J %g", i,
               (unsigned long long)p.a, (unsigned long long)p.b, (unsigned long long)e->a, (unsigned long long)e->b,
               e->jaccard);
        EXPECT(p.jaccard == e->jaccard && p.containment_a == e->containment_a && p.containment_b == e->containment_b,
               "pair (%llu, %llu): %.17g, not %.17g", (unsigned long long)p.a, (unsigned long long)p.b, p.jaccard,
               e->jaccard);
    }
    EXPECT(totals->pairs == n->pair_count, "%llu pairs, not %zu", (unsigned long long)totals->pairs, n->pair_count);
    neardup_pair untouched = {.a = 77};
    EXPECT(neardup_result_pair(result, n->pair_count, &untouched) == NEARDUP_ERROR_ARGUMENT && untouched.a == 77,
           "a pair too many");
}

static void check_totals(const naive *n, const neardup_totals *totals) {
    neardup_totals e = {.documents = n->count, .clusters = totals->clusters, .pairs = n->pair_count};
    for (size_t i = 0; i < n->count; i++) {
        const neardup_document *known = &n->documents[i].known;
        const neardup_decision *d = &n->decisions[i];
        e.bytes += known->bytes;
        e.tokens += known->tokens;
        e.empty += known->condition == NEARDUP_EMPTY;
        e.short_documents += known->condition == NEARDUP_SHORT;
        e.suspect += known->condition == NEARDUP_SUSPECT;
        e.set_aside += known->condition == NEARDUP_SET_ASIDE;
        e.dropped += d->dropped;
        e.identical += d->dropped && d->identical;
        e.near += d->dropped && !d->identical;
        e.dropped_bytes += d->dropped ? known->bytes : 0;
    }
    e.kept = e.documents - e.dropped;
    e.candidate_pairs = totals->candidate_pairs; /* how it was found out is the engine's affair */
    e.verified_pairs = totals->verified_pairs;
    EXPECT(memcmp(&e, totals, sizeof e) == 0, "totals differ: %llu kept, not %llu", (unsigned long long)totals->kept,
           (unsigned long long)e.kept);
}

void naive_check(const naive *n, const neardup_result *result) {
    neardup_totals totals;
    neardup_result_totals(result, &totals);
    check_documents(n, result);
    check_decisions(n, result);
    check_clusters(n, result, &totals);
    check_pairs(n, result, &totals);
    check_totals(n, &totals);
    neardup_document document;
    neardup_decision decision;
    EXPECT(neardup_result_document(result, n->count, &document) == NEARDUP_ERROR_ARGUMENT, "a document too many");
    EXPECT(neardup_result_decision(result, n->count, &decision) == NEARDUP_ERROR_ARGUMENT, "a decision too many");
}
