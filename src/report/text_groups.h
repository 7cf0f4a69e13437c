/* SPDX-License-Identifier: MIT */
/* The groups of copies a text report shows, with the words it uses for them. */
#ifndef ND_REPORT_TEXT_GROUPS_H
#define ND_REPORT_TEXT_GROUPS_H

#include "report/report.h"
#include "report/wording.h"

/* A document of a group that is shown. */
typedef struct nd_text_member {
    uint64_t document;
    neardup_decision decision;
    char *name;         /* where it is, visible */
    char *difference;   /* what differs from the document it is a copy of; of the kept one: by which rule it stays */
    nd_wording percent; /* similarity; empty for the kept one */
} nd_text_member;

typedef struct nd_text_group {
    uint64_t cluster;
    uint64_t size;           /* of the whole cluster */
    char *title;             /* the line that tells it from others; "" where it has none */
    nd_text_member *members; /* the kept one, then the most similar ones first */
    size_t count;
    nd_wording least; /* similarity of the least similar one that is not shown */
} nd_text_group;

typedef struct nd_text_groups {
    nd_text_group *items; /* largest first, then by number */
    size_t count;
} nd_text_groups;

/* Chooses groups and members (the 20 largest groups and 10 members of each, unless report->all), reads their texts
 * again and puts what differs into words. */
neardup_status nd_text_groups_init(const nd_report *report, nd_text_groups *groups_out, neardup_error *error);

void nd_text_groups_release(nd_text_groups *groups);

#endif
