/* SPDX-License-Identifier: MIT */
#include "engine/result.h"

#include <stdlib.h>

#include "base/memory.h"

void neardup_result_free(neardup_result *result) {
    if (!result) return;
    nd_registry_release(&result->registry);
    nd_free(result->decided);
    nd_free(result->clusters);
    nd_free(result->members);
    nd_free(result->pairs);
    nd_passages_release(&result->passages);
    nd_free(result);
}

void neardup_result_totals(const neardup_result *result, neardup_totals *totals_out) { *totals_out = result->totals; }

void neardup_result_costs(const neardup_result *result, neardup_costs *costs_out) { *costs_out = result->costs; }

neardup_status neardup_result_document(const neardup_result *result, uint64_t number, neardup_document *document_out) {
    if (number >= nd_registry_documents(&result->registry)) return NEARDUP_ERROR_ARGUMENT;
    *document_out = nd_registry_document(&result->registry, number);
    return NEARDUP_OK;
}

static int compare_decided(const void *left, const void *right) {
    uint64_t a = ((const nd_decided *)left)->document, b = ((const nd_decided *)right)->document;
    return (a > b) - (a < b);
}

neardup_status neardup_result_decision(const neardup_result *result, uint64_t document,
                                       neardup_decision *decision_out) {
    if (document >= nd_registry_documents(&result->registry)) return NEARDUP_ERROR_ARGUMENT;
    const nd_decided key = {.document = document}, *found = NULL;
    if (result->decided_count)
        found = bsearch(&key, result->decided, result->decided_count, sizeof key, compare_decided);
    *decision_out = found ? found->decision : (neardup_decision){.dup_of = NEARDUP_NONE, .cluster = NEARDUP_NONE};
    return NEARDUP_OK;
}

neardup_status neardup_result_cluster(const neardup_result *result, uint64_t cluster, neardup_cluster *cluster_out) {
    if (cluster >= result->totals.clusters) return NEARDUP_ERROR_ARGUMENT;
    *cluster_out = result->clusters[cluster];
    return NEARDUP_OK;
}

neardup_status neardup_result_pair(const neardup_result *result, uint64_t pair, neardup_pair *pair_out) {
    if (pair >= result->totals.pairs) return NEARDUP_ERROR_ARGUMENT;
    *pair_out = result->pairs[pair];
    return NEARDUP_OK;
}

/* ---- from verdicts to clusters ---- */

/* A dropped member, to be sorted into its cluster. */
typedef struct dropped {
    uint64_t keep, document; /* document numbers */
    uint64_t member;
} dropped;

static int compare_dropped(const void *left, const void *right) {
    const dropped *a = left, *b = right;
    if (a->keep != b->keep) return a->keep < b->keep ? -1 : 1;
    return (a->document > b->document) - (a->document < b->document);
}

static neardup_decision decision_of(const nd_findings *f, const dropped *d, uint64_t cluster) {
    const nd_verdict *verdict = &f->outcome->verdicts[d->member];
    uint32_t item = f->members->items[d->member], of = f->members->items[verdict->dup_of];
    neardup_decision decision = {.dropped = true, .dup_of = f->members->documents[verdict->dup_of], .cluster = cluster};
    if (item == of) {
        decision.identical = true;
        decision.same_bytes = f->same[d->member];
        decision.jaccard = decision.containment = 1;
    } else {
        decision.jaccard = nd_jaccard(verdict->shared, f->outcome->sizes[item], f->outcome->sizes[of]);
        decision.containment = (double)verdict->shared / f->outcome->sizes[item];
    }
    return decision;
}

/* The dropped members, by cluster and number. */
static dropped *list_dropped(const nd_findings *f, size_t *count_out) {
    const nd_outcome *outcome = f->outcome;
    size_t members = (size_t)f->members->count, count = 0;
    for (size_t m = 0; m < members; m++) count += outcome->verdicts[m].dup_of != ND_NO_MEMBER;
    dropped *list = nd_allocate(count, sizeof *list);
    if (!list) return NULL;
    *count_out = count;
    count = 0;
    for (size_t m = 0; m < members; m++) {
        uint64_t of = outcome->verdicts[m].dup_of;
        if (of == ND_NO_MEMBER) continue;
        uint64_t keeper = outcome->keepers ? outcome->keepers[m] : of;
        list[count++] = (dropped){f->members->documents[keeper], f->members->documents[m], m};
    }
    if (count) qsort(list, count, sizeof *list, compare_dropped);
    return list;
}

static void count_dropped(neardup_result *result, neardup_cluster *cluster, const nd_decided *decided) {
    const neardup_decision *decision = &decided->decision;
    if (decision->jaccard < cluster->min_jaccard) cluster->min_jaccard = decision->jaccard;
    *(decision->identical ? &cluster->identical : &cluster->near) += 1;
    *(decision->identical ? &result->totals.identical : &result->totals.near) += 1;
    result->totals.dropped++;
    result->totals.dropped_bytes += nd_registry_document(&result->registry, decided->document).bytes;
}

neardup_status nd_result_decide(neardup_result *result, const nd_findings *findings) {
    size_t count;
    dropped *list = list_dropped(findings, &count);
    if (!list) return NEARDUP_ERROR_MEMORY;
    size_t clusters = 0;
    for (size_t i = 0; i < count; i++) clusters += i == 0 || list[i].keep != list[i - 1].keep;
    result->clusters = nd_allocate(clusters, sizeof *result->clusters);
    result->members = nd_allocate(count + clusters, sizeof *result->members);
    result->decided = nd_allocate(count + clusters, sizeof *result->decided);
    if (!result->clusters || !result->members || !result->decided) {
        nd_free(list);
        return NEARDUP_ERROR_MEMORY;
    }
    size_t placed = 0;
    neardup_cluster *cluster = NULL;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || list[i].keep != list[i - 1].keep) {
            uint64_t number = result->totals.clusters++;
            cluster = &result->clusters[number];
            *cluster = (neardup_cluster){
                .keep = list[i].keep, .members = result->members + placed, .size = 1, .min_jaccard = 1};
            result->decided[placed] = (nd_decided){list[i].keep, {.dup_of = NEARDUP_NONE, .cluster = number}};
            result->members[placed++] = list[i].keep;
        }
        result->decided[placed] =
            (nd_decided){list[i].document, decision_of(findings, &list[i], result->totals.clusters - 1)};
        count_dropped(result, cluster, &result->decided[placed]);
        result->members[placed++] = list[i].document;
        cluster->size++;
    }
    result->decided_count = placed;
    if (placed) qsort(result->decided, placed, sizeof *result->decided, compare_decided);
    nd_free(list);
    return NEARDUP_OK;
}
