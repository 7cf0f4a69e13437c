/* SPDX-License-Identifier: MIT */
/*
 * Documents to read again are collected over all groups, fetched in one rising order, and held until every group has
 * been put into words. Of a document that is only needed for its title the beginning is held.
 */
#include "report/text_difference.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "report/excerpt.h"
#include "report/findings.h"
#include "report/text_title.h"

#define TEXTS_AT_MOST ((uint64_t)64 << 20) /* bytes */
enum { ENOUGH_FOR_A_TITLE = 16 << 10 };

/* A text to be read again. */
typedef struct wanted {
    uint64_t document;
    bool whole; /* it will be compared */
    char *data; /* NULL until it is fetched */
    size_t size;
    neardup_form form;
} wanted;

typedef struct wanted_list {
    wanted *items; /* by document */
    size_t count, capacity;
    size_t next; /* the one to be fetched next */
    uint64_t bytes;
} wanted_list;

/* ---- texts ---- */

/* Whether the member's text will be held against that of the document it is a copy of. */
static bool is_compared(const nd_text_member *member) {
    return member->decision.dropped && !member->decision.identical;
}

static neardup_status want(const nd_report *report, wanted_list *list, uint64_t document, bool whole) {
    neardup_document known;
    nd_report_document(report, document, &known);
    uint64_t bytes = whole || known.bytes < ENOUGH_FOR_A_TITLE ? known.bytes : ENOUGH_FOR_A_TITLE;
    if (list->bytes + bytes > TEXTS_AT_MOST) return NEARDUP_OK;
    if (nd_reserve(&list->items, &list->capacity, list->count + 1, sizeof *list->items)) return NEARDUP_ERROR_MEMORY;
    list->items[list->count++] = (wanted){.document = document, .whole = whole};
    list->bytes += bytes;
    return NEARDUP_OK;
}

static int compare_wanted(const void *left, const void *right) {
    const wanted *a = left, *b = right;
    return (a->document > b->document) - (a->document < b->document);
}

/* Sorts the list and makes one of what is wanted more than once. */
static void tidy(wanted_list *list) {
    if (!list->count) return;
    qsort(list->items, list->count, sizeof *list->items, compare_wanted);
    size_t last = 0;
    for (size_t i = 1; i < list->count; i++) {
        if (list->items[i].document == list->items[last].document)
            list->items[last].whole |= list->items[i].whole;
        else
            list->items[++last] = list->items[i];
    }
    list->count = last + 1;
}

static neardup_status want_groups(const nd_report *report, const nd_text_groups *groups, wanted_list *list) {
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < groups->count && !status; i++) {
        const nd_text_group *group = &groups->items[i];
        status = want(report, list, group->members[0].document, false);
        for (size_t j = 1; j < group->count && !status; j++) {
            const nd_text_member *member = &group->members[j];
            if (!is_compared(member)) continue;
            status = want(report, list, member->decision.dup_of, true);
            if (!status) status = want(report, list, member->document, true);
        }
    }
    tidy(list);
    return status;
}

static neardup_status take_text(void *context, uint64_t document, const neardup_text *text) {
    wanted_list *list = context;
    while (list->next < list->count && list->items[list->next].document < document) list->next++;
    if (list->next == list->count || list->items[list->next].document != document) return NEARDUP_OK;
    wanted *item = &list->items[list->next];
    item->form = text->form;
    item->size = !item->whole && text->size > ENOUGH_FOR_A_TITLE ? ENOUGH_FOR_A_TITLE : text->size;
    item->data = nd_copy(text->data, item->size);
    return item->data ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
}

/* What cannot be read any more is gone for this report only: the result is none the worse, and is told without. */
static neardup_status fetch(const nd_report *report, wanted_list *list) {
    if (!list->count) return NEARDUP_OK;
    uint64_t *documents = nd_allocate(list->count, sizeof *documents);
    if (!documents) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < list->count; i++) documents[i] = list->items[i].document;
    neardup_status status = nd_report_fetch(report, documents, list->count, take_text, list);
    nd_free(documents);
    return status == NEARDUP_ERROR_MEMORY ? status : NEARDUP_OK;
}

/* Whether the document's text (all of it, where it must be whole) was read again, and if so, the text. */
static bool find_text(const wanted_list *list, uint64_t document, bool whole, neardup_text *text_out) {
    wanted key = {.document = document};
    const wanted *item = list->count ? bsearch(&key, list->items, list->count, sizeof key, compare_wanted) : NULL;
    if (!item || !item->data || (whole && !item->whole)) return false;
    *text_out = (neardup_text){.data = item->data, .size = item->size, .form = item->form};
    return true;
}

