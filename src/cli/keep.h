/* SPDX-License-Identifier: MIT */
/* --keep: which of several copies stays. */
#ifndef ND_CLI_KEEP_H
#define ND_CLI_KEEP_H

#include "cli/texts.h"

typedef enum nd_keep_kind {
    ND_KEEP_FIRST,
    ND_KEEP_LAST,
    ND_KEEP_LONGEST, /* by tokens */
    ND_KEEP_SHORTEST,
    ND_KEEP_OLDEST, /* by file time */
    ND_KEEP_NEWEST,
    ND_KEEP_MAX, /* by a field of the record */
    ND_KEEP_MIN
} nd_keep_kind;

typedef struct nd_keep_rule {
    nd_keep_kind kind;
    size_t field; /* MAX, MIN: index into the policy's fields */
} nd_keep_rule;

/* Rules applied in order, ties by input order. All zero is plain `first`. */
typedef struct nd_keep {
    const char *text; /* as given; NULL when not */
    nd_keep_rule *rules;
    size_t count, capacity;
    nd_texts fields; /* for nd_corpus_options.key_fields */
} nd_keep;

#define ND_KEEP_EXPECTS "first, last, longest, shortest, oldest, newest, max:FIELD or min:FIELD, or several of them"

/* An nd_option_read: reads a comma-separated policy into an nd_keep, replacing what was there. */
neardup_status nd_keep_read(const char *text, void *keep);

void nd_keep_release(nd_keep *keep);

/* Whether the policy is by input order alone, which is what an engine does anyway. */
bool nd_keep_is_first(const nd_keep *keep);

/* Makes the order for neardup_engine_prefer: an array of the engine's document count, for the caller to nd_free. The
 * first `references` documents come first, in their order. Called after the first reading. */
neardup_status nd_keep_order(const nd_keep *keep, const neardup_engine *engine, const nd_corpus *corpus,
                             uint64_t references, uint64_t **order_out, neardup_error *error);

#endif
