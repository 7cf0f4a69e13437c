/* SPDX-License-Identifier: MIT */
/*
 * The registry: what is kept of every document after the first reading. Documents with the same sequence of tokens form
 * one class, found when they come in, so that only the first of them takes up a sketch and band entries. Memory is 24
 * bytes a document; a class adds 128 for its digest, 16 for its identity, 12 for its first document and count, about 8
 * in the hash table, and 8 a band.
 */
#ifndef ND_ENGINE_REGISTRY_H
#define ND_ENGINE_REGISTRY_H

#include "base/hash.h"
#include "match/bucket.h"
#include "match/component.h"
#include "sketch/digest.h"

/* Size and condition of a document, in 12 bytes. */
typedef struct nd_record {
    uint32_t bytes_low;
    uint32_t bytes_high : 29, condition : 3;
    uint32_t tokens;
} nd_record;

/* What the first reading finds of a document. */
typedef struct nd_draft {
    neardup_document document;
    uint64_t checksum; /* of the text as it was given */
    nd_hash128 identity;
    nd_digest digest;
} nd_draft;

/* All zero is empty. */
typedef struct nd_registry {
    nd_record *records;
    uint32_t *class_of;  /* class of each document, or ND_NO_ITEM */
    uint64_t *checksums; /* of each document */
    size_t documents, record_capacity, class_of_capacity, checksum_capacity;
    nd_hash128 *identities; /* by class */
    nd_digest *digests;
    uint64_t *first;  /* its first document */
    uint32_t *copies; /* how many documents it has; stays at UINT32_MAX */
    uint32_t classes;
    size_t identity_capacity, digest_capacity, first_capacity, copies_capacity;
    uint32_t *slots; /* open addressing by identity; ND_NO_ITEM where free */
    size_t slot_count;
} nd_registry;

void nd_registry_release(nd_registry *registry);

/* Adds a document. Where its tokens are new, *class_out is its class, whose band keys are due; else ND_NO_ITEM. */
neardup_status nd_registry_add(nd_registry *registry, const nd_draft *draft, uint32_t *class_out);

/* What is known of a document. */
neardup_document nd_registry_document(const nd_registry *registry, uint64_t number);

#endif
