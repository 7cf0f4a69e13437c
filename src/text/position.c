/* SPDX-License-Identifier: MIT */
#include "text/position.h"

#include <string.h>

#include "text/html.h"
#include "text/json_string.h"
#include "text/utf8.h"

void nd_layout_release(nd_layout *layout) {
    nd_marks_release(&layout->bytes);
    nd_marks_release(&layout->characters);
    nd_marks_release(&layout->breaks);
}

/* ---- characters and line breaks ---- */

enum { BLOCKS = 16 }; /* of 64 bytes that are looked at at a time */

/* On its way from block to block. */
typedef struct walk {
    const uint8_t *data;
    size_t size;
    size_t passed;    /* behind the last escape of a code point */
    uint64_t escaped; /* whether the next block begins with the letter of an escape */
    nd_layout *layout;
} walk;

/* Takes the marks of `count` bytes from data[at] on, less than 64 of them. */
static void unset(nd_marks *marks, size_t at, size_t count) {
    uint64_t bits = ((uint64_t)1 << count) - 1;
    marks->words[at / 64].bits &= ~(bits << at % 64);
    if (at % 64 + count > 64) marks->words[at / 64 + 1].bits &= ~(bits >> (64 - at % 64));
}

/* Which of a block's backslashes begin escapes: in a row every other one. */
static inline uint64_t find_escapes(uint64_t backslashes, uint64_t escaped) {
    uint64_t escapes = backslashes & ~escaped;
    if (!(escapes & escapes << 1)) return escapes;
    for (uint64_t left = escapes, bit; left; left &= ~(bit | bit << 1)) {
        bit = left & -left;
        escapes &= ~(bit << 1);
    }
    return escapes;
}

/* Passes the characters of several bytes that begin in a block; their first bytes are marked. Of ill-formed bytes each
 * acts as a character. */
static __attribute__((noinline)) void pass_letters(walk *w, size_t block, uint64_t marked) {
    uint64_t gone = 0, over = 0; /* in this block and in the next one */
    for (; marked; marked &= marked - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(marked);
        size_t at = 64 * block + bit;
        uint32_t code_point;
        size_t length = nd_utf8_read(w->data + at, w->size - at, &code_point);
        if (!length) continue;
        uint64_t bits = ((uint64_t)1 << (length - 1)) - 1;
        gone |= bits << bit;
        over |= bits >> 1 >> (63 - bit);
    }
    w->layout->characters.words[block].bits &= ~gone;
    if (over) w->layout->characters.words[block + 1].bits &= ~over;
}

/* Passes the escapes of code points in a block; their letters u are marked. */
static void pass_code_points(walk *w, size_t block, uint64_t marked) {
    for (; marked; marked &= marked - 1) {
        size_t at = 64 * block + (size_t)__builtin_ctzll(marked) - 1;
        if (at < w->passed) continue; /* the other half of a surrogate pair */
        nd_json_escape escape = nd_json_read_escape(w->data, w->size, at);
        w->passed = at + escape.length;
        unset(&w->layout->characters, at, escape.length - 1);
        unset(&w->layout->bytes, at, escape.length - escape.utf8_length);
        if (escape.code_point == '\n' && !escape.surrogate) nd_marks_set(&w->layout->breaks, w->passed - 1);
    }
}

/* Of a character, or what acts as one, the mark of its last byte stays. */
static inline void pass_json(walk *w, size_t block, const uint64_t found[4]) {
    nd_layout *l = w->layout;
    uint64_t escapes = find_escapes(found[0], w->escaped), letters = escapes << 1 | w->escaped;
    w->escaped = escapes >> 63;
    l->bytes.words[block].bits &= ~escapes;
    l->characters.words[block].bits &= ~escapes;
    l->breaks.words[block].bits |= letters & found[1];
    if (letters & found[2]) pass_code_points(w, block, letters & found[2]);
    if (found[3]) pass_letters(w, block, found[3]);
}

static inline void pass_plain(walk *w, size_t block, const uint64_t found[4]) {
    w->layout->breaks.words[block].bits = found[0];
    if (found[3]) pass_letters(w, block, found[3]);
}

static void walk_through(walk *w, const nd_text_kernels *kernels) {
    static const uint8_t of_json[3] = {'\\', 'n', 'u'}, of_others[3] = {'\n', '\n', '\n'};
    bool json = w->layout->json;
    uint8_t last[64] = {0};
    uint64_t found[BLOCKS][4];
    for (size_t block = 0, whole = w->size / 64; 64 * block < w->size;) {
        size_t count = whole - block < BLOCKS ? whole - block : BLOCKS;
        const uint8_t *from = w->data + 64 * block;
        if (!count) from = memcpy(last, from, w->size % 64), count = 1;
        kernels->find_bytes(from, count, json ? of_json : of_others, found);
        for (size_t i = 0; i < count; i++, block++)
            if (json)
                pass_json(w, block, found[i]);
            else
                pass_plain(w, block, found[i]);
    }
}

