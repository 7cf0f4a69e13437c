/* SPDX-License-Identifier: MIT */
/*
 * Runs a command and meddles with one of its system calls, or with all from one on:
 *
 *     meddle LOG CALLS N[+] ACTION COMMAND...
 *
 * CALLS are names with commas between, or `all`; N counts the calls of these names, of all threads together, from 1.
 * ACTION is
 *
 *     none          nothing: only count
 *     error=NAME    the call fails with that error, and is not made (a file is closed all the same)
 *     short         the call gets half of the bytes it asks for, as far as it has so many
 *     signal=NAME   the process gets a signal before the call
 *     run=COMMAND   a shell runs the command while the call waits
 *
 * LOG gets a line `NAME COUNT` for each name, and `meddled NAME PATH` for the first call that was meddled with. The
 * exit status is that of the command; 128 + n where signal n ended it; 125 where meddling is not possible here.
 *
 * It is a tracer, not a preloaded library: stdio, threads and the allocator make their calls inside the C library, past
 * whatever is preloaded. What the dynamic linker does before the program's first instruction is left alone.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { IMPOSSIBLE = 125, USAGE = 124, MOST_THREADS = 512 };

/* ---- what there is to meddle with ---- */

/* Where a call says which file it is about. */
typedef enum about { NOTHING, DESCRIPTOR, PATH, PATH_AT } about;

