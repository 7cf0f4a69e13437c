/* SPDX-License-Identifier: MIT */
/*
 * Totals in one sentence; then the groups of copies, each under its title, with the document that stays, and each
 * copy with its similarity and what differs in it; then what else a reader must know. Names and differences share one
 * line where there is room for them, and stand below each other where there is not.
 */
#include "report/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "report/findings.h"
#include "report/source_table.h"
#include "report/text_groups.h"
#include "report/text_layout.h"
#include "report/text_passages.h"
#include "report/wording.h"

enum {
    NARROWEST = 40, /* a terminal is taken to be that wide at least */
    TITLES_AT_LEAST = 72,
    GAP = 2,            /* columns between columns */
    NAMES_AT_LEAST = 60 /* columns from which on a name may be shortened to share its line */
};

/* Where things stand in the lines of all groups. */
typedef struct columns {
    size_t number;  /* of the group */
    size_t percent; /* or "keep" */
    size_t name;
    bool stacked; /* differences have lines of their own */
    size_t right; /* edge of it all: titles and sizes fill the lines up to here */
} columns;

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

/* ---- paragraphs ---- */

/* A text under way; what it becomes is written and freed by end_paragraph. */
typedef struct paragraph {
    FILE *out;
    char *text;
    size_t size;
} paragraph;

static neardup_status begin_paragraph(paragraph *p) {
    p->out = open_memstream(&p->text, &p->size);
    return p->out ? NEARDUP_OK : NEARDUP_ERROR_MEMORY;
}

static neardup_status end_paragraph(paragraph *p, const nd_layout *layout, nd_style style) {
    neardup_status status = fclose(p->out) ? NEARDUP_ERROR_MEMORY : NEARDUP_OK;
    if (!status) nd_layout_paragraph(layout, style, 0, p->text);
    free(p->text);
    return status;
}

/* ---- totals ---- */

/* "Not read: 2 binary files, 1 damaged file.", or nothing. */
static void write_not_read(const nd_report *report, FILE *out) {
    static const struct {
        const char *one, *many;
    } words[] = {
        [ND_PROBLEM_BINARY] = {"binary file", "binary files"},
        [ND_PROBLEM_SPECIAL] = {"special file", "special files"},
        [ND_PROBLEM_UNREADABLE] = {"unreadable file", "unreadable files"},
        [ND_PROBLEM_DAMAGED] = {"damaged file", "damaged files"},
        [ND_PROBLEM_EXPANDED] = {"file that unpacks to too much", "files that unpack to too much"},
        [ND_PROBLEM_UNDECODABLE] = {"undecodable file", "undecodable files"},
        [ND_PROBLEM_BAD_RECORD] = {"bad record", "bad records"},
    };
    const char *before = " Not read: ";
    for (size_t kind = 0; kind < sizeof words / sizeof *words; kind++) {
        uint64_t count = nd_report_problem_count(report, (nd_problem_kind)kind);
        if (!count) continue;
        fprintf(out, "%s%s", before, nd_wording_counted(count, words[kind].one, words[kind].many).text);
        before = ", ";
    }
    if (strcmp(before, ", ") == 0) putc('.', out);
}

/* How many sources the documents come from; 0 where every document is its own. */
static neardup_status count_sources(const nd_report *report, size_t *count_out, neardup_error *error) {
    nd_source_table table;
    neardup_status status = nd_source_table_init(report, &table, error);
    if (status) return status;
    *count_out = 0;
    for (size_t i = 0; i < table.count; i++) *count_out += nd_source_row_matters(report, &table.rows[i]);
    nd_source_table_release(&table);
    return NEARDUP_OK;
}

static neardup_status write_totals(const nd_report *report, const nd_layout *layout, const neardup_totals *totals,
                                   neardup_error *error) {
    size_t sources = 0;
    neardup_status status = count_sources(report, &sources, error);
    paragraph p;
    if (status) return status;
    if (begin_paragraph(&p)) return nd_fail_memory(error);
    fputs(nd_wording_counted(totals->documents, "document", "documents").text, p.out);
    if (sources) fprintf(p.out, " from %s", nd_wording_counted(sources, "source", "sources").text);
    fprintf(p.out, ", %s: ", nd_wording_bytes(totals->bytes).text);
    if (totals->dropped)
        fprintf(p.out, "%s could go (%s, %s).", nd_wording_count(totals->dropped).text,
                nd_wording_bytes(totals->dropped_bytes).text,
                nd_wording_percent(totals->bytes ? (double)totals->dropped_bytes / (double)totals->bytes : 0, 0).text);
    else
        fputs("no copies.", p.out);
    if (totals->empty) fprintf(p.out, " %s empty.", nd_wording_counted(totals->empty, "is", "are").text);
    write_not_read(report, p.out);
    return end_paragraph(&p, layout, ND_STYLE_STRONG) ? nd_fail_memory(error) : NEARDUP_OK;
}

