/* SPDX-License-Identifier: MIT */
/* What dedup does to random files is what its decisions say, can be undone, and loses nothing. */
#define _GNU_SOURCE /* memmem */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "random.h"
#include "suite.h"
#include "support/files.h"
#include "support/run.h"
#include "support/text.h"

enum { MOST_FILES = 4, MOST_LINES = 40, CASES = SANITIZED ? 8 : 40 };

/* ---- random inputs ---- */

typedef struct input {
    char name[64];
    text bytes; /* as they are without compression */
} input;

static char *folder;
static input inputs[MOST_FILES];
static size_t input_count;

/* Twelve words or more that depend on the family, one of them on the edit. */
static void add_words(text *t, unsigned family, unsigned edit) {
    char word[32];
    for (unsigned i = 0; i < 40; i++) {
        snprintf(word, sizeof word, "%sw%u", i ? " " : "", edit && i == edit ? 9999 + edit : family * 100 + i);
        text_add_string(t, word);
    }
}

static void add_document(text *t, unsigned number) {
    static const char *const odd[] = {"\\u0000", "\\ud800", "\xff", "\\n\\\"}", "\xec\x83\x88", "{", "\\/"};
    char head[64];
    unsigned shape = random_below(4);
    snprintf(head, sizeof head, shape == 0 ? "{\"id\":%u,\"text\":\"" : "{ \"id\" : \"a%u\" , \"text\":\"", number);
    if (shape == 3) text_add_string(t, "  ");
    text_add_string(t, head);
    add_words(t, random_below(6), random_below(3) ? 0 : 1 + random_below(39));
    if (random_below(4) == 0) text_add_string(t, odd[random_below(7)]);
    text_add_string(t, shape == 1 ? "\",\"text\":\"again\",\"more\":[{}]}" : shape == 2 ? "\" } " : "\"}");
}

static void add_line(text *t, unsigned number) {
    static const char *const others[] = {"",    "  \t",         "nonsense",   "{\"x\":1}",
                                         "[1]", "{\"text\":7}", "{\"text\":", "\xff"};
    if (random_below(4))
        add_document(t, number);
    else
        text_add_string(t, others[random_below(8)]);
    text_add_string(t, random_below(8) ? "\n" : "\r\n");
}

static void make_input(input *in, unsigned number) {
    static const char *const folders[] = {"", "deep/", "odd \"'\n name/"}, *const ends[] = {"", ".gz", ".zst"};
    unsigned packing = random_below(3), lines = random_below(MOST_LINES);
    snprintf(in->name, sizeof in->name, "%sf%u.jsonl%s", folders[random_below(3)], number, ends[packing]);
    in->bytes.size = 0;
    text_add_string(&in->bytes, random_below(4) ? "" : "\xef\xbb\xbf");
    if (number == 0) {
        add_document(&in->bytes, 0);
        text_add_string(&in->bytes, "\n");
    }
    for (unsigned i = 0; i < lines; i++) add_line(&in->bytes, i);
    if (in->bytes.size && random_below(3) == 0 && in->bytes.data[in->bytes.size - 1] == '\n')
        in->bytes.data[--in->bytes.size] = 0;
    files_write(folder, "plain", in->bytes.data, in->bytes.size);
    char *path = files_join("in", in->name), command[64];
    files_write(folder, path, "", 0);
    static const char *const packers[] = {"cat", "gzip -c", "zstd -qc"};
    snprintf(command, sizeof command, "%s <plain >\"$PLACE\"", packers[packing]);
    setenv("PLACE", path, 1);
    run_result r = run_shell(folder, command);
    ck_assert_int_eq(r.status, 0);
    run_release(&r);
    free(path);
}

static void make_inputs(void) {
    input_count = 1 + random_below(MOST_FILES);
    for (size_t i = 0; i < input_count; i++) make_input(&inputs[i], (unsigned)i);
}

/* ---- running ---- */

static void run(const char *command, bool may_be_partial) {
    run_result r = run_shell(folder, command);
    ck_assert_msg(r.status == 0 || (may_be_partial && r.status == 3), "%s: %d\n%s%s", command, r.status, r.out, r.err);
    run_release(&r);
}

