/* SPDX-License-Identifier: MIT */
/* What neardup dedup writes is whole or absent: whatever fails, is full, or ends the process. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "io/output.h"
#include "io/staging.h"
#include "random.h"
#include "suite.h"
#include "support/files.h"
#include "support/scene.h"

/* A folder with d/, two shards, of which the second begins with a copy of the first's last record. */
static const char make_inputs[] =
    "r() { printf '{\"id\":\"%s\",\"text\":\"%s\"}\\n' \"$1\" \"$(seq -s ' ' $2 $3)\"; }\n"
    "[ -e d ] || { mkdir d; { r a 1 99; r c 300 399; } >d/1.jsonl; { r d 300 399; r e 500 599; } >d/2.jsonl; }; ";

static void make(void) {
    scene_set();
    scene.preface = make_inputs;
}

/* ---- what fails, and what was there before ---- */

static const scene_case cases[] = {
    /* --force replaces a result by one that is whole, and by nothing else */
    {"$NEARDUP dedup -q d -o o/; cp -r o before; echo '{\"x\":1}' >d/1.jsonl; $NEARDUP dedup -q --force d/1.jsonl -o "
     "o/; "
     "s=$?; diff -r before o; exit $s",
     2, "", "there is no record that has the field"},
    {"$NEARDUP dedup -q d -o o/; cp -r o before; $NEARDUP dedup -q --force --max-drop 0% d -o o/; s=$?; "
     "diff -r before o; exit $s",
     1, "", "more than --max-drop 0%"},
    {"$NEARDUP dedup -q d -o o/; cp -r o before; mkfifo in; sleep 4 >in & env --default-signal $NEARDUP dedup --force "
     "--format jsonl d/1.jsonl in -o o/ & pid=$!; until [ -e o/.neardup-part ]; do sleep 0.1; done; kill -TERM $pid; "
     "wait $pid; s=$?; diff -r before o; exit $s",
     143, "", ""},
    /* and removes what it does not write itself */
    {"$NEARDUP dedup -q d -o o/; echo mine >o/mine; $NEARDUP dedup -q --force d/1.jsonl -o o/; ls -A o", 0,
     "1.jsonl\nmine\nneardup.json\n", ""},
    {"mkdir -p d/deep/er; mv d/2.jsonl d/deep/er; $NEARDUP dedup -q d -o o/; $NEARDUP dedup -q --force d/1.jsonl -o "
     "o/; "
     "find o | sort",
     0, "o\no/1.jsonl\no/neardup.json\n", ""},
    {"cd d; mkdir \"$(printf 'x\\377')\"; mv 2.jsonl x*/; cd ..; $NEARDUP dedup -q d -o o/; "
     "$NEARDUP dedup -q --force d/1.jsonl -o o/; ls -A o",
     0, "1.jsonl\nneardup.json\n", ""},
    {"mkdir t; seq 1 99 >t/a; $NEARDUP dedup -q t -o o/; cp t/a t/Z; $NEARDUP dedup -q --force t -o o/; ls o", 0,
     "Z\nneardup.json\n", ""},
    {"$NEARDUP dedup -q d -o o/; sed -i 's/2.jsonl/..\\/d\\/2.jsonl/g' o/neardup.json; "
     "$NEARDUP dedup -q --force d/1.jsonl -o o/; ls d",
     0, "1.jsonl\n2.jsonl\n", ""},
    {"$NEARDUP dedup -q d -o o/; mv o/neardup.json x; ln -s neardup.json o/neardup.json; "
     "$NEARDUP dedup -q --force d/1.jsonl -o o/; s=$?; ls -A o; exit $s",
     2, "1.jsonl\n2.jsonl\nneardup.json\n",
     "o/neardup.json, which lists what a run before has written, cannot be read: Too many levels of symbolic links"},
    {"$NEARDUP dedup -q d -o o/; echo '[' >o/neardup.json; cp -r o before; $NEARDUP dedup -q --force d/1.jsonl -o o/; "
     "s=$?; diff -r before o; exit $s",
     2, "", "o/neardup.json lists no outputs of a run before, so what belongs to it cannot be told: move it away"},
    {"mkdir d/sub; mv d/2.jsonl d/sub; $NEARDUP dedup -q d -o o/; cp -r o before; "
     "$NEARDUP dedup --force o/sub/2.jsonl -o o/; s=$?; diff -r before o; exit $s",
     2, "", "o/sub/2.jsonl is an input, and belongs to the result that would be replaced"},
    {"$NEARDUP dedup -q d -o o/; ln o/neardup.json x.jsonl; $NEARDUP dedup --force x.jsonl -o o/", 2, "",
     "o/neardup.json is an input"},
    /* what a run left that was killed while files got their places, and which it may have put there */
    {"$NEARDUP dedup -q d -o o/; mkdir -p o/.neardup-part/new; mv o/neardup.json o/.neardup-part/new; "
     "$NEARDUP dedup -q d/1.jsonl -o o/; ls -A o",
     0, "1.jsonl\nneardup.json\n", ""},
    {"$NEARDUP dedup -q d -o o/; mkdir -p o/.neardup-part/old; mv o/neardup.json o/2.jsonl o/.neardup-part/old; "
     "$NEARDUP dedup -q d/1.jsonl -o o/; ls -A o",
     0, "1.jsonl\nneardup.json\n", ""},
    /* where one of several outputs cannot have its name, none has */
    {"mkfifo in; $NEARDUP dedup -q --format jsonl d/1.jsonl in -o o/ --decisions y -r jsonl:z & pid=$!; exec 3>in; "
     "until ls -A | grep -q '^.z'; do sleep 0.1; done; mkdir z; exec 3>&-; wait $pid; s=$?; ls -A; rmdir z; exit $s",
     2, "d\nin\nz\n", "z cannot be written"},
    {"mkdir o; echo old >o/1.jsonl; ln o/1.jsonl twin; echo old >y; mkfifo in; $NEARDUP dedup -q --format jsonl "
     "d/1.jsonl "
     "in -o o/ --decisions y -r jsonl:z & pid=$!; exec 3>in; until ls -A | grep -q '^.z'; do sleep 0.1; done; mkdir z; "
     "exec 3>&-; wait $pid; s=$?; ls -A . o; cat y; [ twin -ef o/1.jsonl ] && cat twin; exit $s",
     2, ".:\nd\nin\no\ntwin\ny\nz\n\no:\n1.jsonl\nold\nold\n", "z cannot be written"},
    {"mkfifo in; $NEARDUP scan --format jsonl d in -r csv:y -r jsonl:z & pid=$!; exec 3>in; "
     "until ls -A | grep -q '^.z'; do sleep 0.1; done; mkdir z; exec 3>&-; wait $pid; s=$?; ls -A; exit $s",
     2, "d\nin\nz\n", "z cannot be written"},
    {"mkfifo in; echo old >y; ln y twin; $NEARDUP scan --format jsonl d in -r csv:y -r jsonl:z & pid=$!; exec 3>in; "
     "until ls -A | grep -q '^.z'; do sleep 0.1; done; mkdir z; exec 3>&-; wait $pid; s=$?; ls -A; "
     "[ twin -ef y ] && cat y; exit $s",
     2, "d\nin\ntwin\ny\nz\nold\n", "z cannot be written"},
};