/* ---- groups ---- */

static columns lay_out(const nd_layout *layout, const nd_text_groups *groups) {
    size_t name = 0, difference = 0;
    columns c = {.percent = strlen("keep")};
    for (size_t i = 0; i < groups->count; i++)
        for (size_t j = 0; j < groups->items[i].count; j++) {
            const nd_text_member *member = &groups->items[i].members[j];
            name = larger(name, nd_columns(member->name));
            difference = larger(difference, nd_columns(member->difference));
            c.percent = larger(c.percent, nd_columns(member->percent.text));
        }
    c.number = nd_columns(nd_wording_count(groups->count).text);
    size_t before_name = c.number + GAP + c.percent + GAP;
    size_t room = layout->width > before_name + GAP + difference ? layout->width - before_name - GAP - difference : 0;
    c.stacked = room < name && room < NAMES_AT_LEAST;
    if (c.stacked) room = layout->width - before_name;
    c.name = name < room ? name : room;
    c.right = before_name + c.name + (c.stacked ? 0 : GAP + difference);
    if (c.right < TITLES_AT_LEAST) c.right = TITLES_AT_LEAST;
    if (c.right > layout->width) c.right = layout->width;
    return c;
}

static void write_title(const nd_layout *layout, const columns *c, const nd_text_group *group, size_t number) {
    nd_wording count = nd_wording_count(number);
    nd_wording size = nd_wording_counted(group->size, "document", "documents");
    size_t room = c->right - c->number - GAP - GAP - nd_columns(size.text);
    nd_layout_space(layout, c->number - nd_columns(count.text));
    nd_layout_write(layout, ND_STYLE_DIM, count.text, c->number, ND_CUT_END);
    nd_layout_space(layout, GAP);
    const char *title = group->title[0] ? group->title : group->members[0].name;
    size_t used = nd_layout_write(layout, ND_STYLE_STRONG, title, room, ND_CUT_END);
    nd_layout_space(layout, room - used + GAP);
    nd_layout_write(layout, ND_STYLE_DIM, size.text, layout->width, ND_CUT_END);
    putc('\n', layout->out);
}

static void write_member(const nd_layout *layout, const columns *c, const nd_text_member *member) {
    bool dropped = member->decision.dropped;
    const char *share = dropped ? member->percent.text : "keep";
    nd_layout_space(layout, c->number + GAP + (dropped ? c->percent - nd_columns(share) : 0));
    nd_layout_write(layout, dropped ? ND_STYLE_SHARE : ND_STYLE_KEPT, share, c->percent, ND_CUT_END);
    nd_layout_space(layout, (dropped ? 0 : c->percent - nd_columns(share)) + GAP);
    size_t used =
        nd_layout_write(layout, dropped ? ND_STYLE_PLAIN : ND_STYLE_KEPT, member->name, c->name, ND_CUT_MIDDLE);
    size_t position = c->number + GAP + c->percent + GAP;
    if (c->stacked && !dropped) {
        /* The rule is the same everywhere: not worth lines of its own. */
        position += used + GAP;
        if (position + nd_columns(member->difference) > layout->width) {
            putc('\n', layout->out);
            return;
        }
        nd_layout_space(layout, GAP);
    } else if (c->stacked) {
        putc('\n', layout->out);
        nd_layout_space(layout, position);
    } else {
        nd_layout_space(layout, c->name - used + GAP);
        position += c->name + GAP;
    }
    nd_layout_write(layout, ND_STYLE_DIM, member->difference, layout->width - position, ND_CUT_END);
    putc('\n', layout->out);
}

static void write_more(const nd_layout *layout, const columns *c, const nd_text_group *group) {
    if (group->size == group->count) return;
    char more[2 * sizeof(nd_wording) + 32];
    const char *least = group->least.text;
    bool same = strcmp(least, "100 %") == 0;
    snprintf(more, sizeof more, "… and %s%s%s", nd_wording_counted(group->size - group->count, "more", "more").text,
             same ? "" : ", down to ", same ? "" : least);
    nd_layout_space(layout, c->number + GAP + c->percent + GAP);
    nd_layout_write(layout, ND_STYLE_DIM, more, layout->width, ND_CUT_END);
    putc('\n', layout->out);
}

static void write_groups(const nd_layout *layout, const nd_text_groups *groups) {
    columns c = lay_out(layout, groups);
    for (size_t i = 0; i < groups->count && !ferror(layout->out); i++) {
        const nd_text_group *group = &groups->items[i];
        putc('\n', layout->out);
        write_title(layout, &c, group, i + 1);
        for (size_t j = 0; j < group->count; j++) write_member(layout, &c, &group->members[j]);
        write_more(layout, &c, group);
    }
}

