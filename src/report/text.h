/* SPDX-License-Identifier: MIT */
/* The report people read. */
#ifndef ND_REPORT_TEXT_H
#define ND_REPORT_TEXT_H

#include "report/report.h"

neardup_status nd_text_write(const nd_report *report, FILE *out, neardup_error *error);

#endif
