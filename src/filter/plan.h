/* SPDX-License-Identifier: MIT */
/* Whether what the inputs hold can be written where it is to go: known before work begins, or as soon as it shows. */
#ifndef ND_FILTER_PLAN_H
#define ND_FILTER_PLAN_H

#include "filter/stale.h"
#include "io/corpus_files.h"

typedef struct nd_plan {
    const nd_corpus *corpus;
    const char *out; /* where kept records go: a folder or a file, or "-" */
    bool folder;
    const char *dropped; /* where dropped ones go: a folder or a file; NULL: nowhere */
    bool dropped_folder;
    const char *bad; /* the file that bad records go to; NULL: none */
    bool notes;      /* records get notes */
    bool force;
    const neardup_engine *engine; /* that has read the corpus; NULL before */
} nd_plan;

/* Checks what kinds of input there are: only records can go into one file or get notes. Called before reading, and
 * again when reading has shown what some inputs are. NEARDUP_ERROR_ARGUMENT names an input that does not fit, and what
 * to do. */
neardup_status nd_plan_check_contents(const nd_plan *plan, neardup_error *error);

/* Checks that no two inputs have the same relative path (or one the path of a folder of the other) and none that of the
 * manifest, and that no output would replace an input. */
neardup_status nd_plan_check_names(const nd_plan *plan, neardup_error *error);

/* Checks that a path of an output is not inside a folder that is read. `option` named it. */
neardup_status nd_plan_check_outside(const nd_plan *plan, const char *path, const char *option, neardup_error *error);

/* Checks that the place of an output, which may not be there yet, is not inside a folder of other outputs. */
neardup_status nd_plan_check_apart(const char *folder, const char *path, neardup_error *error);

/* Checks that the folder holds no manifest of an earlier run, unless plan->force; and that none of what earlier runs
 * have written there, which will be removed, is an input. */
neardup_status nd_plan_check_earlier(const nd_plan *plan, const nd_stale *stale, neardup_error *error);

#endif
