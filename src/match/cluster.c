/* SPDX-License-Identifier: MIT */
#include "match/cluster.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/threads.h"
#include "match/candidate.h"

enum { MEMBERS_A_REPORT = 256 };

/* What is known of an item while its component is decided. */
typedef struct item_state {
    uint64_t kept;         /* its kept member, or ND_NO_MEMBER */
    uint64_t first;        /* its best ranked member */
    nd_verdict verdict;    /* of its last member that was judged, and */
    uint64_t offers_state; /* what its buckets offered then: its next member meets the same while that stands */
    bool judged, bounded;
} item_state;

/* One thread's share. */
typedef struct worker {
    nd_gatherer gatherer;
    nd_item_pair *pairs;
    size_t pair_count, pair_capacity;
    uint64_t verified;
    uint64_t decided; /* members since the last report */
} worker;

/* All of a run. */
struct nd_matcher {
    const nd_match *match;
    nd_offers kept, seen; /* kept classes; and, where pairs are wanted, all */
    item_state *items;
    uint64_t *rank_of, *stamps; /* by item */
    uint32_t *parent;           /* by item, for connected clusters */
    nd_verdict *verdicts;
    worker *workers;
    unsigned threads;
    unsigned cutoff, pairs_cutoff; /* agreements */
};

typedef struct nd_matcher run;

void nd_outcome_release(nd_outcome *outcome) {
    nd_free(outcome->verdicts);
    nd_free(outcome->pairs);
    *outcome = (nd_outcome){0};
}

static double jaccard_of(const run *r, uint32_t a, uint32_t b, size_t shared) {
    return nd_jaccard(shared, r->match->sets[a].size, r->match->sets[b].size);
}

/* Shingles two items share; exact where their Jaccard is at least `jaccard`, else less than that takes. */
static size_t verify(const run *r, worker *w, uint32_t a, uint32_t b, double jaccard) {
    nd_set x = r->match->sets[a], y = r->match->sets[b];
    size_t least = nd_shared_for(jaccard, x.size, y.size);
    w->verified++;
    if (least > x.size || least > y.size) return 0;
    return nd_set_shared(x, y, least);
}

static neardup_status note_pair(const run *r, worker *w, uint32_t a, uint32_t b, size_t shared) {
    if (!r->match->pairs || jaccard_of(r, a, b, shared) < r->match->pairs_from) return NEARDUP_OK;
    neardup_status status = nd_reserve(&w->pairs, &w->pair_capacity, w->pair_count + 1, sizeof *w->pairs);
    if (!status) w->pairs[w->pair_count++] = (nd_item_pair){a < b ? a : b, a < b ? b : a, shared};
    return status;
}

/* Judges an item by what is kept so far: the most similar kept item at the threshold, the better ranked of equals. What
 * an earlier judgement found stands unless there is better now: its keeper may not be among the candidates again. */
static neardup_status judge(const run *r, worker *w, uint32_t item) {
    item_state *state = &r->items[item];
    double best = r->match->threshold;
    if (state->verdict.dup_of != ND_NO_MEMBER)
        best = jaccard_of(r, item, r->match->components->members[state->verdict.dup_of].item, state->verdict.shared);
    nd_gatherer_begin(&w->gatherer, item);
    neardup_status status = nd_gather(&w->gatherer, &r->kept, item, r->cutoff, ND_VERIFIED_A_DOCUMENT, &state->bounded);
    for (size_t i = 0; i < w->gatherer.count && !status; i++) {
        uint32_t candidate = w->gatherer.candidates[i].item;
        size_t shared = verify(r, w, item, candidate, r->match->pairs ? r->match->pairs_from : best);
        double jaccard = jaccard_of(r, item, candidate, shared);
        uint64_t keeper = r->items[candidate].kept;
        if (jaccard > best || (jaccard == best && keeper < state->verdict.keeper)) {
            best = jaccard;
            state->verdict = (nd_verdict){.dup_of = keeper, .keeper = keeper, .shared = shared};
        }
        status = note_pair(r, w, item, candidate, shared);
    }
    state->judged = true;
    state->offers_state = nd_offers_state(&r->kept, item);
    return status;
}

