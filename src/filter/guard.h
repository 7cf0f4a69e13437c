/* SPDX-License-Identifier: MIT */
/* A look at what would go, before anything is written: a source that is wiped out is more often a mistake than a copy.
 */
#ifndef ND_FILTER_GUARD_H
#define ND_FILTER_GUARD_H

#include "report/report.h"

/* Sources with fewer documents are not looked at. */
enum { ND_GUARDED_SOURCE = 100 };

/* What was found. */
typedef struct nd_guard {
    bool exceeded;      /* more than the share would go: of all documents, or of `source` */
    nd_span source;     /* the one that loses the largest share, with enough documents; size 0: none */
    uint64_t documents; /* of it, */
    uint64_t dropped;   /* and how many would go */
    bool by_source;     /* exceeded: by the source, not by the whole */
    uint64_t cluster; /* the cluster with most documents that would go: of the source, or of all; NEARDUP_NONE: none */
    uint64_t in_cluster; /* so many */
} nd_guard;

/* Looks. `share` is the largest share of documents that may go, 0 to 1. */
neardup_status nd_guard_look(const nd_report *report, double share, nd_guard *guard_out, neardup_error *error);

#endif
