/* SPDX-License-Identifier: MIT */
#include "cli/operand.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/value.h"

void nd_operand_release(nd_operand *operand) {
    nd_corpus_free(operand->corpus);
    nd_free(operand->own_path);
    nd_buffer_release(&operand->data);
    *operand = (nd_operand){0};
}

/* What messages call the file. */
static const char *called(const nd_operand *o) { return strcmp(o->path, "-") == 0 ? "standard input" : o->path; }

/* Finds out which file is meant, and which line of it. */
static neardup_status find(nd_operand *o, const char *name, neardup_error *error) {
    const char *colon = strrchr(name, ':');
    struct stat found;
    uint64_t line;
    o->path = name;
    o->line = NEARDUP_NONE;
    if (strcmp(name, "-") == 0) return NEARDUP_OK;
    if (stat(name, &found) != 0 && colon && colon > name && nd_value_count(colon + 1, &line)) {
        if (!line) return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "%.300s: lines are counted from 1", name);
        o->path = o->own_path = nd_copy(name, (size_t)(colon - name));
        if (!o->path) return nd_fail_memory(error);
        o->line = line - 1;
    }
    if (stat(o->path, &found) == 0 && S_ISDIR(found.st_mode))
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "%.300s is a folder: name a file, or a record as in FILE.jsonl:N",
                       o->path);
    return NEARDUP_OK;
}

/* What is wrong with the file or the wanted line, if anything is known to be. */
static neardup_status fail_problem(const nd_operand *o, neardup_error *error) {
    const nd_problem *problems;
    size_t count = nd_corpus_problems(o->corpus, &problems);
    for (size_t i = 0; i < count; i++) {
        const nd_problem *p = &problems[i];
        if (p->record == NEARDUP_NONE && p->kind != ND_PROBLEM_SET_ASIDE)
            return nd_fail(error, NEARDUP_ERROR_SOURCE, "%.200s cannot be compared: %.*s", called(o),
                           (int)p->message.size, p->message.size ? p->message.data : "");
        if (p->kind == ND_PROBLEM_BAD_RECORD && p->record == o->line)
            return nd_fail(error, NEARDUP_ERROR_SOURCE, "line %" PRIu64 " of %.200s is not a record: %.*s", o->line + 1,
                           called(o), (int)p->message.size, p->message.data);
    }
    if (o->line != NEARDUP_NONE)
        return nd_fail(error, NEARDUP_ERROR_SOURCE, "%.300s has no record in line %" PRIu64, called(o), o->line + 1);
    return nd_fail(error, NEARDUP_ERROR_SOURCE, "%.300s has no text to compare", called(o));
}

/* Finds the document among those of the file. */
static neardup_status choose(const nd_operand *o, uint64_t documents, uint64_t *document_out, neardup_error *error) {
    if (o->line == NEARDUP_NONE && documents > 1)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                       "%.300s has %" PRIu64 " records: name one by its line, as in %.100s:1", called(o), documents,
                       o->path);
    for (uint64_t i = 0; i < documents; i++) {
        uint64_t record = nd_corpus_document_at(o->corpus, i).record;
        if (record == NEARDUP_NONE && o->line != NEARDUP_NONE)
            return nd_fail(error, NEARDUP_ERROR_ARGUMENT,
                           "%.300s is one text, not records in lines: name it without a line, or give --format jsonl",
                           called(o));
        if (o->line != NEARDUP_NONE && record != o->line) continue;
        *document_out = i;
        return NEARDUP_OK;
    }
    return fail_problem(o, error);
}

static neardup_status take(void *context, uint64_t document, const neardup_text *text) {
    nd_operand *o = context;
    (void)document;
    neardup_status status = text->set_aside ? NEARDUP_OK : nd_buffer_append(&o->data, text->data, text->size);
    o->text = *text;
    o->text.data = o->data.data;
    return status;
}

neardup_status nd_operand_read(const char *name, const nd_corpus_options *options, nd_progress *progress,
                               nd_operand *operand_out, neardup_error *error) {
    nd_operand *o = operand_out;
    *o = (nd_operand){.options = *options};
    uint64_t documents = 0, document = 0;
    neardup_status status = find(o, name, error);
    o->options.operands = (nd_strings){&o->path, 1};
    if (!status) status = nd_corpus_create(&o->options, &o->corpus, error);
    progress->corpus = o->corpus;
    const nd_survey survey = {o->line, nd_progress_step, progress};
    if (!status) status = nd_corpus_survey(o->corpus, &survey, &documents, error);
    nd_progress_clear(progress);
    progress->corpus = NULL;
    if (!status) status = choose(o, documents, &document, error);
    if (!status) status = nd_corpus_fetch(o->corpus, &document, 1, take, o, error);
    return status == NEARDUP_ERROR_MEMORY ? nd_fail_memory(error) : status;
}
