/* SPDX-License-Identifier: MIT */
/*
 * The engine as anybody would write it first: shingles are strings, every pair is compared, decisions are made as the
 * documentation says, in the order it says. Tokens come from the reference path. Quadratic.
 */
#ifndef TESTS_SUPPORT_NAIVE_H
#define TESTS_SUPPORT_NAIVE_H

#include "neardup.h"

/* A document: what is known of it, its shingles, and its bytes without escapes. */
typedef struct naive_document {
    neardup_document known;
    uint64_t text_size; /* of the tokens, folded and joined by a space */
    char *tokens;
    char **shingles; /* strings, rising, each once */
    size_t shingle_count;
    char *bytes;
    size_t size;
} naive_document;

typedef struct naive {
    neardup_options options;
    size_t count;
    naive_document *documents;
    size_t *shared;    /* count x count: shingles that two documents share */
    double *jaccard;   /* count x count; 1 of identical ones, 0 where one of them is not compared */
    uint64_t *rank_of; /* by document */
    uint64_t *order;   /* by rank */
    neardup_decision *decisions;
    neardup_pair *pairs; /* by (a, b), from options.pairs_from on */
    size_t pair_count;
} naive;

/* Works out everything. order: as for neardup_engine_prefer, or NULL. */
naive *naive_create(const neardup_options *options, const neardup_text *texts, size_t count, const uint64_t *order);
void naive_free(naive *n);

/* Whether two compared documents have the same tokens. */
bool naive_identical(const naive *n, size_t a, size_t b);

/* Whether they have the same bytes. */
bool naive_same_bytes(const naive *n, size_t a, size_t b);

/* Holds a result against the naive one: documents, decisions, clusters, pairs and totals. Ends the test where they
 * differ. */
void naive_check(const naive *n, const neardup_result *result);

#endif
