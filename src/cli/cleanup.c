/* SPDX-License-Identifier: MIT */
/*
 * Entries are pushed on a list that only grows; removing one clears its path. So the handler, which may run at any
 * moment and on any thread, walks the list without a lock. It removes the files itself and ends the process instead of
 * asking the work to stop: nothing it interrupts can leave anything else behind, and it works even while a read from
 * a terminal blocks.
 */
#include "cli/cleanup.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/command.h"

struct nd_cleanup_entry {
    char *_Atomic path; /* NULL: nothing to remove */
    nd_cleanup_entry *next;
};

static nd_cleanup_entry *_Atomic entries;
static atomic_bool line_shown;

static void end_process(int signal_number) {
    for (nd_cleanup_entry *entry = atomic_load(&entries); entry; entry = entry->next) {
        const char *path = atomic_load(&entry->path);
        if (path) unlink(path);
    }
    static const char clear_line[] = "\r\033[K";
    if (atomic_load(&line_shown) && write(STDERR_FILENO, clear_line, sizeof clear_line - 1) < 0) {
        /* Nobody is left to be told. */
    }
    _exit(ND_EXIT_SIGNAL + signal_number);
}

void nd_cleanup_install(void) {
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0) open("/dev/null", descriptor ? O_RDONLY : O_WRONLY); /* its use fails */
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = end_process}, before;
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

nd_cleanup_entry *nd_cleanup_add(const char *path) {
    nd_cleanup_entry *entry = nd_allocate_zero(1, sizeof *entry);
    char *copy = nd_copy(path, strlen(path));
    if (!entry || !copy) {
        nd_free(entry);
        nd_free(copy);
        return NULL;
    }
    atomic_store(&entry->path, copy);
    entry->next = atomic_load(&entries);
    while (!atomic_compare_exchange_weak(&entries, &entry->next, entry)) {
    }
    return entry;
}

void nd_cleanup_remove(nd_cleanup_entry *entry) {
    if (entry) nd_free(atomic_exchange(&entry->path, NULL));
}

void nd_cleanup_set_line(bool shown) { atomic_store(&line_shown, shown); }
