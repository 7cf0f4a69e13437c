/* SPDX-License-Identifier: MIT */
/* What a text report says of passages: documents inside longer ones, passages that several documents share, what
 * documents repeat of themselves, and boilerplate, summed up. */
#ifndef ND_REPORT_TEXT_PASSAGES_H
#define ND_REPORT_TEXT_PASSAGES_H

#include "report/report.h"
#include "report/text_layout.h"

/* Writes the sections that have something to say, each with an empty line before it: the 20 largest of each kind, and
 * 10 places of each, unless report->all. Reads the first words of passages again; where they cannot be read any more,
 * the passage has no title. */
neardup_status nd_text_passages_write(const nd_report *report, const nd_layout *layout, neardup_error *error);

#endif
