/* SPDX-License-Identifier: MIT */
#include "text/position.h"

#include <string.h>

#include "text/html.h"
#include "text/json_string.h"
#include "text/utf8.h"

/* ---- positions ---- */

/* Moves over one character, or what acts as one. */
static void pass_character(const uint8_t *data, size_t size, bool json, nd_position *at) {
    uint32_t code_point;
    if (json && data[at->raw] == '\\') {
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

/* Whether one of eight bytes is `byte`. */
static bool has_byte(uint64_t eight, uint8_t byte) {
    const uint64_t ones = UINT64_MAX / 255;
    uint64_t zero = eight ^ ones * byte;
    return (zero - ones) & ~zero & ones << 7;
}

/* Moves over what is plain before `end`: characters of one byte that begin neither line nor escape. */
static void pass_plain(const uint8_t *data, size_t end, bool json, nd_position *at) {
    size_t begin = at->raw;
    uint64_t eight;
    for (; at->raw + sizeof eight <= end; at->raw += sizeof eight) {
        memcpy(&eight, data + at->raw, sizeof eight);
        if (eight & UINT64_MAX / 255 << 7 || has_byte(eight, '\n') || (json && has_byte(eight, '\\'))) break;
    }
    at->byte += at->raw - begin;
    at->character += at->raw - begin;
}

void nd_positions_find(const neardup_text *text, nd_position *positions, size_t count) {
    nd_position at = {.line = 1};
    for (size_t i = 0; i < count; i++) {
        while (at.raw < positions[i].raw) {
            pass_plain(text->data, positions[i].raw, text->form == NEARDUP_JSON, &at);
            for (int some = 0; some < 8 && at.raw < positions[i].raw; some++)
                pass_character(text->data, text->size, text->form == NEARDUP_JSON, &at);
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

static separation between_lines(const uint8_t *data, size_t begin, size_t end, bool json) {
    separation found = SPACE;
    bool empty = false; /* only space since a line break */
    for (nd_position at = {.raw = begin, .line = 1}; at.raw < end;) {
        size_t raw = at.raw;
        uint64_t line = at.line;
        pass_character(data, end, json, &at);
        if (at.line > line) {
            if (empty) return EMPTY_LINE;
            found = LINE_BREAK;
            empty = true;
        } else if (data[raw] != ' ' && data[raw] != '\t' && data[raw] != '\r' &&
                   !(json && data[raw] == '\\' && raw + 1 < end && (data[raw + 1] == 'r' || data[raw + 1] == 't'))) {
            empty = false;
        }
    }
    return found;
}

size_t nd_paragraphs_find(const neardup_text *text, const nd_tokens *tokens, uint32_t *first_out) {
    if (!tokens->count) return 0;
    size_t lines = 0, paragraphs = 0;
    for (int empty_lines = 1; empty_lines >= 0; empty_lines--) {
        /* First by empty lines; where there are none, once more by lines. */
        paragraphs = lines = 0;
        first_out[paragraphs++] = 0;
        for (size_t i = 1; i < tokens->count; i++) {
            size_t begin = tokens->spans[i - 1].end, end = tokens->spans[i].begin;
            if (end - begin == 1 && ((const char *)text->data)[begin] == ' ') continue; /* as mostly */
            separation found = text->form == NEARDUP_HTML
                                   ? between_tags(text->data, begin, end)
                                   : between_lines(text->data, begin, end, text->form == NEARDUP_JSON);
            lines += found == LINE_BREAK;
            if (found == EMPTY_LINE || (found == LINE_BREAK && !empty_lines)) first_out[paragraphs++] = (uint32_t)i;
        }
        if (paragraphs > 1 || !lines) break;
    }
    return paragraphs;
}