/* Verifies an item, at its best ranked member, against better ranked items whatever became of them. What judge() has
 * gathered before is not gathered again. */
static neardup_status list_pairs(run *r, worker *w, uint32_t item) {
    neardup_status status =
        nd_gather(&w->gatherer, &r->seen, item, r->pairs_cutoff, ND_LISTED_A_DOCUMENT, &r->items[item].bounded);
    for (size_t i = 0; i < w->gatherer.count && !status; i++) {
        uint32_t candidate = w->gatherer.candidates[i].item;
        size_t shared = verify(r, w, item, candidate, r->match->pairs_from);
        status = note_pair(r, w, item, candidate, shared);
    }
    nd_offers_put(&r->seen, item);
    return status;
}

/* Counts a member as decided, and reports now and then. */
static neardup_status report(const run *r, worker *w) {
    if (++w->decided < MEMBERS_A_REPORT || !r->match->done) return NEARDUP_OK;
    uint64_t decided = w->decided;
    w->decided = 0;
    return r->match->done(r->match->context, decided);
}

static neardup_status decide_member(run *r, worker *w, uint64_t member) {
    uint32_t item = r->match->components->members[member].item;
    item_state *state = &r->items[item];
    if (state->kept != ND_NO_MEMBER) { /* the same tokens as a kept one */
        r->verdicts[member] = (nd_verdict){.dup_of = state->kept, .keeper = state->kept};
        return NEARDUP_OK;
    }
    bool first = !state->judged;
    neardup_status status = report(r, w);
    if (status) return status;
    if (first || state->offers_state != nd_offers_state(&r->kept, item)) status = judge(r, w, item);
    if (!status && first && r->match->pairs) status = list_pairs(r, w, item);
    if (state->verdict.dup_of == ND_NO_MEMBER) {
        r->verdicts[member] = (nd_verdict){.dup_of = ND_NO_MEMBER, .keeper = member};
        state->kept = member;
        nd_offers_put(&r->kept, item);
    } else {
        r->verdicts[member] = state->verdict;
    }
    return status;
}

/* ---- connected clusters ---- */

/* The neighbour an item is best explained by: better ranked before worse, then most similar, then best ranked. */
static bool explains_better(const run *r, uint32_t item, const nd_item_pair *pair, const nd_item_pair *than) {
    if (!than) return true;
    uint32_t x = pair->a == item ? pair->b : pair->a, y = than->a == item ? than->b : than->a;
    bool x_before = r->rank_of[x] < r->rank_of[item], y_before = r->rank_of[y] < r->rank_of[item];
    if (x_before != y_before) return x_before;
    double jaccard_x = jaccard_of(r, item, x, pair->shared), jaccard_y = jaccard_of(r, item, y, than->shared);
    if (jaccard_x != jaccard_y) return jaccard_x > jaccard_y;
    return r->rank_of[x] < r->rank_of[y];
}

