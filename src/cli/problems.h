/* SPDX-License-Identifier: MIT */
/* What could not be read, told on standard error. */
#ifndef ND_CLI_PROBLEMS_H
#define ND_CLI_PROBLEMS_H

#include "io/corpus.h"

/* Tells of the problems the user may want to act on, at most 20 of a kind and then a count. Binary and special files
 * met on a walk are not among them: reports count those. */
void nd_problems_tell(const nd_corpus *corpus);

/* Tells of the first problem of each kind that makes nd_problems_remain true, and of how many there are: what even a
 * run that is to be quiet says, as its exit status would be a riddle. */
void nd_problems_tell_why(const nd_corpus *corpus, uint64_t moved);

/* Whether something named could not be read, compressed data broke off, or records were bad. */
bool nd_problems_matter(const nd_corpus *corpus);

/* The same, but so many bad records do not count: they have been moved to where the user wants them. */
bool nd_problems_remain(const nd_corpus *corpus, uint64_t moved);

#endif
