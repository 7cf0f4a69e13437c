/* SPDX-License-Identifier: MIT */
/* One line on standard error that says how far the work is. */
#ifndef ND_CLI_PROGRESS_H
#define ND_CLI_PROGRESS_H

#include "cli/terminal.h"
#include "io/corpus.h"

typedef struct nd_progress {
    const nd_corpus *corpus; /* asked how much has been read; NULL: not known */
    bool wanted;
    bool shown;
    neardup_phase phase;
    double began; /* seconds on nd_clock */
    double phase_began;
    double drawn;
} nd_progress;

/* Seconds since some fixed moment, never going back. */
double nd_clock(void);

/* AUTO shows the line when standard error is a terminal. It appears after half a second of work. */
void nd_progress_init(nd_progress *progress, nd_when when);

/* A neardup_progress; the context is an nd_progress. Never cancels. */
int nd_progress_step(void *context, neardup_phase phase, uint64_t done, uint64_t total);

/* The same for writing: bytes read of all there are (0: not known). */
void nd_progress_write(nd_progress *progress, uint64_t done, uint64_t total);

/* Clears the line. To be called before anything else is written to the terminal. */
void nd_progress_clear(nd_progress *progress);

#endif
