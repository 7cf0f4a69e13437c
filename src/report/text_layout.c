/* SPDX-License-Identifier: MIT */
#include "report/text_layout.h"

#include <string.h>
#include <utf8proc.h>

/* The length in bytes of the character at the start of `text` (not empty), and its columns. */
static size_t next_character(const char *text, size_t *columns_out) {
    utf8proc_int32_t code;
    utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &code);
    if (length <= 0) {
        *columns_out = 1;
        return 1;
    }
    int width = utf8proc_charwidth(code);
    *columns_out = width > 0 ? (size_t)width : 0;
    return (size_t)length;
}

/* The columns that the first `size` bytes of `text` take. */
static size_t columns_of(const char *text, size_t size) {
    size_t all = 0, columns;
    for (size_t i = 0; i < size; all += columns) i += next_character(text + i, &columns);
    return all;
}

size_t nd_columns(const char *text) { return columns_of(text, strlen(text)); }

/* The length of the longest start of `text` that takes at most `columns`, marks of its last character included. */
static size_t head_that_fits(const char *text, size_t columns) {
    size_t length = 0, used = 0;
    while (text[length]) {
        size_t width, size = next_character(text + length, &width);
        if (used + width > columns) break;
        used += width;
        length += size;
    }
    return length;
}

/* Where the longest end of `text` begins that takes at most `columns`; not in front of a mark. */
static const char *tail_that_fits(const char *text, size_t columns) {
    size_t left = nd_columns(text), width = 0;
    while (*text && left > columns) {
        text += next_character(text, &width);
        left -= width;
    }
    while (*text) {
        size_t size = next_character(text, &width);
        if (width > 0) break;
        text += size;
    }
    return text;
}

static const char *style_code(nd_style style) {
    switch (style) {
    case ND_STYLE_PLAIN: return "";
    case ND_STYLE_STRONG: return "\033[1m";
    case ND_STYLE_DIM: return "\033[2m";
    case ND_STYLE_KEPT: return "\033[32m";
    case ND_STYLE_SHARE: return "\033[36m";
    case ND_STYLE_WARNING: return "\033[33m";
    case ND_STYLE_GONE: return "\033[31m";
    case ND_STYLE_ADDED: return "\033[32m";
    }
    return "";
}

static void begin_style(const nd_layout *layout, nd_style style) {
    if (layout->color) fputs(style_code(style), layout->out);
}

static void end_style(const nd_layout *layout, nd_style style) {
    if (layout->color && style != ND_STYLE_PLAIN) fputs("\033[0m", layout->out);
}

size_t nd_layout_write(const nd_layout *layout, nd_style style, const char *text, size_t columns, nd_cut cut) {
    size_t used = nd_columns(text);
    begin_style(layout, style);
    if (used <= columns) {
        fputs(text, layout->out);
    } else if (columns == 0) {
        used = 0;
    } else {
        /* The end of a path tells files apart, so it gets two thirds. */
        const char *tail = cut == ND_CUT_MIDDLE ? tail_that_fits(text, (columns - 1) * 2 / 3) : "";
        size_t tail_columns = nd_columns(tail);
        size_t head = head_that_fits(text, columns - 1 - tail_columns);
        while (cut == ND_CUT_END && head && text[head - 1] == ' ') head--;
        fprintf(layout->out, "%.*s…%s", (int)head, text, tail);
        used = columns_of(text, head) + 1 + tail_columns;
    }
    end_style(layout, style);
    return used;
}

void nd_layout_space(const nd_layout *layout, size_t count) { fprintf(layout->out, "%*s", (int)count, ""); }

/* The length of the words at the start of `text` that stay on one line: a number is not parted from what it counts. */
static size_t unbroken(const char *text) {
    size_t size = strcspn(text, " ");
    while (size && text[size] && text[size - 1] >= '0' && text[size - 1] <= '9')
        size += 1 + strcspn(text + size + 1, " ");
    return size;
}

void nd_layout_paragraph(const nd_layout *layout, nd_style style, size_t indent, const char *text) {
    nd_layout_space(layout, indent);
    begin_style(layout, style);
    size_t used = indent;
    for (bool first = true; *text; first = false) {
        size_t size = unbroken(text), columns = columns_of(text, size);
        if (!first && used + 1 + columns > layout->width) {
            end_style(layout, style);
            putc('\n', layout->out);
            nd_layout_space(layout, indent);
            begin_style(layout, style);
            used = indent;
        } else if (!first) {
            putc(' ', layout->out);
            used++;
        }
        fwrite(text, 1, size, layout->out);
        used += columns;
        text += size;
        text += *text == ' ';
    }
    end_style(layout, style);
    putc('\n', layout->out);
}
