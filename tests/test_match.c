/* SPDX-License-Identifier: MIT */
/*
 * Sets, buckets, waves and candidates, each against the simplest thing that could be right. Band keys are random
 * with few distinct values, so that everything meets everything.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "match/bucket.h"
#include "match/candidate.h"
#include "match/forest.h"
#include "match/set.h"
#include "match/wave.h"
#include "random.h"
#include "suite.h"

/* ---- sets ---- */

enum { MOST_HASHES = 600 };

/* A random set of numbers below `bound`, rising. */
static nd_set make_set(uint64_t *room, size_t most, uint32_t bound) {
    nd_set set = {room, 0};
    for (uint32_t value = 0; value < bound && set.size < most; value++)
        if (random_below(bound) < most) room[set.size++] = (uint64_t)value << (value % 2 ? 40 : 0) | value;
    for (size_t i = 1; i < set.size; i++) /* insertion sort: shifting has put them out of order */
        for (size_t k = i; k && room[k - 1] > room[k]; k--) {
            uint64_t hash = room[k];
            room[k] = room[k - 1];
            room[k - 1] = hash;
        }
    return set;
}

static size_t count_shared(nd_set a, nd_set b) {
    size_t shared = 0;
    for (size_t i = 0; i < a.size; i++)
        for (size_t k = 0; k < b.size; k++) shared += a.hashes[i] == b.hashes[k];
    return shared;
}

START_TEST(shared_hashes_are_counted_or_given_up) {
    static uint64_t room_a[MOST_HASHES], room_b[MOST_HASHES];
    random_start("shared");
    for (int round = 0; round < (SANITIZED ? 500 : 4000); round++) {
        uint32_t bound = 1 + random_below(round % 4 ? 100 : 1500);
        nd_set a = make_set(room_a, random_below(round % 4 ? 80 : MOST_HASHES), bound);
        nd_set b = make_set(room_b, random_below(round % 3 ? 80 : MOST_HASHES), bound);
        size_t shared = count_shared(a, b);
        EXPECT(nd_set_shared(a, b, 0) == shared, "round %d", round);
        for (int i = 0; i < 4; i++) {
            size_t least = i < 2 ? shared + (size_t)i : random_below(100), found = nd_set_shared(a, b, least);
            EXPECT(shared >= least ? found == shared : found < least, "round %d: %zu of %zu, least %zu", round, found,
                   shared, least);
        }
        double all = (double)(a.size + b.size - shared);
        double jaccard = nd_jaccard(shared, a.size, b.size);
        EXPECT(jaccard == (all > 0 ? (double)shared / all : 0), "round %d: %g", round, jaccard);
    }
}
END_TEST

START_TEST(shared_for_is_the_least_that_reaches) {
    const double jaccards[] = {.7, .2, 1, 1.0 / 3, 2.0 / 3, .5, .999, 1e-9, 5e-324, .1, nextafter(.5, 1)};
    for (size_t j = 0; j < sizeof jaccards / sizeof *jaccards; j++)
        for (size_t a = 0; a < 70; a++)
            for (size_t b = 0; b < 70; b++) {
                size_t smaller = a < b ? a : b, least = 0;
                while (least <= smaller && nd_jaccard(least, a, b) < jaccards[j]) least++;
                EXPECT(nd_shared_for(jaccards[j], a, b) == least, "J %g of %zu and %zu: %zu, not %zu", jaccards[j], a,
                       b, nd_shared_for(jaccards[j], a, b), least);
            }
    random_start("shared_for");
    for (int round = 0; round < 100000; round++) {
        size_t a = random_bits() >> (20 + random_below(40)), b = random_bits() >> (20 + random_below(40));
        double jaccard = 1 - random_unit();
        size_t least = nd_shared_for(jaccard, a, b), smaller = a < b ? a : b;
        if (least <= smaller) EXPECT(nd_jaccard(least, a, b) >= jaccard, "J %g of %zu and %zu", jaccard, a, b);
        if (least) EXPECT(nd_jaccard(least - 1, a, b) < jaccard, "J %g of %zu and %zu", jaccard, a, b);
    }
}
END_TEST

/* ---- buckets ---- */

enum { MOST_CLASSES = 120, MOST_BANDS = 12 };