/* Turns the pairs of one component, from pairs[begin] of the worker on, into connected clusters. */
static neardup_status connect(run *r, worker *w, size_t component, size_t begin) {
    const nd_components *components = r->match->components;
    size_t first = (size_t)components->begin[component], end = (size_t)components->begin[component + 1];
    size_t count = end - first;
    const nd_item_pair **best = nd_allocate_zero(count, sizeof(const nd_item_pair *));
    if (!best) return NEARDUP_ERROR_MEMORY;
    for (size_t i = begin; i < w->pair_count; i++) {
        const nd_item_pair *pair = &w->pairs[i];
        if (jaccard_of(r, pair->a, pair->b, pair->shared) < r->match->threshold) continue;
        nd_join_roots(r->parent, pair->a, pair->b);
        const uint32_t ends[] = {pair->a, pair->b};
        for (int e = 0; e < 2; e++) {
            const nd_item_pair **known = &best[r->items[ends[e]].first - first];
            if (explains_better(r, ends[e], pair, *known)) *known = pair;
        }
    }
    for (size_t m = first; m < end; m++) {
        uint32_t item = components->members[m].item, root = nd_find_root(r->parent, item);
        item_state *state = &r->items[item];
        uint64_t *keeper = &r->items[root].kept; /* members come best ranked first */
        if (*keeper == ND_NO_MEMBER) *keeper = m;
        const nd_item_pair *pair = best[state->first - first];
        nd_verdict verdict = {.dup_of = ND_NO_MEMBER, .keeper = *keeper};
        if (m != state->first) {
            verdict.dup_of = state->first;
        } else if (*keeper != m) { /* then it has a pair, or it would be alone */
            verdict.dup_of = r->items[pair->a == item ? pair->b : pair->a].first;
            verdict.shared = (size_t)pair->shared;
        }
        r->verdicts[m] = verdict;
    }
    nd_free(best);
    return NEARDUP_OK;
}

/* Lists the pairs of one component and clusters by them. */
static neardup_status decide_connected(run *r, worker *w, size_t component) {
    const nd_components *components = r->match->components;
    size_t before = w->pair_count;
    neardup_status status = NEARDUP_OK;
    for (uint64_t m = components->begin[component]; m < components->begin[component + 1] && !status; m++) {
        uint32_t item = components->members[m].item;
        if (r->items[item].judged) continue;
        r->items[item].judged = true;
        nd_gatherer_begin(&w->gatherer, item);
        status = report(r, w);
        if (!status) status = list_pairs(r, w, item);
    }
    return status ? status : connect(r, w, component, before);
}

/* ---- the run ---- */

static neardup_status decide_component(void *context, unsigned worker_number, size_t component) {
    run *r = context;
    worker *w = &r->workers[worker_number];
    const nd_components *components = r->match->components;
    uint64_t begin = components->begin[component], end = components->begin[component + 1];
    neardup_status status = NEARDUP_OK;
    if (r->match->components_are_clusters)
        status = decide_connected(r, w, component);
    else
        for (uint64_t m = begin; m < end && !status; m++) status = decide_member(r, w, m);
    return status;
}

static neardup_status prepare(run *r, const nd_match *m, unsigned threads) {
    r->match = m;
    r->threads = threads ? threads : 1;
    size_t items = m->buckets->items;
    r->cutoff = nd_digest_cutoff(m->threshold);
    r->pairs_cutoff = m->pairs ? nd_digest_cutoff(m->pairs_from) : 0;
    r->items = nd_allocate(items, sizeof *r->items);
    r->rank_of = nd_allocate(items, sizeof *r->rank_of);
    r->stamps = nd_allocate_zero(items, sizeof *r->stamps);
    r->parent = nd_allocate(items, sizeof *r->parent);
    r->workers = nd_allocate_zero(r->threads, sizeof *r->workers);
    r->verdicts = nd_allocate((size_t)m->components->begin[m->components->count], sizeof *r->verdicts);
    if (!r->items || !r->rank_of || !r->stamps || !r->parent || !r->workers || !r->verdicts)
        return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < items; i++) r->parent[i] = (uint32_t)i;
    for (uint64_t member = m->components->begin[m->components->count]; member-- > 0;) {
        uint32_t item = m->components->members[member].item;
        r->items[item] = (item_state){
            .kept = ND_NO_MEMBER, .first = member, .verdict = {.dup_of = ND_NO_MEMBER, .keeper = ND_NO_MEMBER}};
        r->rank_of[item] = member;
    }
    for (unsigned i = 0; i < r->threads; i++)
        r->workers[i].gatherer = (nd_gatherer){
            .buckets = m->buckets, .digests = m->digests, .agree = m->agree, .rank_of = r->rank_of, .seen = r->stamps};
    neardup_status status = nd_offers_create(&r->kept, m->buckets, ND_KEPT_A_BUCKET);
    if (!status && m->pairs) status = nd_offers_create(&r->seen, m->buckets, ND_SEEN_A_BUCKET);
    return status;
}

