/* SPDX-License-Identifier: MIT */
/*
 * The catalog: where each document of a corpus is, and what it is called, in a few bytes a document.
 *
 * Places are runs: consecutive lines of one file, or consecutive files, need one entry whatever their number. Ids,
 * sources and keys are packed one behind the other, 16 documents at a time; where such a group begins is noted, and the
 * documents in it are found by passing over the few in between. Nothing moves once it is packed, and nothing is kept to
 * spare.
 */
#ifndef ND_IO_CATALOG_H
#define ND_IO_CATALOG_H

#include "base/arena.h"
#include "base/pages.h"
#include "io/names.h"

/* Where a document is. */
typedef struct nd_origin {
    size_t file;
    uint64_t line; /* NEARDUP_NONE: the document is the file */
} nd_origin;

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
    nd_origin place; /* of the first document */
} nd_run;

typedef struct nd_catalog {
    size_t key_count; /* of each document's facts */
    uint64_t documents;
    nd_pages runs;   /* nd_run */
    nd_pages groups; /* const char *: where the facts of every 16 documents are packed, */
    nd_arena packed; /* in here; */
    nd_buffer open;  /* those of the last group, which is not full, here */
    nd_names sources;
} nd_catalog;

/* Makes an empty catalog. Releasing one that is all zero is fine. */
void nd_catalog_init(nd_catalog *catalog, size_t key_count);
void nd_catalog_release(nd_catalog *catalog);

/* Adds the next document. On failure the catalog must not be added to any more. */
neardup_status nd_catalog_add(nd_catalog *catalog, nd_origin place, const nd_facts *facts);

nd_origin nd_catalog_place(const nd_catalog *catalog, uint64_t document);
nd_span nd_catalog_id(const nd_catalog *catalog, uint64_t document);
nd_span nd_catalog_source(const nd_catalog *catalog, uint64_t document);
/* Bytes of memory. */
size_t nd_catalog_bytes(const nd_catalog *catalog);

nd_key nd_catalog_key(const nd_catalog *catalog, uint64_t document, size_t key);

#endif
