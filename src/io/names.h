/* SPDX-License-Identifier: MIT */
/* Names that many documents share, each kept once and known by a small number. */
#ifndef ND_IO_NAMES_H
#define ND_IO_NAMES_H

#include "base/bytes.h"

/* All zero is an empty set. */
typedef struct nd_names {
    nd_buffer text;
    size_t *ends; /* name i is text[ends[i - 1]] to text[ends[i]] */
    size_t count, capacity;
    uint32_t *table; /* number + 1, or 0; open addressing, at most half full */
    size_t slots;
} nd_names;

void nd_names_release(nd_names *names);

/* Bytes of memory. */
size_t nd_names_bytes(const nd_names *names);

/* The number of a name, which is added if it is new. Numbers count up from 0. NEARDUP_ERROR_LIMIT beyond 2^32 - 2. */
neardup_status nd_names_add(nd_names *names, nd_span name, uint32_t *number_out);

/* The name of a number; valid until the next name is added. */
nd_span nd_names_at(const nd_names *names, uint32_t number);

#endif
