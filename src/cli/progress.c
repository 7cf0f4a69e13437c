/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "io/cleanup.h"
#include "report/wording.h"

#define SHOWN_AFTER 0.5 /* seconds of work */
#define DRAWN_EVERY 0.1

double nd_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void nd_progress_init(nd_progress *progress, nd_when when) {
    bool wanted = when == ND_WHEN_ALWAYS || (when == ND_WHEN_AUTO && isatty(STDERR_FILENO));
    double now = nd_clock();
    *progress = (nd_progress){.wanted = wanted, .began = now, .phase_began = now};
}

/* A phase that is the command's, not the engine's. */
enum { WRITING = NEARDUP_PHASE_LOCATE + 1 };

static const char *phase_name(neardup_phase phase) {
    if ((int)phase == WRITING) return "writing";
    switch (phase) {
    case NEARDUP_PHASE_SKETCH: return "reading";
    case NEARDUP_PHASE_GROUP: return "grouping";
    case NEARDUP_PHASE_FETCH: return "reading candidates again";
    case NEARDUP_PHASE_VERIFY: return "comparing";
    case NEARDUP_PHASE_PASSAGES: return "reading for passages";
    case NEARDUP_PHASE_ALIGN: return "aligning passages";
    case NEARDUP_PHASE_LOCATE: return "reading for places";
    }
    return "working";
}

/* Two digits of a number: more would only flicker. */
static uint64_t round_off(double number) {
    double unit = pow(10, floor(log10(number)) - 1);
    return (uint64_t)(unit > 1 ? round(number / unit) * unit : round(number));
}

/* How much a second. Steps are too few to have a rate. */
static void write_rate(FILE *out, const nd_progress *progress, bool bytes, double rate) {
    bool steps = progress->phase == NEARDUP_PHASE_GROUP || progress->phase == NEARDUP_PHASE_ALIGN;
    if (rate < 1 || steps) return;
    if (bytes)
        fprintf(out, ", %s/s", nd_wording_bytes(round_off(rate)).text);
    else
        fprintf(out, ", %s/s", nd_wording_counted(round_off(rate), "document", "documents").text);
}

static void write_time_left(FILE *out, double seconds) {
    if (seconds >= 3600)
        fprintf(out, ", %.0f h %02.0f min left", floor(seconds / 3600), floor(fmod(seconds, 3600) / 60));
    else if (seconds >= 60)
        fprintf(out, ", %.0f min %02.0f s left", floor(seconds / 60), fmod(floor(seconds), 60));
    else
        fprintf(out, ", %.0f s left", ceil(seconds));
}

/* How far the phase is, how fast, and how long it will take: by bytes while reading, where a phase's documents are not
 * known in advance; else by what the engine counts. */
static void draw(nd_progress *progress, double now, uint64_t done, uint64_t total) {
    char line[160] = "";
    FILE *out = fmemopen(line, sizeof line, "w");
    if (!out) return;
    uint64_t bytes = 0, all_bytes = 0;
    bool reading = progress->phase == NEARDUP_PHASE_SKETCH && progress->corpus;
    if (reading) nd_corpus_progress(progress->corpus, &bytes, &all_bytes);
    double share = reading && all_bytes ? (double)bytes / (double)all_bytes : total ? (double)done / (double)total : 0;
    double elapsed = now - progress->phase_began;
    fputs(phase_name(progress->phase), out);
    bool in_bytes = reading || (int)progress->phase == WRITING;
    if (share > 0) fprintf(out, " %2.0f %%", floor(fmin(share, 1) * 100));
    if (!reading && !total) fprintf(out, " %s", nd_wording_count(done).text);
    if (share > 0.01 && share < 1 && elapsed > 0) write_time_left(out, elapsed * (1 - share) / share);
    if (elapsed > 0) write_rate(out, progress, in_bytes, (double)(reading ? bytes : done) / elapsed);
    if (reading) fprintf(out, ", %s", nd_wording_counted(done, "document", "documents").text);
    fclose(out);
    /* One line: what a narrow terminal has no room for is at its end, and left out. All of it is ASCII. */
    fprintf(stderr, "\r%.*s\033[K", (int)nd_terminal_columns(stderr) - 1, line);
    progress->drawn = now;
    if (!progress->shown) nd_cleanup_set_line(true);
    progress->shown = true;
}

void nd_progress_write(nd_progress *progress, uint64_t done, uint64_t total) {
    nd_progress_step(progress, (neardup_phase)WRITING, done, total);
}

int nd_progress_step(void *context, neardup_phase phase, uint64_t done, uint64_t total) {
    nd_progress *progress = context;
    if (!progress->wanted) return 0;
    double now = nd_clock();
    if (phase != progress->phase) {
        progress->phase = phase;
        progress->phase_began = now;
    }
    if (now - progress->began >= SHOWN_AFTER && now - progress->drawn >= DRAWN_EVERY) draw(progress, now, done, total);
    return 0;
}

void nd_progress_clear(nd_progress *progress) {
    if (!progress->shown) return;
    fputs("\r\033[K", stderr);
    nd_cleanup_set_line(false);
    progress->shown = false;
}
