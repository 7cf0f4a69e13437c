/* SPDX-License-Identifier: MIT */
/* One text on its way through the text and sketch floors, in memory that is used again for the next. */
#ifndef ND_ENGINE_WORKSPACE_H
#define ND_ENGINE_WORKSPACE_H

#include "base/hash.h"
#include "engine/settings.h"
#include "match/set.h"

/* All zero is empty. */
typedef struct nd_workspace {
    neardup_document document; /* what nd_read_text found */
    nd_tokens tokens;
    nd_shingles shingles;
    uint32_t signature[ND_SIGNATURE];
    uint64_t *sort_scratch;
    uint32_t *values;
    size_t sort_capacity, values_capacity;
    nd_buffer text;
} nd_workspace;

void nd_workspace_release(nd_workspace *workspace);

/* Tokenises `text` and says whether it is to be compared; if so, makes its shingles. A text of 2^32 tokens (or bytes of
 * them, for shingles of characters) or more is set aside: sorting counts in 32 bits. NEARDUP_ERROR_ARGUMENT where its
 * form is none. */
neardup_status nd_read_text(const nd_settings *settings, const neardup_text *text, nd_workspace *workspace);

/* The hash that identical documents share: of the sequence of tokens. */
nd_hash128 nd_workspace_identity(const nd_settings *settings, const nd_workspace *workspace);

/* Computes workspace->signature; there must be a shingle. */
neardup_status nd_workspace_sketch(const nd_settings *settings, nd_workspace *workspace);

/* Sorts the shingles into a set, which lives in the workspace until it is used again. */
neardup_status nd_workspace_set(nd_workspace *workspace, nd_set *set_out);

/* The bytes the text stands for: those of a JSON string unescaped, in the workspace until it is used again. */
neardup_status nd_text_bytes(const neardup_text *text, nd_workspace *workspace, nd_span *bytes_out);

/* Checks that `count` + 1 offsets never fall; says which does. */
neardup_status nd_check_offsets(const uint64_t *offsets, size_t count, neardup_error *error);

/* Plain text `number` of a batch. */
neardup_text nd_text_at(const void *data, const uint64_t *offsets, size_t number);

#endif
