/* SPDX-License-Identifier: MIT */
/*
 * Entries are pushed on a list that only grows; one that is taken off stays there, marked, so that the handler, which
 * may run at any moment and on any thread, walks the list without a lock and never meets freed memory. It removes the
 * files itself and ends the process instead of asking the work to stop: nothing it interrupts can leave anything else
 * behind, and it works even while a read from a terminal blocks. Only while files get their names does it wait.
 */
#define _XOPEN_SOURCE 700 /* SIGPROF, SIGVTALRM */
#include "io/cleanup.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "io/tree.h"

struct nd_cleanup_entry {
    nd_cleanup_entry *next;
    atomic_bool listed;
    bool tree; /* a folder with all that is in it */
    char path[];
};

static nd_cleanup_entry *_Atomic entries;
static atomic_bool line_shown;

/* Who has the say: nobody, the work (signals wait), or a handler (the work does, for good). */
enum { FREE, HELD, ENDING };
static atomic_int state;
static atomic_int waiting; /* the signal that came meanwhile */

/* Threads that are just creating a file, this one among them? */
static atomic_int creators;
static _Thread_local volatile sig_atomic_t entered;

/* Whether the process may end now; else the signal waits for nd_cleanup_go_on. */
static bool may_end(int signal_number) {
    for (;;) {
        int found = FREE;
        if (atomic_compare_exchange_strong(&state, &found, ENDING)) return true;
        if (found == ENDING) return false; /* another thread's handler is at it */
        atomic_store(&waiting, signal_number);
        if (atomic_load(&state) == HELD) return false; /* so nd_cleanup_go_on will see it */
    }
}

/* That takes no longer than creating a file; but a network may be down. */
static void wait_for_others(void) {
    enum { MOST = 1000 };
    const struct timespec moment = {.tv_nsec = 1000000};
    for (int i = 0; i < MOST && atomic_load(&creators) > entered; i++) nanosleep(&moment, NULL);
}

static void end_process(int signal_number) {
    if (!may_end(signal_number)) return;
    wait_for_others();
    for (nd_cleanup_entry *entry = atomic_load(&entries); entry; entry = entry->next)
        if (atomic_load(&entry->listed)) {
            if (entry->tree)
                nd_tree_remove(entry->path);
            else
                unlink(entry->path);
        }
    static const char clear_line[] = "\r\033[K";
    if (atomic_load(&line_shown) && write(STDERR_FILENO, clear_line, sizeof clear_line - 1) < 0) {
        /* Nobody is left to be told. */
    }
    _exit(ND_CLEANUP_STATUS + signal_number);
}

void nd_cleanup_install(void) {
    /* Each is opened the wrong way round, so that its use fails as that of a closed one does. */
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0) open("/dev/null", descriptor ? O_RDONLY : O_WRONLY);
    /* Not those that tell of a mistake in the program, whose memory is not to be trusted. */
    static const int signals[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,   SIGALRM,
                                  SIGUSR1, SIGUSR2, SIGXCPU, SIGVTALRM, SIGPROF};
    struct sigaction action = {.sa_handler = end_process, .sa_flags = SA_RESTART}, before;
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    sigaction(SIGXFSZ, &action, NULL);
}

static nd_cleanup_entry *add(const char *path, bool tree) {
    size_t size = strlen(path) + 1;
    nd_cleanup_entry *entry = nd_allocate_zero(1, sizeof *entry + size);
    if (!entry) return NULL;
    memcpy(entry->path, path, size);
    entry->tree = tree;
    atomic_store(&entry->listed, true);
    entry->next = atomic_load(&entries);
    while (!atomic_compare_exchange_weak(&entries, &entry->next, entry)) {
    }
    return entry;
}

nd_cleanup_entry *nd_cleanup_add(const char *path) { return add(path, false); }

nd_cleanup_entry *nd_cleanup_add_tree(const char *folder) { return add(folder, true); }

void nd_cleanup_yield(void) {
    while (atomic_load(&state) == ENDING) pause();
}

void nd_cleanup_enter(void) {
    atomic_fetch_add(&creators, 1);
    entered = 1;
    if (atomic_load(&state) != ENDING) return;
    nd_cleanup_leave();
    nd_cleanup_yield();
}

void nd_cleanup_leave(void) {
    entered = 0;
    atomic_fetch_sub(&creators, 1);
}

void nd_cleanup_remove(nd_cleanup_entry *entry) {
    if (entry) atomic_store(&entry->listed, false);
}

void nd_cleanup_hold(void) {
    for (int found = FREE; !atomic_compare_exchange_strong(&state, &found, HELD); found = FREE) pause();
}

void nd_cleanup_go_on(void) {
    atomic_store(&state, FREE);
    int signal_number = atomic_load(&waiting);
    if (signal_number) end_process(signal_number);
}

void nd_cleanup_set_line(bool shown) { atomic_store(&line_shown, shown); }
