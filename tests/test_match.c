/* SPDX-License-Identifier: MIT */
/*
 * Sets, buckets, components and candidates, each against the simplest thing that could be right. Band keys are random
 * with few distinct values, so that everything meets everything.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "match/bucket.h"
#include "match/candidate.h"
#include "match/component.h"
#include "match/set.h"
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
        ck_assert_int_eq(NEARDUP_OK, nd_entries_add(entries, class, w.keys[class], w.bands));
    }
    ck_assert_int_eq(NEARDUP_OK, nd_buckets_group(entries, w.copies, w.classes, w.threads, &w.buckets));
    for (size_t p = 0; p < ND_PARTITIONS; p++) EXPECT(!entries->partitions[p].count, "entries are left");
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
        EXPECT(size >= 2 && b->places[bucket + 1] - b->places[bucket] == size, "bucket %u of %zu", bucket, size);
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

/* ---- components ---- */

enum { MOST_DOCUMENTS = 300 };

typedef struct documents {
    uint64_t count;
    uint32_t class_of[MOST_DOCUMENTS];
    uint64_t order[MOST_DOCUMENTS];
    size_t component[MOST_CLASSES]; /* by class, naively: the lowest class it is connected with */
} documents;

static void make_documents(documents *d) {
    d->count = 0;
    for (uint32_t class = 0; class < w.classes; class ++)
        for (uint32_t copy = 0; copy < w.copies[class]; copy++) d->class_of[d->count++] = class;
    for (int alone = 0; alone < 5; alone++) d->class_of[d->count++] = ND_NO_ITEM;
    for (uint64_t i = 0; i < d->count; i++) d->order[i] = i;
    for (uint64_t i = d->count; i > 1; i--) {
        uint64_t k = random_below((uint32_t)i), document = d->order[k];
        d->order[k] = d->order[i - 1];
        d->order[i - 1] = document;
    }
}

static void connect_naively(documents *d) {
    for (uint32_t class = 0; class < w.classes; class ++) d->component[class] = class;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t a = 0; a < w.classes; a++)
            for (uint32_t b = 0; b < w.classes; b++)
                if (d->component[a] < d->component[b] && meet(a, b)) {
                    d->component[b] = d->component[a];
                    changed = true;
                }
    }
}

static void check_components(const documents *d, const nd_components *components, const uint64_t *order) {
    uint64_t rank[MOST_DOCUMENTS], expected = 0, previous_best = 0;
    bool seen[MOST_DOCUMENTS] = {0};
    for (uint64_t i = 0; i < d->count; i++) rank[order ? order[i] : i] = i;
    for (uint64_t i = 0; i < d->count; i++) expected += d->class_of[i] != ND_NO_ITEM && has_company(d->class_of[i]);
    ck_assert_uint_eq(components->begin[0], 0);
    ck_assert_uint_eq(components->begin[components->count], expected);
    for (size_t c = 0; c < components->count; c++) {
        const nd_member *first = &components->members[components->begin[c]];
        size_t root = d->component[w.buckets.classes[first->item]], size = 0;
        for (uint64_t m = components->begin[c]; m < components->begin[c + 1]; m++) {
            const nd_member *member = &components->members[m];
            uint32_t class = w.buckets.classes[member->item];
            EXPECT(d->class_of[member->document] == class && d->component[class] == root, "component %zu", c);
            EXPECT(!seen[member->document], "document %zu again", (size_t)member->document);
            seen[member->document] = true;
            if (m > components->begin[c]) EXPECT(rank[member[-1].document] < rank[member->document], "order in %zu", c);
        }
        for (uint64_t i = 0; i < d->count; i++)
            size += d->class_of[i] != ND_NO_ITEM && d->component[d->class_of[i]] == root;
        EXPECT(components->begin[c + 1] - components->begin[c] == size, "component %zu is not whole", c);
        if (c) EXPECT(previous_best < rank[first->document], "order of components");
        previous_best = rank[first->document];
    }
}

START_TEST(components_are_what_chains_of_buckets_join) {
    static documents d;
    random_start("components");
    for (int round = 0; round < (SANITIZED ? 30 : 150); round++) {
        make_world();
        make_documents(&d);
        connect_naively(&d);
        for (int preferred = 0; preferred < 2; preferred++) {
            nd_ranking ranking = {preferred ? d.order : NULL, d.count, d.class_of, w.classes};
            nd_components components;
            ck_assert_int_eq(NEARDUP_OK, nd_components_build(&w.buckets, &ranking, &components));
            check_components(&d, &components, ranking.order);
            nd_components_release(&components);
        }
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
static uint64_t rank_of[MOST_CLASSES], seen[MOST_CLASSES];

static unsigned agreements_of(uint32_t a, uint32_t b) {
    return nd_agree_portable(&digests[w.buckets.classes[a]], &digests[w.buckets.classes[b]]);
}

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
    nd_gatherer_begin(g, item);
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
    memset(seen, 0, sizeof seen);
    for (uint32_t class = 0; class < w.classes; class ++)
        for (int word = 0; word < ND_DIGEST_WORDS; word++) /* unlike in few words, so that agreements tie */
            digests[class].words[word] = random_below(3) ? 0 : random_bits() & 0x1111;
    for (uint32_t item = 0; item < w.buckets.items; item++) rank_of[item] = (item * 7919u) % 1009;
    ck_assert_int_eq(NEARDUP_OK, nd_offers_create(&offers, &w.buckets, limit));
    nd_gatherer gatherer = {
        .buckets = &w.buckets, .digests = digests, .agree = nd_agree_portable, .rank_of = rank_of, .seen = seen};
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
    free(gatherer.candidates);
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
    tcase_add_test(tests, components_are_what_chains_of_buckets_join);
    tcase_add_test(tests, union_find_does_not_depend_on_order);
    tcase_add_test(tests, gathering_takes_the_most_promising_offers);
    return run_tests(tests);
}
