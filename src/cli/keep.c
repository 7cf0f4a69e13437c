/* SPDX-License-Identifier: MIT */
#include "cli/keep.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "io/json_number.h"

static const char *const plain_names[] = {"first", "last", "longest", "shortest", "oldest", "newest"};

static neardup_status add_rule(nd_keep *keep, nd_span text) {
    nd_keep_rule rule = {0};
    bool known = false;
    for (size_t i = 0; i < sizeof plain_names / sizeof *plain_names && !known; i++) {
        rule.kind = (nd_keep_kind)i;
        known = nd_span_equals(text, plain_names[i]);
    }
    if (!known) {
        if (text.size < 5 || (memcmp(text.data, "max:", 4) != 0 && memcmp(text.data, "min:", 4) != 0))
            return NEARDUP_ERROR_ARGUMENT;
        rule = (nd_keep_rule){text.data[1] == 'a' ? ND_KEEP_MAX : ND_KEEP_MIN, keep->fields.count};
        if (nd_texts_add(&keep->fields, text.data + 4, text.size - 4)) return NEARDUP_ERROR_MEMORY;
    }
    if (nd_reserve(&keep->rules, &keep->capacity, keep->count + 1, sizeof *keep->rules)) return NEARDUP_ERROR_MEMORY;
    keep->rules[keep->count++] = rule;
    return NEARDUP_OK;
}

neardup_status nd_keep_read(const char *text, void *keep_field) {
    nd_keep *keep = keep_field;
    nd_keep_release(keep);
    keep->text = text;
    for (const char *part = text;;) {
        size_t size = strcspn(part, ",");
        neardup_status status = add_rule(keep, (nd_span){part, size});
        if (status || !part[size]) return status;
        part += size + 1;
    }
}

void nd_keep_release(nd_keep *keep) {
    nd_free(keep->rules);
    nd_texts_release(&keep->fields);
    *keep = (nd_keep){0};
}

bool nd_keep_is_first(const nd_keep *keep) { return keep->count == 0 || keep->rules[0].kind == ND_KEEP_FIRST; }

/* ---- order ---- */

/* What a comparison looks at. */
typedef struct ranking {
    const nd_keep *keep;
    const neardup_engine *engine;
    const nd_corpus *corpus;
    bool *numeric; /* of each field: every value that is present is a number */
} ranking;

/* A document, with the ranking beside it: qsort has no other way to hand it to a comparison. */
typedef struct ranked {
    uint64_t document;
    const ranking *ranking;
} ranked;

static int three_way(bool less, bool more) { return more - less; }

static int compare_tokens(const ranking *r, uint64_t a, uint64_t b) {
    neardup_document first, second;
    neardup_engine_document(r->engine, a, &first);
    neardup_engine_document(r->engine, b, &second);
    return three_way(first.tokens<second.tokens, first.tokens> second.tokens);
}

static int compare_times(const ranking *r, uint64_t a, uint64_t b) {
    nd_corpus_document first = nd_corpus_document_at(r->corpus, a);
    nd_corpus_document second = nd_corpus_document_at(r->corpus, b);
    if (first.seconds != second.seconds) return three_way(first.seconds<second.seconds, first.seconds> second.seconds);
    return three_way(first.nanoseconds<second.nanoseconds, first.nanoseconds> second.nanoseconds);
}

/* By a field's values, the higher first when `down`; a document without the field comes behind all others. */
static int compare_fields(const ranking *r, size_t field, bool down, uint64_t a, uint64_t b) {
    bool number;
    nd_span value_a = nd_corpus_key(r->corpus, a, field, &number);
    nd_span value_b = nd_corpus_key(r->corpus, b, field, &number);
    if (!value_a.data || !value_b.data) return three_way(value_a.data != NULL, value_b.data != NULL);
    int order = r->numeric[field] ? nd_json_number_compare(value_a, value_b) : nd_span_compare(value_a, value_b);
    return down ? -order : order;
}

/* Negative when `a` is the better kept. */
static int compare_by_rule(const ranking *r, const nd_keep_rule *rule, uint64_t a, uint64_t b) {
    switch (rule->kind) {
    case ND_KEEP_FIRST: return three_way(a<b, a> b);
    case ND_KEEP_LAST: return three_way(b<a, b> a);
    case ND_KEEP_LONGEST: return compare_tokens(r, b, a);
    case ND_KEEP_SHORTEST: return compare_tokens(r, a, b);
    case ND_KEEP_OLDEST: return compare_times(r, a, b);
    case ND_KEEP_NEWEST: return compare_times(r, b, a);
    case ND_KEEP_MAX: return compare_fields(r, rule->field, true, a, b);
    case ND_KEEP_MIN: return compare_fields(r, rule->field, false, a, b);
    }
    return 0;
}

static int compare_ranked(const void *left, const void *right) {
    const ranked *a = left, *b = right;
    const nd_keep *keep = a->ranking->keep;
    for (size_t i = 0; i < keep->count; i++) {
        int order = compare_by_rule(a->ranking, &keep->rules[i], a->document, b->document);
        if (order) return order;
    }
    return three_way(a->document<b->document, a->document> b->document);
}

/* Whether all values of a field are numbers. */
static bool is_numeric(const nd_corpus *corpus, size_t field, uint64_t documents) {
    for (uint64_t document = 0; document < documents; document++) {
        bool number = false;
        nd_span text = nd_corpus_key(corpus, document, field, &number);
        if (text.data && !number) return false;
    }
    return true;
}

neardup_status nd_keep_order(const nd_keep *keep, const neardup_engine *engine, const nd_corpus *corpus,
                             uint64_t references, uint64_t **order_out, neardup_error *error) {
    size_t count = (size_t)neardup_engine_documents(engine);
    ranking r = {keep, engine, corpus, nd_allocate(keep->fields.count, sizeof *r.numeric)};
    ranked *all = nd_allocate(count, sizeof *all);
    uint64_t *order = nd_allocate(count, sizeof *order);
    neardup_status status = r.numeric && all && order ? NEARDUP_OK : nd_fail_memory(error);
    if (status) goto done;

    for (size_t field = 0; field < keep->fields.count; field++) r.numeric[field] = is_numeric(corpus, field, count);
    for (size_t i = 0; i < count; i++) all[i] = (ranked){i, &r};
    if (count > references) qsort(all + references, count - (size_t)references, sizeof *all, compare_ranked);
    for (size_t i = 0; i < count; i++) order[i] = all[i].document;
    *order_out = order;
    order = NULL;
done:
    nd_free(order);
    nd_free(all);
    nd_free(r.numeric);
    return status;
}
