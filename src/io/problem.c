/* SPDX-License-Identifier: MIT */
#include "io/problem.h"

#include <string.h>

#include "base/memory.h"

void nd_problems_release(nd_problems *problems) {
    for (size_t i = 0; i < problems->count; i++) nd_free((void *)(uintptr_t)problems->items[i].path.data);
    nd_free(problems->items);
    nd_free(problems->order);
    *problems = (nd_problems){0};
}

neardup_status nd_problems_add(nd_problems *problems, const nd_problem *problem, size_t order) {
    if (problems->counts[problem->kind]++ >= ND_PROBLEMS_KEPT) return NEARDUP_OK;
    if (nd_reserve(&problems->items, &problems->capacity, problems->count + 1, sizeof *problems->items) ||
        nd_reserve(&problems->order, &problems->order_capacity, problems->count + 1, sizeof *problems->order))
        return NEARDUP_ERROR_MEMORY;
    /* Path and message share one allocation. */
    nd_problem copy = *problem;
    char *text = nd_allocate(problem->path.size + problem->message.size, 1);
    if (!text) return NEARDUP_ERROR_MEMORY;
    if (problem->path.size) memcpy(text, problem->path.data, problem->path.size);
    if (problem->message.size) memcpy(text + problem->path.size, problem->message.data, problem->message.size);
    copy.path.data = text;
    copy.message.data = text + problem->path.size;
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