/* Classes with their keys, and what the floor makes of them. */
typedef struct world {
    uint32_t classes;
    unsigned bands, threads;
    uint64_t keys[MOST_CLASSES][MOST_BANDS];
    uint32_t copies[MOST_CLASSES];
    nd_spill spill;
    nd_buckets buckets;
} world;

static world w;

/* The bits of a key that count. */
static uint64_t effective(uint64_t key) { return key & 0xFFC00000FFFFFFFFULL; }

static bool meet(uint32_t a, uint32_t b) {
    for (unsigned i = 0; i < w.bands; i++)
        for (unsigned k = 0; k < w.bands; k++)
            if (effective(w.keys[a][i]) == effective(w.keys[b][k])) return true;
    return false;
}

static bool has_company(uint32_t class) {
    for (uint32_t other = 0; other < w.classes; other++)
        if (other != class && meet(class, other)) return true;
    return w.copies[class] > 1;
}

static void make_world(void) {
    nd_entries *entries = calloc(1, sizeof *entries);
    uint64_t several[MOST_CLASSES / 64 + 1] = {0};
    neardup_error error;
    w.spill.folder = "/tmp";
    entries->spill = &w.spill;
    w.classes = random_below(MOST_CLASSES + 1);
    w.bands = 1 + random_below(MOST_BANDS);
    w.threads = 1 + random_below(3);
    uint32_t distinct = 1 + random_below(random_below(2) ? 10 : 1000);
    for (uint32_t class = 0; class < w.classes; class ++) {
        for (unsigned band = 0; band < w.bands; band++) {
            uint64_t key = (random_below(distinct) + 1) * 0x9E3779B97F4A7C15ULL;
            w.keys[class][band] = random_below(4) ? key : key ^ (uint64_t)random_below(1 << 22) << 32;
        }
        w.copies[class] = 1 + (random_below(6) == 0) * random_below(3);
        several[class / 64] |= (uint64_t)(w.copies[class] > 1) << class % 64;
        ck_assert_int_eq(NEARDUP_OK, nd_entries_add(entries, class, w.keys[class], w.bands));
    }
    ck_assert_int_eq(NEARDUP_OK, nd_buckets_group(entries, several, w.classes, w.threads, &w.buckets, &error));
    for (size_t p = 0; p < ND_PARTITIONS; p++) EXPECT(!entries->writing[p].count, "entries are left");
    ck_assert_uint_eq(entries->bytes, 0);
    free(entries);
}

static bool in_bucket(uint32_t item, uint32_t bucket) {
    for (uint64_t i = w.buckets.begin[item]; i < w.buckets.begin[item + 1]; i++)
        if (w.buckets.buckets[i] == bucket) return true;
    return false;
}

static void check_items(void) {
    const nd_buckets *b = &w.buckets;
    uint32_t *item_of = nd_buckets_invert(b, w.classes), items = 0;
    for (uint32_t class = 0; class < w.classes; class ++) {
        EXPECT((item_of[class] != ND_NO_ITEM) == has_company(class), "class %u", class);
        if (item_of[class] == ND_NO_ITEM) continue;
        EXPECT(item_of[class] == items && b->classes[items] == class, "class %u", class);
        items++;
    }
    ck_assert_uint_eq(items, b->items);
    free(item_of);
}

static void check_buckets(void) {
    const nd_buckets *b = &w.buckets;
    ck_assert_uint_eq(b->begin[0], 0);
    for (uint32_t x = 0; x < b->items; x++)
        for (uint32_t y = 0; y < b->items; y++) {
            bool together = false;
            for (uint64_t i = b->begin[x]; i < b->begin[x + 1]; i++) together |= in_bucket(y, b->buckets[i]);
            if (x != y) EXPECT(together == meet(b->classes[x], b->classes[y]), "items %u and %u", x, y);
        }
    for (uint32_t bucket = 0; bucket < b->bucket_count; bucket++) {
        size_t size = 0;
        for (uint32_t x = 0; x < b->items; x++) size += in_bucket(x, bucket);
        EXPECT(size >= 2, "bucket %u of %zu", bucket, size);
        for (uint32_t other = 0; other < bucket; other++) {
            bool equal = true;
            for (uint32_t x = 0; x < b->items; x++) equal &= in_bucket(x, bucket) == in_bucket(x, other);
            EXPECT(!equal, "buckets %u and %u hold the same", other, bucket);
        }
    }
}

