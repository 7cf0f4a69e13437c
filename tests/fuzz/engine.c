/* SPDX-License-Identifier: MIT */
/*
 * A small corpus, a document a line, against the naive engine. With bands that find every pair the whole result must be
 * the naive one; with usual bands, which miss some, what it says must be so: every similarity is the one worked out
 * naively, a document goes only for one that stays and reaches the threshold, and clusters part the documents.
 */
#include <string.h>

#include "fuzz/fuzz.h"
#include "support/naive.h"

enum { MOST_BYTES = 4096, MOST_DOCUMENTS = 24 };

static void check_drop(const naive *n, const neardup_result *result, uint64_t document, const neardup_decision *d) {
    neardup_decision of;
    REQUIRE(d->dup_of < n->count && d->dup_of != document, "document %llu went for %llu", (unsigned long long)document,
            (unsigned long long)d->dup_of);
    REQUIRE(neardup_result_decision(result, d->dup_of, &of) == NEARDUP_OK, "decision");
    double jaccard = n->jaccard[document * n->count + d->dup_of];
    size_t shared = n->shared[document * n->count + d->dup_of];
    REQUIRE(d->jaccard == jaccard && jaccard >= n->options.threshold, "%.17g, not %.17g", d->jaccard, jaccard);
    REQUIRE(d->containment == (double)shared / (double)n->documents[document].shingle_count, "containment");
    REQUIRE(d->identical == naive_identical(n, document, d->dup_of), "identical");
    REQUIRE(of.cluster == d->cluster && d->cluster != NEARDUP_NONE, "another cluster");
    if (n->options.clustering == NEARDUP_STAR)
        REQUIRE(!of.dropped && n->rank_of[d->dup_of] < n->rank_of[document], "it went as well, or ranks behind");
}

static void check_partition(const naive *n, const neardup_result *result, const neardup_totals *totals) {
    size_t members = 0, in_clusters = 0;
    for (uint64_t i = 0; i < n->count; i++) {
        neardup_decision d;
        REQUIRE(neardup_result_decision(result, i, &d) == NEARDUP_OK, "decision");
        in_clusters += d.cluster != NEARDUP_NONE;
        if (d.dropped) check_drop(n, result, i, &d);
    }
    for (uint64_t c = 0; c < totals->clusters; c++) {
        neardup_cluster cluster;
        REQUIRE(neardup_result_cluster(result, c, &cluster) == NEARDUP_OK && cluster.size >= 2, "cluster");
        members += cluster.size;
        for (uint64_t i = 0; i < cluster.size; i++) {
            neardup_decision d;
            REQUIRE(neardup_result_decision(result, cluster.members[i], &d) == NEARDUP_OK, "member");
            REQUIRE(d.cluster == c && d.dropped == (i > 0), "member %llu", (unsigned long long)i);
            REQUIRE(i < 2 || cluster.members[i - 1] < cluster.members[i], "order of members");
        }
    }
    REQUIRE(members == in_clusters && totals->kept + totals->dropped == n->count, "%zu members of %zu", members,
            in_clusters);
}

static void check_pairs(const naive *n, const neardup_result *result, const neardup_totals *totals) {
    for (uint64_t i = 0; i < totals->pairs; i++) {
        neardup_pair p;
        REQUIRE(neardup_result_pair(result, i, &p) == NEARDUP_OK && p.a < p.b && p.b < n->count, "pair");
        REQUIRE(p.jaccard == n->jaccard[p.a * n->count + p.b] && p.jaccard >= n->options.threshold, "%.17g", p.jaccard);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t choice = take_byte(&data, &size), more = take_byte(&data, &size);
    neardup_text texts[MOST_DOCUMENTS];
    size_t count = 0;
    if (size > MOST_BYTES) size = MOST_BYTES;
    for (const uint8_t *end; size && count < MOST_DOCUMENTS; size -= (size_t)(end - data), data = end) {
        const uint8_t *line_end = memchr(data, '\n', size);
        size_t line = line_end ? (size_t)(line_end - data) : size;
        texts[count++] = (neardup_text){
            .data = data, .size = line, .form = choice & 1 ? NEARDUP_HTML : NEARDUP_PLAIN, .set_aside = line == 7};
        end = data + line + (line_end != NULL);
    }
    neardup_options options;
    neardup_options_init(&options);
    bool certain = !(choice & 64), backwards = choice & 128;
    if (certain) {
        options.bands = 256;
        options.rows = 1;
    }
    options.clustering = choice & 2 ? NEARDUP_COMPONENT : NEARDUP_STAR;
    options.pairs = choice & 4;
    options.threads = choice & 8 ? 3 : 1;
    options.shingle_unit = choice & 16 ? NEARDUP_CHAR : NEARDUP_WORD;
    options.memory = choice & 32 ? 3 << 20 : 0;
    options.shingle_length = 1 + more % 6;
    options.threshold = .3 + .1 * (more / 6 % 8);
    neardup_error error = {0};
    neardup_engine *engine = NULL;
    neardup_result *result = NULL;
    REQUIRE(neardup_engine_create(&options, &engine, &error) == NEARDUP_OK, "%s", error.text);
    REQUIRE(neardup_engine_add_texts(engine, texts, count, &error) == NEARDUP_OK, "%s", error.text);
    uint64_t order[MOST_DOCUMENTS];
    for (size_t i = 0; i < count; i++) order[i] = count - 1 - i;
    if (backwards) REQUIRE(neardup_engine_prefer(engine, order, count, &error) == NEARDUP_OK, "%s", error.text);
    REQUIRE(neardup_engine_match(engine, &result, &error) == NEARDUP_OK, "%s", error.text);
    naive *n = naive_create(&options, texts, count, backwards ? order : NULL);
    neardup_totals totals;
    neardup_result_totals(result, &totals);
    if (certain) naive_check(n, result);
    check_partition(n, result, &totals);
    check_pairs(n, result, &totals);
    naive_free(n);
    neardup_result_free(result);
    neardup_engine_free(engine);
    return 0;
}
