/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as records, or as files of a folder, through dedup and back through restore: what comes back is what there
 * was, byte for byte. Every record that went names one that stayed and is as similar as it says, by the naive engine;
 * and where dedup refuses, it leaves nothing.
 */
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "fuzz/fuzz.h"
#include "io/tree.h"
#include "support/files.h"
#include "support/naive.h"

enum { MOST_BYTES = 8192, MOST_FILES = 6, MOST_RECORDS = 512, MOST_ARGUMENTS = 40 };

#define THRESHOLD "0.6"
static const double threshold = 0.6;

static char folder[64];

/* ---- running commands ---- */

static void leave(void) { nd_tree_remove(folder); }

/* A sanitizer's, where there is one. */
__attribute__((weak)) void __sanitizer_set_report_fd(void *descriptor);

static void make_folder(void) {
    if (folder[0]) return;
    if (__sanitizer_set_report_fd) __sanitizer_set_report_fd((void *)(uintptr_t)dup(STDERR_FILENO));
    snprintf(folder, sizeof folder, "%s/neardup-fuzz-XXXXXX", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
    REQUIRE(mkdtemp(folder), "no folder");
    atexit(leave);
}

typedef struct words {
    const char *items[MOST_ARGUMENTS];
    char *owned[MOST_ARGUMENTS];
    size_t count, owned_count;
} words;

static void add(words *w, const char *word) { w->items[w->count++] = word; }

/* Adds a path below the folder. */
static void add_path(words *w, const char *path) {
    w->owned[w->owned_count] = files_join(folder, path);
    add(w, w->owned[w->owned_count++]);
}

/* Runs a command in silence and forgets its words. */
static int run(const char *name, words *w) {
    size_t count;
    const nd_command *commands = nd_commands(&count);
    while (count && strcmp(commands[count - 1].name, name) != 0) count--;
    int was = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDERR_FILENO);
    int status = commands[count - 1].run(&commands[count - 1], (nd_strings){w->items, w->count});
    dup2(was, STDERR_FILENO);
    close(was);
    close(nowhere);
    while (w->owned_count) free(w->owned[--w->owned_count]);
    w->count = 0;
    return status;
}

/* ---- what decisions say ---- */

typedef struct bytes {
    const char *data;
    size_t size;
} bytes;

/* The text of a record according to jansson; false where it has none, or is what only neardup takes. */
static bool text_of(bytes line, json_t **record_out, neardup_text *text_out) {
    *record_out = json_loadb(line.data, line.size, JSON_ALLOW_NUL, NULL);
    const json_t *text = json_object_get(*record_out, "text");
    if (!json_is_string(text)) return false;
    *text_out = (neardup_text){.data = json_string_value(text), .size = json_string_length(text)};
    return true;
}

/* Holds what one record went for against what is so. */
static void check_drop(bytes gone, bytes kept, double jaccard) {
    neardup_text texts[2];
    neardup_options options;
    json_t *a, *b = NULL;
    neardup_options_init(&options);
    options.threshold = threshold;
    if (text_of(gone, &a, &texts[0]) && text_of(kept, &b, &texts[1])) {
        naive *n = naive_create(&options, texts, 2, NULL);
        double is = n->jaccard[1];
        REQUIRE(is >= threshold && is - jaccard < 1e-6 && jaccard - is < 1e-6, "%g, not %g", jaccard, is);
        naive_free(n);
    }
    json_decref(a);
    json_decref(b);
}

static void check_decisions(bytes input) {
    static bytes records[MOST_RECORDS];
    static bool gone[MOST_RECORDS];
    size_t count = 0, size;
    for (const char *at = input.data, *end = at + input.size; at < end && count < MOST_RECORDS;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        records[count++] = (bytes){at, (size_t)(stop - at)};
        at = stop + 1;
    }
    if (count == MOST_RECORDS) return;
    memset(gone, 0, sizeof gone);
    char *path = files_join(folder, "why"), *why = files_read(path, &size);
    for (int pass = 0; pass < 2; pass++)
        for (char *line = why, *stop; (stop = strchr(line, '\n')); line = stop + 1) {
            json_t *decision = json_loadb(line, (size_t)(stop - line), 0, NULL);
            REQUIRE(decision, "a decision that is no JSON: %s", line);
            const char *action = json_string_value(json_object_get(decision, "action"));
            if (action && strcmp(action, "drop") == 0) {
                size_t record = (size_t)json_integer_value(json_object_get(decision, "record"));
                size_t original = (size_t)json_integer_value(json_object_get(decision, "dup_record"));
                REQUIRE(record < count && original < count, "%zu of %zu records went for %zu", record, count, original);
                if (!pass) gone[record] = true;
                if (pass) REQUIRE(!gone[original], "%zu went for %zu, which went", record, original);
                if (pass)
                    check_drop(records[record], records[original],
                               json_real_value(json_object_get(decision, "jaccard")));
            }
            json_decref(decision);
        }
    free(why);
    free(path);
}