START_TEST(each_failure_leaves_what_was_there) { scene_check(&cases[_i], true); }
END_TEST

/* When no rename succeeds any more, nothing that was there is lost, and it is said where it is. */
START_TEST(what_cannot_be_put_back_is_told) {
    if (SANITIZED) return; /* a sanitizer cannot be traced */
    int status =
        scene_run("$NEARDUP dedup -q d -o o/; cp -r o before; $(dirname $NEARDUP)/tests/meddle log "
                  "rename,renameat,renameat2 2+ error=EIO $NEARDUP dedup -q --force d -o o/; s=$?; "
                  "cmp before/neardup.json o/.neardup-part/old/neardup.json; cmp before/1.jsonl o/1.jsonl; exit $s");
    if (status == 125) {
        printf("not tested, as commands cannot be traced here\n");
        return;
    }
    ck_assert_msg(status == 2 && !*scene.out, "%d %s", status, scene.out);
    ck_assert_msg(strstr(scene.err, "what was in o before is now in o/.neardup-part/old: move it") != NULL, "%s",
                  scene.err);
}
END_TEST

/* ---- what is full ---- */

/* An output or temporary data on a file system of 200 kB, where "small" is, and words of what is said. */
static const struct {
    const char *command, *err;
} full[] = {
    {"$NEARDUP dedup -q l.jsonl -o small/o.jsonl", "small/o.jsonl cannot be written: No space left on device; up to 2 "
                                                   "MB may be needed there: make room, or name another "
                                                   "place with -o\n"},
    {"$NEARDUP dedup -q l.jsonl -o small/o.jsonl.gz", "small/o.jsonl.gz cannot be written: No space left on device"},
    {"$NEARDUP dedup -q l.jsonl -o small/o/",
     "small/o/ cannot be written: No space left on device; up to 2 MB may be needed there: make room, or name another "
     "place with -o\n"},
    {"$NEARDUP dedup -q l.jsonl -o o --dropped small/x",
     "small/x cannot be written: No space left on device; up to 2 MB may be needed there: make room, or name another "
     "place with --dropped\n"},
    {"$NEARDUP dedup -q l.jsonl -o o/ --dropped small/x/", "place with --dropped\n"},
    {"$NEARDUP dedup -q l.jsonl -o o --decisions small/y",
     "small/y cannot be written: No space left on device; it takes more than 0."},
    {"$NEARDUP dedup -q l.jsonl -o o -r jsonl:small/y --pairs",
     "small/y cannot be written: No space left on device; it takes more than 0."},
    {"$NEARDUP dedup -q --mode annotate l.jsonl -o small/o.jsonl", "small/o.jsonl cannot be written: No space left"},
    {"awk 'BEGIN { for (i = 0; i < 9000; i++) { printf \"{\\\"text\\\":\\\"\"; for (k = 0; k < 200; k++) printf \"%x "
     "\", "
     "rand() * 4294967296; print \"\\\"}\" } }' | $NEARDUP dedup -q -m 64M --tmpdir small - -o o",
     "standard input: a temporary copy of it cannot be kept in small: No space left on device; it takes a third to all "
     "of "
     "the size of the input"},
    {"awk 'BEGIN { for (i = 0; i < 250000; i++) printf \"{\\\"text\\\":\\\"%x %x %x\\\"}\\n\", rand() * 4294967296, i, "
     "i }' "
     ">s.jsonl; $NEARDUP dedup -q -m 64M --tmpdir small s.jsonl -o o; s=$?; rm s.jsonl; (exit $s)",
     "cannot be written in small: No space left on device; name another folder for them (--tmpdir), or allow more "
     "memory "
     "(--memory)\n"},
};

