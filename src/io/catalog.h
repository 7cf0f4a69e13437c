/* SPDX-License-Identifier: MIT */
/*
 * The catalog: where each document of a corpus is, and what it is called, in a few bytes a document.
 *
 * Places are runs: consecutive lines of one file, or consecutive files, need one entry whatever their number. Ids, sources
 * and keys are packed one behind the other; where every 16th document begins is noted, the others are found by passing
 * over the few in between.
 */
#ifndef ND_IO_CATALOG_H
#define ND_IO_CATALOG_H

#include "io/names.h"

/* Where a document is. */
typedef struct nd_place {
    size_t file;
    uint64_t line; /* NEARDUP_NONE: the document is the file */
} nd_place;

/* A value of a key field. */
typedef struct nd_key {
    nd_span text; /* data NULL: none */
    bool is_number;
} nd_key;

/* What is known of a document. */
typedef struct nd_facts {
    nd_span id;     /* raw JSON; size 0: none */
    nd_span source; /* size 0: none */
    const nd_key *keys;
} nd_facts;

typedef struct nd_run {
    uint64_t first_document;
    nd_place place; /* of the first document */
} nd_run;

/* All zero but for key_count is an empty catalog. */
typedef struct nd_catalog {
    size_t key_count; /* of each document's facts */
    uint64_t documents;
    nd_run *runs;
    size_t run_count, run_capacity;
    nd_buffer packed;
    uint64_t *marks; /* where in `packed` every 16th document begins */
    size_t mark_count, mark_capacity;
    nd_names sources;
} nd_catalog;

void nd_catalog_release(nd_catalog *catalog);

/* Adds the next document. On failure the catalog must not be added to any more. */
neardup_status nd_catalog_add(nd_catalog *catalog, nd_place place, const nd_facts *facts);

nd_place nd_catalog_place(const nd_catalog *catalog, uint64_t document);
nd_span nd_catalog_id(const nd_catalog *catalog, uint64_t document);
nd_span nd_catalog_source(const nd_catalog *catalog, uint64_t document);
nd_key nd_catalog_key(const nd_catalog *catalog, uint64_t document, size_t key);

#endif
