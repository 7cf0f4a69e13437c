/* SPDX-License-Identifier: MIT */
#include "report/text_passages.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "report/excerpt.h"
#include "report/findings.h"
#include "report/wording.h"

enum { SHOWN = 20, PLACES_SHOWN = 10, INDENT = 3, GAP = 2 };

/* A passage or overlap that may be shown. */
typedef struct entry {
    uint64_t number;
    uint64_t weight; /* the largest are shown first */
    char *title;     /* first words of a passage, from open_memstream; NULL: not known */
} entry;

typedef struct entries {
    entry *items;
    size_t count, capacity;
} entries;

/* The sections. */
typedef struct sections {
    const nd_report *report;
    const nd_layout *layout;
    neardup_totals totals;
    entries excerpts;        /* overlaps: one document is in the other */
    entries shared, repeats; /* passages */
    uint64_t boilerplate_passages, boilerplate_places, boilerplate_words;
} sections;

static neardup_status add_entry(entries *list, uint64_t number, uint64_t weight) {
    neardup_status status = nd_reserve(&list->items, &list->capacity, list->count + 1, sizeof *list->items);
    if (!status) list->items[list->count++] = (entry){.number = number, .weight = weight};
    return status;
}

static void release_entries(entries *list) {
    for (size_t i = 0; i < list->count; i++) free(list->items[i].title);
    nd_free(list->items);
}

