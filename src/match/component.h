/* SPDX-License-Identifier: MIT */
/*
 * Connected components of the bucket graph: documents that no chain of shared buckets joins can never meet, so each
 * component is decided by itself.
 */
#ifndef ND_MATCH_COMPONENT_H
#define ND_MATCH_COMPONENT_H

#include "match/bucket.h"

/* A document as a member of a component. */
typedef struct nd_member {
    uint64_t document;
    uint32_t item;
} nd_member;

/* All zero is empty. */
typedef struct nd_components {
    size_t count;
    uint64_t *begin;    /* count + 1: component c has members[begin[c]] to members[begin[c + 1]] */
    nd_member *members; /* of one component: best ranked first */
} nd_components;

void nd_components_release(nd_components *components);

/* The documents in order of preference and what each stands for. */
typedef struct nd_ranking {
    const uint64_t *order; /* documents, best kept first; NULL: as numbered */
    uint64_t documents;
    const uint32_t *class_of; /* class of each document, or ND_NO_ITEM for one that is not compared */
    uint32_t classes;
} nd_ranking;

/* Builds the components. Numbers them by their best ranked member. */
neardup_status nd_components_build(const nd_buckets *buckets, const nd_ranking *ranking, nd_components *components);

/* Union-find, with path halving and the smaller root winning, so that the outcome does not depend on the order of
 * unions. parent[i] = i at first. */
uint32_t nd_find_root(uint32_t *parent, uint32_t item);
void nd_join_roots(uint32_t *parent, uint32_t a, uint32_t b);

#endif
