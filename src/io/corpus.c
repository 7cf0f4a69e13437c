/* SPDX-License-Identifier: MIT */
/* A corpus: its making, and what it tells. */
#include "io/corpus.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/corpus_internal.h"

/* Bytes of the largest document that is read, unless the options say otherwise. */
#define LIMIT ((size_t)1 << 30)

/* ---- making ---- */

/* Compiles the names of all wanted fields. */
static neardup_status want_fields(nd_corpus *corpus, neardup_error *error) {
    const nd_corpus_options *o = corpus->options;
    nd_wanted *w = &corpus->wanted;
    bool from_field = o->source == ND_SOURCE_FIELD || o->source == ND_SOURCE_HOST;
    if (from_field && !o->source_field)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "sources by field or host need the field's name");
    const char *names[ND_JSON_NAMES];
    size_t count = 0, texts = o->text_fields.count ? o->text_fields.count : 1;
    if (texts + 3 + o->key_fields.count > ND_JSON_NAMES)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "too many fields: at most %d can be named", ND_JSON_NAMES - 3);
    for (size_t i = 0; i < texts; i++) {
        names[count++] = o->text_fields.count ? o->text_fields.items[i] : "text";
        for (size_t k = 0; k < i; k++)
            if (strcmp(names[k], names[i]) == 0)
                return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "the text field \"%s\" is named twice: once will do",
                               names[i]);
    }
    w->texts = texts;
    w->id = count;
    names[count++] = o->id_field ? o->id_field : "id";
    w->source = count;
    if (from_field) names[count++] = o->source_field;
    if (o->source == ND_SOURCE_AUTO) names[count++] = "source";
    w->keys = count;
    w->key_count = o->key_fields.count;
    nd_catalog_init(&corpus->catalog, w->key_count);
    for (size_t i = 0; i < w->key_count; i++) names[count++] = o->key_fields.items[i];
    w->absent = count;
    if (o->absent_field) names[count++] = o->absent_field;
    corpus->keys = nd_allocate_zero(w->key_count, sizeof *corpus->keys);
    return corpus->keys ? nd_json_fields_create(names, count, &w->fields, error) : nd_fail_memory(error);
}

static neardup_status check_charsets(nd_corpus *corpus, neardup_error *error) {
    size_t count = corpus->options->encodings.count, most = ND_CHARSETS_MOST - ND_CHARSET_FIRST;
    nd_loader *loader = &corpus->reading.loader;
    loader->corpus = corpus;
    if (count > most)
        return nd_fail(error, NEARDUP_ERROR_ARGUMENT, "too many charsets: at most %zu can be tried", most);
    for (size_t i = 0; i < count; i++) {
        nd_decoder *decoder;
        unsigned charset = ND_CHARSET_FIRST + (unsigned)i;
        neardup_status status = nd_loader_decoder(loader, charset, &decoder, error);
        if (status) return status;
    }
    return NEARDUP_OK;
}

static neardup_status tell_trouble(void *context, const nd_walk_trouble *trouble) {
    nd_corpus *corpus = context;
    nd_problem problem = {.kind = trouble->kind == ND_WALK_SPECIAL ? ND_PROBLEM_SPECIAL : ND_PROBLEM_UNREADABLE,
                          .named = trouble->named,
                          .path = trouble->path,
                          .file = trouble->file,
                          .record = NEARDUP_NONE,
                          .byte = NEARDUP_NONE,
                          .message = {trouble->message, strlen(trouble->message)}};
    return nd_problems_add(&corpus->problems, &problem, trouble->order);
}

/* An error for a walk that found nothing because of what it met; NEARDUP_OK where there was simply nothing. */
static neardup_status check_found(const nd_corpus *corpus, neardup_error *error) {
    if (corpus->walk.count) return NEARDUP_OK;
    for (size_t i = 0; i < corpus->problems.count; i++) {
        const nd_problem *p = &corpus->problems.items[i];
        if (p->kind == ND_PROBLEM_UNREADABLE && p->named)
            return nd_fail(error, NEARDUP_ERROR_SOURCE,
                           "%.300s cannot be read: %.*s; check the path and its permissions", nd_problem_place(p),
                           (int)p->message.size, p->message.data);
    }
    return NEARDUP_OK;
}

static neardup_status walk_operands(nd_corpus *corpus, neardup_error *error) {
    const nd_corpus_options *o = corpus->options;
    const nd_walk_options options = {o->include, o->exclude, o->hidden, o->follow_links};
    nd_walk_init(&corpus->walk, &options, tell_trouble, corpus);
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; status == NEARDUP_OK && i < o->references.count; i++)
        status = nd_walk_add(&corpus->walk, o->references.items[i], error);
    if (status == NEARDUP_OK) nd_walk_end_references(&corpus->walk);
    for (size_t i = 0; status == NEARDUP_OK && i < o->operands.count; i++)
        status = nd_walk_add(&corpus->walk, o->operands.items[i], error);
    if (status == NEARDUP_OK && o->files_from)
        status = nd_walk_add_list(&corpus->walk, o->files_from, o->files_from_nul, error);
    return status ? status : check_found(corpus, error);
}