static const char make_full[] = "mount -t tmpfs -o size=200k none small || exit 77\n"
                                "awk 'BEGIN { for (i = 0; i < 2000; i++) { printf \"{\\\"text\\\":\\\"\"; for (k = 0; "
                                "k < 120; k++) printf \"w%d \", "
                                "(i % 1000) * 120 + k; print \"\\\"}\" } }' >l.jsonl\n";

START_TEST(what_is_full_is_named_and_left_empty) {
    char script[2048];
    snprintf(script, sizeof script, "%s%s\ns=$?\nls -A small\nexit $s\n", make_full, full[_i].command);
    files_write_text(scene.folder, "script", script);
    int status = scene_run("mkdir small; unshare -rm sh ./script; s=$?; rm -r d small script l.jsonl; ls -A; exit $s");
    if (status == 77 || strstr(scene.err, "unshare")) {
        printf("not tested, as no file system that is soon full can be mounted here: %s\n", full[_i].command);
        return;
    }
    ck_assert_msg(status == 2 && strstr(scene.err, full[_i].err), "%s: %d %s", full[_i].command, status, scene.err);
    ck_assert_msg(strchr(scene.err, '\n') == strrchr(scene.err, '\n'), "not one sentence: %s", scene.err);
    ck_assert_msg(!*scene.out, "%s leaves %s", full[_i].command, scene.out);
}
END_TEST