START_TEST(buckets_hold_who_shares_a_key) {
    random_start("buckets");
    for (int round = 0; round < (SANITIZED ? 30 : 150); round++) {
        make_world();
        check_items();
        check_buckets();
        nd_buckets_release(&w.buckets);
    }
}
END_TEST

/* More entries than a chunk has room for, of which most are spilled while they come in: nothing gets lost or mixed up.
 */
START_TEST(spilled_entries_are_grouped_like_others) {
    enum { CLASSES = 60000, BANDS = 8 };
    random_start("spilled");
    nd_buckets results[2];
    uint64_t *several = calloc(CLASSES / 64 + 1, sizeof *several), seed = random_state;
    for (int spilling = 0; spilling < 2; spilling++) {
        nd_spill spill = {.folder = "/tmp"};
        nd_entries *entries = calloc(1, sizeof *entries);
        entries->spill = &spill;
        neardup_error error;
        random_state = seed;
        for (uint32_t class = 0; class < CLASSES; class ++) {
            uint64_t keys[BANDS];
            for (int band = 0; band < BANDS; band++) /* few partitions, so that they have many chunks */
                keys[band] = (uint64_t)random_below(5) << 60 | random_below(CLASSES);
            ck_assert_int_eq(NEARDUP_OK, nd_entries_add(entries, class, keys, BANDS));
            bool full = random_below(CLASSES / 10) == 0;
            if (spilling && full) ck_assert_int_eq(NEARDUP_OK, nd_entries_spill(entries, &error));
        }
        if (spilling) {
            ck_assert_int_eq(NEARDUP_OK, nd_entries_spill(entries, &error));
            ck_assert_uint_gt(spill.size, 1000000);
            ck_assert_uint_lt(entries->bytes, 200000);
        }
        ck_assert_int_eq(NEARDUP_OK, nd_buckets_group(entries, several, CLASSES, 2, &results[spilling], &error));
        nd_spill_release(&spill);
        free(entries);
    }
    const nd_buckets *x = &results[0], *y = &results[1];
    ck_assert_uint_eq(x->items, y->items);
    ck_assert_uint_gt(x->items, CLASSES / 2);
    ck_assert_uint_eq(x->bucket_count, y->bucket_count);
    ck_assert_mem_eq(x->begin, y->begin, (x->items + 1) * sizeof *x->begin);
    ck_assert_mem_eq(x->buckets, y->buckets, x->begin[x->items] * sizeof *x->buckets);
    nd_buckets_release(&results[0]);
    nd_buckets_release(&results[1]);
    free(several);
}
END_TEST

/* ---- waves ---- */

enum { MOST_MEMBERS = 300 };

/* Members of one wave, and how they hang together, naively. */
typedef struct crew {
    size_t count;
    uint32_t items[MOST_MEMBERS];
    size_t first[MOST_MEMBERS]; /* the first of those that each is joined with */
} crew;

static bool touch(uint32_t a, uint32_t b) { return a == b || meet(w.buckets.classes[a], w.buckets.classes[b]); }

static void join_naively(crew *c, size_t begin, size_t end) {
    for (size_t i = begin; i < end; i++) c->first[i] = i;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t a = begin; a < end; a++)
            for (size_t b = begin; b < end; b++)
                if (c->first[a] < c->first[b] && touch(c->items[a], c->items[b])) {
                    c->first[b] = c->first[a];
                    changed = true;
                }
    }
}

