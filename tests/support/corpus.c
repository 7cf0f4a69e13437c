/* SPDX-License-Identifier: MIT */
#include "support/corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 1 << 12, VOCABULARY = 500 };

/* The words of a document, by number. */
typedef struct wording {
    uint32_t words[MOST_WORDS];
    size_t count;
} wording;

static uint64_t state;

static uint32_t below(uint32_t bound) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)((state >> 32) * bound >> 32);
}

/* ---- wordings ---- */

static void make_new(wording *w, unsigned most) {
    uint32_t variety = 1 + below(VOCABULARY);
    w->count = below(10) ? 1 + below(most) : below(6);
    for (size_t i = 0; i < w->count; i++) w->words[i] = below(variety);
}

/* Replaces, removes or inserts a word. */
static void edit(wording *w) {
    uint32_t kind = below(3);
    size_t at = below((uint32_t)w->count + 1);
    if (kind == 0 && at < w->count) {
        w->words[at] = below(VOCABULARY);
    } else if (kind == 1 && at < w->count) {
        memmove(w->words + at, w->words + at + 1, (--w->count - at) * sizeof *w->words);
    } else if (w->count < MOST_WORDS) {
        memmove(w->words + at + 1, w->words + at, (w->count++ - at) * sizeof *w->words);
        w->words[at] = below(VOCABULARY);
    }
}

/* Makes a document of an older one: cut short, repeated, or edited. */
static void make_variant(wording *w, const wording *of, unsigned edits) {
    *w = *of;
    uint32_t kind = below(10);
    if (kind == 0) {
        w->count = below((uint32_t)w->count + 1);
    } else if (kind == 1 && 2 * w->count <= MOST_WORDS) {
        memcpy(w->words + w->count, w->words, w->count * sizeof *w->words);
        w->count *= 2;
    } else if (kind > 3) {
        for (uint32_t n = below(edits + 1); n--;) edit(w);
    }
}

/* ---- texts ---- */

/* A text that grows. */
typedef struct writer {
    char data[MOST_WORDS * 24];
    size_t size;
} writer;

static void write_text(writer *out, const char *text) {
    size_t size = strlen(text);
    memcpy(out->data + out->size, text, size);
    out->size += size;
}

static const char *const accents[] = {"\xC3\xA9", "\\u00e9", "&eacute;"}; /* by form */

/* Between words: separators of the form, the same for all or now and then another. */
static const char *separator(neardup_form form, bool plain) {
    static const char *const kinds[][5] = {{", ", "\n\n", " - ", "\xC2\xA0", "\t"},
                                           {"\\n", ", ", "\\t", "\\\"", "\\u2028"},
                                           {"<br>", "</p>\n<p>", " &amp; ", "<!-- x -->", "\n"}};
    return plain || below(3) ? " " : kinds[form][below(5)];
}

/* Every fifth word has an accent, every seventh is Chinese; case changes where that is wanted. */
static void write_word(writer *out, uint32_t word, neardup_form form, bool upper) {
    char text[32];
    if (word % 7 == 3) {
        snprintf(text, sizeof text, "\xE4\xB8%c", (char)(0x80 + word % 64));
    } else if (word % 5 == 0) {
        snprintf(text, sizeof text, "caf%s%u", accents[form], word);
    } else {
        snprintf(text, sizeof text, upper ? "W%uX" : "w%ux", word);
    }
    write_text(out, text);
}

static neardup_text render(const wording *w, neardup_form form) {
    static writer out;
    out.size = 0;
    bool plain = below(2), upper = below(4) == 0;
    for (size_t i = 0; i < w->count; i++) {
        if (i) write_text(&out, separator(form, plain));
        write_word(&out, w->words[i], form, upper);
    }
    if (!plain && below(2)) write_text(&out, "!");
    neardup_text text = {.data = malloc(out.size ? out.size : 1), .size = out.size, .form = form};
    memcpy((char *)text.data, out.data, out.size);
    return text;
}

/* Puts bytes that are no UTF-8 into a text: around one in a hundred, on either side of what is suspect. */
static void damage(neardup_text *text) {
    char *data = (char *)text->data;
    for (size_t n = text->size / 100 + below(2); n-- && text->size;) data[below((uint32_t)text->size)] = (char)0xFF;
}

static neardup_text copy_text(const neardup_text *text) {
    neardup_text copy = *text;
    copy.data = malloc(text->size ? text->size : 1);
    memcpy((char *)copy.data, text->data, text->size);
    return copy;
}

corpus corpus_create(const corpus_plan *plan) {
    corpus c = {calloc(plan->documents + 1, sizeof *c.texts), 0};
    wording *wordings = calloc(plan->documents + 1, sizeof *wordings);
    state = plan->seed;
    uint32_t new_ones = 1 + below(6);
    while (c.count < plan->documents) {
        wording *w = &wordings[c.count];
        uint32_t older = c.count ? below((uint32_t)c.count) : 0;
        neardup_text text;
        if (c.count == 0 || below(8) < new_ones)
            make_new(w, plan->words);
        else
            make_variant(w, &wordings[older], plan->edits);
        if (c.count && below(12) == 0) {
            *w = wordings[older];
            text = copy_text(&c.texts[older]);
        } else {
            text = render(w, plan->forms ? (neardup_form)below(3) : NEARDUP_PLAIN);
        }
        if (plan->forms) {
            text.set_aside = below(20) == 0;
            if (text.form != NEARDUP_JSON && below(12) == 0) damage(&text);
        }
        c.texts[c.count++] = text;
    }
    free(wordings);
    return c;
}

void corpus_free(corpus *c) {
    for (size_t i = 0; i < c->count; i++) free((char *)c->texts[i].data);
    free(c->texts);
    *c = (corpus){0};
}

corpus_batch corpus_join(const corpus *c) {
    corpus_batch batch = {NULL, calloc(c->count + 1, sizeof *batch.offsets)};
    for (size_t i = 0; i < c->count; i++) batch.offsets[i + 1] = batch.offsets[i] + c->texts[i].size;
    batch.data = malloc(batch.offsets[c->count] + 1);
    for (size_t i = 0; i < c->count; i++) memcpy(batch.data + batch.offsets[i], c->texts[i].data, c->texts[i].size);
    return batch;
}

void corpus_batch_free(corpus_batch *batch) {
    free(batch->data);
    free(batch->offsets);
}