/* ---- what else to know ---- */

/* The names of the first few documents that were kept because their bytes are not UTF-8. */
static void write_suspects(const nd_report *report, const neardup_totals *totals, FILE *out) {
    enum { NAMED = 3 };
    uint64_t named = 0;
    for (uint64_t number = totals->references; named < NAMED && named < totals->suspect; number++) {
        neardup_document document;
        nd_report_document(report, number, &document);
        if (document.condition != NEARDUP_SUSPECT) continue;
        nd_corpus_document place = nd_report_at(report, number);
        fputs(named++ ? ", " : "", out);
        nd_write_place(out, place.shown, place.record);
    }
    if (totals->suspect > named)
        fprintf(out, " and %s", nd_wording_counted(totals->suspect - named, "more", "more").text);
}

static void write_uncompared(const nd_report *report, const neardup_totals *totals, FILE *out) {
    if (totals->suspect) {
        fprintf(out,
                "%s not compared, because over 1 %% of the bytes are not UTF-8 (name the charset with --encoding): ",
                nd_wording_counted(totals->suspect, "document was", "documents were").text);
        write_suspects(report, totals, out);
        fputs(". ", out);
    }
    if (totals->short_documents)
        fprintf(out, "%s not compared, being shorter than %s. ",
                nd_wording_counted(totals->short_documents, "document was", "documents were").text,
                nd_wording_counted(report->options->min_tokens, "word", "words").text);
    if (totals->set_aside)
        fprintf(out, "%s set aside and not compared, being larger than %s. ",
                nd_wording_counted(totals->set_aside, "document was", "documents were").text,
                nd_wording_bytes(nd_report_limit(report)).text);
    if (totals->bounded)
        fprintf(out, "For %s a bound on the work bit: %ssome copies may be missing. ",
                nd_wording_counted(totals->bounded, "document", "documents").text,
                report->options->pairs ? "not all pairs are listed, and " : "");
    if (totals->passages_bounded)
        fprintf(out, "For %s a bound on the work bit: some passages may be missing. ",
                nd_wording_counted(totals->passages_bounded, "document", "documents").text);
}

static neardup_status write_notes(const nd_report *report, const nd_layout *layout, const neardup_totals *totals,
                                  neardup_error *error) {
    paragraph p;
    bool any =
        totals->suspect || totals->short_documents || totals->set_aside || totals->bounded || totals->passages_bounded;
    if (!any) return NEARDUP_OK;
    putc('\n', layout->out);
    if (begin_paragraph(&p)) return nd_fail_memory(error);
    write_uncompared(report, totals, p.out);
    return end_paragraph(&p, layout, ND_STYLE_WARNING) ? nd_fail_memory(error) : NEARDUP_OK;
}

static neardup_status write_closing(const nd_report *report, const nd_layout *layout, const neardup_totals *totals,
                                    size_t shown, neardup_error *error) {
    double threshold = report->options->threshold;
    nd_wording percent = nd_wording_percent(threshold, threshold);
    paragraph p;
    if (totals->documents + totals->references < 2) return NEARDUP_OK;
    if (begin_paragraph(&p)) return nd_fail_memory(error);
    if (shown < totals->clusters)
        fprintf(p.out, "The %zu largest of %s groups; --all lists them all. ", shown,
                nd_wording_count(totals->clusters).text);
    if (!totals->dropped) fprintf(p.out, "No two documents are %s alike or more. ", percent.text);
    fprintf(p.out, "A pair that is %s alike is found with probability %s.", percent.text,
            nd_wording_probability(report->plan->expected_recall).text);
    putc('\n', layout->out);
    return end_paragraph(&p, layout, ND_STYLE_DIM) ? nd_fail_memory(error) : NEARDUP_OK;
}

neardup_status nd_text_write(const nd_report *report, FILE *out, neardup_error *error) {
    nd_layout layout = {out, larger(report->width, NARROWEST), report->color};
    neardup_totals totals;
    nd_report_totals(report, &totals);
    nd_text_groups groups;
    neardup_status status = nd_text_groups_init(report, &groups, error);
    if (status) return status;
    status = write_totals(report, &layout, &totals, error);
    if (!status) {
        write_groups(&layout, &groups);
        status = nd_text_passages_write(report, &layout, error);
    }
    if (!status) status = write_notes(report, &layout, &totals, error);
    if (!status) status = write_closing(report, &layout, &totals, groups.count, error);
    nd_text_groups_release(&groups);
    return status;
}
