/* SPDX-License-Identifier: MIT */
/* What differs between a document and its copies, in a few words. */
#ifndef ND_REPORT_TEXT_DIFFERENCE_H
#define ND_REPORT_TEXT_DIFFERENCE_H

#include "report/text_groups.h"

/* Fills in the title of every group and the difference of every member. Reads texts again in one go, at most some
 * 64 MB of them; beyond that, and where they cannot be read any more, titles are empty and differences come from the
 * exact similarities alone. */
neardup_status nd_text_difference_tell(const nd_report *report, nd_text_groups *groups, neardup_error *error);

#endif
