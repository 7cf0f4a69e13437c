/* SPDX-License-Identifier: MIT */
/*
 * Each side becomes a list of pieces, one for each column of the alignment in which it has a token: the word with the
 * punctuation that clings to it. Rows take columns as long as both sides have room for their pieces, so what
 * corresponds stands side by side.
 */
#include "report/side_by_side.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/memory.h"
#include "report/readable.h"
#include "report/wording.h"

enum { GUTTER = 3, WIDEST = 72, CONTEXT = 1, WORTH_SUMMING_UP = 3 };

/* What a side shows in one column of the alignment. */
typedef struct piece {
    size_t text; /* where it begins in the side's texts, ended by NUL; NONE: the side has nothing here */
    bool space;  /* white space follows */
} piece;

#define NONE SIZE_MAX

typedef struct side {
    const neardup_text *text;
    bool second;
    piece *pieces; /* one for each column */
    char *texts;   /* from open_memstream */
    size_t size;
} side;

/* Columns begin to end - 1 of the alignment. */
typedef struct row {
    size_t begin, end;
    bool differs;
} row;

typedef struct table {
    const nd_layout *layout;
    const neardup_shared *shared;
    side sides[2];
    size_t width; /* of a side */
    row *rows;
    size_t row_count, row_capacity;
} table;

/* ---- pieces ---- */

static size_t token_begin(const side *s, const neardup_column *c) { return s->second ? c->b_begin : c->a_begin; }
static size_t token_end(const side *s, const neardup_column *c) { return s->second ? c->b_end : c->a_end; }

static bool is_space(int32_t code) {
    return code == ' ' || (code >= '\t' && code <= '\r') || code == 0xa0 || code == 0x3000 || code == 0xfeff;
}

/* Whether it may be part of a token. */
static bool is_word(int32_t code) {
    utf8proc_category_t category = utf8proc_category(code);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

static void write_character(FILE *out, int32_t code) {
    char bytes[8];
    nd_write_visible(out, (nd_span){bytes, (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)bytes)});
}

/* Writes what can be read in a part of the text, white space as single spaces and none at either end. */
static void write_part(const side *s, FILE *out, size_t begin, size_t end) {
    nd_readable readable =
        nd_readable_begin(s->text->form, (nd_span){(const char *)s->text->data + begin, end - begin});
    int32_t code;
    bool any = false, space = false;
    while (nd_readable_next(&readable, &code)) {
        if (is_space(code)) {
            space = any;
            continue;
        }
        if (space) putc(' ', out);
        write_character(out, code);
        any = true;
        space = false;
    }
}

/* Where the last white space between two tokens ends, behind which is what clings to the second; `begin` where there is
 * none. *any_out: whether there is. */
static size_t behind_space(const side *s, size_t begin, size_t end, bool *any_out) {
    const char *data = s->text->data;
    nd_readable readable = nd_readable_begin(s->text->form, (nd_span){data + begin, end - begin});
    int32_t code;
    size_t behind = end; /* without white space all clings to the first */
    *any_out = false;
    while (nd_readable_next(&readable, &code)) {
        if (!is_space(code)) continue;
        behind = (size_t)(readable.at - data);
        *any_out = true;
    }
    return behind;
}

/* Where the punctuation ends that clings to the last token of the passage. */
static size_t behind_punctuation(const side *s, size_t begin) {
    const char *data = s->text->data;
    nd_readable readable = nd_readable_begin(s->text->form, (nd_span){data + begin, s->text->size - begin});
    size_t behind = begin;
    for (int32_t code; nd_readable_next(&readable, &code) && !is_space(code) && !is_word(code);)
        behind = (size_t)(readable.at - data);
    return behind;
}

static neardup_status make_pieces(side *s, const neardup_shared *shared) {
    FILE *out = open_memstream(&s->texts, &s->size);
    s->pieces = nd_allocate(shared->count, sizeof *s->pieces);
    if (!out || !s->pieces) {
        if (out) fclose(out);
        return NEARDUP_ERROR_MEMORY;
    }
    size_t from = token_begin(s, &shared->columns[0]);
    for (size_t i = 0, next; i < shared->count; i = next) {
        const neardup_column *column = &shared->columns[i];
        size_t end = token_end(s, column), to = end, behind = end;
        s->pieces[i] = (piece){.text = NONE};
        for (next = i + 1; next < shared->count; next++) {
            s->pieces[next] = (piece){.text = NONE};
            if (token_end(s, &shared->columns[next]) > token_begin(s, &shared->columns[next])) break;
        }
        if (end == token_begin(s, column)) continue; /* the first column may have nothing on this side */
        bool space = true, last = next == shared->count;
        if (last) to = behind_punctuation(s, end);
        if (!last) behind = to = behind_space(s, end, token_begin(s, &shared->columns[next]), &space);
        fflush(out);
        s->pieces[i] = (piece){(size_t)ftell(out), space};
        write_part(s, out, from, to);
        putc(0, out);
        from = behind;
    }
    return fclose(out) ? NEARDUP_ERROR_MEMORY : NEARDUP_OK;
}