/* ---- words ---- */

/* From the shingles alone: `containment` is the share of the copy's that the kept document has. */
static void write_shares(FILE *out, const neardup_decision *decision) {
    double shared = decision->containment;
    if (shared > 0.98 && decision->jaccard < 0.9)
        fprintf(out, "cut: has %s of it", nd_wording_percent(decision->jaccard, 0).text);
    else
        fprintf(out, "shares %s of its text", nd_wording_percent(shared, 0).text);
}

/* From the words left over when equal ones are paired off. A copy that has lost a tenth or more and gained next to
 * nothing is told as a cut. */
static void write_words(FILE *out, const neardup_similarity *similarity) {
    uint64_t cut = similarity->tokens_only_a, added = similarity->tokens_only_b, all = similarity->tokens_a;
    if (!cut && !added)
        fputs("same words in another order", out);
    else if (cut >= all / 10 && added <= cut / 20)
        fprintf(out, "cut: has %s of it", nd_wording_percent((double)(all - cut) / (double)all, 0).text);
    else if (!cut)
        fprintf(out, "%s added", nd_wording_counted(added, "word", "words").text);
    else if (!added)
        fprintf(out, "%s cut", nd_wording_counted(cut, "word", "words").text);
    else
        fprintf(out, "%s added, %s cut", nd_wording_counted(added, "word", "words").text, nd_wording_count(cut).text);
}

static void write_near(const nd_report *report, const nd_text_member *member, const wanted_list *texts, FILE *out) {
    neardup_text original, copy;
    neardup_options options = *report->options;
    options.progress = NULL;
    neardup_similarity similarity;
    bool told = find_text(texts, member->decision.dup_of, true, &original) &&
                find_text(texts, member->document, true, &copy) &&
                neardup_compare(&options, &original, &copy, &similarity, NULL) == NEARDUP_OK;
    if (told)
        write_words(out, &similarity);
    else
        write_shares(out, &member->decision);
}

static neardup_status tell_member(const nd_report *report, const nd_text_group *group, nd_text_member *member,
                                  const wanted_list *texts) {
    size_t size;
    FILE *out = open_memstream(&member->difference, &size);
    if (!out) return NEARDUP_ERROR_MEMORY;
    if (!member->decision.dropped) {
        putc('(', out);
        nd_write_visible(out, (nd_span){report->keep, strlen(report->keep)});
        putc(')', out);
    } else if (member->decision.identical) {
        fputs(member->decision.same_bytes ? "same bytes" : "same words", out);
    } else {
        write_near(report, member, texts, out);
    }
    /* Where components are chained, a document may be a copy of one that goes itself. */
    if (member->decision.dropped && member->decision.dup_of != group->members[0].document) {
        nd_corpus_document original = nd_report_at(report, member->decision.dup_of);
        fputs(", compared with ", out);
        nd_write_place(out, original.shown, original.record);
    }
    return fclose(out) ? NEARDUP_ERROR_MEMORY : NEARDUP_OK;
}

static neardup_status tell_group(const nd_report *report, nd_text_group *group, const wanted_list *texts) {
    size_t size;
    FILE *out = open_memstream(&group->title, &size);
    if (!out) return NEARDUP_ERROR_MEMORY;
    neardup_text kept;
    if (find_text(texts, group->members[0].document, false, &kept)) nd_excerpt_write(out, &kept);
    if (fclose(out)) return NEARDUP_ERROR_MEMORY;
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < group->count && !status; i++) status = tell_member(report, group, &group->members[i], texts);
    return status;
}

/* Makes titles of the excerpts that stand in their place so far. */
static neardup_status choose_titles(nd_text_groups *groups) {
    char **excerpts = nd_allocate(groups->count, sizeof *excerpts);
    if (!excerpts) return NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < groups->count; i++) excerpts[i] = groups->items[i].title;
    neardup_status status = nd_text_titles_choose(excerpts, groups->count);
    nd_free(excerpts);
    return status;
}

neardup_status nd_text_difference_tell(const nd_report *report, nd_text_groups *groups, neardup_error *error) {
    wanted_list texts = {0};
    neardup_status status = want_groups(report, groups, &texts);
    if (!status) status = fetch(report, &texts);
    for (size_t i = 0; i < groups->count && !status; i++) status = tell_group(report, &groups->items[i], &texts);
    if (!status) status = choose_titles(groups);
    for (size_t i = 0; i < texts.count; i++) nd_free(texts.items[i].data);
    nd_free(texts.items);
    return status ? nd_fail_memory(error) : NEARDUP_OK;
}
