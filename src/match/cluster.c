/* SPDX-License-Identifier: MIT */
#include "match/cluster.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/threads.h"
#include "match/candidate.h"
#include "match/connect.h"
#include "match/wave.h"

/* What is known of an item so far. */
typedef struct item_state {
    uint64_t kept;         /* its kept member, or ND_NO_MEMBER */
    uint64_t judged;       /* its last member that was judged, or ND_NO_MEMBER, and */
    uint64_t offers_state; /* what its buckets offered then: its next member meets the same while that stands */
} item_state;

/* One thread's share. */
typedef struct worker {
    nd_gatherer gatherer;
    nd_item_pair *pairs;
    size_t pair_count, pair_capacity;
    uint64_t verified;
} worker;

/* All of a run. */
typedef struct run {
    const nd_match *match;
    nd_offers kept, seen; /* kept classes; and, where pairs are wanted, all */
    item_state *items;
    uint64_t *rank_of; /* by item: its best ranked member */
    nd_verdict *verdicts;
    uint32_t *sizes;
    worker *workers;
    unsigned cutoff, pairs_cutoff; /* agreements */
    nd_wave wave;
} run;

void nd_outcome_release(nd_outcome *outcome) {
    nd_free(outcome->verdicts);
    nd_free(outcome->keepers);
    nd_free(outcome->sizes);
    nd_free(outcome->pairs);
    *outcome = (nd_outcome){0};
}

/* ---- verifying ---- */

/* A worker's number follows from its place. */
static unsigned number_of(const run *r, const worker *w) { return (unsigned)(w - r->workers); }

static neardup_status get_set(run *r, const worker *w, nd_role role, uint32_t item, nd_set *set_out) {
    neardup_status status = r->match->set(r->match->context, number_of(r, w), role, item, set_out);
    /* Several threads may learn a size at a time; it is the same for all. */
    if (!status) __atomic_store_n(&r->sizes[item], (uint32_t)set_out->size, __ATOMIC_RELAXED);
    return status;
}

/* Counts the shingles that `own` shares with a candidate: exact where their Jaccard is at least `jaccard`, else less
 * than that takes. */
static neardup_status verify(run *r, worker *w, nd_set own, uint32_t candidate, double jaccard, size_t *shared_out,
                             double *jaccard_out) {
    nd_set other;
    neardup_status status = get_set(r, w, ND_OTHER, candidate, &other);
    if (status) return status;
    size_t least = nd_shared_for(jaccard, own.size, other.size);
    w->verified++;
    *shared_out = least > own.size || least > other.size ? 0 : nd_set_shared(own, other, least);
    *jaccard_out = nd_jaccard(*shared_out, own.size, other.size);
    return NEARDUP_OK;
}

static neardup_status note_pair(const run *r, worker *w, uint32_t a, uint32_t b, size_t shared, double jaccard) {
    if (!r->match->pairs || jaccard < r->match->pairs_from) return NEARDUP_OK;
    neardup_status status = nd_reserve(&w->pairs, &w->pair_capacity, w->pair_count + 1, sizeof *w->pairs);
    if (!status) w->pairs[w->pair_count++] = (nd_item_pair){a < b ? a : b, a < b ? b : a, (uint32_t)shared};
    return status;
}

/* ---- deciding ---- */

/* The similarity that a member must exceed, or reach with a better ranked keeper: that of its verdict so far. */
static neardup_status bar_of(run *r, worker *w, const nd_verdict *verdict, nd_set own, double *bar_out) {
    *bar_out = r->match->threshold;
    if (verdict->dup_of == ND_NO_MEMBER) return NEARDUP_OK;
    nd_set other;
    neardup_status status = get_set(r, w, ND_OTHER, r->match->members[verdict->dup_of], &other);
    if (!status) *bar_out = nd_jaccard(verdict->shared, own.size, other.size);
    return status;
}

/* Compares an item with the gatherer's candidates, all kept: the most similar one at the threshold wins, the better
 * ranked of equals. What was found before stands unless there is better: it may not be among them again. */
static neardup_status compare_with_kept(run *r, worker *w, uint32_t item, nd_verdict *verdict) {
    nd_set own;
    double best;
    neardup_status status = get_set(r, w, ND_OWN, item, &own);
    if (!status) status = bar_of(r, w, verdict, own, &best);
    for (size_t i = 0; i < w->gatherer.count && !status; i++) {
        uint32_t candidate = w->gatherer.candidates[i].item;
        size_t shared;
        double jaccard;
        status = verify(r, w, own, candidate, r->match->pairs ? r->match->pairs_from : best, &shared, &jaccard);
        if (status) return status;
        uint64_t keeper = r->items[candidate].kept;
        if (jaccard > best || (jaccard == best && keeper < verdict->dup_of)) {
            best = jaccard;
            verdict->dup_of = keeper;
            verdict->shared = (uint32_t)shared;
        }
        status = note_pair(r, w, item, candidate, shared, jaccard);
    }
    return status;
}

