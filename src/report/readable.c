/* SPDX-License-Identifier: MIT */
#include "report/readable.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "text/html.h"

/* What a step over the text gives instead of a character. */
enum { NOTHING = -1 };

nd_readable nd_readable_begin(neardup_form form, nd_span text) {
    return (nd_readable){form, text.data, text.size ? text.data + text.size : text.data, 0};
}

static int32_t read_utf8(nd_readable *r) {
    utf8proc_int32_t code;
    size_t room = (size_t)(r->end - r->at);
    utf8proc_ssize_t length =
        utf8proc_iterate((const utf8proc_uint8_t *)r->at, room > 4 ? 4 : (utf8proc_ssize_t)room, &code);
    r->at += length > 0 ? length : 1;
    return length > 0 ? code : NOTHING;
}

/* ---- JSON ---- */

static int32_t hexadecimal(const char *digits) {
    char copy[5] = {digits[0], digits[1], digits[2], digits[3], 0};
    return (int32_t)strtol(copy, NULL, 16);
}

static bool is_surrogate(int32_t code, int32_t half) { return (code & 0xfc00) == half; }

/* One \uXXXX, or two that are one character; r->at is behind the u. */
static int32_t read_unicode_escape(nd_readable *r) {
    if (r->end - r->at < 4) {
        r->at = r->end;
        return NOTHING;
    }
    int32_t code = hexadecimal(r->at);
    r->at += 4;
    if (is_surrogate(code, 0xd800) && r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u') {
        int32_t low = hexadecimal(r->at + 2);
        if (is_surrogate(low, 0xdc00)) {
            r->at += 6;
            return 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
        }
    }
    return is_surrogate(code, 0xd800) || is_surrogate(code, 0xdc00) ? NOTHING : code;
}

static int32_t read_json(nd_readable *r) {
    if (*r->at != '\\') return read_utf8(r);
    if (++r->at == r->end) return NOTHING;
    char escape = *r->at++;
    if (escape == 'u') return read_unicode_escape(r);
    return escape == 'n' ? '\n' : strchr("bfrt", escape) ? ' ' : escape;
}

/* ---- HTML ---- */

/* A character reference; an ampersand that begins none is one. */
static int32_t read_reference(nd_readable *r) {
    uint32_t codes[2] = {'&'};
    unsigned count = 1;
    size_t size = nd_html_reference((const uint8_t *)r->at, (size_t)(r->end - r->at), 0, codes, &count);
    r->at += size ? size : 1;
    r->second = size && count > 1 ? (int32_t)codes[1] : 0;
    return size && count ? (int32_t)codes[0] : '&';
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

/* Whether a tag stands within a line, and mostly within a word's punctuation. */
static bool is_inline(const char *at, const char *end) {
    static const char *const names[] = {"a", "abbr", "b",     "cite", "code",   "em",
                                        "i", "q",    "small", "span", "strong", "u"};
    at += at + 1 < end && at[1] == '/' ? 2 : 1;
    size_t size = 0;
    while (at + size < end && !strchr(" \t\r\n/>", at[size])) size++;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == size && strncasecmp(at, names[i], size) == 0) return true;
    return false;
}

/* Passes over a tag, or whatever else begins so, with all that it hides. */
static int32_t read_tag(nd_readable *r) {
    size_t size = nd_html_skip((const uint8_t *)r->at, (size_t)(r->end - r->at), 0);
    if (!size) return read_utf8(r);
    int32_t code = is_inline(r->at, r->end) ? NOTHING : ' ';
    r->at += size;
    return code;
}

static int32_t read_html(nd_readable *r) {
    if (*r->at == '<') return read_tag(r);
    if (*r->at == '&') return read_reference(r);
    int32_t code = read_utf8(r);
    return code == '\n' || code == '\r' ? ' ' : code;
}

nd_span nd_readable_title(nd_span html) {
    if (!html.size) return (nd_span){0};
    const char *end = html.data + html.size, *at = behind(behind(html.data, end, "<title"), end, ">");
    const char *tag = memchr(at, '<', (size_t)(end - at));
    return (nd_span){at, (size_t)((tag ? tag : end) - at)};
}

bool nd_readable_next(nd_readable *readable, int32_t *code_out) {
    nd_readable *r = readable;
    while (r->at < r->end || r->second) {
        int32_t second = r->second;
        r->second = 0;
        int32_t code = second                    ? second
                       : r->form == NEARDUP_HTML ? read_html(r)
                       : r->form == NEARDUP_JSON ? read_json(r)
                                                 : read_utf8(r);
        if (code == NOTHING) continue;
        *code_out = code;
        return true;
    }
    return false;
}
