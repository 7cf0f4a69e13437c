/* SPDX-License-Identifier: MIT */
/* The folder in which a test runs its commands, what the last of them said, and tables of what commands should say. */
#ifndef TESTS_SUPPORT_SCENE_H
#define TESTS_SUPPORT_SCENE_H

#include <stdbool.h>
#include <stddef.h>

/* The scene of the test under way. */
extern struct scene {
    const char *preface; /* for the test to set: what comes before every command in its shell; NULL: nothing */
    char *folder;
    int status; /* of the last command, as run_result has it, */
    char *out, *err;
    size_t out_size;
} scene;

/* A command and how it ends. Of what it says NULL is anything and "" nothing at all. */
typedef struct scene_case {
    const char *command;
    int status;
    const char *out; /* all that it prints; or something that is in it */
    const char *err; /* something that is in what it tells */
} scene_case;

/* Sets a scene with an empty folder and no preface, and removes it: a fixture. */
void scene_set(void);
void scene_strike(void);

/* Runs a command in the folder, as run_shell does; returns scene.status. */
int scene_run(const char *command);

/* Runs the command of a case and checks how it ends: with `whole` `out` is all that it prints. */
void scene_check(const scene_case *wanted, bool whole);

#endif
