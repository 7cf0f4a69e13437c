/* SPDX-License-Identifier: MIT */
#include "filter/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/memory.h"
#include "filter/manifest.h"
#include "filter/place.h"

static const char *name_of(const nd_corpus_file *file) {
    return nd_span_equals(file->file, "-") ? "standard input" : file->file.data;
}

/* ---- contents ---- */

/* What reading has shown of an input that is one document. */
static neardup_document document_of(const nd_plan *plan, size_t file) {
    neardup_document document = {.bytes = 1};
    if (plan->engine) neardup_engine_document(plan->engine, nd_corpus_first_document(plan->corpus, file), &document);
    return document;
}

/* What is one document has no place in a file of records. */
static neardup_status fail_document(const nd_corpus_file *file, bool set_aside, neardup_error *error) {
    if (set_aside && !file->text)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "%.250s is larger than what is read of one document with the memory there is, and does not "
                       "begin with a record: say --format jsonl if its lines are records, or allow more (--memory)",
                       name_of(file));
    return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                   "%.250s is one document, not JSON Lines, and cannot go into one file with others: name a folder "
                   "with -o (with a slash at its end), leave it out with --include '*.jsonl', or say --format jsonl",
                   name_of(file));
}

/* Whether several inputs are written. */
static bool has_several(const nd_plan *plan) {
    size_t written = 0, count = nd_corpus_file_count(plan->corpus);
    for (size_t i = count; i && written < 2; i--) written += !nd_corpus_file_at(plan->corpus, i - 1).reference;
    return written > 1;
}

/* Two charsets in one file would make it text in none. */
static neardup_status check_charset(const nd_plan *plan, const nd_corpus_file *file, neardup_error *error) {
    static const char folder[] = "name a folder for it (with a slash at its end)";
    if (!file->converted || !has_several(plan)) return NEARDUP_OK;
    const struct {
        bool mixed;
        const char *option, *advice;
    } files[] = {
        {!plan->folder, "-o", folder},
        {plan->dropped && !plan->dropped_folder, "--dropped", folder},
        {plan->bad, "--bad-records", "convert it first, or give it a run of its own"},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i].mixed)
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                           "%.250s is not UTF-8, and so cannot go into the one file of %s with others: %s",
                           name_of(file), files[i].option, files[i].advice);
    return NEARDUP_OK;
}

static neardup_status check_content(const nd_plan *plan, size_t number, const nd_corpus_file *file,
                                    neardup_error *error) {
    if (plan->folder && nd_span_equals(file->file, "-"))
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "standard input has no name that it could have in a folder: name a file with -o");
    if (plan->notes && file->converted)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "%.250s is not UTF-8, and so no notes can be put into its records: convert it first",
                       name_of(file));
    neardup_status status = check_charset(plan, file, error);
    if (status) return status;
    if (!plan->folder && file->binary)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "%.250s is not text, as there is a NUL near its beginning, and cannot go into one file with "
                       "others: leave it out with --exclude, or name a folder with -o (with a slash at its end)",
                       name_of(file));
    if (file->content != ND_CONTENT_DOCUMENT) return NEARDUP_OK;
    neardup_document document = document_of(plan, number);
    bool set_aside = document.condition == NEARDUP_SET_ASIDE;
    if (!document.bytes && !set_aside) return NEARDUP_OK; /* it holds nothing that has to go anywhere */
    if (plan->notes)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "%.250s is one document, not JSON Lines, and cannot get notes: leave it out with --include "
                       "'*.jsonl', or say --format jsonl",
                       name_of(file));
    if (!plan->folder) return fail_document(file, set_aside, error);
    if (plan->dropped && !plan->dropped_folder)
        return nd_fail(
            error, NEARDUP_ERROR_ARGUMENT,
            "%.250s is one document, not JSON Lines, and cannot go into the file of --dropped: name a folder "
            "with --dropped (with a slash at its end)",
            name_of(file));
    if (file->special)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "%.300s is no regular file and cannot be copied", name_of(file));
    return NEARDUP_OK;
}

neardup_status nd_plan_check_contents(const nd_plan *plan, neardup_error *error) {
    neardup_status status = NEARDUP_OK;
    size_t count = nd_corpus_file_count(plan->corpus);
    for (size_t i = 0; i < count && !status; i++) {
        nd_corpus_file file = nd_corpus_file_at(plan->corpus, i);
        if (!file.reference) status = check_content(plan, i, &file, error);
    }
    return status;
}

/* ---- names ---- */

/* Byte order but for the slash, which comes before all else: what is in a folder follows a file of its name at once. */
static int compare_paths(const void *left, const void *right) {
    const nd_span *a = left, *b = right;
    size_t size = a->size < b->size ? a->size : b->size;
    for (size_t i = 0; i < size; i++) {
        unsigned char x = (unsigned char)a->data[i], y = (unsigned char)b->data[i];
        if (x != y) return x == '/' ? -1 : y == '/' ? 1 : x < y ? -1 : 1;
    }
    return (a->size > b->size) - (a->size < b->size);
}

