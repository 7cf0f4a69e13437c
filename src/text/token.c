/* SPDX-License-Identifier: MIT */
/*
 * Two paths, one answer. ASCII goes through windows: a kernel marks letters, digits and bytes that need a closer look,
 * and tokens are read off the marks. Where a closer look is needed (other scripts, escapes, markup) the text is read
 * character by character until ASCII stands between tokens again. There the tables give class and fold; a token with a
 * character whose fold depends on its neighbours is folded whole by utf8proc.
 */
#include "text/token.h"

#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "text/html.h"
#include "text/json_string.h"
#include "text/unicode.h"

enum {
    BLOCKS = 256, /* 16 KiB a window: text, its lower case and marks stay in the first-level cache */
    WINDOW = 64 * BLOCKS,
    PADDING = 16 /* nd_token_hash reads 16 bytes */
};

struct nd_token_window {
    uint8_t lower[WINDOW + PADDING];
    uint64_t word[BLOCKS + 1], special[BLOCKS + 1]; /* one more, always zero, ends every search */
};

/* A document on its way through. */
typedef struct scan {
    const nd_token_rules *rules;
    const uint8_t *data;
    size_t size;
    neardup_form form;
    bool tables; /* whether they may be used */
    nd_tokens *tokens;
} scan;

/* One character, or what acts as one. */
typedef struct character {
    uint32_t code_point[2]; /* an HTML reference can stand for two */
    unsigned count;         /* of code points; 0: a separator */
    size_t length;          /* bytes of the file it takes */
} character;

void nd_tokens_release(nd_tokens *tokens) {
    nd_free(tokens->hashes);
    nd_buffer_release(&tokens->text);
    nd_buffer_release(&tokens->folded);
    nd_buffer_release(&tokens->raw);
    nd_fold_scratch_release(&tokens->fold);
    nd_free(tokens->window);
    *tokens = (nd_tokens){0};
}

uint64_t nd_token_hash(const uint8_t *folded, size_t size, uint64_t seed) {
    if (size > 16) return nd_hash64(folded, size, seed);
    uint64_t padded[2];
    memcpy(padded, folded, 16);
    if (size < 8) {
        padded[0] &= ((uint64_t)1 << 8 * size) - 1;
        padded[1] = 0;
    } else if (size < 16) {
        padded[1] &= ((uint64_t)1 << (8 * size - 64)) - 1;
    }
    return nd_hash64(padded, 16, seed);
}

static neardup_status emit(scan *s, const uint8_t *folded, size_t size) {
    nd_tokens *t = s->tokens;
    if (t->count == t->capacity) {
        neardup_status status = nd_reserve(&t->hashes, &t->capacity, t->count + 1, sizeof *t->hashes);
        if (status) return status;
    }
    t->hashes[t->count++] = nd_token_hash(folded, size, s->rules->seed);
    if (!s->rules->keep_text) return NEARDUP_OK;
    neardup_status status = t->text.size ? nd_buffer_append_byte(&t->text, ' ') : NEARDUP_OK;
    return status ? status : nd_buffer_append(&t->text, folded, size);
}

/* ---- character by character ---- */

static character read_json_escape(scan *s, size_t at) {
    character c = {.count = 0};
    nd_json_escape escape = nd_json_read_escape(s->data, s->size, at);
    c.length = escape.length;
    s->tokens->bytes -= escape.length - escape.utf8_length;
    if (!escape.surrogate) {
        c.code_point[0] = escape.code_point;
        c.count = 1;
    }
    return c;
}

