/* SPDX-License-Identifier: MIT */
#include "io/sniff.h"

#include <string.h>

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

static bool begins_with(nd_span text, const char *word) {
    size_t size = strlen(word);
    if (text.size < size) return false;
    for (size_t i = 0; i < size; i++)
        if (lower(text.data[i]) != word[i]) return false;
    return true;
}

static bool ends_with(nd_span text, const char *word) {
    size_t size = strlen(word);
    return text.size >= size && begins_with((nd_span){text.data + (text.size - size), size}, word);
}

bool nd_sniff_packed_name(nd_span path) { return ends_with(path, ".gz") || ends_with(path, ".zst"); }

/* Whether the path ends in one of the suffixes, of which the last is followed by NULL, before .gz or .zst. */
static bool has_suffix(nd_span path, const char *const *suffixes) {
    if (ends_with(path, ".gz"))
        path.size -= 3;
    else if (ends_with(path, ".zst"))
        path.size -= 4;
    for (; *suffixes; suffixes++)
        if (ends_with(path, *suffixes)) return true;
    return false;
}

nd_shape nd_sniff_shape(nd_span path) {
    static const char *const lines[] = {".jsonl", ".ndjson", NULL}, *const unsure[] = {".json", NULL};
    if (has_suffix(path, lines)) return ND_SHAPE_LINES;
    return has_suffix(path, unsure) || nd_span_equals(path, "-") ? ND_SHAPE_UNSURE : ND_SHAPE_TEXT;
}

bool nd_sniff_html_name(nd_span path) {
    static const char *const html[] = {".html", ".htm", ".xhtml", NULL};
    return has_suffix(path, html);
}

bool nd_sniff_html(nd_span text) {
    size_t at = nd_sniff_mark(text);
    while (at < text.size && strchr(" \t\r\n\f", text.data[at]) && text.data[at]) at++;
    text = (nd_span){text.data + at, text.size - at};
    return begins_with(text, "<!doctype html") || begins_with(text, "<html");
}

bool nd_sniff_binary(nd_span text) {
    size_t mark = nd_sniff_mark(text), size = text.size - mark;
    if (size > ND_BINARY_WITHIN) size = ND_BINARY_WITHIN;
    return size && memchr(text.data + mark, 0, size);
}

size_t nd_sniff_mark(nd_span text) { return text.size >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; }
