/* SPDX-License-Identifier: MIT */
/* A passage of two texts in two columns, word beside word, with what differs marked. */
#ifndef ND_REPORT_SIDE_BY_SIDE_H
#define ND_REPORT_SIDE_BY_SIDE_H

#include "neardup.h"
#include "report/text_layout.h"

/* The texts a passage is of. */
typedef struct nd_text_sides {
    const neardup_text *a, *b;
} nd_text_sides;

/* Writes `shared` in the columns of the layout. Words that the other side has not are coloured; without colours they
 * stand in brackets. Lines that are the same in both are summed up, but for those next to a difference, unless `all`.
 */
neardup_status nd_side_by_side_write(const nd_layout *layout, nd_text_sides texts, const neardup_shared *shared,
                                     bool all);

#endif
