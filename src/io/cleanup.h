/* SPDX-License-Identifier: MIT */
/*
 * What must not outlive the process when a signal ends it: temporary files, and the progress line. The one place with
 * mutable globals, because a signal handler has nowhere else to look.
 */
#ifndef ND_IO_CLEANUP_H
#define ND_IO_CLEANUP_H

#include "neardup.h"

/* The process ends with this plus the signal's number. */
enum { ND_CLEANUP_STATUS = 128 };

/* From here on signals that end a process by default, SIGINT, SIGTERM and SIGHUP among them, remove what is listed
 * (unless they are ignored) and end the process with status 128 plus the signal's number; writing to a closed pipe or
 * beyond the limit for a file's size is an error (EPIPE, EFBIG), not a signal. Also makes sure that descriptors 0 to 2
 * are open, so that no file is taken for standard output. Called once, first. */
void nd_cleanup_install(void);

/* A file to remove. */
typedef struct nd_cleanup_entry nd_cleanup_entry;

/* Lists a path, copied. To be called before the file is created. NULL when there is no memory. */
nd_cleanup_entry *nd_cleanup_add(const char *path);

/* The same for a folder and all that is in it. */
nd_cleanup_entry *nd_cleanup_add_tree(const char *folder);

/* Between these two a listed file is created: a signal waits for that, and nothing is created after one. */
void nd_cleanup_enter(void);
void nd_cleanup_leave(void);

/* To be called before a failure is told: where a signal is ending the process, that may be why, and the call does not
 * return. */
void nd_cleanup_yield(void);

/* Takes it off the list, once the file has its final name or is gone. Its memory stays in use. NULL is fine. */
void nd_cleanup_remove(nd_cleanup_entry *entry);

/* Between these two a signal waits: files that belong together get their names, or lose them again. Not nested. */
void nd_cleanup_hold(void);
void nd_cleanup_go_on(void);

/* Whether a progress line is on the terminal. */
void nd_cleanup_set_line(bool shown);

#endif
