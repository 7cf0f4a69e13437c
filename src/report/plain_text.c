/* SPDX-License-Identifier: MIT */
/*
 * Each form is taken apart into characters, each with the byte at which it stood, and one writer turns them into text.
 * Space of HTML waits until a character follows, so that there is none at the ends of lines; what begins at that
 * character begins behind the space, and what ended before it ended before the space.
 */
#include "report/plain_text.h"

#include <stdlib.h>

#include "text/html.h"
#include "text/json_string.h"
#include "text/utf8.h"

enum { REPLACEMENT = 0xFFFD, PICTURES = 0x2400, PICTURE_OF_DELETE = 0x2421 };

typedef struct writer {
    nd_buffer *out;
    nd_plain_mark *marks;
    size_t count, next; /* marks, and the first that has not been met */
    uint64_t units;
    enum { NOTHING, SPACE, LINE_BREAK } due; /* before the next character */
    bool any;                                /* a character was written */
    bool carriage;                           /* the last one was \r */
} writer;

/* ---- writing ---- */

static neardup_status write_character(writer *w, uint32_t code_point) {
    uint8_t bytes[4];
    w->units += code_point < 0x10000 ? 1 : 2;
    w->any = true;
    return nd_buffer_append(w->out, bytes, nd_utf8_write(code_point, bytes));
}

static neardup_status write_due(writer *w) {
    uint32_t space = w->due == LINE_BREAK ? '\n' : ' ';
    bool wanted = w->due != NOTHING && w->any;
    w->due = NOTHING;
    return wanted ? write_character(w, space) : NEARDUP_OK;
}

static void meet_marks(writer *w, uint64_t byte) {
    for (; w->next < w->count && w->marks[w->next].byte <= byte; w->next++) w->marks[w->next].unit = w->units;
}

static uint32_t visible(uint32_t code_point) {
    if (code_point < ' ' && code_point != '\n' && code_point != '\t') return PICTURES + code_point;
    if (code_point == 0x7f) return PICTURE_OF_DELETE;
    return code_point > 0x7f && code_point < 0xa0 ? REPLACEMENT : code_point;
}

/* A character that stood at `byte`. */
static neardup_status add(writer *w, uint32_t code_point, uint64_t byte) {
    if (byte) meet_marks(w, byte - 1);
    neardup_status status = write_due(w);
    if (status) return status;
    meet_marks(w, byte);
    bool behind_carriage = w->carriage;
    w->carriage = code_point == '\r';
    if (code_point == '\n' && behind_carriage) return NEARDUP_OK; /* \r\n, of which the \r is written */
    return write_character(w, visible(code_point == '\r' ? '\n' : code_point));
}

/* ---- reading ---- */

/* The character at data[at], which may be ill-formed; its length is at least 1. */
static size_t read_utf8(const uint8_t *data, size_t size, size_t at, uint32_t *code_point_out) {
    size_t length = nd_utf8_read(data + at, size - at, code_point_out);
    if (length) return length;
    *code_point_out = REPLACEMENT;
    return 1;
}

static neardup_status read_plain(writer *w, const uint8_t *data, size_t size) {
    neardup_status status = NEARDUP_OK;
    for (size_t at = 0; at < size && !status;) {
        uint32_t code_point;
        size_t length = read_utf8(data, size, at, &code_point);
        status = add(w, code_point, at);
        at += length;
    }
    return status;
}

static neardup_status read_json(writer *w, const uint8_t *data, size_t size) {
    neardup_status status = NEARDUP_OK;
    uint64_t byte = 0; /* of what the literal stands for */
    for (size_t at = 0; at < size && !status;) {
        uint32_t code_point;
        if (data[at] == '\\') {
            nd_json_escape escape = nd_json_read_escape(data, size, at);
            status = add(w, escape.surrogate ? REPLACEMENT : escape.code_point, byte);
            byte += escape.utf8_length;
            at += escape.length;
        } else {
            size_t length = read_utf8(data, size, at, &code_point);
            status = add(w, code_point, byte);
            byte += length;
            at += length;
        }
    }
    return status;
}

static bool is_space(uint8_t byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
}

/* Passes over markup or space at data[at], or writes the character or reference there. Moves *at. */
static neardup_status read_html_piece(writer *w, const uint8_t *data, size_t size, size_t *at) {
    size_t begin = *at;
    if (is_space(data[begin])) {
        if (w->due == NOTHING) w->due = SPACE;
        ++*at;
        return NEARDUP_OK;
    }
    size_t behind = data[begin] == '<' ? nd_html_skip(data, size, begin) : begin;
    if (behind > begin) {
        if (nd_html_breaks_line(data, size, begin)) w->due = LINE_BREAK;
        *at = behind;
        return NEARDUP_OK;
    }
    uint32_t code_points[2];
    unsigned count = 1;
    size_t length = data[begin] == '&' ? nd_html_reference(data, size, begin, code_points, &count) : 0;
    if (!length) length = read_utf8(data, size, begin, code_points);
    *at += length;
    neardup_status status = add(w, code_points[0], begin);
    return status || count == 1 ? status : add(w, code_points[1], begin);
}

static int compare_marks(const void *left, const void *right) {
    const nd_plain_mark *a = left, *b = right;
    if (a->byte != b->byte) return a->byte < b->byte ? -1 : 1;
    return (a->tag > b->tag) - (a->tag < b->tag);
}

neardup_status nd_plain_text_append(const neardup_text *text, nd_plain_mark *marks, size_t count, nd_buffer *out) {
    writer w = {.out = out, .marks = marks, .count = count};
    neardup_status status = nd_buffer_reserve(out, text->size);
    if (status) return status;
    if (count) qsort(marks, count, sizeof *marks, compare_marks);
    switch (text->form) {
    case NEARDUP_PLAIN: status = read_plain(&w, text->data, text->size); break;
    case NEARDUP_JSON: status = read_json(&w, text->data, text->size); break;
    case NEARDUP_HTML:
        for (size_t at = 0; at < text->size && !status;) status = read_html_piece(&w, text->data, text->size, &at);
        break;
    }
    meet_marks(&w, UINT64_MAX);
    return status;
}
