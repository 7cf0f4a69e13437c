/* SPDX-License-Identifier: MIT */
#include "text/position.h"

#include <string.h>

#include "base/memory.h"
#include "text/html.h"
#include "text/json_string.h"
#include "text/utf8.h"

/* ---- a walk through a text ---- */

enum { BLOCKS = 16 }; /* of 64 bytes that are marked at a time */

/* On its way from one character that is not plain to the next. */
typedef struct walk {
    const uint8_t *data;
    size_t size;
    bool json;
    nd_position at;          /* behind the last of them */
    nd_position *next, *end; /* positions to be filled in */
    nd_breaks *breaks;       /* to be listed, or NULL */
    size_t line;             /* where the line begins */
} walk;

void nd_breaks_release(nd_breaks *breaks) {
    nd_free(breaks->items);
    *breaks = (nd_breaks){0};
}

static inline bool is_white(uint8_t byte) { return byte == ' ' || byte == '\t' || byte == '\r'; }

/* Whether there is nothing but white space in a line. */
static bool is_blank(const uint8_t *data, size_t begin, size_t end, bool json) {
    if (begin == end) return true;
    uint8_t last = data[end - 1]; /* says no of nearly all lines, wherever they begin */
    if (!is_white(last) && !(json && (last == 'r' || last == 't'))) return false;
    for (size_t at = begin; at < end; at++) {
        if (is_white(data[at])) continue;
        if (!json || data[at] != '\\' || at + 1 == end || (data[at + 1] != 'r' && data[at + 1] != 't')) return false;
        at++;
    }
    return true;
}

/* Notes the line break at data[begin], which has just been passed. */
static neardup_status note_break(walk *w, size_t begin) {
    nd_breaks *b = w->breaks;
    neardup_status status = NEARDUP_OK;
    if (b->count && is_blank(w->data, w->line, begin, w->json)) {
        b->items[b->count - 1] |= 1;
    } else {
        status = nd_reserve(&b->items, &b->capacity, b->count + 1, sizeof *b->items);
        if (!status) b->items[b->count++] = (uint64_t)begin << 1;
    }
    w->line = w->at.raw;
    return status;
}

/* Moves over plain characters up to byte `raw`, and fills in the positions on the way. */
static inline void pass_plain(walk *w, size_t raw) {
    for (; w->next < w->end && w->next->raw <= raw; w->next++) {
        size_t plain = w->next->raw > w->at.raw ? w->next->raw - w->at.raw : 0;
        *w->next = (nd_position){w->at.raw + plain, w->at.byte + plain, w->at.character + plain, w->at.line};
    }
    size_t plain = raw - w->at.raw;
    w->at.raw = raw;
    w->at.byte += plain;
    w->at.character += plain;
}

/* Moves over the character that is next, or what acts as one. */
static inline void pass_character(walk *w) {
    const uint8_t *data = w->data;
    nd_position *at = &w->at;
    uint32_t code_point;
    if (w->json && data[at->raw] == '\\' && at->raw + 1 < w->size && data[at->raw + 1] == 'n') { /* as mostly */
        at->raw += 2;
        at->byte++;
        at->line++;
    } else if (w->json && data[at->raw] == '\\') {
        nd_json_escape escape = nd_json_read_escape(data, w->size, at->raw);
        at->raw += escape.length;
        at->byte += escape.utf8_length;
        at->line += escape.code_point == '\n' && !escape.surrogate;
    } else {
        size_t length = nd_utf8_read(data + at->raw, w->size - at->raw, &code_point);
        at->line += data[at->raw] == '\n';
        at->raw += length ? length : 1;
        at->byte += length ? length : 1;
    }
    at->character++;
}