/* The last component of an operand, which begins the paths shown of what is below it; size 0 for ".". */
static nd_span base_name(const char *operand) {
    size_t end = strlen(operand);
    while (end && operand[end - 1] == '/') end--;
    size_t begin = end;
    while (begin && operand[begin - 1] != '/') begin--;
    nd_span name = {operand + begin, end - begin};
    return nd_span_equals(name, ".") ? (nd_span){"", 0} : name;
}

/* Finds out whether two operands have the same base name. A list may name any number of files that have. */
static neardup_status check_names(nd_corpus *corpus) {
    const nd_strings *references = &corpus->options->references, *operands = &corpus->options->operands;
    size_t count = references->count + operands->count;
    nd_names names = {0};
    neardup_status status = NEARDUP_OK;
    corpus->ambiguous = corpus->options->files_from != NULL;
    for (size_t i = 0; i < count && !corpus->ambiguous && status == NEARDUP_OK; i++) {
        uint32_t number = 0;
        bool reference = i < references->count;
        nd_span name = base_name(reference ? references->items[i] : operands->items[i - references->count]);
        status = nd_names_add(&names, name, &number);
        corpus->ambiguous = status == NEARDUP_OK && (number < i || (!name.size && count > 1));
    }
    nd_names_release(&names);
    return status;
}

/* ---- sources of files ---- */

/* The first folder below the operand that the file is in; size 0 where it is right below it. */
static nd_span first_folder(const nd_corpus *corpus, size_t file) {
    nd_span relative = nd_walk_relative(&corpus->walk, file);
    const char *slash = memchr(relative.data, '/', relative.size);
    return (nd_span){relative.data, slash ? (size_t)(slash - relative.data) : 0};
}

/* Whether there are two such folders. */
static bool has_two_folders(const nd_corpus *corpus) {
    nd_span first = {0};
    for (size_t i = corpus->walk.references; i < corpus->walk.count; i++) {
        nd_span folder = first_folder(corpus, i);
        if (folder.size && first.size && nd_span_compare(folder, first) != 0) return true;
        if (folder.size) first = folder;
    }
    return false;
}

/* What a file is called as a source of its own: by its path below the operand, where there is only one. */
static nd_span file_source(const nd_corpus *corpus, size_t file) {
    bool one = corpus->options->operands.count == 1 && !corpus->options->files_from;
    return one ? nd_walk_relative(&corpus->walk, file) : nd_walk_shown(&corpus->walk, file);
}

/* The name of the rule that the options ask for, where it has a field in it. */
static neardup_status name_rule(nd_corpus *corpus) {
    const nd_corpus_options *o = corpus->options;
    corpus->dirs = o->source == ND_SOURCE_DIR || (o->source == ND_SOURCE_AUTO && has_two_folders(corpus));
    if (o->source != ND_SOURCE_FIELD && o->source != ND_SOURCE_HOST) return NEARDUP_OK;
    const char *prefix = o->source == ND_SOURCE_HOST ? "host:" : "field:";
    neardup_status status = nd_buffer_append(&corpus->rule, prefix, strlen(prefix));
    return status ? status : nd_buffer_append(&corpus->rule, o->source_field, strlen(o->source_field) + 1);
}

const char *nd_corpus_source_rule(const nd_corpus *corpus) {
    if (corpus->rule.size) return corpus->rule.data;
    bool automatic = corpus->options->source == ND_SOURCE_AUTO;
    /* Where there are only records, the rule for records was used, though it gave nothing. */
    if (automatic && (corpus->source_seen || (!corpus->file_seen && corpus->catalog.documents))) return "field:source";
    return corpus->dirs ? "dir" : "file";
}

/* ---- life ---- */

neardup_status nd_corpus_create(const nd_corpus_options *options, nd_corpus **corpus_out, neardup_error *error) {
    nd_corpus *corpus = nd_allocate_zero(1, sizeof *corpus);
    if (!corpus) return nd_fail_memory(error);
    corpus->options = options;
    corpus->limit = options->record_limit ? options->record_limit : LIMIT;
    atomic_init(&corpus->progress, 0);
    atomic_init(&corpus->reeled, 0);
    nd_pages_init(&corpus->blocks, sizeof(nd_block_facts));
    nd_extents_init(&corpus->extents);
    neardup_status status = want_fields(corpus, error);
    if (status == NEARDUP_OK) status = check_charsets(corpus, error);
    if (status == NEARDUP_OK) status = walk_operands(corpus, error);
    if (status == NEARDUP_OK) {
        corpus->facts = nd_allocate_zero(corpus->walk.count, sizeof *corpus->facts);
        if (!corpus->facts || name_rule(corpus) || check_names(corpus)) status = nd_fail_memory(error);
    }
    bool known = true;
    for (size_t i = 0; i < corpus->walk.count; i++) {
        corpus->total += nd_walk_file_at(&corpus->walk, i)->bytes;
        known = known && !nd_walk_file_at(&corpus->walk, i)->special;
    }
    if (!known) corpus->total = 0;
    if (status == NEARDUP_OK)
        *corpus_out = corpus;
    else
        nd_corpus_free(corpus);
    return status;
}