static neardup_status judge(run *r, worker *w, uint32_t item, nd_verdict *verdict) {
    neardup_status status = nd_gatherer_begin(&w->gatherer, item);
    if (!status) status = nd_gather(&w->gatherer, &r->kept, item, r->cutoff, ND_VERIFIED_A_DOCUMENT, &verdict->bounded);
    if (!status && w->gatherer.count) status = compare_with_kept(r, w, item, verdict);
    return status;
}

/* Verifies an item, at its best ranked member, against better ranked items whatever became of them. What judge() has
 * gathered before is not gathered again. */
static neardup_status list_pairs(run *r, worker *w, uint32_t item, nd_verdict *verdict) {
    nd_set own = {0};
    neardup_status status =
        nd_gather(&w->gatherer, &r->seen, item, r->pairs_cutoff, ND_LISTED_A_DOCUMENT, &verdict->bounded);
    if (!status && w->gatherer.count) status = get_set(r, w, ND_OWN, item, &own);
    for (size_t i = 0; i < w->gatherer.count && !status; i++) {
        uint32_t candidate = w->gatherer.candidates[i].item;
        size_t shared;
        double jaccard;
        status = verify(r, w, own, candidate, r->match->pairs_from, &shared, &jaccard);
        if (!status) status = note_pair(r, w, item, candidate, shared, jaccard);
    }
    nd_offers_put(&r->seen, item);
    return status;
}

/* Whether a member is a reference, which stays whatever it resembles. */
static bool is_reference(const run *r, uint64_t member) { return member < r->match->references; }

/* Whether a member needs no judgement: it has the same tokens as a kept one. */
static bool is_settled(run *r, uint64_t member) {
    uint64_t kept = r->items[r->match->members[member]].kept;
    if (kept != ND_NO_MEMBER)
        r->verdicts[member] = (nd_verdict){.dup_of = is_reference(r, member) ? ND_NO_MEMBER : kept};
    return kept != ND_NO_MEMBER;
}

/* Keeps a reference. What it shares with other references is nobody's business. */
static void keep_reference(run *r, uint64_t member) {
    uint32_t item = r->match->members[member];
    r->verdicts[member] = (nd_verdict){.dup_of = ND_NO_MEMBER};
    r->items[item].kept = member;
    nd_offers_put(&r->kept, item);
    if (r->match->pairs) nd_offers_put(&r->seen, item);
}

static neardup_status decide_member(run *r, worker *w, uint64_t member) {
    uint32_t item = r->match->members[member];
    item_state *state = &r->items[item];
    nd_verdict *verdict = &r->verdicts[member];
    if (is_settled(r, member)) return NEARDUP_OK;
    if (is_reference(r, member)) {
        keep_reference(r, member);
        return NEARDUP_OK;
    }
    bool first = state->judged == ND_NO_MEMBER, stale = true;
    uint64_t offered = nd_offers_state(&r->kept, item);
    *verdict = (nd_verdict){.dup_of = ND_NO_MEMBER};
    if (!first) {
        *verdict = r->verdicts[state->judged];
        stale = state->offers_state != offered;
    }
    neardup_status status = stale ? judge(r, w, item, verdict) : NEARDUP_OK;
    if (!status && first && r->match->pairs) status = list_pairs(r, w, item, verdict);
    state->judged = member;
    state->offers_state = offered;
    if (status || verdict->dup_of != ND_NO_MEMBER) return status;
    state->kept = member;
    nd_offers_put(&r->kept, item);
    return NEARDUP_OK;
}

/* For connected clusters nothing is decided yet: an item's pairs are listed, once. */
static neardup_status list_member(run *r, worker *w, uint64_t member) {
    uint32_t item = r->match->members[member];
    r->verdicts[member] = (nd_verdict){.dup_of = ND_NO_MEMBER};
    if (r->items[item].judged != ND_NO_MEMBER) return NEARDUP_OK;
    r->items[item].judged = member;
    neardup_status status = nd_gatherer_begin(&w->gatherer, item);
    return status ? status : list_pairs(r, w, item, &r->verdicts[member]);
}

/* ---- waves ---- */

static neardup_status expect_set(void *context, unsigned number, size_t place) {
    const run *r = context;
    return r->match->expect(r->match->context, number, r->match->members[r->wave.expected[place]]);
}

static neardup_status decide_group(void *context, unsigned number, size_t group) {
    run *r = context;
    worker *w = &r->workers[number];
    neardup_status status = NEARDUP_OK;
    for (size_t i = r->wave.begin[group]; i < r->wave.begin[group + 1] && !status; i++) {
        uint64_t member = r->wave.members[i];
        status = r->match->components_are_clusters ? list_member(r, w, member) : decide_member(r, w, member);
    }
    return status;
}

