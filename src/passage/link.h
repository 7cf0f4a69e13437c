/* SPDX-License-Identifier: MIT */
/*
 * Links: where two texts have the same fingerprint. An occurrence of a fingerprint is linked to the first and the four
 * previous ones in other texts, so that n occurrences make 5 n links at the most and never n^2. (To leave out what
 * occurs often instead would lose the stories that are printed most.) Among many occurrences most are chance, and those
 * that matter may not be linked: so where a fingerprint occurs more often than that, occurrences that go on alike for
 * ND_CONTEXT tokens are linked in the same way among themselves.
 */
#ifndef ND_PASSAGE_LINK_H
#define ND_PASSAGE_LINK_H

#include "passage/records.h"
#include "passage/sequences.h"

enum {
    ND_LINKS = 4,             /* previous occurrences that one is linked to, besides the first */
    ND_COMMON = 1 + ND_LINKS, /* occurrences up to which every two are linked */
    ND_CONTEXT = 16           /* in a copy of 20 tokens, at least so many follow where the first fingerprint begins */
};

/* Fingerprints that come in and links that come out. All zero but for the folders of the spills is empty, for
 * few tokens. */
typedef struct nd_linker {
    nd_records fingerprints; /* by `leading` bits of the hash: 24 more bits << 40 | position */
    nd_records common;       /* by the high bits of a position: positions of common fingerprints */
    nd_records contexts;     /* as fingerprints, of ND_CONTEXT tokens, where common fingerprints are */
    nd_records links;        /* by the high bits of a position: an earlier position, in another text << 24 | its low 24
                                bits */
    unsigned leading;        /* how many bits of a hash say in which partition its fingerprint is */
    uint64_t spilled;        /* bytes that were, of what is gone */
} nd_linker;

/* Makes an empty one for texts of about so many tokens, which spills to `folder` (NULL: /var/tmp; borrowed). */
void nd_linker_init(nd_linker *linker, uint64_t tokens, const char *folder);

void nd_linker_release(nd_linker *linker);

/* A fingerprint of a text. */
typedef struct nd_fingerprint {
    uint64_t hash;
    uint32_t token; /* the first of its gram */
} nd_fingerprint;

/* Adds the fingerprints of a text whose first token is at `position`. */
neardup_status nd_linker_add(nd_linker *linker, const nd_fingerprint *fingerprints, size_t count, uint64_t position);

/* Bytes of memory, and those that were spilled. */
size_t nd_linker_bytes(const nd_linker *linker);
uint64_t nd_linker_spilled(const nd_linker *linker);

/* Turns all fingerprints into links. Where the linker holds more than `room` bytes, what it makes is spilled. */
neardup_status nd_linker_link(nd_linker *linker, const nd_sequences *sequences, unsigned threads, size_t room,
                              neardup_error *error);

/* Memory for the following that is used again. All zero is empty. */
typedef struct nd_link_scratch {
    uint64_t *values, *sorting, *links;
    size_t value_capacity, sorting_capacity, link_capacity;
} nd_link_scratch;

void nd_link_scratch_release(nd_link_scratch *scratch);

/* Links the fingerprints of one text among themselves, those at least ND_GRAM tokens apart: earlier token << 32 | later
 * token, sorted. The array lives in `scratch`. */
neardup_status nd_links_within(const nd_fingerprint *fingerprints, size_t count, nd_link_scratch *scratch,
                               const uint64_t **links_out, size_t *count_out);

#endif
