/* SPDX-License-Identifier: MIT */
#include "text/position.h"

#include <string.h>

#include "text/html.h"
#include "text/json_string.h"
#include "text/utf8.h"

/* ---- positions ---- */

/* Moves over one character, or what acts as one. */
static inline void pass_character(const uint8_t *data, size_t size, bool json, nd_position *at) {
    uint32_t code_point;
    if (json && data[at->raw] == '\\' && at->raw + 1 < size && data[at->raw + 1] == 'n') { /* as mostly */
        at->raw += 2;
        at->byte++;
        at->line++;
    } else if (json && data[at->raw] == '\\') {
        nd_json_escape escape = nd_json_read_escape(data, size, at->raw);
        at->raw += escape.length;
        at->byte += escape.utf8_length;
        at->line += escape.code_point == '\n' && !escape.surrogate;
    } else {
        size_t length = nd_utf8_read(data + at->raw, size - at->raw, &code_point);
        at->line += data[at->raw] == '\n';
        at->raw += length ? length : 1;
        at->byte += length ? length : 1;
    }
    at->character++;
}

/* The high bit of each of eight bytes that is `byte`, and maybe of others behind the first one. */
static uint64_t find_byte(uint64_t eight, uint8_t byte) {
    const uint64_t ones = UINT64_MAX / 255;
    uint64_t zero = eight ^ ones * byte;
    return (zero - ones) & ~zero & ones << 7;
}

/* Moves over what is plain before `end`: characters of one byte that begin neither line nor escape. */
static void pass_plain(const uint8_t *data, size_t end, bool json, nd_position *at) {
    size_t begin = at->raw;
    uint64_t eight, other = 0;
    for (; at->raw + sizeof eight <= end && !other; at->raw += other ? 0 : sizeof eight) {
        memcpy(&eight, data + at->raw, sizeof eight);
        other = (eight & UINT64_MAX / 255 << 7) | find_byte(eight, '\n') | find_byte(eight, json ? '\\' : '\n');
    }
    if (other) at->raw += (size_t)__builtin_ctzll(other) / 8;
    at->byte += at->raw - begin;
    at->character += at->raw - begin;
}

void nd_positions_find(const neardup_text *text, nd_position *positions, size_t count) {
    const uint8_t *data = text->data;
    bool json = text->form == NEARDUP_JSON;
    nd_position at = {.line = 1};
    for (size_t i = 0; i < count; i++) {
        size_t end = positions[i].raw;
        while (at.raw < end) {
            pass_plain(data, end, json, &at);
            if (at.raw < end) pass_character(data, text->size, json, &at);
            while (at.raw < end && data[at.raw] >= 0x80) /* mostly there are more */
                pass_character(data, text->size, json, &at);
        }
        positions[i] = at;
    }
}

/* ---- paragraphs ---- */

/* What stands between two tokens. */
typedef enum separation { SPACE, LINE_BREAK, EMPTY_LINE } separation;

static separation between_tags(const uint8_t *data, size_t begin, size_t end) {
    for (size_t at = begin; at < end; at++)
        if (data[at] == '<' && nd_html_is_block(data, end, at)) return EMPTY_LINE;
    return SPACE;
}

/* The first place from `at` on where a line may end, or `end`. */
static size_t find_line(const uint8_t *data, size_t at, size_t end, bool json) {
    uint64_t eight;
    for (; at + sizeof eight <= end; at += sizeof eight) {
        memcpy(&eight, data + at, sizeof eight);
        uint64_t found = find_byte(eight, '\n') | find_byte(eight, json ? '\\' : '\n');
        if (found) return at + (size_t)__builtin_ctzll(found) / 8;
    }
    while (at < end && data[at] != '\n' && !(json && data[at] == '\\')) at++;
    return at;
}

/* The first token from token i on, which is not the first of all, between which and the last one a line may end; the
 * number of tokens where there is none. */
static size_t next_line(const neardup_text *text, const nd_tokens *tokens, size_t i) {
    const nd_token_span *spans = tokens->spans;
    size_t at = spans[i - 1].end, behind = spans[tokens->count - 1].begin;
    for (;; at = spans[i - 1].end) {
        at = find_line(text->data, at, behind, text->form == NEARDUP_JSON);
        if (at >= behind) return tokens->count;
        while (spans[i].begin <= at) i++;
        if (at >= spans[i - 1].end) return i; /* and not an escape within a token */
    }
}

static separation between_lines(const uint8_t *data, size_t begin, size_t end, bool json) {
    separation found = SPACE;
    bool empty = false; /* only space since a line break */
    for (nd_position at = {.raw = begin, .line = 1}; at.raw < end;) {
        size_t raw = at.raw;
        if (data[raw] == ' ') { /* as many in front of a line */
            at.raw++;
            continue;
        }
        uint64_t line = at.line;
        pass_character(data, end, json, &at);
        if (at.line > line) {
            if (empty) return EMPTY_LINE;
            found = LINE_BREAK;
            empty = true;
        } else if (data[raw] != '\t' && data[raw] != '\r' &&
                   !(json && data[raw] == '\\' && raw + 1 < end && (data[raw + 1] == 'r' || data[raw + 1] == 't'))) {
            empty = false;
        }
    }
    return found;
}

size_t nd_paragraphs_find(const neardup_text *text, const nd_tokens *tokens, uint32_t *first_out) {
    if (!tokens->count) return 0;
    bool html = text->form == NEARDUP_HTML, json = text->form == NEARDUP_JSON;
    size_t lines = 0, paragraphs = 0;
    for (int empty_lines = 1; empty_lines >= 0; empty_lines--) {
        /* First by empty lines; where there are none, once more by lines. */
        paragraphs = lines = 0;
        first_out[paragraphs++] = 0;
        for (size_t i = 1; i < tokens->count; i++) {
            if (!html) i = next_line(text, tokens, i);
            if (i == tokens->count) break;
            size_t begin = tokens->spans[i - 1].end, end = tokens->spans[i].begin;
            separation found =
                html ? between_tags(text->data, begin, end) : between_lines(text->data, begin, end, json);
            lines += found == LINE_BREAK;
            if (found == EMPTY_LINE || (found == LINE_BREAK && !empty_lines)) first_out[paragraphs++] = (uint32_t)i;
        }
        if (paragraphs > 1 || !lines) break;
    }
    return paragraphs;
}
