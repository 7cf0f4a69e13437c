/* SPDX-License-Identifier: MIT */
/* Bytes inside a page: compressed (raw deflate, RFC 1951) and in base64, which a script element holds as it is. */
#ifndef ND_REPORT_EMBEDDING_H
#define ND_REPORT_EMBEDDING_H

#include <stdio.h>

#include "neardup.h"

typedef struct nd_embedding nd_embedding;

/* Begins to embed; `out` stays the caller's, and whether it took what was written is the caller's to see. */
neardup_status nd_embedding_create(FILE *out, nd_embedding **embedding_out);

/* `context` is an nd_embedding. */
neardup_status nd_embedding_write(void *context, const void *data, size_t size);

/* Writes the end. */
neardup_status nd_embedding_finish(nd_embedding *embedding);

void nd_embedding_free(nd_embedding *embedding);

#endif
