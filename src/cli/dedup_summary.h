/* SPDX-License-Identifier: MIT */
/* What `neardup dedup` says on standard error about what it has done, or would not do. */
#ifndef ND_CLI_DEDUP_SUMMARY_H
#define ND_CLI_DEDUP_SUMMARY_H

#include "filter/filter.h"
#include "filter/guard.h"

/* What a person wants to know after a long run. */
void nd_dedup_tell_summary(const nd_filter *filter, double seconds);

/* Only that files could not be copied, where there are such. */
void nd_dedup_tell_lost(const nd_filter *filter);

/* Why nothing was written: more than `share` would go. */
void nd_dedup_tell_refusal(const nd_report *report, const nd_guard *guard, double share);

/* That a source is all but wiped out. */
void nd_dedup_tell_loss(const nd_report *report, const nd_guard *guard);

#endif
