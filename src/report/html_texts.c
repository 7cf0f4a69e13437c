/* SPDX-License-Identifier: MIT */
/*
 * Clusters and passages are ranked by how much text they repeat; their documents are chosen in that order as far as
 * there is room, and fetched in order of number.
 */
#include "report/html_texts.h"
#include "report/findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "report/excerpt.h"
#include "report/text_title.h"

enum { BYTES_A_TOKEN = 6 /* of English with its spaces; for ranking only */ };

/* A cluster or passage. */
typedef struct subject {
    bool is_passage;
    uint64_t number;
    uint64_t weight; /* bytes that it repeats, roughly */
} subject;

typedef struct reader {
    const nd_report *report;
    nd_html_texts *texts;
    neardup_totals totals;
    uint64_t *chosen; /* a bit for each document */
    uint64_t room;    /* bytes */
} reader;

/* ---- choosing ---- */

static bool is_chosen(const reader *r, uint64_t document) { return r->chosen[document / 64] >> document % 64 & 1; }

static void choose(reader *r, uint64_t document) {
    neardup_document known;
    if (is_chosen(r, document) || nd_report_document(r->report, document, &known)) return;
    if (known.bytes > r->room) return;
    r->room -= known.bytes;
    r->chosen[document / 64] |= (uint64_t)1 << document % 64;
}

static void choose_subject(reader *r, const subject *s) {
    if (s->is_passage) {
        neardup_passage passage;
        nd_report_passage(r->report, s->number, &passage);
        for (uint64_t i = 0; i < passage.places && r->room; i++) {
            neardup_place place;
            nd_report_place(r->report, passage.first_place + i, &place);
            choose(r, place.document);
        }
        return;
    }
    neardup_cluster cluster;
    nd_report_cluster(r->report, s->number, &cluster);
    for (size_t i = 0; i < cluster.size && r->room; i++) choose(r, cluster.members[i]);
}

static int compare_subjects(const void *left, const void *right) {
    const subject *a = left, *b = right;
    if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
    if (a->is_passage != b->is_passage) return a->is_passage ? 1 : -1;
    return (a->number > b->number) - (a->number < b->number);
}

static void list_subjects(const reader *r, subject *subjects) {
    for (uint64_t i = 0; i < r->totals.clusters; i++) {
        neardup_cluster cluster;
        neardup_document keep;
        nd_report_cluster(r->report, i, &cluster);
        nd_report_document(r->report, cluster.keep, &keep);
        *subjects++ = (subject){false, i, keep.bytes * (cluster.size - 1)};
    }
    for (uint64_t i = 0; i < r->totals.passages; i++) {
        neardup_passage passage;
        nd_report_passage(r->report, i, &passage);
        *subjects++ = (subject){true, i, passage.tokens * BYTES_A_TOKEN * (passage.places - 1)};
    }
}

static neardup_status choose_documents(reader *r) {
    size_t count = (size_t)(r->totals.clusters + r->totals.passages);
    subject *subjects = nd_allocate(count, sizeof *subjects);
    if (!subjects) return NEARDUP_ERROR_MEMORY;
    list_subjects(r, subjects);
    if (count) qsort(subjects, count, sizeof *subjects, compare_subjects);
    for (size_t i = 0; i < count && r->room; i++) choose_subject(r, &subjects[i]);
    nd_free(subjects);
    return NEARDUP_OK;
}

/* ---- reading ---- */

static neardup_status excerpt(const neardup_text *text, char **excerpt_out) {
    size_t size;
    FILE *out = open_memstream(excerpt_out, &size);
    if (!out) return NEARDUP_ERROR_MEMORY;
    nd_excerpt_write(out, text);
    return fclose(out) ? NEARDUP_ERROR_MEMORY : NEARDUP_OK;
}

/* Cuts a title that fills more than a line behind a word, or where there is no space behind a character. */
static void shorten(char *title) {
    enum { LONGEST = 80 }; /* bytes */
    static const char more[] = "…";
    if (strlen(title) <= LONGEST) return;
    size_t size = LONGEST - sizeof more;
    while (((unsigned char)title[size] & 0xC0) == 0x80) size--;
    for (size_t i = size; i > size / 2; i--)
        if (title[i] == ' ') {
            size = i;
            break;
        }
    memcpy(title + size, more, sizeof more);
}

/* Of a passage whose first place begins at byte `begin` of `plain`: its first line. */
static neardup_status title_passage(reader *r, const neardup_place *place, size_t begin) {
    enum { ENOUGH = 4096 };
    const nd_buffer *plain = &r->texts->plain;
    size_t size = plain->size - begin;
    char **title = &r->texts->passage_titles[place->passage];
    const neardup_text words = {.data = plain->data + begin, .size = size < ENOUGH ? size : ENOUGH};
    neardup_status status = excerpt(&words, title);
    if (!status) (*title)[strcspn(*title, "\n")] = 0;
    if (!status) shorten(*title);
    return status;
}

/* The byte at which so many UTF-16 units of the text at plain[begin] are over, from one known place on. */
static void advance(const nd_buffer *plain, uint64_t unit, size_t *byte, uint64_t *at) {
    while (*at < unit && *byte < plain->size) {
        unsigned char lead = (unsigned char)plain->data[*byte];
        *byte += lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        *at += lead < 0xF0 ? 1 : 2;
    }
}