void nd_corpus_free(nd_corpus *corpus) {
    if (!corpus) return;
    nd_corpus_release_reading(corpus);
    for (size_t i = 0; i < corpus->spool_count; i++) nd_reel_free(corpus->spools[i].reel);
    nd_free(corpus->spools);
    nd_json_fields_free(corpus->wanted.fields);
    nd_catalog_release(&corpus->catalog);
    nd_problems_release(&corpus->problems);
    nd_pages_release(&corpus->blocks);
    nd_extents_release(&corpus->extents);
    nd_walk_release(&corpus->walk);
    nd_buffer_release(&corpus->rule);
    nd_buffer_release(&corpus->field_names);
    nd_buffer_release(&corpus->text);
    nd_free(corpus->facts);
    nd_free(corpus->keys);
    nd_free(corpus);
}

bool nd_corpus_holds(const nd_corpus *corpus, uint64_t device, uint64_t inode) {
    return nd_walk_holds(&corpus->walk, device, inode);
}

neardup_source nd_corpus_source(nd_corpus *corpus) {
    return (neardup_source){.context = corpus,
                            .begin = nd_corpus_begin,
                            .read = nd_corpus_read,
                            .split = nd_corpus_split,
                            .commit = nd_corpus_commit,
                            .fetch = nd_corpus_fetch_single,
                            .held = nd_corpus_held,
                            .want = nd_corpus_want};
}

uint64_t nd_corpus_held(void *context) {
    const nd_corpus *corpus = context;
    return atomic_load_explicit(&corpus->reeled, memory_order_relaxed) + nd_extents_bytes(&corpus->extents) +
           nd_pages_bytes(&corpus->blocks) + nd_catalog_bytes(&corpus->catalog) + nd_pages_bytes(&corpus->walk.files) +
           corpus->walk.paths.bytes + corpus->walk.count * sizeof *corpus->facts;
}

/* ---- what is known ---- */

void nd_corpus_progress(const nd_corpus *corpus, uint64_t *done_out, uint64_t *total_out) {
    *done_out = atomic_load_explicit(&corpus->progress, memory_order_relaxed);
    *total_out = corpus->total;
}

nd_span nd_corpus_charset(const nd_corpus *corpus, unsigned charset) {
    const char *name = "";
    if (charset == ND_CHARSET_UTF16LE) name = "UTF-16LE";
    if (charset == ND_CHARSET_UTF16BE) name = "UTF-16BE";
    if (charset >= ND_CHARSET_FIRST) name = corpus->options->encodings.items[charset - ND_CHARSET_FIRST];
    if (strcasecmp(name, "utf-8") == 0 || strcasecmp(name, "utf8") == 0) name = "";
    return (nd_span){name, strlen(name)};
}

static nd_span source_of(const nd_corpus *corpus, nd_origin place, uint64_t document) {
    nd_source_kind kind = corpus->options->source;
    if (kind == ND_SOURCE_FIELD || kind == ND_SOURCE_HOST || (kind == ND_SOURCE_AUTO && place.line != NEARDUP_NONE))
        return nd_catalog_source(&corpus->catalog, document);
    return corpus->dirs ? first_folder(corpus, place.file) : file_source(corpus, place.file);
}

nd_corpus_document nd_corpus_document_at(const nd_corpus *corpus, uint64_t document) {
    nd_origin place = nd_catalog_place(&corpus->catalog, document);
    const nd_walk_file *file = nd_walk_file_at(&corpus->walk, place.file);
    const nd_file_facts *facts = &corpus->facts[place.file];
    nd_span path = nd_walk_shown(&corpus->walk, place.file);
    nd_span open = {nd_walk_path(&corpus->walk, place.file), file->size};
    return (nd_corpus_document){
        .path = path,
        .file = open,
        .shown = corpus->ambiguous ? open : path,
        .record = place.line,
        .id = nd_catalog_id(&corpus->catalog, document),
        .source = source_of(corpus, place, document),
        .encoding = nd_corpus_charset(corpus, facts->charset),
        .seconds = facts->seconds,
        .nanoseconds = facts->nanoseconds,
    };
}

nd_span nd_corpus_key(const nd_corpus *corpus, uint64_t document, size_t key, bool *is_number_out) {
    nd_key value = nd_catalog_key(&corpus->catalog, document, key);
    *is_number_out = value.is_number;
    return value.text;
}

const nd_corpus_options *nd_corpus_options_of(const nd_corpus *corpus) { return corpus->options; }

size_t nd_corpus_limit(const nd_corpus *corpus) { return corpus->limit; }

uint64_t nd_corpus_problem_count(const nd_corpus *corpus, nd_problem_kind kind) {
    return corpus->problems.counts[kind];
}

uint64_t nd_corpus_named_problem_count(const nd_corpus *corpus, nd_problem_kind kind) {
    return corpus->problems.named[kind];
}

size_t nd_corpus_problems(const nd_corpus *corpus, const nd_problem **problems_out) {
    *problems_out = corpus->problems.items;
    return corpus->problems.count;
}