/* ---- rows ---- */

/* Writes the side's part of a row, unless `measure`, and returns the columns it takes. */
static size_t write_side(const table *t, const side *s, size_t begin, size_t end, bool measure) {
    nd_style style = s->second ? ND_STYLE_ADDED : ND_STYLE_GONE;
    FILE *out = measure ? NULL : t->layout->out;
    bool brackets = !t->layout->color, marked = false, space = false;
    size_t used = 0;
    for (size_t i = begin; i < end; i++) {
        const piece *p = &s->pieces[i];
        if (p->text == NONE) continue;
        bool marks = !t->shared->columns[i].same;
        bool closes = brackets && marked && !marks, opens = brackets && marks && !marked;
        if (closes && out) putc(']', out);
        if (space && out) putc(' ', out);
        if (opens && out) putc('[', out);
        used += (size_t)closes + (size_t)space + (size_t)opens;
        const char *text = s->texts + p->text;
        size_t room = used + (brackets && marks) < t->width ? t->width - used - (brackets && marks) : 1;
        used +=
            out ? nd_layout_write(t->layout, marks ? style : ND_STYLE_PLAIN, text, room, ND_CUT_END) : nd_columns(text);
        marked = marks;
        space = p->space;
    }
    if (brackets && marked) {
        if (out) putc(']', out);
        used++;
    }
    return used;
}

static bool has_room(const table *t, size_t begin, size_t end) {
    return write_side(t, &t->sides[0], begin, end, true) <= t->width &&
           write_side(t, &t->sides[1], begin, end, true) <= t->width;
}

static neardup_status make_rows(table *t) {
    size_t count = t->shared->count;
    for (size_t begin = 0, end; begin < count; begin = end) {
        bool differs = false;
        for (end = begin; end < count && (end == begin || has_room(t, begin, end + 1)); end++)
            differs |= !t->shared->columns[end].same;
        if (nd_reserve(&t->rows, &t->row_capacity, t->row_count + 1, sizeof *t->rows)) return NEARDUP_ERROR_MEMORY;
        t->rows[t->row_count++] = (row){begin, end, differs};
    }
    return NEARDUP_OK;
}

static void write_row(const table *t, const row *r) {
    size_t used = write_side(t, &t->sides[0], r->begin, r->end, false);
    nd_layout_space(t->layout, used < t->width ? t->width - used : 0);
    bool empty = !write_side(t, &t->sides[1], r->begin, r->end, true);
    nd_layout_write(t->layout, ND_STYLE_DIM, empty ? " │" : " │ ", GUTTER, ND_CUT_END);
    write_side(t, &t->sides[1], r->begin, r->end, false);
    putc('\n', t->layout->out);
}

/* Whether a row or one beside it differs; the first and the last one are beside the end. */
static bool is_near_difference(const table *t, size_t number) {
    if (number < CONTEXT || number + CONTEXT >= t->row_count) return true;
    for (size_t i = number - CONTEXT; i <= number + CONTEXT; i++)
        if (t->rows[i].differs) return true;
    return false;
}

static void write_rows(const table *t, bool all) {
    for (size_t i = 0, next; i < t->row_count; i = next) {
        for (next = i; next < t->row_count && !all && !is_near_difference(t, next);) next++;
        if (next - i < WORTH_SUMMING_UP) {
            write_row(t, &t->rows[i]);
            next = i + 1;
            continue;
        }
        nd_layout_space(t->layout, 2);
        char text[80];
        snprintf(text, sizeof text, "… %s the same", nd_wording_counted(next - i, "line", "lines").text);
        nd_layout_write(t->layout, ND_STYLE_DIM, text, t->layout->width, ND_CUT_END);
        putc('\n', t->layout->out);
    }
}

neardup_status nd_side_by_side_write(const nd_layout *layout, nd_text_sides texts, const neardup_shared *shared,
                                     bool all) {
    table t = {.layout = layout, .shared = shared, .sides = {{.text = texts.a}, {.text = texts.b, .second = true}}};
    t.width = (layout->width - GUTTER) / 2;
    if (t.width > WIDEST) t.width = WIDEST;
    neardup_status status = make_pieces(&t.sides[0], shared);
    if (!status) status = make_pieces(&t.sides[1], shared);
    if (!status) status = make_rows(&t);
    if (!status) write_rows(&t, all);
    nd_free(t.rows);
    for (int i = 0; i < 2; i++) {
        nd_free(t.sides[i].pieces);
        free(t.sides[i].texts);
    }
    return status;
}
