/* SPDX-License-Identifier: MIT */
/* "Did you mean": the known name nearest to a mistyped one. */
#ifndef ND_CLI_SUGGESTION_H
#define ND_CLI_SUGGESTION_H

#include <stddef.h>

typedef struct nd_suggestion {
    const char *best; /* NULL while nothing is near enough */
    size_t distance;
} nd_suggestion;

/* Makes `name` the suggestion for `word` when it is nearer than what was offered before, and near enough: `word` begins
 * it, or a third of its letters at most are wrong (a letter too many, too few, another one, or two exchanged). */
void nd_suggestion_offer(nd_suggestion *suggestion, const char *word, const char *name);

#endif