/* The bytes of a file below the folder, unpacked by others than us. */
static text unpacked(const char *base, const char *name) {
    char command[256];
    size_t size = strlen(name);
    const char *tool = size > 3 && strcmp(name + size - 3, ".gz") == 0    ? "gzip -dc"
                       : size > 4 && strcmp(name + size - 4, ".zst") == 0 ? "zstd -qdc"
                                                                          : "cat";
    char *path = files_join(base, name);
    setenv("PLACE", path, 1);
    snprintf(command, sizeof command, "if [ -e \"$PLACE\" ]; then %s <\"$PLACE\"; fi", tool);
    run_result r = run_shell(folder, command);
    ck_assert_msg(r.status == 0, "%s: %s", path, r.err);
    text t = {0};
    text_add(&t, r.out, r.out_size);
    run_release(&r);
    free(path);
    return t;
}

static void expect_bytes(const char *base, const input *in, const char *what) {
    text found = unpacked(base, in->name);
    ck_assert_msg(found.size == in->bytes.size && memcmp(found.data, in->bytes.data, found.size) == 0,
                  "%s: %s is not what it was (seed %llu)", what, in->name, (unsigned long long)random_seed);
    free(found.data);
}

/* ---- what decisions say ---- */

/* Whether the decisions let line `record` of an input go. */
static bool goes(json_t *const *lines, size_t count, const char *name, uint64_t record) {
    char path[512];
    snprintf(path, sizeof path, "in/%s", name);
    for (size_t i = 0; i < count; i++)
        if (strcmp(json_string_value(json_object_get(lines[i], "type")), "decision") == 0 &&
            strcmp(json_string_value(json_object_get(lines[i], "path")), path) == 0 &&
            json_integer_value(json_object_get(lines[i], "record")) == (json_int_t)record)
            return true;
    return false;
}

/* Holds every output against the lines of its input that no decision names. */
static void expect_what_decisions_say(void) {
    size_t size, count = 0;
    char *path = files_join(folder, "why"), *all = files_read(path, &size);
    json_t *lines[MOST_FILES * (MOST_LINES + 2) + 2];
    for (char *line = strtok(all, "\n"); line; line = strtok(NULL, "\n")) {
        lines[count] = json_loads(line, JSON_ALLOW_NUL, NULL);
        ck_assert_msg(lines[count] != NULL, "%s", line);
        count++;
    }
    for (size_t i = 0; i < input_count; i++) {
        text expected = {0}, found = unpacked("out", inputs[i].name);
        text_add_string(&expected, "");
        const char *at = inputs[i].bytes.data, *end = at + inputs[i].bytes.size;
        for (uint64_t record = 0; at < end; record++) {
            const char *stop = memchr(at, '\n', (size_t)(end - at));
            stop = stop ? stop + 1 : end;
            if (!goes(lines, count, inputs[i].name, record)) text_add(&expected, at, (size_t)(stop - at));
            at = stop;
        }
        ck_assert_msg(expected.size == found.size && memcmp(expected.data, found.data, found.size) == 0,
                      "%s has other lines than the decisions say", inputs[i].name);
        free(expected.data);
        free(found.data);
    }
    for (size_t i = 0; i < count; i++) json_decref(lines[i]);
    free(all);
    free(path);
}

/* ---- tests ---- */

static const char *random_options(void) {
    static char options[128];
    static const char *const keeps[] = {"first", "last", "longest,last", "max:id"};
    snprintf(options, sizeof options, "-q -j %u --keep %s%s", 1 + random_below(3), keeps[random_below(4)],
             random_below(2) ? " --bad-records bad" : "");
    return options;
}

START_TEST(everything_can_be_put_back) {
    char command[512];
    random_start("everything_can_be_put_back");
    for (int i = 0; i < CASES; i++) {
        folder = run_make_folder();
        make_inputs();
        const char *options = random_options();
        const char *bad = strstr(options, "--bad") ? "--bad-records bad" : "";
        snprintf(command, sizeof command, "$NEARDUP dedup %s in -o out/ --dropped gone/ --decisions why", options);
        run(command, true);
        expect_what_decisions_say();
        snprintf(command, sizeof command, "$NEARDUP restore -q out --dropped gone/ %s --decisions why -o again/", bad);
        run(command, false);
        for (size_t f = 0; f < input_count; f++) expect_bytes("again", &inputs[f], "folder to folder");
        snprintf(command, sizeof command, "$NEARDUP dedup %s in -o all --dropped left --decisions why", options);
        run(command, true);
        snprintf(command, sizeof command, "$NEARDUP restore -q all --dropped left %s --decisions why -o once/", bad);
        run(command, false);
        for (size_t f = 0; f < input_count; f++) expect_bytes("once", &inputs[f], "file to folder");
        run_remove_folder(folder);
    }
}
END_TEST

