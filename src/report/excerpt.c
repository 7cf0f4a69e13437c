/* SPDX-License-Identifier: MIT */
/*
 * Good enough for a heading, not a parser: what is shown here decides nothing. Each form is turned into plain
 * characters one at a time, and one filter joins white space, ends lines and drops those that say nothing.
 */
#include "report/excerpt.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

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

/* One character of UTF-8; an ill-formed byte is left out. */
static const char *add_utf8(line *l, const char *at, const char *end) {
    utf8proc_int32_t code;
    utf8proc_ssize_t length = utf8proc_iterate((const utf8proc_uint8_t *)at, end - at > 4 ? 4 : end - at, &code);
    if (length <= 0) return at + 1;
    add_character(l, code);
    return at + length;
}

static void read_plain(line *l, const char *at, const char *end) {
    while (at < end && !l->full) at = add_utf8(l, at, end);
}

static utf8proc_int32_t hexadecimal(const char *digits) {
    char copy[5] = {digits[0], digits[1], digits[2], digits[3], 0};
    return (utf8proc_int32_t)strtol(copy, NULL, 16);
}

static bool is_surrogate(utf8proc_int32_t code, utf8proc_int32_t half) { return (code & 0xfc00) == half; }

/* One \uXXXX, or two that are one character; `at` is behind the u. */
static const char *add_unicode_escape(line *l, const char *at, const char *end) {
    if (end - at < 4) return end;
    utf8proc_int32_t code = hexadecimal(at);
    at += 4;
    if (is_surrogate(code, 0xd800) && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
        utf8proc_int32_t low = hexadecimal(at + 2);
        if (is_surrogate(low, 0xdc00)) {
            add_character(l, 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff));
            return at + 6;
        }
    }
    if (!is_surrogate(code, 0xd800) && !is_surrogate(code, 0xdc00)) add_character(l, code);
    return at;
}

static void read_json(line *l, const char *at, const char *end) {
    while (at < end && !l->full) {
        if (*at != '\\') {
            at = add_utf8(l, at, end);
            continue;
        }
        if (++at == end) break;
        char escape = *at++;
        if (escape == 'u')
            at = add_unicode_escape(l, at, end);
        else
            add_character(l, escape == 'n' ? '\n' : strchr("bfrt", escape) ? ' ' : escape);
    }
}

/* A character reference, `at` behind its ampersand: the five of XML and the decimal ones; others stay as written. */
static const char *add_reference(line *l, const char *at, const char *end) {
    static const struct {
        const char *name;
        char character;
    } references[] = {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}, {"nbsp;", ' '}};
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        size_t size = strlen(references[i].name);
        if ((size_t)(end - at) < size || memcmp(at, references[i].name, size) != 0) continue;
        add_character(l, references[i].character);
        return at + size;
    }
    utf8proc_int32_t code = 0;
    const char *digit = at + 1;
    if (at < end && *at == '#')
        while (digit < end && *digit >= '0' && *digit <= '9' && code < 0x110000) code = code * 10 + (*digit++ - '0');
    if (code > 0 && utf8proc_codepoint_valid(code) && digit < end && *digit == ';') {
        add_character(l, code);
        return digit + 1;
    }
    add_character(l, '&');
    return at;
}

/* Text up to the next tag. */
static const char *read_markup_text(line *l, const char *at, const char *end) {
    while (at < end && *at != '<' && !l->full)
        if (*at == '&')
            at = add_reference(l, at + 1, end);
        else if (*at == '\n' || *at == '\r') { /* a line break is a space in HTML */
            add_character(l, ' ');
            at++;
        } else
            at = add_utf8(l, at, end);
    return at;
}

static bool begins_with(const char *at, const char *end, const char *word) {
    size_t size = strlen(word);
    return (size_t)(end - at) >= size && strncasecmp(at, word, size) == 0;
}

/* Behind the next occurrence of `word`, or `end`. */
static const char *behind(const char *at, const char *end, const char *word) {
    for (; at < end; at++)
        if (begins_with(at, end, word)) return at + strlen(word);
    return end;
}

static void read_html(line *l, const char *begin, const char *end) {
    const char *title = behind(behind(begin, end, "<title"), end, ">");
    read_markup_text(l, title, end);
    for (const char *at = begin; at < end && !l->says;) {
        if (*at != '<')
            at = read_markup_text(l, at, end);
        else if (begins_with(at, end, "<script"))
            at = behind(at, end, "</script>");
        else if (begins_with(at, end, "<style"))
            at = behind(at, end, "</style>");
        else if (begins_with(at, end, "<!--"))
            at = behind(at, end, "-->");
        else
            at = behind(at, end, ">");
    }
}

void nd_excerpt_write(FILE *out, const neardup_text *text) {
    if (!text->size) return;
    line l = {.out = out};
    const char *begin = text->data, *end = begin + text->size;
    switch (text->form) {
    case NEARDUP_PLAIN: read_plain(&l, begin, end); break;
    case NEARDUP_JSON: read_json(&l, begin, end); break;
    case NEARDUP_HTML: read_html(&l, begin, end); break;
    }
    end_line(&l);
}