static character read_character(scan *s, size_t at) {
    uint8_t byte = s->data[at];
    character c = {.code_point = {byte}, .count = 1, .length = 1};
    if (byte == '\\' && s->form == NEARDUP_JSON) return read_json_escape(s, at);
    if (byte == '<' && s->form == NEARDUP_HTML) {
        size_t end = nd_html_skip(s->data, s->size, at);
        c.count = 0;
        c.length = end > at ? end - at : 1;
    } else if (byte == '&' && s->form == NEARDUP_HTML) {
        size_t length = nd_html_reference(s->data, s->size, at, c.code_point, &c.count);
        c.length = length ? length : 1;
        c.count = length ? c.count : 0;
    } else if (byte >= 0x80) {
        c.length = nd_utf8_read(s->data + at, s->size - at, c.code_point);
        if (!c.length) {
            s->tokens->ill_formed++;
            c.count = 0;
            c.length = 1;
        }
    }
    return c;
}

/* A token that is being read character by character. Its raw text is kept, and its fold as long as each character's
 * is known from the tables. */
typedef struct open_token {
    bool alone, slow;
} open_token;

static neardup_status close_token(scan *s, open_token *open) {
    nd_tokens *t = s->tokens;
    if (!t->raw.size) return NEARDUP_OK;
    neardup_status status = NEARDUP_OK;
    if (open->slow) {
        t->folded.size = 0;
        status = nd_fold((const uint8_t *)t->raw.data, t->raw.size, &t->fold, &t->folded);
    }
    if (!status) status = nd_buffer_reserve(&t->folded, PADDING);
    if (!status && t->folded.size) status = emit(s, (const uint8_t *)t->folded.data, t->folded.size);
    t->raw.size = t->folded.size = 0;
    *open = (open_token){0};
    return status;
}

static neardup_status extend_token(scan *s, open_token *open, uint32_t code_point, nd_character known) {
    nd_tokens *t = s->tokens;
    uint8_t raw[4];
    size_t size = nd_utf8_write(code_point, raw);
    neardup_status status = nd_buffer_append(&t->raw, raw, size);
    if (status) return status;
    if (known.fold_size == ND_FOLD_SLOW) open->slow = true;
    if (open->slow) return NEARDUP_OK;
    if (known.fold_size == ND_FOLD_SELF) return nd_buffer_append(&t->folded, raw, size);
    return nd_buffer_append(&t->folded, known.fold, known.fold_size);
}

static neardup_status take_code_point(scan *s, open_token *open, uint32_t code_point) {
    nd_character known = {.fold_size = ND_FOLD_SLOW};
    if (s->tables)
        known = nd_character_of(code_point);
    else
        known.class = nd_class_of(code_point);
    neardup_status status = NEARDUP_OK;
    switch (known.class) {
    case ND_SEPARATOR: return close_token(s, open);
    case ND_IGNORED: return NEARDUP_OK;
    case ND_MARK: break;
    case ND_WORD:
        if (open->alone) status = close_token(s, open);
        break;
    case ND_ALONE:
        status = close_token(s, open);
        open->alone = true;
        break;
    }
    return status ? status : extend_token(s, open, code_point, known);
}

static bool needs_closer_look(uint8_t byte) { return byte >= 0x80 || byte == '\\' || byte == '<' || byte == '&'; }

/* Reads characters from *at on, no token being open there, until ASCII stands between tokens (or, without the tables,
 * to the end). Moves *at. */
static neardup_status read_characters(scan *s, size_t *at) {
    open_token open = {0};
    neardup_status status = NEARDUP_OK;
    for (size_t begin = *at; *at < s->size;) {
        if (s->tables && *at > begin && !s->tokens->raw.size && !needs_closer_look(s->data[*at])) return NEARDUP_OK;
        character c = read_character(s, *at);
        *at += c.length;
        if (c.count == 0) status = close_token(s, &open);
        for (unsigned i = 0; i < c.count && !status; i++) status = take_code_point(s, &open, c.code_point[i]);
        if (status) return status;
    }
    return close_token(s, &open);
}

/* ---- window by window ---- */

/* The first position from `at` on whose bit is not set. */
static size_t next_clear(const uint64_t *bits, size_t at) {
    uint64_t word = ~bits[at / 64] >> at % 64;
    if (word) return at + (size_t)__builtin_ctzll(word);
    size_t i = at / 64 + 1;
    while (!~bits[i]) i++;
    return 64 * i + (size_t)__builtin_ctzll(~bits[i]);
}