/* Walks over 64 bytes from `begin` on, in which those that are not plain are marked. */
static inline neardup_status walk_over(walk *w, size_t begin, uint64_t marked) {
    neardup_status status = NEARDUP_OK;
    while (marked && !status) {
        size_t raw = begin + (size_t)__builtin_ctzll(marked);
        marked &= marked - 1;
        if (raw < w->at.raw) continue; /* of a character that has been passed */
        pass_plain(w, raw);
        uint64_t line = w->at.line;
        pass_character(w);
        if (w->breaks && w->at.line != line) status = note_break(w, raw);
    }
    return status;
}

neardup_status nd_positions_find(const neardup_text *text, const nd_text_kernels *kernels, nd_position *positions,
                                 size_t count, nd_breaks *breaks) {
    bool json = text->form == NEARDUP_JSON;
    walk w = {.data = text->data, .size = text->size, .json = json, .at = {.line = 1}};
    w.next = positions;
    w.end = positions + count;
    w.breaks = breaks;
    if (breaks) breaks->count = 0;
    const uint8_t special[2] = {'\n', json ? '\\' : '\n'};
    uint8_t lower[64 * BLOCKS], last[64] = {0};
    uint64_t word[BLOCKS], marked[BLOCKS];
    neardup_status status = NEARDUP_OK;
    for (size_t begin = 0; begin < w.size && !status && (breaks || w.next < w.end);) {
        size_t blocks = (w.size - begin) / 64;
        const uint8_t *from = blocks ? w.data + begin : memcpy(last, w.data + begin, w.size - begin);
        if (blocks > BLOCKS) blocks = BLOCKS;
        kernels->classify(from, blocks ? blocks : 1, special, lower, word, marked);
        for (size_t b = 0; b < (blocks ? blocks : 1) && !status; b++, begin += 64)
            status = walk_over(&w, begin, marked[b]);
    }
    if (w.next < w.end) pass_plain(&w, w.size > w.at.raw ? w.size : w.at.raw);
    return status;
}

/* ---- paragraphs ---- */

/* Whether a block of HTML begins or ends there. */
static bool is_parted(const uint8_t *data, size_t begin, size_t end) {
    for (size_t at = begin; at < end; at++)
        if (data[at] == '<' && nd_html_is_block(data, end, at)) return true;
    return false;
}

static size_t find_blocks(const neardup_text *text, const nd_tokens *tokens, uint32_t *first_out) {
    size_t paragraphs = 1;
    for (size_t i = 1; i < tokens->count; i++)
        if (is_parted(text->data, tokens->spans[i - 1].end, tokens->spans[i].begin))
            first_out[paragraphs++] = (uint32_t)i;
    return paragraphs;
}

/* The first token from token i on that begins behind a byte, or the number of tokens. */
static size_t token_behind(const nd_tokens *tokens, size_t i, size_t raw) {
    enum { STEP = 16 };
    while (i + STEP < tokens->count && tokens->spans[i + STEP].begin < raw) i += STEP;
    while (i < tokens->count && tokens->spans[i].begin < raw) i++;
    return i;
}

/* What line breaks part, or only those behind which a line is empty. */
static size_t find_lines(const nd_tokens *tokens, const nd_breaks *breaks, bool empty, uint32_t *first_out) {
    size_t paragraphs = 1, token = 0;
    for (size_t i = 0; i < breaks->count; i++) {
        if (empty && !(breaks->items[i] & 1)) continue;
        token = token_behind(tokens, token, (size_t)(breaks->items[i] >> 1));
        if (token == tokens->count) break;
        if (token > first_out[paragraphs - 1]) first_out[paragraphs++] = (uint32_t)token;
    }
    return paragraphs;
}

size_t nd_paragraphs_find(const neardup_text *text, const nd_tokens *tokens, const nd_breaks *breaks,
                          uint32_t *first_out) {
    if (!tokens->count) return 0;
    first_out[0] = 0;
    if (text->form == NEARDUP_HTML) return find_blocks(text, tokens, first_out);
    size_t paragraphs = find_lines(tokens, breaks, true, first_out);
    return paragraphs > 1 ? paragraphs : find_lines(tokens, breaks, false, first_out);
}
