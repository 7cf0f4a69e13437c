/* SPDX-License-Identifier: MIT */
/*
 * After Skibiński, Grabowski, Deorowicz, "Revisiting dictionary-based compression" (Software: Practice and Experience,
 * 2005), as far as that is simple: one pass counts words, another one replaces them. A word is a run of ASCII letters
 * and of bytes beyond ASCII, so that scripts other than Latin have some too.
 */
#include "report/vocabulary.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

enum {
    SINGLE = 19, /* words of one byte */
    PAIRED = 24, /* bytes that begin those of two */
    MOST_WORDS = SINGLE + 256 * PAIRED,
    SHORTEST = 2, /* bytes of a word */
    LONGEST = 40
};

typedef struct word {
    uint32_t at; /* where it first stands */
    uint32_t size;
    uint64_t count;
    int code; /* its number in the vocabulary, or -1 */
} word;

/* Words by what they are: an open-addressed table of their numbers + 1, at most half full. */
typedef struct words {
    nd_span text;
    word *items;
    size_t count, capacity;
    uint32_t *slots;
    size_t slot_count;
} words;

/* ---- words ---- */

static bool is_letter(char c) { return (unsigned char)c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

/* The next word at or behind *at, which moves behind it; size 0 at the end. What is too short or long is none. */
static nd_span next_word(nd_span text, size_t *at) {
    while (*at < text.size) {
        while (*at < text.size && !is_letter(text.data[*at])) ++*at;
        size_t begin = *at;
        while (*at < text.size && is_letter(text.data[*at])) ++*at;
        if (*at - begin >= SHORTEST && *at - begin <= LONGEST) return (nd_span){text.data + begin, *at - begin};
    }
    return (nd_span){0};
}

/* The slot of a word, or the free one where it would go. */
static size_t find_slot(const words *w, nd_span wanted) {
    size_t slot = (size_t)nd_hash64(wanted.data, wanted.size, 0) & (w->slot_count - 1);
    for (; w->slots[slot]; slot = (slot + 1) & (w->slot_count - 1)) {
        const word *found = &w->items[w->slots[slot] - 1];
        if (found->size == wanted.size && memcmp(w->text.data + found->at, wanted.data, wanted.size) == 0) break;
    }
    return slot;
}

static neardup_status widen(words *w) {
    size_t slot_count = w->slot_count ? w->slot_count * 2 : 4096;
    uint32_t *slots = nd_allocate_zero(slot_count, sizeof *slots);
    if (!slots) return NEARDUP_ERROR_MEMORY;
    nd_free(w->slots);
    w->slots = slots;
    w->slot_count = slot_count;
    for (size_t i = 0; i < w->count; i++)
        slots[find_slot(w, (nd_span){w->text.data + w->items[i].at, w->items[i].size})] = (uint32_t)i + 1;
    return NEARDUP_OK;
}

static neardup_status count_words(words *w) {
    size_t at = 0;
    for (nd_span found; (found = next_word(w->text, &at)).size;) {
        if (2 * w->count >= w->slot_count && widen(w)) return NEARDUP_ERROR_MEMORY;
        size_t slot = find_slot(w, found);
        if (!w->slots[slot]) {
            if (nd_reserve(&w->items, &w->capacity, w->count + 1, sizeof *w->items)) return NEARDUP_ERROR_MEMORY;
            w->items[w->count++] = (word){(uint32_t)(found.data - w->text.data), (uint32_t)found.size, 0, -1};
            w->slots[slot] = (uint32_t)w->count;
        }
        w->items[w->slots[slot] - 1].count++;
    }
    return NEARDUP_OK;
}

/* ---- the vocabulary ---- */

/* Bytes that a word of two saves, but for those it takes to list it. */
static int64_t saving(const word *w) { return (int64_t)(w->count * (w->size - 1)) - (int64_t)w->size - 1; }

static int compare_savings(const void *left, const void *right) {
    const word *a = *(word *const *)left, *b = *(word *const *)right;
    if (saving(a) != saving(b)) return saving(a) > saving(b) ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static int compare_counts(const void *left, const void *right) {
    const word *a = *(word *const *)left, *b = *(word *const *)right;
    if (a->count != b->count) return a->count > b->count ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

/* Gives codes to the words that save most, those of one byte to the most frequent of them, and lists them. */
static neardup_status choose_words(words *w, nd_buffer *out) {
    word **all = nd_allocate(w->count, sizeof(word *));
    if (!all) return NEARDUP_ERROR_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < w->count; i++)
        if (saving(&w->items[i]) > 0) all[count++] = &w->items[i];
    if (count) qsort(all, count, sizeof *all, compare_savings);
    if (count > MOST_WORDS) count = MOST_WORDS;
    if (count) qsort(all, count, sizeof *all, compare_counts);
    neardup_status status = NEARDUP_OK;
    for (size_t i = 0; i < count && !status; i++) {
        all[i]->code = (int)i;
        status = nd_buffer_append(out, w->text.data + all[i]->at, all[i]->size);
        if (!status) status = nd_buffer_append_byte(out, '\n');
    }
    nd_free(all);
    return status ? status : nd_buffer_append_byte(out, '\n');
}

/* ---- the text ---- */

/* The bytes that do not occur in a text. */
static void list_codes(char codes[SINGLE + PAIRED]) {
    static const struct { int first, last; } ranges[] = {{1, 8}, {11, 31}, {127, 127}, {192, 193}, {245, 255}};
    size_t count = 0;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        for (int byte = ranges[i].first; byte <= ranges[i].last; byte++) codes[count++] = (char)byte;
}

static neardup_status replace_words(const words *w, nd_buffer *out) {
    char codes[SINGLE + PAIRED];
    list_codes(codes);
    size_t at = 0, begin = 0; /* what is not yet written begins there */
    bool any = false;         /* a word was written right before it */
    neardup_status status = NEARDUP_OK;
    for (nd_span found; !status && (found = next_word(w->text, &at)).size;) {
        int code = w->items[w->slots[find_slot(w, found)] - 1].code;
        if (code < 0) continue;
        nd_span between = {w->text.data + begin, (size_t)(found.data - w->text.data) - begin};
        if (!any || !nd_span_equals(between, " ")) status = nd_buffer_append(out, between.data, between.size);
        if (status) break;
        if (code < SINGLE) {
            status = nd_buffer_append_byte(out, codes[code]);
        } else {
            char pair[2] = {codes[SINGLE + (code - SINGLE) / 256], (char)((code - SINGLE) % 256)};
            status = nd_buffer_append(out, pair, sizeof pair);
        }
        begin = at;
        any = true;
    }
    return status ? status : nd_buffer_append(out, w->text.data + begin, w->text.size - begin);
}

neardup_status nd_vocabulary_encode(nd_span text, nd_buffer *out) {
    if (!text.size) return nd_buffer_append_byte(out, '\n');
    words w = {.text = text};
    neardup_status status = count_words(&w);
    if (!status) status = choose_words(&w, out);
    if (!status) status = replace_words(&w, out);
    nd_free(w.items);
    nd_free(w.slots);
    return status;
}