static int compare_pairs(const void *left, const void *right) {
    const nd_item_pair *x = left, *y = right;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    return (x->b > y->b) - (x->b < y->b);
}

/* Puts the workers' shares together, in an order that does not depend on who did what. */
static neardup_status collect(run *r, nd_outcome *outcome) {
    size_t total = 0;
    for (unsigned i = 0; i < r->threads; i++) {
        const worker *w = &r->workers[i];
        total += w->pair_count;
        outcome->candidates += w->gatherer.estimated;
        outcome->verified += w->verified;
    }
    outcome->pairs = nd_allocate(total, sizeof *outcome->pairs);
    if (!outcome->pairs) return NEARDUP_ERROR_MEMORY;
    for (unsigned i = 0; i < r->threads; i++) {
        const worker *w = &r->workers[i];
        if (w->pair_count) memcpy(outcome->pairs + outcome->pair_count, w->pairs, w->pair_count * sizeof *w->pairs);
        outcome->pair_count += w->pair_count;
    }
    if (total) qsort(outcome->pairs, total, sizeof *outcome->pairs, compare_pairs);
    size_t kept = 0; /* an item that was judged again may have met a candidate twice */
    for (size_t i = 0; i < total; i++)
        if (!kept || compare_pairs(&outcome->pairs[kept - 1], &outcome->pairs[i]))
            outcome->pairs[kept++] = outcome->pairs[i];
    outcome->pair_count = kept;
    const nd_components *components = r->match->components;
    for (uint64_t m = 0; m < components->begin[components->count]; m++)
        r->verdicts[m].bounded = r->items[components->members[m].item].bounded;
    outcome->verdicts = r->verdicts;
    r->verdicts = NULL;
    return NEARDUP_OK;
}

static void release_run(run *r) {
    for (unsigned i = 0; r->workers && i < r->threads; i++) {
        nd_free(r->workers[i].gatherer.candidates);
        nd_free(r->workers[i].pairs);
    }
    nd_offers_release(&r->kept);
    nd_offers_release(&r->seen);
    nd_free(r->items);
    nd_free(r->rank_of);
    nd_free(r->stamps);
    nd_free(r->parent);
    nd_free(r->workers);
    nd_free(r->verdicts);
}

neardup_status nd_match_run(const nd_match *match, nd_outcome *outcome) {
    run r = {0};
    *outcome = (nd_outcome){0};
    neardup_status status = prepare(&r, match, match->threads);
    if (!status) status = nd_parallel_for(r.threads, match->components->count, decide_component, &r);
    if (!status) status = collect(&r, outcome);
    release_run(&r);
    return status;
}

neardup_status nd_matcher_create(const nd_match *match, nd_matcher **matcher_out) {
    nd_matcher *matcher = nd_allocate_zero(1, sizeof *matcher);
    neardup_status status = matcher ? prepare(matcher, match, 1) : NEARDUP_ERROR_MEMORY;
    if (status)
        nd_matcher_free(matcher);
    else
        *matcher_out = matcher;
    return status;
}

void nd_matcher_free(nd_matcher *matcher) {
    if (!matcher) return;
    release_run(matcher);
    nd_free(matcher);
}

neardup_status nd_matcher_decide(nd_matcher *matcher, uint64_t member, bool *kept_out) {
    neardup_status status = decide_member(matcher, &matcher->workers[0], member);
    if (!status) *kept_out = matcher->verdicts[member].dup_of == ND_NO_MEMBER;
    return status;
}

neardup_status nd_matcher_finish(nd_matcher *matcher, nd_outcome *outcome) {
    *outcome = (nd_outcome){0};
    return collect(matcher, outcome);
}
