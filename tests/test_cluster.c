/* SPDX-License-Identifier: MIT */
/* Deciding in waves on several threads against deciding one by one, where everything meets everything and bounds bite.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "match/cluster.h"
#include "random.h"
#include "suite.h"

enum { MOST_CLASSES = 300, BANDS = 6, SET_SIZE = 12, MOST_MEMBERS = 600 };

/* Classes with sets, and members that stand for them. */
typedef struct world {
    uint32_t classes;
    nd_buckets buckets;
    uint64_t hashes[MOST_CLASSES][SET_SIZE]; /* by item */
    nd_digest digests[MOST_CLASSES];
    uint32_t members[MOST_MEMBERS];
    uint64_t member_count;
} world;

static world w;

/* Of one of the families: some hashes of its own, the others its family's. */
static void make_set(uint64_t *hashes, uint32_t families) {
    uint64_t family = random_below(families) + 2000, own = random_below(4);
    for (uint64_t i = 0; i < SET_SIZE; i++) hashes[i] = (i + 1) << 40 | (i < own ? random_below(1000) + 100 : family);
}

static void make_world(void) {
    static nd_spill spill;
    nd_entries *entries = calloc(1, sizeof *entries);
    uint64_t several[MOST_CLASSES / 64 + 1] = {0};
    neardup_error error;
    entries->spill = &spill;
    w.classes = 2 + random_below(MOST_CLASSES - 1);
    uint32_t distinct = 1 + random_below(random_below(2) ? 3 : 200);
    for (uint32_t class = 0; class < w.classes; class ++) {
        uint64_t keys[BANDS];
        for (int band = 0; band < BANDS; band++) keys[band] = (random_below(distinct) + 1) * 0x9E3779B97F4A7C15ULL;
        ck_assert_int_eq(NEARDUP_OK, nd_entries_add(entries, class, keys, BANDS));
    }
    ck_assert_int_eq(NEARDUP_OK, nd_buckets_group(entries, several, w.classes, 1, &w.buckets, &error));
    free(entries);
    uint32_t families = random_below(2) ? 8 : 200; /* hardly anything stays, or so much that buckets are full */
    for (size_t item = 0; item < w.buckets.items; item++) make_set(w.hashes[item], families);
    w.member_count = w.buckets.items ? random_below(MOST_MEMBERS) : 0;
    for (uint64_t m = 0; m < w.member_count; m++) w.members[m] = random_below((uint32_t)w.buckets.items);
}

static neardup_status get_set(void *context, unsigned worker, nd_role role, uint32_t item, nd_set *set_out) {
    (void)context, (void)worker, (void)role;
    *set_out = (nd_set){w.hashes[item], SET_SIZE};
    return NEARDUP_OK;
}

static neardup_status expect_set(void *context, unsigned worker, uint32_t item) {
    (void)worker;
    __atomic_fetch_add((size_t *)context, item < w.buckets.items, __ATOMIC_RELAXED);
    return NEARDUP_OK;
}

static nd_outcome run(nd_match match, unsigned threads, size_t wave) {
    nd_outcome outcome;
    match.threads = threads;
    match.wave = wave;
    ck_assert_int_eq(NEARDUP_OK, nd_match_run(&match, &outcome));
    return outcome;
}

static void compare(const nd_outcome *a, const nd_outcome *b) {
    EXPECT(a->candidates == b->candidates && a->verified == b->verified, "other work: %llu, %llu candidates",
           (unsigned long long)a->candidates, (unsigned long long)b->candidates);
    ck_assert_uint_eq(a->pair_count, b->pair_count);
    for (size_t i = 0; i < a->pair_count; i++)
        EXPECT(a->pairs[i].a == b->pairs[i].a && a->pairs[i].b == b->pairs[i].b &&
                   a->pairs[i].shared == b->pairs[i].shared,
               "pair %zu", i);
    for (uint64_t m = 0; m < w.member_count; m++) {
        const nd_verdict *x = &a->verdicts[m], *y = &b->verdicts[m];
        EXPECT(x->dup_of == y->dup_of && x->bounded == y->bounded, "member %zu", (size_t)m);
        EXPECT(x->dup_of == ND_NO_MEMBER || x->shared == y->shared, "member %zu", (size_t)m);
        EXPECT(!a->keepers == !b->keepers && (!a->keepers || a->keepers[m] == b->keepers[m]), "member %zu", (size_t)m);
    }
}

START_TEST(waves_decide_as_one_by_one) {
    random_start("waves");
    size_t bounded = 0, dropped = 0;
    for (int round = 0; round < (SANITIZED ? 60 : 400); round++) {
        make_world();
        size_t expected = 0;
        bool pairs = random_below(2);
        nd_match match = {.buckets = &w.buckets,
                          .digests = w.digests,
                          .members = w.members,
                          .member_count = w.member_count,
                          .threshold = .6,
                          .pairs = pairs,
                          .pairs_from = .3,
                          .components_are_clusters = pairs && random_below(2),
                          .agree = nd_agree_portable,
                          .context = &expected,
                          .set = get_set,
                          .expect = expect_set};
        nd_outcome one_by_one = run(match, 1, 1);
        for (uint64_t m = 0; m < w.member_count; m++) {
            bounded += one_by_one.verdicts[m].bounded;
            dropped += one_by_one.verdicts[m].dup_of != ND_NO_MEMBER;
        }
        for (int i = 0; i < 3; i++) {
            nd_outcome other = run(match, 1 + random_below(4), 1 + random_below(MOST_MEMBERS));
            compare(&one_by_one, &other);
            nd_outcome_release(&other);
        }
        nd_outcome_release(&one_by_one);
        nd_buckets_release(&w.buckets);
    }
    ck_assert_uint_gt(dropped, 0);
    ck_assert_uint_gt(bounded, 0);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("cluster");
    tcase_add_test(tests, waves_decide_as_one_by_one);
    return run_tests(tests);
}
