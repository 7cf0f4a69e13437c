/* SPDX-License-Identifier: MIT */
/* Chains of few links against all that could be made of them. */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>

#include "passage/chain.h"
#include "passage/winnow.h"
#include "random.h"
#include "suite.h"
#include "support/kernels.h"

enum { MOST = 9 };

static int compare_links(const void *left, const void *right) {
    const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static int64_t distance(int64_t a, int64_t b) { return a < b ? b - a : a - b; }

/* What a chain may not do: stand still or go back, leap, leave its diagonal; or a step that costs what it brings. */
static bool may_follow(nd_link from, nd_link to, int64_t *worth_out) {
    int64_t a = (int64_t)to.a - from.a, b = (int64_t)to.b - from.b, least = a < b ? a : b;
    *worth_out = (least < ND_GRAM ? least : ND_GRAM) - (distance(a, b) + 3) / 4;
    return a > 0 && b > 0 && least <= ND_CHAIN_GAP && distance(a, b) <= ND_DIAGONALS && *worth_out > 0;
}

/* The score of some of the links, in their order; 0 where they are no chain. */
static int64_t score_of(const nd_link *links, size_t count) {
    int64_t score = ND_GRAM, worth;
    for (size_t i = 1; i < count; i++) {
        if (!may_follow(links[i - 1], links[i], &worth)) return 0;
        score += worth;
    }
    return count < 2 ? 0 : score;
}

/* The best score of all subsets. */
static int64_t best_score(const nd_link *links, size_t count) {
    int64_t best = 0;
    for (unsigned subset = 0; subset < 1U << count; subset++) {
        nd_link chosen[MOST];
        size_t size = 0;
        for (size_t i = 0; i < count; i++)
            if (subset >> i & 1) chosen[size++] = links[i];
        int64_t score = score_of(chosen, size);
        if (score > best) best = score;
    }
    return best;
}

START_TEST(chains_are_chains_and_hardly_any_is_better) {
    nd_chains chains = {0};
    const nd_kernels *kernels = kernels_of(_i);
    random_start("chains");
    for (int round = 0; kernels && round < (SANITIZED ? 2000 : 20000); round++) {
        uint64_t links[MOST];
        nd_link all[MOST];
        size_t count = 1 + random_below(MOST), used = 0, distinct = 0;
        uint32_t range = 4 + random_below(round % 2 ? 30 : 200), drift = random_below(40);
        for (size_t i = 0; i < count; i++) {
            uint32_t a = 100 + random_below(range), b = a + random_below(drift + 1);
            links[i] = (uint64_t)a << 32 | (random_below(5) ? b : 100 + random_below(range));
        }
        qsort(links, count, sizeof *links, compare_links);
        for (size_t i = 0; i < count; i++)
            if (!i || links[i] != links[distinct - 1]) links[distinct++] = links[i];
        for (size_t i = 0; i < distinct; i++) all[i] = (nd_link){(uint32_t)(links[i] >> 32), (uint32_t)links[i]};
        EXPECT(nd_chains_find(&chains, kernels->passage->look_back, links, distinct) == NEARDUP_OK, "no memory");
        int64_t best = best_score(all, distinct);
        /* A link right behind another on its diagonal follows that one, which is not always the best there is. */
        int64_t found = chains.count ? chains.items[0].score : 0;
        EXPECT(found <= best && found + ND_GRAM > best && (found > 0) == (best > 0), "round %d: %lld, not %lld", round,
               (long long)found, (long long)best);
        for (size_t i = 0; i < chains.count; i++) {
            const nd_chain *chain = &chains.items[i];
            /* A chain that begins where a better one has taken its beginning counts the step from there. */
            int64_t score = score_of(chain->links, chain->count);
            EXPECT(score >= chain->score && score - ND_GRAM < chain->score, "round %d, chain %zu", round, i);
            EXPECT(!i || chain[-1].score >= chain->score, "round %d: the best is not first", round);
            used += chain->count;
        }
        EXPECT(used <= distinct, "round %d: a link in two chains", round);
        nd_chains fresh = {0}; /* what earlier calls have left does not matter */
        EXPECT(nd_chains_find(&fresh, kernels->passage->look_back, links, distinct) == NEARDUP_OK, "no memory");
        EXPECT(fresh.count == chains.count && (!fresh.count || fresh.items[0].score == chains.items[0].score),
               "round %d: %zu chains, then %zu", round, fresh.count, chains.count);
        nd_chains_release(&fresh);
    }
    nd_chains_release(&chains);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("chain");
    tcase_add_loop_test(tests, chains_are_chains_and_hardly_any_is_better, 0, KERNELS);
    return run_tests(tests);
}
