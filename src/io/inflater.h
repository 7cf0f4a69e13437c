/* SPDX-License-Identifier: MIT */
/* The gzip decoder underneath a stream: ISA-L where it was there when neardup was built, else zlib, which takes about
 * three times as long. What they give, and where they fail, is the same. */
#ifndef ND_IO_INFLATER_H
#define ND_IO_INFLATER_H

#include "base/bytes.h"

typedef struct nd_inflater nd_inflater;

typedef enum nd_inflated {
    ND_INFLATED_SOME,    /* go on, with more input or more room */
    ND_INFLATED_MEMBER,  /* the member is over, and what its trailer says holds */
    ND_INFLATED_CORRUPT, /* it is none, or not what it was */
    ND_INFLATED_NO_MEMORY
} nd_inflated;

/* NULL when there is no memory. */
nd_inflater *nd_inflater_create(void);
void nd_inflater_free(nd_inflater *inflater);

/* Makes ready for the first byte of a member. */
void nd_inflater_begin(nd_inflater *inflater);

/* Decodes from `input`, which is moved behind what was used, at most `capacity` bytes into `data`. Of a corrupt member
 * all that comes before the fault may be given, or not quite: less by a call. */
nd_inflated nd_inflater_decode(nd_inflater *inflater, nd_span *input, void *data, size_t capacity, size_t *size_out);

#endif