/* Takes out of every line the member that was added before its last brace. */
static void strip_notes(text *t) {
    static const char begin[] = ",\"neardup\":{";
    text stripped = {0};
    text_add_string(&stripped, "");
    for (char *at = t->data, *end = t->data + t->size; at < end;) {
        char *stop = memchr(at, '\n', (size_t)(end - at)), *note = NULL;
        stop = stop ? stop + 1 : end;
        for (char *c = at; (c = memmem(c, (size_t)(stop - c), begin, sizeof begin - 1)); c++) note = c;
        if (note) {
            char *after = (char *)memchr(note, '}', (size_t)(stop - note)) + 1;
            text_add(&stripped, at, (size_t)(note - at));
            at = after;
        }
        text_add(&stripped, at, (size_t)(stop - at));
        at = stop;
    }
    free(t->data);
    *t = stripped;
}

START_TEST(notes_can_be_taken_out) {
    random_start("notes_can_be_taken_out");
    char command[512];
    for (int i = 0; i < CASES; i++) {
        folder = run_make_folder();
        make_inputs();
        snprintf(command, sizeof command, "$NEARDUP dedup -q -j %u --mode annotate in -o out/", 1 + random_below(3));
        run(command, true);
        for (size_t f = 0; f < input_count; f++) {
            text noted = unpacked("out", inputs[f].name);
            size_t before = noted.size;
            strip_notes(&noted);
            ck_assert_msg(noted.size == inputs[f].bytes.size &&
                              memcmp(noted.data, inputs[f].bytes.data, noted.size) == 0,
                          "%s: not the input with notes", inputs[f].name);
            ck_assert_uint_ge(before, noted.size + (f == 0 ? 100 : 0));
            free(noted.data);
        }
        run_remove_folder(folder);
    }
}
END_TEST

