/* SPDX-License-Identifier: MIT */
/*
 * What other thresholds would find, as far as the pairs of a result tell: for each percentage from that of the least
 * similar pair collected to 100, how many pairs reach it, and how many documents would go. Of documents with the same
 * shingles only the best ranked has pairs with others, and each of the rest one with it.
 */
#ifndef ND_REPORT_FORECAST_H
#define ND_REPORT_FORECAST_H

#include "report/report.h"

enum { ND_PERCENTAGES = 101 };

/* By percentage; nothing is said of those below `from`. */
typedef struct nd_forecast {
    unsigned from; /* 1 to 100 */
    uint64_t reaching[ND_PERCENTAGES], going[ND_PERCENTAGES];
} nd_forecast;

/* Works it out by the rule of the run: a document goes for a better ranked one that stays. Rank is that of the run as
 * far as its result shows it: references, then what stayed, each in order of input. NEARDUP_ERROR_MEMORY. */
neardup_status nd_forecast_init(const nd_report *report, nd_forecast *forecast_out);

#endif