/* Calls that a program can be expected to survive; what waits, exits, or only asks about the process is not here. */
static struct call {
    const char *name;
    long number;
    about about;
    bool wanted;
    long count;
} calls[] = {
#define CALL(name, about)                                                                                              \
    { #name, SYS_##name, about, false, 0 }
    CALL(read, DESCRIPTOR),
    CALL(pread64, DESCRIPTOR),
    CALL(readv, DESCRIPTOR),
    CALL(write, DESCRIPTOR),
    CALL(pwrite64, DESCRIPTOR),
    CALL(writev, DESCRIPTOR),
    CALL(open, PATH),
    CALL(openat, PATH_AT),
    CALL(close, DESCRIPTOR),
    CALL(fsync, DESCRIPTOR),
    CALL(fdatasync, DESCRIPTOR),
    CALL(syncfs, DESCRIPTOR),
    CALL(rename, PATH),
    CALL(renameat, PATH_AT),
    CALL(renameat2, PATH_AT),
    CALL(link, PATH),
    CALL(linkat, PATH_AT),
    CALL(unlink, PATH),
    CALL(unlinkat, PATH_AT),
    CALL(mkdir, PATH),
    CALL(mkdirat, PATH_AT),
    CALL(rmdir, PATH),
    CALL(stat, PATH),
    CALL(lstat, PATH),
    CALL(fstat, DESCRIPTOR),
    CALL(newfstatat, PATH_AT),
    CALL(statx, PATH_AT),
    CALL(readlink, PATH),
    CALL(readlinkat, PATH_AT),
    CALL(getcwd, NOTHING),
    CALL(getdents64, DESCRIPTOR),
    CALL(lseek, DESCRIPTOR),
    CALL(ftruncate, DESCRIPTOR),
    CALL(fallocate, DESCRIPTOR),
    CALL(copy_file_range, DESCRIPTOR),
    CALL(ioctl, DESCRIPTOR),
    CALL(fcntl, DESCRIPTOR),
    CALL(flock, DESCRIPTOR),
    CALL(fchmod, DESCRIPTOR),
    CALL(utimensat, PATH_AT),
    CALL(statfs, PATH),
    CALL(fstatfs, DESCRIPTOR),
    CALL(mmap, NOTHING),
    CALL(mremap, NOTHING),
    CALL(mprotect, NOTHING),
    CALL(brk, NOTHING),
    CALL(clone, NOTHING),
    CALL(clone3, NOTHING),
    CALL(getrandom, NOTHING),
    CALL(sched_getaffinity, NOTHING),
    CALL(sysinfo, NOTHING),
    CALL(prlimit64, NOTHING),
    CALL(getrusage, NOTHING),
#undef CALL
};
enum { CALLS = sizeof calls / sizeof *calls };

static const struct {
    const char *name;
    int number;
} errors[] = {{"EIO", EIO},       {"EINTR", EINTR},   {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT},   {"ENOMEM", ENOMEM},
              {"EACCES", EACCES}, {"EMFILE", EMFILE}, {"EAGAIN", EAGAIN}, {"ENOENT", ENOENT},   {"EPERM", EPERM},
              {"EXDEV", EXDEV},   {"ENOSYS", ENOSYS}, {"EINVAL", EINVAL}, {"ENOTSUP", ENOTSUP}, {"EFBIG", EFBIG},
              {"ESTALE", ESTALE}, {"ELOOP", ELOOP},   {"EROFS", EROFS},   {"EISDIR", EISDIR}};

static const struct {
    const char *name;
    int number;
} signals[] = {{"KILL", SIGKILL}, {"TERM", SIGTERM}, {"INT", SIGINT}, {"HUP", SIGHUP}, {"PIPE", SIGPIPE}};

typedef enum action { COUNT, FAIL, SHORTEN, SIGNAL, RUN } action;

static struct plan {
    action action;
    int number; /* of the error or signal */
    const char *command;
    long from, to; /* calls to meddle with */
} plan;

static _Noreturn void refuse(const char *what) {
    fprintf(stderr, "meddle: %s\n", what);
    exit(USAGE);
}

static void choose_calls(const char *names) {
    bool all = strcmp(names, "all") == 0;
    for (size_t i = 0; i < CALLS; i++) {
        size_t size = strlen(calls[i].name);
        calls[i].wanted = all;
        for (const char *at = names; (at = strstr(at, calls[i].name)); at += size)
            if ((at == names || at[-1] == ',') && (!at[size] || at[size] == ',')) calls[i].wanted = true;
    }
}

static void choose_action(const char *text) {
    if (strcmp(text, "none") == 0) return;
    if (strcmp(text, "short") == 0) {
        plan.action = SHORTEN;
    } else if (strncmp(text, "run=", 4) == 0) {
        plan.action = RUN;
        plan.command = text + 4;
    } else if (strncmp(text, "error=", 6) == 0) {
        plan.action = FAIL;
        for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
            if (strcmp(text + 6, errors[i].name) == 0) plan.number = errors[i].number;
        if (!plan.number) refuse("no such error");
    } else if (strncmp(text, "signal=", 7) == 0) {
        plan.action = SIGNAL;
        for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
            if (strcmp(text + 7, signals[i].name) == 0) plan.number = signals[i].number;
        if (!plan.number) refuse("no such signal");
    } else {
        refuse("no such action");
    }
}

static void choose_number(const char *text) {
    char *end;
    plan.from = strtol(text, &end, 10);
    plan.to = *end == '+' ? INT64_MAX : plan.from;
}

#if defined(__x86_64__)

/* ---- the process ---- */

static pid_t leader;
static FILE *log_file;
static bool told;
static long made; /* wanted calls so far */

/* What a thread's call, between its entry and its exit, still has coming. */
static struct thread {
    pid_t id;
    bool fails, changed;
    unsigned long long rdi, rdx, r8; /* arguments as they were: the caller relies on finding them again */
} threads[MOST_THREADS];

static struct thread *thread_of(pid_t id) {
    struct thread *unused = NULL;
    for (size_t i = 0; i < MOST_THREADS; i++) {
        if (threads[i].id == id) return &threads[i];
        if (!threads[i].id && !unused) unused = &threads[i];
    }
    if (!unused) refuse("too many threads");
    unused->id = id;
    return unused;
}

static _Noreturn void give_up(const char *what) {
    fprintf(stderr, "meddle: %s: %s\n", what, strerror(errno));
    if (leader) kill(leader, SIGKILL);
    exit(IMPOSSIBLE);
}

static struct user_regs_struct registers_of(pid_t id) {
    struct user_regs_struct r;
    if (ptrace(PTRACE_GETREGS, id, NULL, &r)) give_up("registers");
    return r;
}

static void set_registers(pid_t id, struct user_regs_struct r) {
    if (ptrace(PTRACE_SETREGS, id, NULL, &r)) give_up("registers");
}

/* The path that a call is about, as far as it can be told. */
static void find_path(const struct call *call, const struct user_regs_struct *r, char *path, size_t size) {
    char link[64];
    path[0] = 0;
    if (call->about == PATH || call->about == PATH_AT) {
        snprintf(link, sizeof link, "/proc/%d/mem", (int)leader);
        int memory = open(link, O_RDONLY);
        unsigned long long at = call->about == PATH ? r->rdi : r->rsi;
        for (size_t i = 0; i + 1 < size && pread(memory, path + i, 1, (off_t)(at + i)) == 1 && path[i]; i++)
            path[i + 1] = 0;
        close(memory);
    }
    if (call->about == DESCRIPTOR || (call->about == PATH_AT && !path[0])) {
        snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)leader, (int)r->rdi);
        ssize_t length = readlink(link, path, size - 1);
        path[length > 0 ? length : 0] = 0;
    }
}

/* Before a call that is to be meddled with. */
static void meddle(pid_t id, const struct call *call) {
    struct user_regs_struct r = registers_of(id);
    struct thread *t = thread_of(id);
    char path[4096];
    if (!told) {
        find_path(call, &r, path, sizeof path);
        fprintf(log_file, "meddled %s %s\n", call->name, path);
        told = true;
    }
    t->rdi = r.rdi, t->rdx = r.rdx, t->r8 = r.r8;
    switch (plan.action) {
    case FAIL:
        t->fails = call->number != SYS_brk;
        t->changed = !t->fails;
        if (!t->fails)
            r.rdi = 0; /* it does not say that it fails, but where the break is */
        else if (call->number != SYS_close)
            r.orig_rax = (unsigned long long)-1;
        set_registers(id, r);
        break;
    case SHORTEN: {
        unsigned long long *size = call->number == SYS_copy_file_range ? &r.r8 : &r.rdx;
        if (*size > 1) *size /= 2;
        t->changed = true;
        set_registers(id, r);
        break;
    }
    case SIGNAL: kill(leader, plan.number); break;
    case RUN:
        if (system(plan.command) != 0) refuse("the command failed");
        break;
    default: break;
    }
}