static bool bit(const uint64_t *bits, size_t at) { return bits[at / 64] >> at % 64 & 1; }

/* Marks the window that begins at data[begin]; returns its size. What lies behind the end of the text is separators. */
static size_t mark_window(const scan *s, size_t begin) {
    struct nd_token_window *w = s->tokens->window;
    static const uint8_t special[][2] = {
        [NEARDUP_PLAIN] = {0x80, 0x80}, [NEARDUP_JSON] = {'\\', '\\'}, [NEARDUP_HTML] = {'<', '&'}};
    nd_classify *classify = s->rules->classify ? s->rules->classify : nd_classify_portable;
    size_t size = s->size - begin < WINDOW ? s->size - begin : WINDOW;
    size_t whole = size / 64, rest = size % 64;
    classify(s->data + begin, whole, special[s->form], w->lower, w->word, w->special);
    if (rest) {
        uint8_t last[64] = {0};
        memcpy(last, s->data + begin + 64 * whole, rest);
        classify(last, 1, special[s->form], w->lower + 64 * whole, w->word + whole, w->special + whole);
        whole++;
    }
    w->word[whole] = w->special[whole] = 0;
    return size;
}

/* Whether the special character at data[at], right behind ASCII letters, may go on with their token. */
static bool may_continue(const scan *s, size_t at) {
    if (s->data[at] == '<') return false;
    if (s->data[at] == '\\') return at + 1 < s->size && s->data[at + 1] == 'u';
    return true;
}

/* Reads the tokens of the window that begins at *at. Moves *at behind what was read. */
static neardup_status read_window(scan *s, size_t *at) {
    struct nd_token_window *w = s->tokens->window;
    size_t begin = *at, size = mark_window(s, begin), blocks = (size + 63) / 64, p = 0;
    while (p < size) {
        uint64_t any = 0;
        size_t block = p / 64;
        any = (w->word[block] | w->special[block]) >> p % 64;
        while (!any && ++block < blocks) any = w->word[block] | w->special[block];
        if (!any) break;
        size_t first = (block == p / 64 ? p : 64 * block) + (size_t)__builtin_ctzll(any), end = first;
        bool closer = bit(w->special, first);
        if (!closer) {
            end = next_clear(w->word, first);
            if (end == size && begin + size < s->size) { /* the window cuts it: begin the next one with it */
                closer = first == 0;
                if (!closer) {
                    *at = begin + first;
                    return NEARDUP_OK;
                }
            } else if (end < size && bit(w->special, end)) {
                closer = may_continue(s, begin + end);
            }
        }
        neardup_status status;
        if (closer) {
            *at = begin + first;
            status = read_characters(s, at);
            if (status || *at >= begin + size) return status;
            p = *at - begin;
        } else {
            status = emit(s, w->lower + first, end - first);
            if (status) return status;
            p = end;
        }
    }
    *at = begin + size;
    return NEARDUP_OK;
}

neardup_status nd_tokenize(const nd_token_rules *rules, const neardup_text *text, nd_tokens *tokens) {
    tokens->count = 0;
    tokens->text.size = tokens->raw.size = tokens->folded.size = 0;
    tokens->bytes = text->size;
    tokens->ill_formed = 0;
    if (!tokens->window) {
        tokens->window = nd_allocate(1, sizeof *tokens->window);
        if (!tokens->window) return NEARDUP_ERROR_MEMORY;
    }
    scan s = {.rules = rules,
              .data = text->data,
              .size = text->size,
              .form = text->form,
              .tables = !rules->reference && nd_tables_match(),
              .tokens = tokens};
    neardup_status status = NEARDUP_OK;
    size_t at = 0;
    while (at < s.size && !status) status = s.tables ? read_window(&s, &at) : read_characters(&s, &at);
    return status;
}
