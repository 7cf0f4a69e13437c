/* SPDX-License-Identifier: MIT */
/* A file is a corpus of its own here: what is wrong with one keeps no other from being read. */
#include "report/saved_texts.h"

#include <string.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"

typedef struct fetch {
    const nd_saved *saved;
    const uint64_t *documents; /* of the file at hand */
    uint64_t *numbers;         /* what they are called in its corpus; */
    size_t count, next;        /* `count` of those */
    const uint64_t *wanted;    /* parallel: the documents they are */
    neardup_status (*take)(void *context, uint64_t document, const neardup_text *text);
    void *context;
    neardup_error *unread; /* as in nd_report; or NULL */
    bool refused;          /* take ended it */
} fetch;

static const char cannot_be_read[] = "cannot be read again";
static const char other_text[] = "is not what it was when the result was saved";

/* Notes why a text is passed over, the first time. */
static void note(fetch *f, const char *file, const char *why) {
    if (f->unread && !f->unread->status) nd_fail(f->unread, NEARDUP_ERROR_CHANGED, "%.300s %s", file, why);
}

/* The file a document is in, as it can be opened from here; NULL where it is gone. Valid until `path` changes. */
static const char *find_file(const nd_saved *saved, const nd_corpus_document *place, nd_buffer *path,
                             neardup_status *status) {
    struct stat found;
    const char *file = place->file.data, *slash = strrchr(saved->name, '/');
    if (stat(file, &found) == 0) return S_ISREG(found.st_mode) ? file : NULL;
    if (file[0] == '/' || !slash) return NULL;
    path->size = 0;
    *status = nd_buffer_append(path, saved->name, (size_t)(slash - saved->name) + 1);
    if (!*status) *status = nd_buffer_append(path, file, place->file.size + 1);
    return !*status && stat(path->data, &found) == 0 && S_ISREG(found.st_mode) ? path->data : NULL;
}

static neardup_status take_checked(void *context, uint64_t number, const neardup_text *text) {
    fetch *f = context;
    (void)number;
    uint64_t document = f->wanted[f->next++];
    uint64_t checksum = nd_saved_document_at(f->saved, document)->known.checksum;
    if (text->set_aside || !checksum || nd_hash_text(text) != checksum) {
        const nd_corpus_document place = nd_saved_document_at(f->saved, document)->place;
        note(f, place.file.data, other_text);
        return NEARDUP_OK;
    }
    neardup_status status = f->take(f->context, document, text);
    f->refused = status != NEARDUP_OK;
    return status;
}

/* Finds the numbers of `count` documents of one file in the file's corpus. */
static size_t find_numbers(const nd_saved *saved, const nd_corpus *corpus, uint64_t all, const uint64_t *documents,
                           size_t count, uint64_t *numbers, uint64_t *wanted) {
    size_t found = 0;
    uint64_t number = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t record = nd_saved_document_at(saved, documents[i])->place.record;
        /* NEARDUP_NONE is more than any line. */
        while (number < all && nd_corpus_document_at(corpus, number).record < record) number++;
        if (number == all || nd_corpus_document_at(corpus, number).record != record) continue;
        numbers[found] = number;
        wanted[found++] = documents[i];
    }
    return found;
}

static neardup_status fetch_file(fetch *f, const char *file, const uint64_t *documents, size_t count) {
    nd_corpus_options options = f->saved->corpus_options;
    nd_corpus *corpus = NULL;
    uint64_t all = 0, *wanted = nd_allocate(count, sizeof *wanted);
    f->numbers = nd_allocate(count, sizeof *f->numbers);
    options.operands = (nd_strings){&file, 1};
    neardup_status status = wanted && f->numbers ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    if (!status) status = nd_corpus_create(&options, &corpus, NULL);
    const nd_survey survey = {.last_line = nd_saved_document_at(f->saved, documents[count - 1])->place.record};
    if (!status) status = nd_corpus_survey(corpus, &survey, &all, NULL);
    if (!status) {
        f->wanted = wanted;
        f->next = 0;
        f->count = find_numbers(f->saved, corpus, all, documents, count, f->numbers, wanted);
        if (f->count) status = nd_corpus_fetch(corpus, f->numbers, f->count, take_checked, f, NULL);
    }
    if (!f->refused && status) note(f, file, cannot_be_read);
    if (!status && f->next < count) note(f, file, other_text);
    nd_corpus_free(corpus);
    nd_free(f->numbers);
    nd_free(wanted);
    return f->refused || status == NEARDUP_ERROR_MEMORY ? status : NEARDUP_OK;
}

neardup_status nd_saved_texts_fetch(const nd_saved *saved, const uint64_t *documents, size_t count,
                                    neardup_status (*take)(void *context, uint64_t document, const neardup_text *text),
                                    void *context, neardup_error *unread) {
    fetch f = {.saved = saved, .take = take, .context = context, .unread = unread};
    nd_buffer path = {0};
    neardup_status status = NEARDUP_OK;
    for (size_t begin = 0, end; begin < count && !status; begin = end) {
        const nd_corpus_document *place = &nd_saved_document_at(saved, documents[begin])->place;
        for (end = begin + 1; end < count; end++)
            if (nd_span_compare(nd_saved_document_at(saved, documents[end])->place.file, place->file) != 0) break;
        const char *file = place->file.size ? find_file(saved, place, &path, &status) : NULL;
        if (file)
            status = fetch_file(&f, file, documents + begin, end - begin);
        else if (!status)
            note(&f, place->file.size ? place->file.data : "standard input", cannot_be_read);
    }
    nd_buffer_release(&path);
    return status;
}
