/* SPDX-License-Identifier: MIT */
/* Runs the built command as a user would, in a shell, and keeps what it said. */
#ifndef TESTS_SUPPORT_RUN_H
#define TESTS_SUPPORT_RUN_H

#include <stddef.h>

typedef struct run_result {
    int status; /* exit status; 128 + n when signal n ended the shell */
    char *out, *err;
    size_t out_size;
} run_result;

/* Runs `command` with /bin/sh in `folder`; $NEARDUP is the built command, and the environment says nothing about
 * terminals or colours. To be released. */
run_result run_shell(const char *folder, const char *command);

void run_release(run_result *result);

/* A new empty folder, by its path; to be given to run_remove_folder. */
char *run_make_folder(void);

/* Removes a folder and all in it, and frees its path. */
void run_remove_folder(char *folder);

#endif
