/* SPDX-License-Identifier: MIT */
/* A result's inside. Documents that are in no cluster take no room but their record. */
#ifndef ND_ENGINE_RESULT_H
#define ND_ENGINE_RESULT_H

#include "engine/engine.h"
#include "engine/passages.h"
#include "match/cluster.h"

/* A document in a cluster, and what became of it. */
typedef struct nd_decided {
    uint64_t document;
    neardup_decision decision;
} nd_decided;

struct neardup_result {
    nd_registry registry; /* its records */
    neardup_totals totals;
    neardup_costs costs;
    nd_decided *decided; /* rising */
    size_t decided_count;
    neardup_cluster *clusters; /* their members point into `members` */
    uint64_t *members;
    neardup_pair *pairs;
    nd_passages passages;
};

/* The documents with company, best ranked first, and the item of each. */
typedef struct nd_members {
    uint64_t *documents;
    uint32_t *items;
    uint64_t count, references; /* references are the first */
} nd_members;

/* What a result is made from. */
typedef struct nd_findings {
    const nd_registry *registry;
    const nd_members *members;
    const uint8_t *same; /* by member: whether it has the very text of what it is a duplicate of */
    const nd_outcome *outcome;
} nd_findings;

/* Fills decided, clusters, members and their totals. */
neardup_status nd_result_decide(neardup_result *result, const nd_findings *findings);

/* Fills pairs: those of the outcome, from items to documents. A document is listed with at most ND_LISTED_A_DOCUMENT
 * better ranked ones; where there are more its verdict is marked as bounded. `once` as neardup_options.pairs_once. */
neardup_status nd_result_list_pairs(neardup_result *result, const nd_findings *findings, size_t items, bool once);

#endif
