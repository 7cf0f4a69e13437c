/* SPDX-License-Identifier: MIT */
/* One filter of readable characters joins white space, ends lines and drops those that say nothing. */
#include "report/excerpt.h"

#include <utf8proc.h>

#include "report/readable.h"
#include "report/wording.h"

enum { LONGEST = 200 };

/* The line under way, and how many there were. */
typedef struct line {
    FILE *out;
    char text[LONGEST + 8];
    size_t size;
    bool space; /* white space is due before the next character */
    bool says;  /* it has a letter or digit */
    int count;
    bool full; /* there are enough */
} line;

static void end_line(line *l) {
    if (l->says) {
        nd_write_visible(l->out, (nd_span){l->text, l->size});
        putc('\n', l->out);
        l->full = ++l->count == ND_EXCERPT_LINES;
    }
    l->size = 0;
    l->space = l->says = false;
}

static bool is_letter_or_digit(utf8proc_int32_t code) {
    utf8proc_category_t category = utf8proc_category(code);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

static void add_character(line *l, utf8proc_int32_t code) {
    bool is_space = code == ' ' || code == '\t' || code == 0xa0 || code == 0x3000 || code == 0xfeff;
    if (code == '\n' || code == '\r') {
        end_line(l);
        return;
    }
    if (is_space || l->size + 5 > LONGEST) {
        l->space = l->size > 0;
        return;
    }
    l->says |= is_letter_or_digit(code);
    if (l->space) l->text[l->size++] = ' ';
    l->space = false;
    l->size += (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)l->text + l->size);
}

/* Of HTML the first words between two tags are enough. */
static void read_words(line *l, neardup_form form, nd_span words) {
    nd_readable readable = nd_readable_begin(form, words);
    int32_t code;
    while (!l->full && nd_readable_next(&readable, &code)) {
        add_character(l, code);
        if (form == NEARDUP_HTML && l->says && readable.at < readable.end && *readable.at == '<') return;
    }
}

void nd_excerpt_write(FILE *out, const neardup_text *text) {
    if (!text->size) return;
    line l = {.out = out};
    const nd_span words = {text->data, text->size};
    if (text->form == NEARDUP_HTML) read_words(&l, NEARDUP_HTML, nd_readable_title(words));
    if (!l.says) read_words(&l, text->form, words);
    end_line(&l);
}
