/* SPDX-License-Identifier: MIT */
#include "io/problem.h"

#include <string.h>

#include "base/memory.h"

void nd_problems_release(nd_problems *problems) {
    for (size_t i = 0; i < problems->count; i++) nd_free((void *)(uintptr_t)problems->items[i].file.data);
    nd_free(problems->items);
    nd_free(problems->order);
    *problems = (nd_problems){0};
}

/* Copies a span and returns where the next one goes. */
static char *put(char *to, nd_span span) {
    if (span.size) memcpy(to, span.data, span.size);
    return to + span.size;
}

const char *nd_problem_place(const nd_problem *problem) {
    return nd_span_equals(problem->file, "-") ? "standard input" : problem->file.data;
}

neardup_status nd_problems_add(nd_problems *problems, const nd_problem *problem, size_t order) {
    uint64_t *named = &problems->named[problem->kind], *all = &problems->counts[problem->kind];
    uint64_t before = problem->named ? *named : *all - *named;
    *named += problem->named;
    ++*all;
    if (before >= ND_PROBLEMS_KEPT) return NEARDUP_OK;
    if (nd_reserve(&problems->items, &problems->capacity, problems->count + 1, sizeof *problems->items) ||
        nd_reserve(&problems->order, &problems->order_capacity, problems->count + 1, sizeof *problems->order))
        return NEARDUP_ERROR_MEMORY;
    /* The spans share one allocation. */
    nd_problem copy = *problem;
    char *text = nd_allocate(problem->file.size + 1 + problem->path.size + problem->message.size, 1);
    if (!text) return NEARDUP_ERROR_MEMORY;
    copy.file.data = text;
    text = put(text, problem->file);
    *text++ = 0;
    copy.path.data = text;
    text = put(text, problem->path);
    copy.message.data = text;
    put(text, problem->message);
    /* What a walk tells is added before all that readings tell, so this is short but for few. */
    size_t at = problems->count++;
    for (; at && problems->order[at - 1] > order; at--) {
        problems->items[at] = problems->items[at - 1];
        problems->order[at] = problems->order[at - 1];
    }
    problems->items[at] = copy;
    problems->order[at] = order;
    return NEARDUP_OK;
}
