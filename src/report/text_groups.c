/* SPDX-License-Identifier: MIT */
#include "report/text_groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "report/findings.h"
#include "report/text_difference.h"

enum { GROUPS_SHOWN = 20, MEMBERS_SHOWN = 10, LONGEST_ID = 64 };

/* ---- which groups ---- */

typedef struct sized {
    uint64_t cluster, size;
} sized;

static int compare_sized(const void *left, const void *right) {
    const sized *a = left, *b = right;
    if (a->size != b->size) return a->size > b->size ? -1 : 1;
    return (a->cluster > b->cluster) - (a->cluster < b->cluster);
}

static neardup_status choose_groups(const nd_report *report, nd_text_groups *groups) {
    neardup_totals totals;
    nd_report_totals(report, &totals);
    size_t count = (size_t)totals.clusters;
    sized *all = nd_allocate(count, sizeof *all);
    if (!all) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        neardup_cluster cluster;
        nd_report_cluster(report, i, &cluster);
        all[i] = (sized){i, cluster.size};
    }
    if (count) qsort(all, count, sizeof *all, compare_sized);
    size_t shown = report->all || count < GROUPS_SHOWN ? count : GROUPS_SHOWN;
    groups->items = nd_allocate_zero(shown, sizeof *groups->items);
    if (groups->items) {
        for (size_t i = 0; i < shown; i++)
            groups->items[i] = (nd_text_group){.cluster = all[i].cluster, .size = all[i].size};
        groups->count = shown;
    }
    nd_free(all);
    return groups->items ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
}

/* ---- which members ---- */

/* The kept document, then by falling similarity: the same bytes, the same words, and then the near ones. */
static int compare_members(const void *left, const void *right) {
    const nd_text_member *a = left, *b = right;
    const neardup_decision *first = &a->decision, *second = &b->decision;
    if (first->dropped != second->dropped) return first->dropped ? 1 : -1;
    if (first->same_bytes != second->same_bytes) return first->same_bytes ? -1 : 1;
    if (first->identical != second->identical) return first->identical ? -1 : 1;
    if (first->jaccard < second->jaccard || first->jaccard > second->jaccard)
        return first->jaccard > second->jaccard ? -1 : 1;
    return (a->document > b->document) - (a->document < b->document);
}

/* The place, and for a record whose id is a string, the id: a number would say no more than the line. */
static char *name_of(const nd_report *report, uint64_t document) {
    nd_corpus_document place = nd_report_at(report, document);
    char *name = NULL;
    size_t size;
    FILE *out = open_memstream(&name, &size);
    if (!out) return NULL;
    nd_write_place(out, place.shown, place.record);
    if (place.id.size > 2 && place.id.data[0] == '"' && place.id.size < LONGEST_ID) {
        fputs(" (", out);
        nd_write_visible(out, nd_plain_id(place.id));
        putc(')', out);
    }
    if (fclose(out)) {
        free(name);
        return NULL;
    }
    return name;
}

static neardup_status choose_members(const nd_report *report, nd_text_group *group) {
    neardup_cluster cluster;
    nd_report_cluster(report, group->cluster, &cluster);
    nd_text_member *all = nd_allocate_zero(cluster.size, sizeof *all);
    if (!all) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < cluster.size; i++) {
        all[i].document = cluster.members[i];
        nd_report_decision(report, cluster.members[i], &all[i].decision);
    }
    qsort(all, cluster.size, sizeof *all, compare_members);

    double threshold = report->options->threshold;
    size_t shown = report->all || cluster.size <= MEMBERS_SHOWN + 1 ? cluster.size : MEMBERS_SHOWN;
    group->least = nd_wording_percent(all[cluster.size - 1].decision.jaccard, threshold);
    group->members = nd_allocate_zero(shown, sizeof *all);
    if (group->members) {
        memcpy(group->members, all, shown * sizeof *all);
        group->count = shown;
    }
    nd_free(all);
    for (size_t i = 0; i < group->count; i++) {
        nd_text_member *member = &group->members[i];
        member->name = name_of(report, member->document);
        if (!member->name) return NEARDUP_ERROR_MEMORY;
        if (member->decision.dropped) member->percent = nd_wording_percent(member->decision.jaccard, threshold);
    }
    return group->members ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
}

neardup_status nd_text_groups_init(const nd_report *report, nd_text_groups *groups_out, neardup_error *error) {
    nd_text_groups groups = {0};
    neardup_status status = choose_groups(report, &groups);
    for (size_t i = 0; i < groups.count && !status; i++) status = choose_members(report, &groups.items[i]);
    if (status)
        nd_fail_memory(error);
    else
        status = nd_text_difference_tell(report, &groups, error);
    if (status)
        nd_text_groups_release(&groups);
    else
        *groups_out = groups;
    return status;
}

void nd_text_groups_release(nd_text_groups *groups) {
    for (size_t i = 0; i < groups->count; i++) {
        nd_text_group *group = &groups->items[i];
        for (size_t j = 0; j < group->count; j++) {
            free(group->members[j].name); /* from open_memstream */
            free(group->members[j].difference);
        }
        nd_free(group->members);
        free(group->title);
    }
    nd_free(groups->items);
    *groups = (nd_text_groups){0};
}
