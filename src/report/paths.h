/* SPDX-License-Identifier: MIT */
/* The documents that would be dropped, one a line: for xargs and scripts. */
#ifndef ND_REPORT_PATHS_H
#define ND_REPORT_PATHS_H

#include "report/report.h"

/* Fails where a path holds a line break and nd_report.nul is not set. */
neardup_status nd_paths_write(const nd_report *report, FILE *out, neardup_error *error);

#endif
