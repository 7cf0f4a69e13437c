/* SPDX-License-Identifier: MIT */
/* One pair of texts, explained for people: how alike they are, whether that makes them duplicates, and what they share.
 */
#ifndef ND_REPORT_COMPARISON_H
#define ND_REPORT_COMPARISON_H

#include "report/side_by_side.h"

/* What is known of a pair. Borrowed. */
typedef struct nd_comparison {
    const char *names[2]; /* visible; what people call the texts */
    nd_text_sides texts;
    const neardup_options *options;
    const neardup_plan *plan;
    const neardup_similarity *similarity;
    const neardup_alignment *alignment;
    bool all; /* everything, not only what is next to differences */
} nd_comparison;

/* Whether the two are duplicates: identical, or as similar as the threshold. */
bool nd_comparison_is_similar(const nd_comparison *comparison);

/* Writes it all. */
neardup_status nd_comparison_write(const nd_comparison *comparison, const nd_layout *layout, neardup_error *error);

#endif
