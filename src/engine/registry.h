/* SPDX-License-Identifier: MIT */
/*
 * The registry: what is known of every document after the first reading. Documents with the same sequence of tokens
 * form one class, found when they come in, so that only the first of them takes up a digest and band entries. Memory is
 * 24 bytes a document; a class adds 24 and about 10 in the hash table.
 */
#ifndef ND_ENGINE_REGISTRY_H
#define ND_ENGINE_REGISTRY_H

#include "base/hash.h"
#include "base/pages.h"
#include "match/bucket.h"
#include "sketch/digest.h"

/* A document. */
typedef struct nd_record {
    uint64_t checksum; /* of the text as it was given */
    uint32_t bytes_low;
    uint32_t bytes_high : 29, condition : 3;
    uint32_t tokens;
    uint32_t class; /* ND_NO_ITEM where it is not compared */
} nd_record;

/* What the first reading finds of a document. */
typedef struct nd_draft {
    neardup_document document;
    uint64_t checksum;
    nd_hash128 identity;
    nd_digest digest;
} nd_draft;

/* Empty after nd_registry_init. */
typedef struct nd_registry {
    nd_pages records;  /* nd_record, by document */
    nd_pages classes;  /* by class: its identity and its first document */
    uint64_t *several; /* bits, by class: whether it has several documents */
    size_t several_capacity;
    uint32_t *slots; /* open addressing by identity: classes */
    uint8_t *tags;   /* by slot: 0 where it is free, else bits of the identity, so that hardly a class is looked at that
                        is another one */
    size_t slot_count;
} nd_registry;

void nd_registry_init(nd_registry *registry);
void nd_registry_release(nd_registry *registry);

/* Says that a document of that identity will be added soon, so that memory can be asked for beforehand. */
static inline void nd_registry_expect(const nd_registry *registry, nd_hash128 identity) {
    if (!registry->slot_count) return;
    size_t slot = (size_t)identity.low & (registry->slot_count - 1);
    __builtin_prefetch(&registry->tags[slot], 1);
    __builtin_prefetch(&registry->slots[slot], 1);
}

/* Adds a document. Where its tokens are new, *class_out is its class, whose digest and band keys are due; else
 * ND_NO_ITEM. NEARDUP_ERROR_LIMIT where there are too many classes. */
neardup_status nd_registry_add(nd_registry *registry, const nd_draft *draft, uint32_t *class_out);

/* Frees what only adding needs; nothing can be added afterwards. */
void nd_registry_close(nd_registry *registry);

/* Bytes of memory. */
size_t nd_registry_bytes(const nd_registry *registry);

static inline uint64_t nd_registry_documents(const nd_registry *registry) { return registry->records.count; }

static inline const nd_record *nd_registry_record(const nd_registry *registry, uint64_t number) {
    return nd_pages_at(&registry->records, number);
}

/* What is known of a document. */
neardup_document nd_registry_document(const nd_registry *registry, uint64_t number);

static inline uint32_t nd_registry_classes(const nd_registry *registry) { return (uint32_t)registry->classes.count; }

/* The first document of a class. */
uint64_t nd_registry_first(const nd_registry *registry, uint32_t class);

#endif