neardup_status nd_layout_find(const neardup_text *text, const nd_text_kernels *kernels, nd_layout *layout) {
    nd_layout *l = layout;
    l->json = text->form == NEARDUP_JSON;
    neardup_status status = nd_marks_fill(&l->characters, text->size, true);
    if (!status && l->json) status = nd_marks_fill(&l->bytes, text->size, true);
    if (!status) status = nd_marks_fill(&l->breaks, text->size, false);
    if (status) return status;
    walk_through(&(walk){.data = text->data, .size = text->size, .layout = l}, kernels);
    if (l->json) nd_marks_count(&l->bytes, kernels);
    nd_marks_count(&l->characters, kernels);
    nd_marks_count(&l->breaks, kernels);
    return NEARDUP_OK;
}

nd_position nd_layout_position(const nd_layout *layout, size_t raw) {
    return (nd_position){.raw = raw,
                         .byte = layout->json ? nd_marks_before(&layout->bytes, raw) : raw,
                         .character = nd_marks_before(&layout->characters, raw),
                         .line = 1 + nd_marks_before(&layout->breaks, raw)};
}

/* ---- paragraphs ---- */

/* What the tags of blocks part. */
static size_t find_blocks(const neardup_text *text, const nd_tokens *tokens, uint32_t *first_out) {
    const char *data = text->data, *end = data + text->size;
    size_t paragraphs = 1, gap_end = 0;
    for (const char *tag = data; (tag = memchr(tag, '<', (size_t)(end - tag))); tag++) {
        size_t at = (size_t)(tag - data), token = nd_marks_before(&tokens->begins, at);
        if (token == tokens->count) break;
        if (token == first_out[paragraphs - 1]) continue;
        if (at >= gap_end) gap_end = nd_marks_find(&tokens->begins, token);
        if (nd_html_is_block(text->data, gap_end, at)) first_out[paragraphs++] = (uint32_t)token;
    }
    return paragraphs;
}

static inline bool is_white(uint8_t byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }

/* Whether there is nothing but white space in the line that ends with the break whose last byte is data[at]. */
static bool is_empty(const nd_layout *layout, const uint8_t *data, size_t at) {
    bool json = layout->json;
    size_t end = at + 1 - (!json ? 1 : data[at] == 'n' ? sizeof "\\n" - 1 : sizeof "\\u000a" - 1);
    for (size_t i = nd_marks_last(&layout->breaks, at) + 1; i < end; i++) {
        if (is_white(data[i])) continue;
        if (!json || data[i] != '\\' || i + 1 == end || (data[i + 1] != 'r' && data[i + 1] != 't')) return false;
        i++;
    }
    return true;
}

/* Which of 64 breaks another precedes without a token beginning between; *carry is whether one precedes the 64. A sum
 * carries from behind each break through what is no mark to the next mark. */
static inline uint64_t follow_breaks(uint64_t breaks, uint64_t begins, uint64_t *carry) {
    uint64_t marks = breaks | begins, sum = ~marks + (breaks << 1 | *carry);
    *carry = breaks >> 63 | (sum < ~marks);
    return sum & breaks;
}

/* What line breaks part, or only those that end an empty line. */
static size_t find_lines(const nd_layout *layout, const uint8_t *data, const nd_tokens *tokens, bool empty,
                         uint32_t *first_out) {
    size_t paragraphs = 1;
    uint64_t carry = 0;
    for (size_t i = 0; i < layout->breaks.count; i++) {
        uint64_t bits = layout->breaks.words[i].bits;
        if (empty) bits = follow_breaks(bits, tokens->begins.words[i].bits, &carry);
        for (; bits; bits &= bits - 1) {
            size_t at = 64 * i + (size_t)__builtin_ctzll(bits);
            if (empty && !is_empty(layout, data, at)) continue;
            size_t token = nd_marks_before(&tokens->begins, at);
            if (token == tokens->count) return paragraphs;
            if (token > first_out[paragraphs - 1]) first_out[paragraphs++] = (uint32_t)token;
        }
    }
    return paragraphs;
}

size_t nd_layout_paragraphs(const nd_layout *layout, const neardup_text *text, const nd_tokens *tokens,
                            uint32_t *first_out) {
    if (!tokens->count) return 0;
    first_out[0] = 0;
    if (text->form == NEARDUP_HTML) return find_blocks(text, tokens, first_out);
    size_t paragraphs = find_lines(layout, text->data, tokens, true, first_out);
    return paragraphs > 1 ? paragraphs : find_lines(layout, text->data, tokens, false, first_out);
}