static void on_entry(pid_t id, unsigned long long number) {
    for (size_t i = 0; i < CALLS; i++) {
        if (!calls[i].wanted || (unsigned long long)calls[i].number != number) continue;
        calls[i].count++;
        made++;
        if (plan.action != COUNT && made >= plan.from && made <= plan.to) meddle(id, &calls[i]);
    }
}

static void on_exit_of_call(pid_t id) {
    struct thread *t = thread_of(id);
    if (!t->fails && !t->changed) return;
    struct user_regs_struct r = registers_of(id);
    if (t->fails) r.rax = (unsigned long long)-plan.number;
    if (t->changed) r.rdi = t->rdi, r.rdx = t->rdx, r.r8 = t->r8;
    set_registers(id, r);
    t->fails = t->changed = false;
}

/* Lets the process run to the first instruction of the program. */
static void run_to_entry(void) {
    char name[64];
    snprintf(name, sizeof name, "/proc/%d/auxv", (int)leader);
    int file = open(name, O_RDONLY);
    Elf64_auxv_t item;
    uint64_t entry = 0;
    while (read(file, &item, sizeof item) == (ssize_t)sizeof item)
        if (item.a_type == AT_ENTRY) entry = item.a_un.a_val;
    close(file);
    if (!entry) give_up("no entry");
    errno = 0;
    long there = ptrace(PTRACE_PEEKTEXT, leader, (void *)entry, NULL);
    if (errno || ptrace(PTRACE_POKETEXT, leader, (void *)entry, (void *)((there & ~0xFFL) | 0xCC)))
        give_up("breakpoint");
    int status;
    ptrace(PTRACE_CONT, leader, NULL, NULL);
    if (waitpid(leader, &status, 0) != leader || !WIFSTOPPED(status)) give_up("it does not start");
    struct user_regs_struct r = registers_of(leader);
    if (r.rip != entry + 1) give_up("it stops elsewhere");
    r.rip = entry;
    set_registers(leader, r);
    ptrace(PTRACE_POKETEXT, leader, (void *)entry, (void *)there);
}

static void start(char **command) {
    leader = fork();
    if (leader < 0) give_up("fork");
    if (!leader) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL)) _exit(IMPOSSIBLE);
        raise(SIGSTOP);
        execvp(command[0], command);
        _exit(127);
    }
    int status;
    if (waitpid(leader, &status, 0) != leader || !WIFSTOPPED(status)) give_up("no tracing here");
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    if (ptrace(PTRACE_SETOPTIONS, leader, NULL, (void *)options)) give_up("no tracing here");
    ptrace(PTRACE_CONT, leader, NULL, NULL);
    if (waitpid(leader, &status, 0) != leader || !WIFSTOPPED(status)) give_up(command[0]);
    run_to_entry();
}

/* Looks at why a thread has stopped; returns the signal it goes on with. */
static int on_stop(pid_t id, int status) {
    int signal = WSTOPSIG(status);
    if (signal == (SIGTRAP | 0x80)) {
        struct __ptrace_syscall_info info = {0};
        if (ptrace(PTRACE_GET_SYSCALL_INFO, id, sizeof info, &info) <= 0) return 0;
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY) on_entry(id, info.entry.nr);
        if (info.op == PTRACE_SYSCALL_INFO_EXIT) on_exit_of_call(id);
        return 0;
    }
    return status >> 16 || signal == SIGSTOP ? 0 : signal; /* events; the first stop of a thread */
}

static int run(void) {
    int status, result = IMPOSSIBLE;
    ptrace(PTRACE_SYSCALL, leader, NULL, NULL);
    for (pid_t id; (id = waitpid(-1, &status, __WALL)) > 0;) {
        if (WIFSTOPPED(status)) {
            int signal = on_stop(id, status);
            ptrace(PTRACE_SYSCALL, id, NULL, (void *)(long)signal);
        } else {
            thread_of(id)->id = 0;
            if (id == leader) result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
    }
    return result;
}

int main(int argc, char **argv) {
    if (argc < 6) refuse("usage: meddle LOG CALLS N[+] ACTION COMMAND...");
    log_file = fopen(argv[1], "we");
    if (!log_file) refuse("the log cannot be written");
    choose_calls(argv[2]);
    choose_number(argv[3]);
    choose_action(argv[4]);
    start(argv + 5);
    int result = run();
    for (size_t i = 0; i < CALLS; i++)
        if (calls[i].count) fprintf(log_file, "%s %ld\n", calls[i].name, calls[i].count);
    return fclose(log_file) ? USAGE : result;
}

#else

int main(void) {
    (void)choose_calls, (void)choose_action, (void)choose_number, (void)errors, (void)signals;
    fprintf(stderr, "meddle: only for x86-64\n");
    return IMPOSSIBLE;
}

#endif