/* Notes where the places of a text are, and what the passages that begin with them are called. `marks` are in order. */
static neardup_status note_places(reader *r, nd_html_text *item, const nd_plain_mark *marks, const uint64_t *numbers) {
    size_t byte = item->begin;
    uint64_t unit = 0;
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < 2 * item->place_count && !status; i++) {
        size_t number = marks[i].tag / 2, is_end = marks[i].tag % 2;
        item->places[3 * number] = numbers[number];
        item->places[3 * number + 1 + is_end] = marks[i].unit;
        if (is_end) continue;
        neardup_place place;
        neardup_passage passage;
        nd_report_place(r->report, numbers[number], &place);
        nd_report_passage(r->report, place.passage, &passage);
        if (passage.first_place != numbers[number]) continue;
        advance(&r->texts->plain, marks[i].unit, &byte, &unit);
        status = title_passage(r, &place, byte);
    }
    return status;
}

static neardup_status read_text(reader *r, nd_html_text *item, const neardup_text *text) {
    const uint64_t *numbers;
    neardup_status status = nd_report_document_places(r->report, item->document, &numbers, &item->place_count);
    if (status) return status;
    nd_plain_mark *marks = nd_allocate(item->place_count, 2 * sizeof *marks);
    item->places = nd_allocate(item->place_count, 3 * sizeof *item->places);
    status = marks && item->places ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    for (size_t i = 0; i < item->place_count && !status; i++) {
        neardup_place place;
        nd_report_place(r->report, numbers[i], &place);
        marks[2 * i] = (nd_plain_mark){.byte = place.begin, .tag = 2 * i};
        marks[2 * i + 1] = (nd_plain_mark){.byte = place.end, .tag = 2 * i + 1};
    }
    item->begin = r->texts->plain.size;
    if (!status) status = nd_plain_text_append(text, marks, 2 * item->place_count, &r->texts->plain);
    item->size = r->texts->plain.size - item->begin;
    if (!status) status = note_places(r, item, marks, numbers);
    nd_free(marks);
    return status;
}

static neardup_status take_text(void *context, uint64_t document, const neardup_text *text) {
    reader *r = context;
    nd_html_texts *texts = r->texts;
    if (text->set_aside) return NEARDUP_OK;
    if (nd_reserve(&texts->items, &texts->capacity, texts->count + 1, sizeof *texts->items))
        return NEARDUP_ERROR_MEMORY;
    nd_html_text *item = &texts->items[texts->count++];
    *item = (nd_html_text){.document = document};
    neardup_status status = read_text(r, item, text);
    if (status) return status;
    neardup_decision decision;
    neardup_cluster cluster;
    nd_report_decision(r->report, document, &decision);
    if (decision.cluster == NEARDUP_NONE) return NEARDUP_OK;
    nd_report_cluster(r->report, decision.cluster, &cluster);
    return cluster.keep == document ? excerpt(text, &texts->cluster_titles[decision.cluster]) : NEARDUP_OK;
}

/* What cannot be read any more is gone for this report only. */
static neardup_status fetch(reader *r) {
    uint64_t documents = r->totals.references + r->totals.documents;
    size_t count = 0;
    for (uint64_t i = 0; i <= documents / 64; i++) count += nd_count_bits(r->chosen[i]);
    uint64_t *numbers = nd_allocate(count, sizeof *numbers);
    if (!numbers) return NEARDUP_ERROR_MEMORY;
    size_t next = 0;
    for (uint64_t i = 0; i < documents; i++)
        if (is_chosen(r, i)) numbers[next++] = i;
    neardup_status status = nd_report_fetch(r->report, numbers, count, take_text, r);
    nd_free(numbers);
    return status == NEARDUP_ERROR_MEMORY ? status : NEARDUP_OK;
}

/* ---- titles ---- */

/* Makes titles of the excerpts that stand in their place so far. */
static neardup_status choose_titles(nd_html_texts *texts) {
    char **excerpts = nd_allocate(texts->clusters, sizeof *excerpts);
    if (!excerpts) return NEARDUP_ERROR_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < texts->clusters; i++)
        if (texts->cluster_titles[i]) excerpts[count++] = texts->cluster_titles[i];
    neardup_status status = nd_text_titles_choose(excerpts, count);
    for (size_t i = 0; i < count && !status; i++) shorten(excerpts[i]);
    nd_free(excerpts);
    return status;
}

neardup_status nd_html_texts_init(const nd_report *report, nd_html_texts *texts_out, neardup_error *error) {
    nd_html_texts texts = {0};
    reader r = {.report = report, .texts = &texts, .room = report->html_text};
    nd_report_totals(report, &r.totals);
    texts.clusters = (size_t)r.totals.clusters;
    texts.passages = (size_t)r.totals.passages;
    r.chosen = nd_allocate_zero((size_t)((r.totals.references + r.totals.documents) / 64 + 1), sizeof *r.chosen);
    texts.cluster_titles = nd_allocate_zero(texts.clusters, sizeof *texts.cluster_titles);
    texts.passage_titles = nd_allocate_zero(texts.passages, sizeof *texts.passage_titles);
    neardup_status status =
        r.chosen && texts.cluster_titles && texts.passage_titles ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    if (!status) status = choose_documents(&r);
    if (!status) status = fetch(&r);
    if (!status) status = choose_titles(&texts);
    nd_free(r.chosen);
    if (status) {
        nd_html_texts_release(&texts);
        return nd_fail_memory(error);
    }
    *texts_out = texts;
    return NEARDUP_OK;
}

void nd_html_texts_release(nd_html_texts *texts) {
    for (size_t i = 0; i < texts->count; i++) nd_free(texts->items[i].places);
    for (size_t i = 0; texts->cluster_titles && i < texts->clusters; i++) free(texts->cluster_titles[i]);
    for (size_t i = 0; texts->passage_titles && i < texts->passages; i++) free(texts->passage_titles[i]);
    nd_free(texts->items);
    nd_free(texts->cluster_titles);
    nd_free(texts->passage_titles);
    nd_buffer_release(&texts->plain);
    *texts = (nd_html_texts){0};
}
