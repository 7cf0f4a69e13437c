/* SPDX-License-Identifier: MIT */
#include "support/run.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* An open file without a name. */
static int nameless_file(void) {
    char name[] = "/tmp/neardup-test-XXXXXX";
    int descriptor = mkstemp(name);
    ck_assert_int_ge(descriptor, 0);
    unlink(name);
    return descriptor;
}

static char *read_all(int descriptor, size_t *size_out) {
    off_t size = lseek(descriptor, 0, SEEK_END);
    char *text = malloc((size_t)size + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_int_eq(pread(descriptor, text, (size_t)size, 0), size);
    text[size] = 0;
    *size_out = (size_t)size;
    close(descriptor);
    return text;
}

static _Noreturn void become_shell(const char *folder, const char *command, int out, int err) {
    int in = open("/dev/null", O_RDONLY);
    dup2(in, 0);
    dup2(out, 1);
    dup2(err, 2);
    setenv("NEARDUP", NEARDUP_BINARY, 1);
    setenv("TERM", "dumb", 1);
    unsetenv("COLUMNS");
    unsetenv("NO_COLOR");
    if (chdir(folder) == 0) execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

run_result run_shell(const char *folder, const char *command) {
    run_result result = {0};
    int out = nameless_file(), err = nameless_file(), status;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) become_shell(folder, command, out, err);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    size_t err_size;
    result.out = read_all(out, &result.out_size);
    result.err = read_all(err, &err_size);
    return result;
}

void run_release(run_result *result) {
    free(result->out);
    free(result->err);
    *result = (run_result){0};
}

char *run_make_folder(void) {
    char *folder = strdup("/tmp/neardup-test-XXXXXX");
    ck_assert_ptr_nonnull(folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    return folder;
}

void run_remove_folder(char *folder) {
    pid_t child = fork();
    if (child == 0) {
        execlp("rm", "rm", "-rf", folder, (char *)NULL);
        _exit(127);
    }
    waitpid(child, NULL, 0);
    free(folder);
}
