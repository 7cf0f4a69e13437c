/* SPDX-License-Identifier: MIT */
/* One text on its way through the text and sketch floors, in memory that is used again for the next. */
#ifndef ND_ENGINE_READING_H
#define ND_ENGINE_READING_H

#include "base/hash.h"
#include "engine/settings.h"
#include "match/set.h"

/* All zero is empty. */
typedef struct nd_reading {
    neardup_document document; /* what nd_read_text found */
    nd_tokens tokens;
    nd_shingles shingles;
    uint32_t signature[ND_SIGNATURE];
    uint64_t *sort_scratch;
    uint32_t *values;
    size_t sort_capacity, values_capacity;
    nd_buffer text;
} nd_reading;

void nd_reading_release(nd_reading *reading);

/* Tokenises `text` and says whether it is to be compared; if so, makes its shingles. */
neardup_status nd_read_text(const nd_settings *settings, const neardup_text *text, nd_reading *reading);

/* The hash that identical documents share: of the sequence of tokens. */
nd_hash128 nd_reading_identity(const nd_settings *settings, const nd_reading *reading);

/* Computes reading->signature; there must be a shingle. */
neardup_status nd_reading_sketch(const nd_settings *settings, nd_reading *reading);

/* Sorts the shingles into a set, which lives in the reading until it is used again. */
neardup_status nd_reading_set(nd_reading *reading, nd_set *set_out);

/* The hash of the text's bytes, those of a JSON string unescaped. */
neardup_status nd_hash_text(const neardup_text *text, nd_reading *reading, uint64_t *hash_out);

#endif