/* Decides the members from `begin` to `end`. Those that an earlier one of the wave settles are decided like others. */
static neardup_status run_wave(run *r, uint64_t begin, uint64_t end) {
    nd_wave *wave = &r->wave;
    nd_wave_clear(wave);
    for (uint64_t member = begin; member < end; member++)
        if (!is_settled(r, member)) nd_wave_add(wave, member);
    nd_wave_split(wave);
    neardup_status status = NEARDUP_OK;
    if (r->match->expect) status = nd_parallel_for(r->match->threads, wave->expected_count, expect_set, r);
    return status ? status : nd_parallel_for(r->match->threads, wave->groups, decide_group, r);
}

/* The pairs of all workers, an item's perhaps twice. */
static size_t count_pairs(const run *r) {
    size_t pairs = 0;
    for (unsigned i = 0; i < r->match->threads; i++) pairs += r->workers[i].pair_count;
    return pairs;
}

static neardup_status run_waves(run *r) {
    const nd_match *m = r->match;
    neardup_status status = NEARDUP_OK;
    for (uint64_t begin = 0, end; begin < m->member_count && !status; begin = end) {
        end = m->member_count - begin > m->wave ? begin + m->wave : m->member_count;
        status = run_wave(r, begin, end);
        if (!status && m->after_wave) status = m->after_wave(m->context, end, count_pairs(r));
    }
    return status;
}

/* ---- the run ---- */

static neardup_status prepare(run *r, const nd_match *m) {
    size_t items = m->buckets->items;
    r->match = m;
    r->cutoff = nd_digest_cutoff(m->threshold);
    r->pairs_cutoff = m->pairs ? nd_digest_cutoff(m->pairs_from) : 0;
    r->items = nd_allocate(items, sizeof *r->items);
    r->rank_of = nd_allocate(items, sizeof *r->rank_of);
    r->sizes = nd_allocate_zero(items, sizeof *r->sizes);
    r->workers = nd_allocate_zero(m->threads, sizeof *r->workers);
    r->verdicts = nd_allocate((size_t)m->member_count, sizeof *r->verdicts);
    if (!r->items || !r->rank_of || !r->sizes || !r->workers || !r->verdicts) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < items; i++) r->items[i] = (item_state){.kept = ND_NO_MEMBER, .judged = ND_NO_MEMBER};
    for (uint64_t member = m->member_count; member-- > 0;) r->rank_of[m->members[member]] = member;
    for (unsigned i = 0; i < m->threads; i++)
        r->workers[i].gatherer =
            (nd_gatherer){.buckets = m->buckets, .digests = m->digests, .agree = m->agree, .rank_of = r->rank_of};
    neardup_status status = nd_wave_create(&r->wave, m->buckets, m->members, m->wave, m->threads > 1);
    if (!status) status = nd_offers_create(&r->kept, m->buckets, ND_KEPT_A_BUCKET);
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
    size_t total = count_pairs(r);
    outcome->pairs = nd_allocate(total, sizeof *outcome->pairs);
    if (!outcome->pairs) return NEARDUP_ERROR_MEMORY;
    for (unsigned i = 0; i < r->match->threads; i++) {
        worker *w = &r->workers[i];
        outcome->candidates += w->gatherer.estimated;
        outcome->verified += w->verified;
        if (w->pair_count) memcpy(outcome->pairs + outcome->pair_count, w->pairs, w->pair_count * sizeof *w->pairs);
        outcome->pair_count += w->pair_count;
        nd_free(w->pairs);
        w->pairs = NULL;
    }
    if (total) qsort(outcome->pairs, total, sizeof *outcome->pairs, compare_pairs);
    size_t kept = 0; /* an item that was judged again may have met a candidate twice */
    for (size_t i = 0; i < total; i++)
        if (!kept || compare_pairs(&outcome->pairs[kept - 1], &outcome->pairs[i]))
            outcome->pairs[kept++] = outcome->pairs[i];
    outcome->pair_count = kept;
    outcome->verdicts = r->verdicts;
    outcome->sizes = r->sizes;
    r->verdicts = NULL;
    r->sizes = NULL;
    return NEARDUP_OK;
}

static void release_run(run *r) {
    for (unsigned i = 0; r->workers && i < r->match->threads; i++) {
        nd_gatherer_release(&r->workers[i].gatherer);
        nd_free(r->workers[i].pairs);
    }
    nd_offers_release(&r->kept);
    nd_offers_release(&r->seen);
    nd_wave_release(&r->wave);
    nd_free(r->items);
    nd_free(r->rank_of);
    nd_free(r->sizes);
    nd_free(r->workers);
    nd_free(r->verdicts);
}

neardup_status nd_match_run(const nd_match *match, nd_outcome *outcome) {
    run r = {0};
    *outcome = (nd_outcome){0};
    neardup_status status = prepare(&r, match);
    if (!status) status = run_waves(&r);
    if (!status) status = collect(&r, outcome);
    if (!status && match->components_are_clusters) status = nd_connect(match, r.rank_of, outcome);
    release_run(&r);
    if (status) nd_outcome_release(outcome);
    return status;
}