static void check_wave(const crew *c, const nd_wave *wave, size_t begin, size_t end) {
    bool seen[MOST_MEMBERS] = {0};
    size_t large = 0, previous_first = 0;
    ck_assert_uint_eq(wave->begin[0], 0);
    ck_assert_uint_eq(wave->begin[wave->groups], end - begin);
    for (size_t g = 0; g < wave->groups; g++) {
        size_t first = c->first[wave->members[wave->begin[g]]], size = wave->begin[g + 1] - wave->begin[g], all = 0;
        for (size_t i = wave->begin[g]; i < wave->begin[g + 1]; i++) {
            uint64_t member = wave->members[i];
            EXPECT(member >= begin && member < end && !seen[member], "member %zu", (size_t)member);
            EXPECT(c->first[member] == first, "member %zu in group %zu", (size_t)member, g);
            EXPECT(i == wave->begin[g] || wave->members[i - 1] < member, "order in group %zu", g);
            seen[member] = true;
        }
        for (size_t i = begin; i < end; i++) all += c->first[i] == first;
        EXPECT(all == size, "group %zu is not whole", g);
        EXPECT(g == 0 || previous_first < first, "order of groups");
        previous_first = first;
        large += size >= 64 ? size : 0;
    }
    ck_assert_uint_eq(wave->expected_count, large);
}

START_TEST(groups_of_a_wave_have_nothing_in_common) {
    static crew c;
    random_start("waves");
    for (int round = 0; round < (SANITIZED ? 30 : 150); round++) {
        make_world();
        c.count = w.buckets.items ? random_below(MOST_MEMBERS) : 0;
        for (size_t i = 0; i < c.count; i++) c.items[i] = random_below((uint32_t)w.buckets.items);
        size_t capacity = 1 + random_below(MOST_MEMBERS);
        nd_wave wave;
        ck_assert_int_eq(NEARDUP_OK, nd_wave_create(&wave, &w.buckets, c.items, capacity, true));
        if (random_below(3) == 0) wave.additions = UINT32_MAX - random_below(MOST_MEMBERS); /* the count wraps around */
        bool wraps = wave.additions != 0;
        for (size_t begin = 0, end; begin < c.count; begin = end) {
            end = c.count - begin > capacity ? begin + capacity : c.count;
            nd_wave_clear(&wave);
            for (size_t i = begin; i < end; i++) nd_wave_add(&wave, i);
            nd_wave_split(&wave);
            join_naively(&c, begin, end);
            if (!wraps) check_wave(&c, &wave, begin, end);
            ck_assert_uint_eq(wave.begin[wave.groups], end - begin);
        }
        nd_wave_release(&wave);
        nd_buckets_release(&w.buckets);
    }
}
END_TEST

START_TEST(union_find_does_not_depend_on_order) {
    random_start("union");
    for (int round = 0; round < 200; round++) {
        uint32_t parent[50], naive[50];
        for (uint32_t i = 0; i < 50; i++) parent[i] = naive[i] = i;
        for (int joins = 0; joins < 40; joins++) {
            uint32_t a = random_below(50), b = random_below(50), from = naive[a], to = naive[b];
            if (from < to) to = from, from = naive[b];
            for (int i = 0; i < 50; i++)
                if (naive[i] == from) naive[i] = to;
            nd_join_roots(parent, a, b);
        }
        for (uint32_t i = 0; i < 50; i++) EXPECT(nd_find_root(parent, i) == naive[i], "round %d", round);
    }
}
END_TEST

/* ---- candidates ---- */

/* What was put into each bucket, without bound, and what an item has met. */
typedef struct offered {
    uint32_t items[MOST_CLASSES];
    size_t count;
} offered;

static offered *put; /* by bucket */
static nd_digest digests[MOST_CLASSES];
static uint64_t rank_of[MOST_CLASSES];

static unsigned agreements_of(uint32_t a, uint32_t b) { return nd_agree_portable(&digests[a], &digests[b]); }

static bool precedes(uint32_t item, uint32_t a, uint32_t b) {
    unsigned x = agreements_of(item, a), y = agreements_of(item, b);
    return x != y ? x > y : rank_of[a] < rank_of[b];
}

/* Gathers naively into `out`; marks what it gives in `met`. */
static size_t gather_naively(const nd_offers *offers, uint32_t item, unsigned cutoff, size_t most, bool *met,
                             uint32_t *out, bool *bounded) {
    size_t count = 0;
    bool listed[MOST_CLASSES] = {0};
    for (uint64_t i = w.buckets.begin[item]; i < w.buckets.begin[item + 1]; i++) {
        const offered *o = &put[w.buckets.buckets[i]];
        *bounded |= o->count > offers->limit;
        for (size_t k = 0; k < o->count && k < offers->limit; k++) {
            uint32_t candidate = o->items[k];
            if (candidate == item || met[candidate] || listed[candidate]) continue;
            listed[candidate] = true;
            if (agreements_of(item, candidate) >= cutoff) out[count++] = candidate;
        }
    }
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k && precedes(item, out[k], out[k - 1]); k--) {
            uint32_t candidate = out[k];
            out[k] = out[k - 1];
            out[k - 1] = candidate;
        }
    *bounded |= count > most;
    count = count < most ? count : most;
    for (size_t i = 0; i < count; i++) met[out[i]] = true;
    return count;
}

