/* SPDX-License-Identifier: MIT */
#include "text/sentence.h"

#include <utf8proc.h>

#include "text/json_string.h"
#include "text/reference.h"
#include "text/utf8.h"

#define NO_CHARACTER    UINT32_MAX
#define BYTE_ORDER_MARK 0xFEFF
#define NO_WORD         UINT64_MAX

enum {
    SHORT_WORD = 3, /* characters of a word that may be an abbreviation */
    LOOK_AHEAD = 16 /* characters among which the first letter of a sentence is looked for: quotes, brackets */
};

/* ---- characters ---- */

/* The character at `at`, which moves behind it; NO_CHARACTER for a byte or escape that stands for none. */
static uint32_t read_character(const neardup_text *text, nd_spot *at) {
    const uint8_t *data = text->data;
    uint32_t code_point = NO_CHARACTER;
    at->character++;
    if (text->form == NEARDUP_JSON && data[at->raw] == '\\') {
        nd_json_escape escape = nd_json_read_escape(data, text->size, at->raw);
        at->raw += escape.length;
        at->byte += escape.utf8_length;
        return escape.surrogate ? NO_CHARACTER : escape.code_point;
    }
    size_t length = nd_utf8_read(data + at->raw, text->size - at->raw, &code_point);
    at->raw += length ? length : 1;
    at->byte += length ? length : 1;
    return length ? code_point : NO_CHARACTER;
}