/* ---- signals ---- */

/* While files get their names a signal waits; then it ends the process as ever. */
START_TEST(a_signal_waits_for_names) {
    char *listed = files_join(scene.folder, "listed"), *named = files_join(scene.folder, "named");
    files_write_text(scene.folder, "listed", "");
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (!child) {
        signal(SIGTERM, SIG_DFL);
        nd_cleanup_install();
        nd_cleanup_add(listed);
        nd_cleanup_hold();
        raise(SIGTERM);
        files_write_text(scene.folder, "named", "");
        nd_cleanup_go_on();
        _exit(1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), ND_CLEANUP_STATUS + SIGTERM);
    ck_assert_int_eq(access(named, F_OK), 0);
    ck_assert_int_ne(access(listed, F_OK), 0);
    free(listed);
    free(named);
}
END_TEST

/* Makes a file among the outputs of a folder. */
static void make_file(nd_staging *staging, unsigned number) {
    char relative[32];
    const char *path;
    size_t size = (size_t)snprintf(relative, sizeof relative, "%u/%u", number % 7, number);
    if (nd_staging_path(staging, (nd_span){relative, size}, &path, NULL) != NEARDUP_OK) return;
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file >= 0) close(file);
}

/* Makes files in a folder of outputs, and outputs of their own, as fast as it can, until the process ends. */
static void *make_files(void *context) {
    for (unsigned i = 0;; i++) {
        nd_output output; /* not released: it would go then, whatever the signal does */
        char name[32];
        make_file(context, i);
        snprintf(name, sizeof name, "output-%u", i);
        if (nd_output_find(name, &output, NULL) == NEARDUP_OK) nd_output_open(&output, NULL);
    }
    return NULL;
}

/* A signal ends the process while other threads make files. */
static void make_files_until_signal(long pause) {
    static nd_staging stagings[2];
    sigset_t set;
    pthread_t thread;
    signal(SIGTERM, SIG_DFL);
    nd_cleanup_install();
    if (chdir(scene.folder) != 0) _exit(1);
    for (int i = 0; i < 2; i++)
        if (nd_staging_open(&stagings[i], i ? "b" : "a", NULL) != NEARDUP_OK) _exit(1);
    for (unsigned i = 0; i < 500; i++) make_file(&stagings[0], i); /* which it takes a while to remove, and last */
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL); /* so that it comes to this one */
    if (pthread_create(&thread, NULL, make_files, &stagings[1]) != 0) _exit(1);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    nanosleep(&(struct timespec){.tv_nsec = pause}, NULL);
    raise(SIGTERM);
    _exit(1);
}

START_TEST(a_signal_leaves_nothing_that_other_threads_make) {
    enum { TRIES = SANITIZED ? 5 : 40 };
    random_start("a_signal_leaves_nothing_that_other_threads_make");
    scene.preface = NULL;
    for (int i = 0; i < TRIES; i++) {
        int status;
        pid_t child = fork();
        if (!child) make_files_until_signal(random_below(3000000));
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(WEXITSTATUS(status), ND_CLEANUP_STATUS + SIGTERM);
        ck_assert_int_eq(scene_run("find . -type f -o -name .neardup-part"), 0);
        ck_assert_msg(!*scene.out, "round %d: %s", i, scene.out);
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("dedup_whole");
    tcase_add_checked_fixture(tests, make, scene_strike);
    tcase_add_loop_test(tests, each_failure_leaves_what_was_there, 0, sizeof cases / sizeof *cases);
    tcase_add_test(tests, what_cannot_be_put_back_is_told);
    tcase_add_loop_test(tests, what_is_full_is_named_and_left_empty, 0, sizeof full / sizeof *full);
    tcase_add_test(tests, a_signal_waits_for_names);
    tcase_add_test(tests, a_signal_leaves_nothing_that_other_threads_make);
    return run_tests(tests);
}