static void check_gathering(nd_gatherer *g, const nd_offers *offers, uint32_t item) {
    bool met[MOST_CLASSES] = {0};
    ck_assert_int_eq(NEARDUP_OK, nd_gatherer_begin(g, item));
    for (int time = 0; time < 3; time++) { /* with other bounds, what was held back comes later */
        unsigned cutoff = random_below(3) ? 10 + random_below(40) : 0;
        size_t most = random_below(2) ? random_below(8) : SIZE_MAX;
        uint32_t expected[MOST_CLASSES];
        bool bounded = false, expected_bounded = false;
        size_t count = gather_naively(offers, item, cutoff, most, met, expected, &expected_bounded);
        ck_assert_int_eq(NEARDUP_OK, nd_gather(g, offers, item, cutoff, most, &bounded));
        EXPECT(g->count == count && bounded == expected_bounded, "item %u: %zu of %zu", item, g->count, count);
        for (size_t i = 0; i < count; i++) {
            const nd_candidate *c = &g->candidates[i];
            EXPECT(c->item == expected[i] && c->rank == rank_of[c->item], "item %u, place %zu", item, i);
            EXPECT(c->agreements == agreements_of(item, c->item), "item %u, place %zu", item, i);
        }
    }
}

static void gather_in_world(void) {
    nd_offers offers;
    uint32_t limit = 1 + random_below(random_below(2) ? 4 : 100);
    put = calloc(w.buckets.bucket_count + 1, sizeof *put);
    for (uint32_t item = 0; item < w.buckets.items; item++)
        for (int word = 0; word < ND_DIGEST_WORDS; word++) /* unlike in few words, so that agreements tie */
            digests[item].words[word] = random_below(3) ? 0 : random_bits() & 0x1111;
    for (uint32_t item = 0; item < w.buckets.items; item++) rank_of[item] = (item * 7919u) % 1009;
    ck_assert_int_eq(NEARDUP_OK, nd_offers_create(&offers, &w.buckets, limit));
    nd_gatherer gatherer = {.buckets = &w.buckets, .digests = digests, .agree = nd_agree_portable, .rank_of = rank_of};
    for (uint32_t item = 0; item < w.buckets.items; item++) {
        check_gathering(&gatherer, &offers, item);
        if (random_below(3) == 0) continue;
        uint64_t before = nd_offers_state(&offers, item);
        nd_offers_put(&offers, item);
        bool room = false;
        for (uint64_t i = w.buckets.begin[item]; i < w.buckets.begin[item + 1]; i++) {
            offered *o = &put[w.buckets.buckets[i]];
            room |= o->count < limit;
            o->items[o->count++] = item;
        }
        if (room) EXPECT(nd_offers_state(&offers, item) != before, "item %u", item);
    }
    nd_gatherer_release(&gatherer);
    nd_offers_release(&offers);
    free(put);
}

START_TEST(gathering_takes_the_most_promising_offers) {
    random_start("gather");
    for (int round = 0; round < (SANITIZED ? 60 : 300); round++) {
        make_world();
        gather_in_world();
        nd_buckets_release(&w.buckets);
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("match");
    tcase_add_test(tests, shared_hashes_are_counted_or_given_up);
    tcase_add_test(tests, shared_for_is_the_least_that_reaches);
    tcase_add_test(tests, buckets_hold_who_shares_a_key);
    tcase_add_test(tests, spilled_entries_are_grouped_like_others);
    tcase_add_test(tests, groups_of_a_wave_have_nothing_in_common);
    tcase_add_test(tests, union_find_does_not_depend_on_order);
    tcase_add_test(tests, gathering_takes_the_most_promising_offers);
    return run_tests(tests);
}