static int compare_entries(const void *left, const void *right) {
    const entry *a = left, *b = right;
    if (a->weight != b->weight) return a->weight > b->weight ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

static size_t shown_of(const sections *s, const entries *list) {
    return s->report->all || list->count < SHOWN ? list->count : SHOWN;
}

/* ---- what there is ---- */

static int compare_overlaps(const void *left, const void *right) {
    const neardup_overlap *a = left, *b = right;
    if (a->a != b->a) return a->a < b->a ? -1 : 1;
    return (a->b > b->b) - (a->b < b->b);
}

/* Whether a passage of two documents is part of one being inside the other, and so is told of there. */
static bool is_in_excerpt(const neardup_overlap *inside, size_t count, const nd_report *report,
                          const neardup_passage *passage) {
    if (passage->documents != 2 || !count) return false;
    neardup_place first, last;
    nd_report_place(report, passage->first_place, &first);
    nd_report_place(report, passage->first_place + passage->places - 1, &last);
    const neardup_overlap key = {.a = first.document, .b = last.document};
    return bsearch(&key, inside, count, sizeof key, compare_overlaps) != NULL;
}

static neardup_status sort_passage(sections *s, const neardup_overlap *inside, size_t count, uint64_t number) {
    neardup_passage passage;
    nd_report_passage(s->report, number, &passage);
    uint64_t weight = passage.tokens * (passage.places - 1);
    switch (passage.label) {
    case NEARDUP_SELF_REPEAT: return add_entry(&s->repeats, number, weight);
    case NEARDUP_BOILERPLATE:
        s->boilerplate_passages++;
        s->boilerplate_places += passage.places;
        s->boilerplate_words += passage.tokens * passage.places;
        return NEARDUP_OK;
    default: break;
    }
    return is_in_excerpt(inside, count, s->report, &passage) ? NEARDUP_OK : add_entry(&s->shared, number, weight);
}

/* Sorts passages and overlaps into sections. */
static neardup_status collect(sections *s) {
    size_t count = 0;
    neardup_overlap *inside = nd_allocate((size_t)s->totals.overlaps, sizeof *inside);
    neardup_status status = inside ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    for (uint64_t i = 0; i < s->totals.overlaps && !status; i++) {
        neardup_overlap overlap;
        nd_report_overlap(s->report, i, &overlap);
        if (!overlap.contains) continue;
        inside[count++] = overlap; /* they are in order */
        status = add_entry(&s->excerpts, i, overlap.tokens_a + overlap.tokens_b);
    }
    for (uint64_t i = 0; i < s->totals.passages && !status; i++) status = sort_passage(s, inside, count, i);
    nd_free(inside);
    entries *lists[] = {&s->excerpts, &s->shared, &s->repeats};
    for (size_t i = 0; i < sizeof lists / sizeof *lists && !status; i++)
        if (lists[i]->count) qsort(lists[i]->items, lists[i]->count, sizeof *lists[i]->items, compare_entries);
    return status;
}

/* ---- first words ---- */

/* A passage whose first words are wanted. */
typedef struct wanted {
    neardup_place place; /* its first one */
    entry *entry;
} wanted;

typedef struct fetching {
    wanted *items;
    size_t count, next;
} fetching;

static int compare_wanted(const void *left, const void *right) {
    uint64_t a = ((const wanted *)left)->place.document, b = ((const wanted *)right)->place.document;
    return (a > b) - (a < b);
}

/* The bytes of the place; size 0 where they are not known. */
static neardup_text text_of(const neardup_text *text, const neardup_place *place) {
    bool json = text->form == NEARDUP_JSON;
    uint64_t begin = json ? place->raw_begin : place->begin, end = json ? place->raw_end : place->end;
    if (json && (place->raw_begin == NEARDUP_NONE || text->raw_offset == NEARDUP_NONE)) return (neardup_text){0};
    if (json) begin -= text->raw_offset, end -= text->raw_offset;
    if (begin > end || end > text->size) return (neardup_text){0};
    return (neardup_text){.data = (const char *)text->data + begin, .size = (size_t)(end - begin), .form = text->form};
}

static neardup_status take_text(void *context, uint64_t document, const neardup_text *text) {
    fetching *f = context;
    for (; f->next < f->count && f->items[f->next].place.document == document; f->next++) {
        const neardup_text words = text_of(text, &f->items[f->next].place);
        size_t size;
        FILE *out = open_memstream(&f->items[f->next].entry->title, &size);
        if (!out) return NEARDUP_ERROR_MEMORY;
        nd_excerpt_write(out, &words);
        if (fclose(out)) return NEARDUP_ERROR_MEMORY;
        char *title = f->items[f->next].entry->title;
        title[strcspn(title, "\n")] = 0;
    }
    return NEARDUP_OK;
}

/* Gives the shown passages their titles. What cannot be read any more has none. */
static neardup_status read_titles(sections *s) {
    fetching f = {0};
    entries *lists[] = {&s->shared, &s->repeats};
    size_t shown = shown_of(s, &s->shared) + shown_of(s, &s->repeats), documents = 0;
    uint64_t *numbers = nd_allocate(shown, sizeof *numbers);
    f.items = nd_allocate(shown, sizeof *f.items);
    neardup_status status = numbers && f.items ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
    for (size_t list = 0; list < 2 && !status; list++)
        for (size_t i = 0; i < shown_of(s, lists[list]); i++) {
            neardup_passage passage;
            nd_report_passage(s->report, lists[list]->items[i].number, &passage);
            f.items[f.count].entry = &lists[list]->items[i];
            nd_report_place(s->report, passage.first_place, &f.items[f.count++].place);
        }
    if (!status && f.count) {
        qsort(f.items, f.count, sizeof *f.items, compare_wanted);
        for (size_t i = 0; i < f.count; i++)
            if (!i || f.items[i].place.document != f.items[i - 1].place.document)
                numbers[documents++] = f.items[i].place.document;
        status = nd_report_fetch(s->report, numbers, documents, take_text, &f);
        if (status != NEARDUP_ERROR_MEMORY) status = NEARDUP_OK;
    }
    nd_free(numbers);
    nd_free(f.items);
    return status;
}

/* ---- lines ---- */

/* A line under way: nd_layout_write wants it whole. */
typedef struct line {
    FILE *out;
    char *text;
    size_t size;
} line;

static neardup_status begin_line(line *l) {
    l->out = open_memstream(&l->text, &l->size);
    return l->out ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
}

static neardup_status end_line(const sections *s, line *l, nd_style style, size_t indent, nd_cut cut) {
    neardup_status status = fclose(l->out) ? NEARDUP_ERROR_MEMORY : NEARDUP_OK;
    if (!status) {
        nd_layout_space(s->layout, indent);
        nd_layout_write(s->layout, style, l->text, s->layout->width - indent, cut);
        putc('\n', s->layout->out);
    }
    free(l->text);
    return status;
}

static void write_heading(const sections *s, const char *text) {
    putc('\n', s->layout->out);
    nd_layout_write(s->layout, ND_STYLE_STRONG, text, s->layout->width, ND_CUT_END);
    putc('\n', s->layout->out);
}

static void write_more(const sections *s, size_t indent, uint64_t left, const char *one, const char *many) {
    char text[96];
    if (!left) return;
    snprintf(text, sizeof text, "… and %s", nd_wording_counted(left, one, many).text);
    nd_layout_space(s->layout, indent);
    nd_layout_write(s->layout, ND_STYLE_DIM, text, s->layout->width - indent, ND_CUT_END);
    putc('\n', s->layout->out);
}

static void write_name(const sections *s, FILE *out, uint64_t document) {
    nd_corpus_document place = nd_report_at(s->report, document);
    nd_write_place(out, place.shown, place.record);
}

/* ---- sections ---- */

static neardup_status write_excerpt(const sections *s, const entry *e) {
    neardup_overlap overlap;
    neardup_document a, b;
    nd_report_overlap(s->report, e->number, &overlap);
    nd_report_document(s->report, overlap.a, &a);
    nd_report_document(s->report, overlap.b, &b);
    bool a_is_inside = a.tokens <= b.tokens;
    nd_wording share = nd_wording_percent(a_is_inside ? overlap.coverage_a : overlap.coverage_b, 0);
    size_t name = INDENT + strlen("100 %") + GAP;
    for (int container = 0; container <= 1; container++) {
        line l;
        if (begin_line(&l)) return NEARDUP_ERROR_MEMORY;
        if (container)
            fputs("in ", l.out);
        else
            nd_layout_space(s->layout, name - GAP - nd_columns(share.text));
        if (!container) {
            nd_layout_write(s->layout, ND_STYLE_SHARE, share.text, name, ND_CUT_END);
            nd_layout_space(s->layout, GAP);
        }
        write_name(s, l.out, a_is_inside == !container ? overlap.a : overlap.b);
        neardup_status status = fclose(l.out) ? NEARDUP_ERROR_MEMORY : NEARDUP_OK;
        if (!status) {
            if (container) nd_layout_space(s->layout, name);
            nd_layout_write(s->layout, ND_STYLE_PLAIN, l.text, s->layout->width - name, ND_CUT_MIDDLE);
            putc('\n', s->layout->out);
        }
        free(l.text);
        if (status) return status;
    }
    return NEARDUP_OK;
}

/* The number, the first words, and how large it is. */
static void write_title(const sections *s, const entry *e, size_t number, const neardup_passage *passage) {
    char size[96];
    nd_wording count = nd_wording_count(number);
    snprintf(size, sizeof size, "%s%s%s", passage->label == NEARDUP_SELF_REPEAT ? "" : nd_label_name(passage->label),
             passage->label == NEARDUP_SELF_REPEAT ? "" : ", ",
             nd_wording_counted(passage->tokens, "word", "words").text);
    size_t room = s->layout->width - nd_columns(count.text) - GAP - GAP - nd_columns(size);
    if (room > 60) room = 60;
    nd_layout_write(s->layout, ND_STYLE_DIM, count.text, s->layout->width, ND_CUT_END);
    nd_layout_space(s->layout, GAP);
    size_t used = nd_layout_write(s->layout, ND_STYLE_STRONG, e->title ? e->title : "", room, ND_CUT_END);
    nd_layout_space(s->layout, room - used + GAP);
    nd_layout_write(s->layout, ND_STYLE_DIM, size, s->layout->width, ND_CUT_END);
    putc('\n', s->layout->out);
}

/* "lines 2-17", or "line 2". */
static void write_lines(FILE *out, const neardup_place *place) {
    if (place->line == place->line_end)
        fprintf(out, "line %s", nd_wording_count(place->line).text);
    else
        fprintf(out, "lines %s–%s", nd_wording_count(place->line).text, nd_wording_count(place->line_end).text);
}

static neardup_status write_shared_place(const sections *s, const neardup_place *place) {
    line l;
    if (begin_line(&l)) return NEARDUP_ERROR_MEMORY;
    write_name(s, l.out, place->document);
    fputs(", ", l.out);
    write_lines(l.out, place);
    if (place->identity < 1) fprintf(l.out, " (%s the same)", nd_wording_percent(place->identity, 0).text);
    return end_line(s, &l, ND_STYLE_PLAIN, INDENT, ND_CUT_MIDDLE);
}

static neardup_status write_shared(const sections *s, const entry *e, size_t number) {
    neardup_passage passage;
    nd_report_passage(s->report, e->number, &passage);
    uint64_t shown = s->report->all || passage.places <= PLACES_SHOWN + 1 ? passage.places : PLACES_SHOWN;
    neardup_status status = NEARDUP_OK;
    putc('\n', s->layout->out);
    write_title(s, e, number, &passage);
    for (uint64_t i = 0; i < shown && !status; i++) {
        neardup_place place;
        nd_report_place(s->report, passage.first_place + i, &place);
        status = write_shared_place(s, &place);
    }
    write_more(s, INDENT, passage.places - shown, "more place", "more places");
    return status;
}

static neardup_status write_repeat(const sections *s, const entry *e, size_t number) {
    neardup_passage passage;
    neardup_place place;
    nd_report_passage(s->report, e->number, &passage);
    nd_report_place(s->report, passage.first_place, &place);
    uint64_t shown = s->report->all || passage.places <= PLACES_SHOWN + 1 ? passage.places : PLACES_SHOWN;
    putc('\n', s->layout->out);
    write_title(s, e, number, &passage);
    for (int part = 0; part <= 1; part++) {
        line l;
        if (begin_line(&l)) return NEARDUP_ERROR_MEMORY;
        if (!part) write_name(s, l.out, place.document);
        if (part) write_lines(l.out, &place);
        for (uint64_t i = 1; part && i < shown; i++) {
            neardup_place again;
            nd_report_place(s->report, passage.first_place + i, &again);
            fputs(i == 1 ? ", again " : ", ", l.out);
            write_lines(l.out, &again);
        }
        if (part && shown < passage.places)
            fprintf(l.out, " and %s", nd_wording_counted(passage.places - shown, "more time", "more times").text);
        if (part && place.paragraphs > 1)
            fprintf(l.out, ": %s", nd_wording_counted(place.paragraphs, "paragraph", "paragraphs").text);
        neardup_status status = end_line(s, &l, ND_STYLE_PLAIN, INDENT, part ? ND_CUT_END : ND_CUT_MIDDLE);
        if (status) return status;
    }
    return NEARDUP_OK;
}

static neardup_status write_boilerplate(const sections *s) {
    line l;
    if (!s->boilerplate_passages) return NEARDUP_OK;
    if (begin_line(&l)) return NEARDUP_ERROR_MEMORY;
    fprintf(l.out, "Boilerplate: %s in %s, ", nd_wording_counted(s->boilerplate_passages, "passage", "passages").text,
            nd_wording_counted(s->boilerplate_places, "place", "places").text);
    fprintf(l.out, "%s in all.", nd_wording_counted(s->boilerplate_words, "word", "words").text);
    neardup_status status = fclose(l.out) ? NEARDUP_ERROR_MEMORY : NEARDUP_OK;
    putc('\n', s->layout->out);
    if (!status) nd_layout_paragraph(s->layout, ND_STYLE_PLAIN, 0, l.text);
    free(l.text);
    return status;
}

static neardup_status write_sections(const sections *s) {
    neardup_status status = NEARDUP_OK;
    size_t shown = shown_of(s, &s->excerpts);
    if (shown) write_heading(s, "Inside a longer document:");
    if (shown) putc('\n', s->layout->out);
    for (size_t i = 0; i < shown && !status; i++) status = write_excerpt(s, &s->excerpts.items[i]);
    write_more(s, INDENT, s->excerpts.count - shown, "more", "more");
    shown = shown_of(s, &s->shared);
    if (shown) write_heading(s, "Passages in several documents:");
    for (size_t i = 0; i < shown && !status; i++) status = write_shared(s, &s->shared.items[i], i + 1);
    if (s->shared.count > shown) putc('\n', s->layout->out);
    write_more(s, 0, s->shared.count - shown, "more passage", "more passages");
    shown = shown_of(s, &s->repeats);
    if (shown) write_heading(s, "Repeated within one document:");
    for (size_t i = 0; i < shown && !status; i++) status = write_repeat(s, &s->repeats.items[i], i + 1);
    if (s->repeats.count > shown) putc('\n', s->layout->out);
    write_more(s, 0, s->repeats.count - shown, "more repeat", "more repeats");
    return status ? status : write_boilerplate(s);
}

neardup_status nd_text_passages_write(const nd_report *report, const nd_layout *layout, neardup_error *error) {
    sections s = {.report = report, .layout = layout};
    nd_report_totals(report, &s.totals);
    if (!s.totals.passages) return NEARDUP_OK;
    neardup_status status = collect(&s);
    if (!status) status = read_titles(&s);
    if (!status) status = write_sections(&s);
    release_entries(&s.excerpts);
    release_entries(&s.shared);
    release_entries(&s.repeats);
    return status ? nd_fail_memory(error) : NEARDUP_OK;
}
