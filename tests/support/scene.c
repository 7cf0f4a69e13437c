/* SPDX-License-Identifier: MIT */
#include "support/scene.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/run.h"

struct scene scene;

static void forget(void) {
    run_release(&(run_result){.out = scene.out, .err = scene.err});
    scene = (struct scene){.preface = scene.preface, .folder = scene.folder};
}

void scene_set(void) { scene = (struct scene){.folder = run_make_folder()}; }

void scene_strike(void) {
    forget();
    run_remove_folder(scene.folder);
    scene = (struct scene){0};
}

int scene_run(const char *command) {
    const char *preface = scene.preface ? scene.preface : "";
    char *whole = malloc(strlen(preface) + strlen(command) + 1);
    ck_assert_ptr_nonnull(whole);
    sprintf(whole, "%s%s", preface, command);
    forget();
    run_result result = run_shell(scene.folder, whole);
    free(whole);
    scene.status = result.status;
    scene.out = result.out;
    scene.err = result.err;
    scene.out_size = result.out_size;
    return scene.status;
}

/* Whether it was said: nothing, if that is wanted, or something that holds it. */
static bool holds(const char *said, const char *wanted) { return *wanted ? strstr(said, wanted) != NULL : !*said; }

void scene_check(const scene_case *wanted, bool whole) {
    const char *command = wanted->command, *out = wanted->out, *err = wanted->err;
    int status = scene_run(command);
    ck_assert_msg(status == wanted->status, "%s: exit %d\n%s%s", command, status, scene.out, scene.err);
    if (out)
        ck_assert_msg(whole ? strcmp(scene.out, out) == 0 : holds(scene.out, out), "%s: prints %s\n%s", command,
                      scene.out, scene.err);
    if (err) ck_assert_msg(holds(scene.err, err), "%s: says %s", command, scene.err);
}
