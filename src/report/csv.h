/* SPDX-License-Identifier: MIT */
/* A row per member of a cluster, for spreadsheets. */
#ifndef ND_REPORT_CSV_H
#define ND_REPORT_CSV_H

#include "report/report.h"

neardup_status nd_csv_write(const nd_report *report, FILE *out, neardup_error *error);

#endif