START_TEST(what_does_not_belong_together_is_refused) {
    folder = run_make_folder();
    run("for i in 1 2 3; do echo '{\"text\":\"one two three four five six\"}'; echo \"{\\\"text\\\":\\\"$i\\\"}\"; "
        "done >in; "
        "$NEARDUP dedup -q --format jsonl in -o out --dropped gone --decisions why",
        false);
    static const char *const cases[][2] = {
        {"sed -i 's/two/2/' gone", "cannot be put together"},
        {"head -n 1 gone >x; mv x gone", "has fewer lines"},
        {"cat gone >>out", "has more lines"},
        {"cat gone gone >x; mv x gone", "has more lines"},
        {"sed -n '/decision/p' why >x; sed '$d' why >y; tail -n 1 why >z; cat y x z >why", "behind its last input"},
        {"sed -i '$d' why", "breaks off"},
        {"sed -i '/decision/d' why", "has fewer lines"},
        {"sed -i 's/\"output\":\"in\"/\"output\":\"..\\/in\"/' why", "cannot be written"},
        {"echo junk >why", "no JSON object"},
        {"rm gone", "gone cannot be read: No such file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[512];
        snprintf(
            command, sizeof command,
            "mkdir t; cp out gone why t; cd t; %s; "
            "$NEARDUP restore out --dropped gone --decisions why -o again; s=$?; ls again; cd ..; rm -r t; exit $s",
            cases[i][0]);
        run_result r = run_shell(folder, command);
        ck_assert_msg(r.status == 2 && strstr(r.err, cases[i][1]), "%s: %d %s", cases[i][0], r.status, r.err);
        ck_assert_str_eq(r.out, "");
        run_release(&r);
    }
    run("$NEARDUP restore -q out --dropped gone --decisions why -o again; cmp in again", false);
    run_remove_folder(folder);
}
END_TEST

/* Whatever is named with -o, what the inputs are made from is left alone. */
START_TEST(nothing_that_is_read_is_replaced) {
    folder = run_make_folder();
    run("for i in 1 2 3; do echo '{\"text\":\"one two three four five six\"}'; echo \"{\\\"text\\\":\\\"$i\\\"}\"; "
        "done >in; mkdir -p x/d x/e/d; cp in x/d/1.jsonl; cp in x/e/d/gone; "
        "$NEARDUP dedup -q --format jsonl in -o out --dropped gone --decisions why; "
        "$NEARDUP dedup -q --format jsonl x/d x/e -o d/ --dropped e/ --decisions y",
        false);
    static const char *const cases[][2] = {
        {"out --dropped gone --decisions why -o gone", "gone is an input"},
        {"out --dropped gone --decisions why -o why", "why is an input"},
        {"out --decisions why -o again",
         "why tells of lines that went to --dropped: say where they are with --dropped"},
        {"in --dropped gone --decisions why -o again", "what in was cannot be put together: in, gone and why do not"},
        {"d --dropped e --decisions y -o again", "y tells of several inputs, d/gone among them: name a folder"},
        {"d --dropped e --decisions y -o d/", "d/ is inside the folder d that is read"},
        {"d --dropped e --decisions y -o e/", "e/ is inside the folder e that is read"},
        {"d --dropped e --decisions y -o e/new/", "e/new/ is inside the folder e that is read"},
        {"d --dropped e --decisions y -o d/1.jsonl", "d/1.jsonl is inside the folder d that is read"},
        {"d --dropped e --decisions y -o e/1.jsonl", "e/1.jsonl is inside the folder e that is read"},
        {"d --dropped e --decisions y -o ./", "./d/gone would replace what it is made from, d"},
        {"out --dropped in --decisions why -o ./", "./in would replace what it is made from, in"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[512];
        snprintf(command, sizeof command,
                 "mkdir t; cp -r in out gone why d e y t; cd t; $NEARDUP restore %s; s=$?; cd ..; "
                 "for f in in out gone why d e y; do diff -r $f t/$f; done; ls -A t; rm -r t; exit $s",
                 cases[i][0]);
        run_result r = run_shell(folder, command);
        ck_assert_msg(r.status == 2 && strstr(r.err, cases[i][1]), "%s: %d %s", cases[i][0], r.status, r.err);
        ck_assert_str_eq(r.out, "d\ne\ngone\nin\nout\nwhy\ny\n");
        run_release(&r);
    }
    run_remove_folder(folder);
}
END_TEST

/* In files of folders, too, there is nothing but what the decisions tell of. */
START_TEST(leftovers_in_files_of_folders_are_noticed) {
    folder = run_make_folder();
    run("mkdir in; for f in a b; do for i in 1 2; do echo '{\"text\":\"one two three four five six\"}'; echo "
        "\"{\\\"text\\\":\\\"$f$i\\\"}\"; done >in/$f.jsonl; done; echo '{\"text\":\"c\"}' >in/c.jsonl; "
        "$NEARDUP dedup -q in -o out/ --dropped gone/ --decisions why",
        false);
    static const char *const cases[] = {"cat gone/a.jsonl >>out/a.jsonl", "echo >>gone/b.jsonl"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char command[512];
        snprintf(
            command, sizeof command,
            "mkdir t; cp -r out gone why t; cd t; %s; "
            "$NEARDUP restore out --dropped gone/ --decisions why -o again/; s=$?; ls again; cd ..; rm -r t; exit $s",
            cases[i]);
        run_result r = run_shell(folder, command);
        ck_assert_msg(r.status == 2 && strstr(r.err, "has more lines than"), "%s: %d %s", cases[i], r.status, r.err);
        ck_assert_str_eq(r.out, "");
        run_release(&r);
    }
    run("$NEARDUP restore -q out --dropped gone/ --decisions why -o again/; diff -r in again", false);
    run_remove_folder(folder);
}
END_TEST

START_TEST(folders_of_files_are_put_back) {
    folder = run_make_folder();
    run("set -e; w() { seq $1 $2 | tr '\\n' ' '; }; mkdir -p in/a in/b; w 1 99 >in/a/x.txt; w 1 99 >in/b/x.txt; w 300 "
        "399 >in/b/y; "
        "printf 'a\\0b' >in/b/image; : >in/b/nothing; touch -d 2001-02-03T04:05:06 in/a/x.txt; chmod 640 in/a/x.txt; "
        "$NEARDUP dedup -q in -o out/ --dropped gone/ --decisions why; "
        "[ \"$(stat -c '%a %Y' out/a/x.txt)\" = \"$(stat -c '%a %Y' in/a/x.txt)\" ]; [ ! -e out/b/x.txt ]; "
        "cmp gone/b/x.txt in/b/x.txt; cmp out/b/image in/b/image; [ -e out/b/nothing ]; "
        "$NEARDUP restore -q out --dropped gone/ --decisions why -o again/; diff -r in again; "
        "cp -r out bent; echo >>bent/b/y; ! $NEARDUP restore bent --dropped gone/ --decisions why -o bad/; [ ! -e bad "
        "]; "
        "$NEARDUP dedup -q --link in -o linked/; diff -r linked out -x neardup.json",
        false);
    run_remove_folder(folder);
}
END_TEST

/* Files that hold nothing may be among records, and what is said of them does not hang on what was before them. */
START_TEST(empty_files_are_put_back) {
    folder = run_make_folder();
    run("set -e; mkdir in; for i in a b y; do seq 400 | sed \"s/.*/{\\\"text\\\":\\\"$i & & &\\\"}/\" >in/$i.jsonl; "
        "done; "
        ": >in/b.json; : | gzip >in/x.json.gz; : | zstd -q >in/z.json.zst; "
        "for j in 1 2 3; do $NEARDUP dedup -q -j $j in -o out --decisions why$j; sed -i '/summary/d' why$j; done; cmp "
        "why1 "
        "why2; cmp why1 why3; grep -c '\"bytes\":0,\"xxh3_128\":\"99aa06d3014798d86001c324468d497f\"' why1 | grep -x "
        "3; "
        "$NEARDUP dedup -q --force in -o out --decisions why; $NEARDUP restore -q out --decisions why -o again/; "
        "cd in; for i in *; do case $i in *.gz) zcat ../again/$i;; *.zst) zstd -qdc ../again/$i;; *) cat ../again/$i;; "
        "esac "
        ">x; case $i in *.jsonl) cmp $i x;; *) [ ! -s x ];; esac; done",
        false);
    run_remove_folder(folder);
}
END_TEST

START_TEST(a_whole_file_needs_a_folder) {
    folder = run_make_folder();
    run("seq 99 >a.txt; $NEARDUP dedup -q a.txt -o out/ --decisions why; $NEARDUP restore -q out --decisions why -o "
        "z/; "
        "cmp z/a.txt a.txt",
        false);
    run_result r = run_shell(folder, "$NEARDUP restore out --decisions why -o b.txt; s=$?; ls; exit $s");
    ck_assert_msg(r.status == 2 && strstr(r.err, "a.txt went as a whole file: name a folder"), "%d %s", r.status,
                  r.err);
    ck_assert_str_eq(r.out, "a.txt\nout\nwhy\nz\n");
    run_release(&r);
    run_remove_folder(folder);
}
END_TEST

/* Holds one list of the manifest against the files it tells of. */
static void expect_true_list(const json_t *list, const char *base, size_t count) {
    ck_assert_uint_eq(json_array_size(list), count);
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(list, i);
        char *below = files_join(folder, base), hash[40];
        char *path = files_join(below, json_string_value(json_object_get(entry, "path")));
        size_t size;
        char *bytes = files_read(path, &size);
        nd_hash128 value = nd_hash128_of(bytes, size, 0);
        snprintf(hash, sizeof hash, "%016llx%016llx", (unsigned long long)value.high, (unsigned long long)value.low);
        ck_assert_str_eq(json_string_value(json_object_get(entry, "xxh3_128")), hash);
        ck_assert_int_eq(json_integer_value(json_object_get(entry, "bytes")), (json_int_t)size);
        free(bytes);
        free(path);
        free(below);
    }
}

START_TEST(the_manifest_is_true) {
    folder = run_make_folder();
    run("set -e; mkdir in; for i in 1 2 3; do seq $i 9999 | sed 's/.*/{\"text\":\"& & & & &\"}/' >in/$i.jsonl; done; "
        "gzip in/2.jsonl; zstd -q --rm in/3.jsonl; seq 99 >in/a; seq 99 >in/b; printf 'a\\0' >in/c; "
        "$NEARDUP dedup -q in -o out/ --dropped gone/",
        false);
    char *path = files_join(folder, "out/neardup.json");
    json_t *manifest = json_load_file(path, 0, NULL);
    ck_assert_ptr_nonnull(manifest);
    expect_true_list(json_object_get(manifest, "inputs"), "", 6);
    expect_true_list(json_object_get(manifest, "outputs"), "out", 5);
    const json_t *counts = json_object_get(manifest, "counts");
    ck_assert_int_eq(json_integer_value(json_object_get(counts, "documents")), 9999 + 9998 + 9997 + 2);
    ck_assert_int_eq(json_integer_value(json_object_get(counts, "kept")), 10000);
    json_decref(manifest);
    free(path);
    run_remove_folder(folder);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("restore");
    tcase_add_test(tests, everything_can_be_put_back);
    tcase_add_test(tests, notes_can_be_taken_out);
    tcase_add_test(tests, what_does_not_belong_together_is_refused);
    tcase_add_test(tests, nothing_that_is_read_is_replaced);
    tcase_add_test(tests, empty_files_are_put_back);
    tcase_add_test(tests, a_whole_file_needs_a_folder);
    tcase_add_test(tests, leftovers_in_files_of_folders_are_noticed);
    tcase_add_test(tests, the_manifest_is_true);
    tcase_add_test(tests, folders_of_files_are_put_back);
    int status = run_tests(tests);
    for (size_t i = 0; i < MOST_FILES; i++) free(inputs[i].bytes.data);
    return status;
}