/* ---- there and back ---- */

static void dedup_words(words *w, uint8_t choice, uint8_t more) {
    static const char *const keeps[] = {"first", "last", "longest", "shortest,last"};
    static const char *const plain[] = {"-q",          "-j",       "1",       "--progress", "never",
                                        "--threshold", THRESHOLD,  "--bands", "256",        "--rows",
                                        "1",           "--markup", "none",    "--force",    "--keep"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) add(w, plain[i]);
    add(w, keeps[more % 4]);
    if (!(choice & 2)) return;
    static const char *const cut[] = {"--find", "documents,passages", "--min-words", "12", "--passages"};
    for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) add(w, cut[i]);
    add(w, more & 4 ? "cut:self-repeat,shared" : "cut");
}

static void require_bytes(const char *path, bytes expected) {
    size_t size;
    char *whole = files_join(folder, path), *found = files_read(whole, &size);
    REQUIRE(size == expected.size && (!size || memcmp(found, expected.data, size) == 0), "%s: %zu bytes, not %zu", path,
            size, expected.size);
    free(found);
    free(whole);
}

static void require_nothing(const char *path) {
    struct stat found;
    char *whole = files_join(folder, path);
    REQUIRE(lstat(whole, &found) != 0, "%s was left", path);
    free(whole);
}

static void try_records(bytes input, uint8_t choice, uint8_t more) {
    static const char *const outs[] = {"out.jsonl", "out.jsonl.gz", "out.jsonl.zst"};
    const char *out = outs[(more >> 3) % 3];
    words w = {.count = 0};
    bool bad = choice & 4;
    files_write(folder, "in.jsonl", input.data, input.size);
    dedup_words(&w, choice, more);
    add_path(&w, "in.jsonl");
    add(&w, "-o");
    add_path(&w, out);
    add(&w, "--dropped");
    add_path(&w, "gone");
    add(&w, "--decisions");
    add_path(&w, "why");
    if (bad) add(&w, "--bad-records");
    if (bad) add_path(&w, "bad");
    int status = run("dedup", &w);
    REQUIRE(status == 0 || status == 2 || status == 3, "dedup: %d", status);
    if (status == 2) {
        require_nothing(out);
        require_nothing("gone");
        require_nothing("why");
        require_nothing("bad");
        return;
    }
    check_decisions(input);
    add(&w, "-q");
    add_path(&w, out);
    add(&w, "--dropped");
    add_path(&w, "gone");
    add(&w, "--decisions");
    add_path(&w, "why");
    if (bad) add(&w, "--bad-records");
    if (bad) add_path(&w, "bad");
    add(&w, "-o");
    add_path(&w, "again");
    status = run("restore", &w);
    REQUIRE(status == 0, "restore: %d", status);
    require_bytes("again", input);
}

/* The same for a folder of files, which a byte of 0x1E parts in the data. */
static void try_folder(bytes input, uint8_t choice, uint8_t more) {
    static const char *const names[MOST_FILES] = {"a.txt", "b/c.jsonl", "b/d.txt", "b/odd \n name.txt", "e.json", "f"};
    bytes files[MOST_FILES];
    size_t count = 0;
    char name[64];
    for (const char *at = input.data, *end = at + input.size; at < end && count < MOST_FILES;) {
        const char *stop = memchr(at, 0x1E, (size_t)(end - at));
        if (!stop) stop = end;
        files[count] = (bytes){at, (size_t)(stop - at)};
        snprintf(name, sizeof name, "in/%s", names[count]);
        files_write(folder, name, at, files[count++].size);
        at = stop + 1;
    }
    words w = {.count = 0};
    dedup_words(&w, choice, more);
    add_path(&w, "in");
    add(&w, "-o");
    add_path(&w, "out/");
    add(&w, "--dropped");
    add_path(&w, "gone/");
    add(&w, "--decisions");
    add_path(&w, "why");
    int status = run("dedup", &w);
    REQUIRE(status == 0 || status == 2 || status == 3, "dedup: %d", status);
    if (status == 2) {
        require_nothing("out");
        require_nothing("gone");
        require_nothing("why");
        return;
    }
    add(&w, "-q");
    add_path(&w, "out/");
    add(&w, "--dropped");
    add_path(&w, "gone/");
    add(&w, "--decisions");
    add_path(&w, "why");
    add(&w, "-o");
    add_path(&w, "again/");
    status = run("restore", &w);
    REQUIRE(status == 0, "restore: %d", status);
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "again/%s", names[i]);
        require_bytes(name, files[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t choice = take_byte(&data, &size), more = take_byte(&data, &size);
    bytes input = {(const char *)data, size < MOST_BYTES ? size : MOST_BYTES};
    make_folder();
    if (choice & 1)
        try_folder(input, choice, more);
    else
        try_records(input, choice, more);
    nd_tree_remove(folder);
    REQUIRE(mkdir(folder, 0700) == 0, "no folder");
    return 0;
}