static bool is_space(uint32_t c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static bool is_word(uint32_t c) {
    if (c == NO_CHARACTER) return false;
    if (c < 0x80) return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    nd_class class = nd_class_of(c);
    return class == ND_WORD || class == ND_MARK || class == ND_ALONE;
}

static utf8proc_category_t category_of(uint32_t c) {
    return c == NO_CHARACTER ? UTF8PROC_CATEGORY_CN : utf8proc_category((utf8proc_int32_t)c);
}

/* Whether a sentence can end behind it (Sentence_Break is ATerm or STerm, in scripts of today). */
static bool is_terminator(uint32_t c) {
    static const uint32_t ranges[][2] = {
        {'!', '!'},       {'.', '.'},       {'?', '?'},       {0x589, 0x589},   {0x61D, 0x61F},   {0x6D4, 0x6D4},
        {0x700, 0x702},   {0x964, 0x965},   {0x104A, 0x104B}, {0x1362, 0x1362}, {0x1367, 0x1368}, {0x17D4, 0x17D5},
        {0x1803, 0x1803}, {0x1809, 0x1809}, {0x203C, 0x203D}, {0x2047, 0x2049}, {0x3002, 0x3002}, {0xFF01, 0xFF01},
        {0xFF0E, 0xFF0E}, {0xFF1F, 0xFF1F}, {0xFF61, 0xFF61},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && ranges[i][0] <= c; i++)
        if (c <= ranges[i][1]) return true;
    return false;
}

/* Whether it is a terminator behind which no space is needed: those of Chinese and Japanese. */
static bool is_wide(uint32_t c) { return c == 0x3002 || c == 0xFF01 || c == 0xFF0E || c == 0xFF1F || c == 0xFF61; }

/* Whether it may stand between a terminator and the space behind it: closing quotes and brackets, also those of markup.
 */
static bool is_closer(uint32_t c) {
    if (c < 0x80) return c == '"' || c == '\'' || c == ')' || c == ']' || c == '}' || c == '*' || c == '_' || c == '`';
    utf8proc_category_t category = category_of(c);
    return category == UTF8PROC_CATEGORY_PE || category == UTF8PROC_CATEGORY_PF || category == UTF8PROC_CATEGORY_PI;
}

/* Whether a sentence goes on with it, whatever stood before. */
static bool is_continuing(uint32_t c) {
    return c == ',' || c == ';' || c == ':' || c == '-' || c == 0x2013 || c == 0x2014 || c == 0x3001 || c == 0xFF0C;
}

/* Whether what begins at `at` can be the beginning of a sentence: its first letter is not lower-case. */
static bool can_begin(const neardup_text *text, nd_spot at) {
    for (int i = 0; i < LOOK_AHEAD && at.raw < text->size; i++) {
        uint32_t c = read_character(text, &at);
        if (i == 0 && is_continuing(c)) return false;
        if (category_of(c) == UTF8PROC_CATEGORY_LL) return false;
        if (is_word(c) || is_terminator(c)) return true;
    }
    return true;
}

/* ---- paragraphs ---- */

/* Whether there is an empty line between two words. */
static bool has_empty_line(const neardup_text *text) {
    bool word = false, empty = false, found = false;
    for (nd_spot at = {0}; at.raw < text->size;) {
        uint32_t c = read_character(text, &at);
        if (is_word(c)) {
            if (found) return true;
            word = true;
            empty = false;
        } else if (c == '\n') {
            found |= word && empty;
            empty = true;
        } else if (c != ' ' && c != '\t' && c != '\r') {
            empty = false;
        }
    }
    return false;
}

/* ---- sentences ---- */

/* Whether a sentence begins with the character `c` at `at`. *begin_out is where, *opens_out whether a paragraph does.
 */
static bool is_boundary(const nd_sentences *s, uint32_t c, nd_spot at, nd_spot *begin_out, bool *opens_out) {
    *opens_out = !s->open || s->lines >= s->breaks;
    *begin_out = *opens_out && s->lines ? s->line : at;
    if (*opens_out) return true;
    bool closes = is_closer(c) && category_of(c) != UTF8PROC_CATEGORY_PI; /* what else opens a quotation */
    bool may_end = s->ended && (s->gap || (s->wide && !closes && !is_terminator(c)));
    return may_end && can_begin(s->text, at);
}

/* Takes note of a terminator. A full stop behind a short word may be part of it; one behind another adds nothing. */
static void take_terminator(nd_sentences *s, uint32_t c) {
    s->wide = is_wide(c);
    if (c != '.')
        s->ended = true;
    else if (s->word_length)
        s->ended = s->word_length > SHORT_WORD || (s->word_length > 1 && !s->abbreviated);
}

/* Takes note of what ends a sentence. */
static void take_character(nd_sentences *s, uint32_t c) {
    s->gap = false;
    s->lines = 0;
    if (is_word(c)) {
        if (!s->word_length++) {
            utf8proc_category_t category = category_of(c);
            s->abbreviated = category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT ||
                             category == UTF8PROC_CATEGORY_ND;
        }
        s->ended = false;
        return;
    }
    if (is_terminator(c))
        take_terminator(s, c);
    else if (!is_closer(c))
        s->ended = false;
    s->word_length = 0;
}

static void take_space(nd_sentences *s, uint32_t c) {
    s->gap = true;
    s->lines += c == '\n';
    if (c == '\n') s->line = s->at;
    s->word_length = 0;
}

/* Adds the character behind `before` to the sentence. */
static void extend(nd_sentences *s, uint32_t c, nd_spot before) {
    nd_sentence *sentence = &s->sentence;
    sentence->last = s->at;
    if (!is_word(c)) return;
    if (sentence->word == NO_WORD) sentence->word = before.byte;
    sentence->words = s->at.byte;
}

static void end_sentence(const nd_sentences *s, nd_spot end, bool closes, nd_sentence *sentence_out) {
    nd_sentence sentence = s->sentence;
    sentence.end = end;
    sentence.closes = closes;
    if (sentence.word == NO_WORD) {
        sentence.word = sentence.first.byte;
        sentence.words = sentence.last.byte;
    }
    *sentence_out = sentence;
}

void nd_sentences_begin(nd_sentences *sentences, const neardup_text *text) {
    *sentences = (nd_sentences){.text = text, .breaks = has_empty_line(text) ? 2 : 1};
}

bool nd_sentences_next(nd_sentences *sentences, nd_sentence *sentence_out) {
    nd_sentences *s = sentences;
    while (s->at.raw < s->text->size) {
        nd_spot before = s->at, begin;
        uint32_t c = read_character(s->text, &s->at);
        if (is_space(c) || (c == BYTE_ORDER_MARK && before.raw == 0)) {
            take_space(s, c);
            continue;
        }
        bool opens, boundary = is_boundary(s, c, before, &begin, &opens), complete = boundary && s->open;
        if (complete) end_sentence(s, begin, opens, sentence_out);
        if (boundary) {
            s->sentence = (nd_sentence){.begin = begin, .first = before, .word = NO_WORD, .opens = opens};
            s->open = true;
            s->ended = false;
        }
        take_character(s, c);
        extend(s, c, before);
        if (complete) return true;
    }
    if (s->open) end_sentence(s, s->at, true, sentence_out);
    bool found = s->open;
    s->open = false;
    return found;
}
