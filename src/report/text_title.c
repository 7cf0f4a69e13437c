/* SPDX-License-Identifier: MIT */
#include "report/text_title.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/excerpt.h"
#include "report/text_layout.h"

enum { SHORT_LINE = 30 /* columns; headings of articles are seldom shorter, entries of menus seldom longer */ };

/* A line of an excerpt. */
typedef struct entry {
    const char *text;
    size_t excerpt, number; /* which excerpt, and which line of it */
    bool shared;
} entry;

/* By text, then by excerpt. */
static int compare_entries(const void *left, const void *right) {
    const entry *a = left, *b = right;
    int order = strcmp(a->text, b->text);
    return order ? order : (a->excerpt > b->excerpt) - (a->excerpt < b->excerpt);
}

static int compare_places(const void *left, const void *right) {
    const entry *a = left, *b = right;
    if (a->excerpt != b->excerpt) return a->excerpt < b->excerpt ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

/* Cuts the excerpts into lines in place. */
static size_t list_lines(char **excerpts, size_t count, entry *entries) {
    size_t listed = 0;
    for (size_t i = 0; i < count; i++) {
        size_t number = 0;
        for (char *line = excerpts[i], *end; (end = strchr(line, '\n')) && number < ND_EXCERPT_LINES; line = end + 1) {
            *end = 0;
            entries[listed++] = (entry){line, i, number++, false};
        }
    }
    return listed;
}

/* Marks lines that are in more than one excerpt. */
static void mark_shared(entry *entries, size_t count) {
    qsort(entries, count, sizeof *entries, compare_entries);
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && strcmp(entries[begin].text, entries[end].text) == 0;) end++;
        bool shared = entries[begin].excerpt != entries[end - 1].excerpt;
        for (size_t i = begin; i < end; i++) entries[i].shared = shared;
    }
    qsort(entries, count, sizeof *entries, compare_places);
}

static bool is_short(const entry *line) { return nd_columns(line->text) < SHORT_LINE; }

/* The title among the lines of one excerpt (there is one at least). */
static const char *choose(const entry *lines, size_t count) {
    const entry *own[ND_EXCERPT_LINES];
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (!lines[i].shared) own[found++] = &lines[i];
    if (!found) return lines->text;
    if (found == 1 || !is_short(own[0]) || !is_short(own[1])) return own[0]->text;
    for (size_t i = 2; i < found; i++)
        if (!is_short(own[i])) return own[i]->text;
    return own[0]->text;
}

neardup_status nd_text_titles_choose(char **excerpts, size_t count) {
    entry *entries = nd_allocate(count, ND_EXCERPT_LINES * sizeof *entries);
    if (!entries) return NEARDUP_ERROR_MEMORY;
    size_t listed = list_lines(excerpts, count, entries);
    if (listed) mark_shared(entries, listed);
    for (size_t begin = 0, end; begin < listed; begin = end) {
        for (end = begin + 1; end < listed && entries[end].excerpt == entries[begin].excerpt;) end++;
        const char *title = choose(entries + begin, end - begin);
        char *excerpt = excerpts[entries[begin].excerpt];
        memmove(excerpt, title, strlen(title) + 1);
    }
    nd_free(entries);
    return NEARDUP_OK;
}