static bool collide(nd_span first, nd_span second) {
    if (second.size < first.size || memcmp(first.data, second.data, first.size) != 0) return false;
    return second.size == first.size || second.data[first.size] == '/';
}

static neardup_status check_collisions(nd_span *paths, size_t count, neardup_error *error) {
    if (count) qsort(paths, count, sizeof *paths, compare_paths);
    for (size_t i = 0; i + 1 < count; i++)
        if (collide(paths[i], paths[i + 1]))
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                           "two inputs would be written to %.*s: give each input a run, or a file, of its own",
                           paths[i].size < 250 ? (int)paths[i].size : 250, paths[i].data);
    return NEARDUP_OK;
}

/* Puts FOLDER/RELATIVE, with a NUL behind it, into `path`. */
static neardup_status join(const char *folder, nd_span relative, nd_buffer *path, neardup_error *error) {
    size_t size = strlen(folder);
    while (size > 1 && folder[size - 1] == '/') size--;
    path->size = 0;
    if (nd_buffer_append(path, folder, size) || nd_buffer_append(path, "/", folder[size - 1] != '/') ||
        nd_buffer_append(path, relative.data, relative.size) || nd_buffer_append_byte(path, 0))
        return nd_fail_memory(error);
    return NEARDUP_OK;
}

/* Whether there is a file that is one of the inputs. */
static bool is_input(const nd_plan *plan, const char *path) {
    struct stat s;
    return stat(path, &s) == 0 && nd_corpus_holds(plan->corpus, (uint64_t)s.st_dev, (uint64_t)s.st_ino);
}

/* Whether the output of an input in a folder, should there be such a file already, is one of the inputs. */
static neardup_status check_replaced(const nd_plan *plan, const char *folder, const char *option, nd_span relative,
                                     nd_buffer *path, neardup_error *error) {
    neardup_status status = join(folder, relative, path, error);
    if (status || !is_input(plan, path->data)) return status;
    return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "%.300s is an input: name another folder with %s", path->data,
                   option);
}

neardup_status nd_plan_check_names(const nd_plan *plan, neardup_error *error) {
    size_t count = nd_corpus_file_count(plan->corpus), found = 0;
    nd_span *paths = nd_allocate(count, sizeof *paths);
    if (!paths) return nd_fail_memory(error);
    nd_buffer path = {0};
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < count && !status; i++) {
        nd_corpus_file file = nd_corpus_file_at(plan->corpus, i);
        if (file.reference) continue;
        paths[found++] = file.relative;
        if (nd_span_equals(file.relative, ND_MANIFEST))
            status = nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                             "%.300s has the name of the manifest of a run: leave it out with --exclude /" ND_MANIFEST
                             ", or call it something else",
                             name_of(&file));
        if (!status) status = check_replaced(plan, plan->out, "-o", file.relative, &path, error);
        if (!status && plan->dropped_folder)
            status = check_replaced(plan, plan->dropped, "--dropped", file.relative, &path, error);
    }
    if (!status)
        status = check_replaced(plan, plan->out, "-o", (nd_span){ND_MANIFEST, strlen(ND_MANIFEST)}, &path, error);
    if (!status) status = check_collisions(paths, found, error);
    nd_buffer_release(&path);
    nd_free(paths);
    return status;
}

/* ---- places ---- */

neardup_status nd_plan_check_apart(const char *folder, const char *path, neardup_error *error) {
    if (!nd_place_is_below(path, folder)) return NEARDUP_OK;
    return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                   "%.200s is inside the folder %.200s that gets a file for each input: name another place for it",
                   path, folder);
}

neardup_status nd_plan_check_outside(const nd_plan *plan, const char *path, const char *option, neardup_error *error) {
    struct stat s;
    if (stat(path, &s) == 0 && !S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode)) return NEARDUP_OK;
    neardup_status status = NEARDUP_OK;
    size_t count = nd_corpus_folder_count(plan->corpus);
    for (size_t i = 0; i < count && !status; i++) {
        const char *folder = nd_corpus_folder_at(plan->corpus, i);
        if (nd_place_is_below(path, folder))
            status = nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                             "%.200s is inside the folder %.200s that is read: name another place with %s", path,
                             folder, option);
    }
    return status;
}

neardup_status nd_plan_check_earlier(const nd_plan *plan, const nd_stale *stale, neardup_error *error) {
    nd_buffer path = {0};
    struct stat s;
    neardup_status status = join(plan->out, (nd_span){ND_MANIFEST, strlen(ND_MANIFEST)}, &path, error);
    if (!status && !plan->force && lstat(path.data, &s) == 0)
        status =
            nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                    "%.250s already holds the result of a run (" ND_MANIFEST "): name another folder, or replace it "
                    "with --force",
                    plan->out);
    for (size_t i = 0; i < stale->count && !status; i++) {
        status = join(plan->out, stale->paths[i], &path, error);
        if (!status && is_input(plan, path.data))
            status = nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                             "%.300s is an input, and belongs to the result that would be replaced: name another "
                             "folder with -o",
                             path.data);
    }
    nd_buffer_release(&path);
    return status;
}
