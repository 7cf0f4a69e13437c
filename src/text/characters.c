/* SPDX-License-Identifier: MIT */
#include "text/characters.h"

#include "base/memory.h"
#include "text/html.h"
#include "text/json_string.h"
#include "text/unicode.h"
#include "text/utf8.h"

enum { PADDING = 64 }; /* room behind folded text: for any one fold, and for nd_token_hash to read */

/* One character, or what acts as one. */
typedef struct character {
    uint32_t code_point[2]; /* an HTML reference can stand for two */
    unsigned count;         /* of code points; 0: a separator */
    size_t length;          /* bytes of the file it takes */
    size_t shrink;          /* bytes by which it is longer than what it stands for */
    bool ill_formed;
} character;

/* A token that is being read. Its fold is kept as long as each character's is known from the tables. */
typedef struct open_token {
    size_t begin; /* of its first character, and behind its last one; */
    size_t end;
    unsigned skip; /* code points of that which come before the token: an HTML reference can stand for a symbol and a
                      mark (none stands for part of a token and something after it) */
    bool begun, alone, slow;
} open_token;

static character read_json_escape(const nd_tokenizer *s, size_t at) {
    nd_json_escape escape = nd_json_read_escape(s->data, s->size, at);
    return (character){.code_point = {escape.code_point},
                       .count = !escape.surrogate,
                       .length = escape.length,
                       .shrink = escape.length - escape.utf8_length};
}

static character read_html(const nd_tokenizer *s, size_t at) {
    character c = {.length = 1};
    if (s->data[at] == '<') {
        size_t end = nd_html_skip(s->data, s->size, at);
        if (end > at) c.length = end - at;
    } else {
        size_t length = nd_html_reference(s->data, s->size, at, c.code_point, &c.count);
        if (length)
            c.length = length;
        else
            c.count = 0;
    }
    return c;
}

static inline character read_character(const nd_tokenizer *s, size_t at) {
    uint8_t byte = s->data[at];
    if (byte == '\\' && s->form == NEARDUP_JSON) return read_json_escape(s, at);
    if ((byte == '<' || byte == '&') && s->form == NEARDUP_HTML) return read_html(s, at);
    character c = {.count = 1};
    c.length = nd_utf8_read(s->data + at, s->size - at, c.code_point);
    if (!c.length) c = (character){.length = 1, .ill_formed = true};
    return c;
}

neardup_status nd_tokenizer_emit(nd_tokenizer *tokenizer, const uint8_t *folded, size_t size) {
    nd_tokens *t = tokenizer->tokens;
    neardup_status status = NEARDUP_OK;
    if (tokenizer->rules->only_marks) return status;
    status = nd_reserve(&t->hashes, &t->capacity, t->count + 1, sizeof *t->hashes);
    if (status) return status;
    t->hashes[t->count++] = nd_token_hash(folded, size, tokenizer->rules->seed);
    if (!tokenizer->rules->keep_text) return NEARDUP_OK;
    status = t->text.size ? nd_buffer_append_byte(&t->text, ' ') : NEARDUP_OK;
    return status ? status : nd_buffer_append(&t->text, folded, size);
}

neardup_status nd_tokenizer_emit_all(nd_tokenizer *tokenizer, const uint8_t *folded, const uint16_t *edges,
                                     size_t edge_count) {
    nd_tokens *t = tokenizer->tokens;
    neardup_status status = NEARDUP_OK;
    if (edge_count < 2) return status;
    if (tokenizer->rules->keep_text) {
        for (size_t i = 0; i + 1 < edge_count && !status; i += 2)
            status = nd_tokenizer_emit(tokenizer, folded + edges[i], (size_t)(edges[i + 1] - edges[i]));
        return status;
    }
    size_t count = edge_count / 2;
    status = nd_reserve(&t->hashes, &t->capacity, t->count + count, sizeof *t->hashes);
    if (status) return status;
    tokenizer->kernels->hash_tokens(folded, edges, count, tokenizer->rules->seed, t->hashes + t->count);
    t->count += count;
    return NEARDUP_OK;
}

static uint32_t entry_of(const nd_tokenizer *s, uint32_t code_point) {
    return s->tables ? nd_entry_of(code_point) : (uint32_t)nd_class_of(code_point) | ND_FOLD_SLOW << 3;
}

/* Folds the token from open->begin to data[end] as a whole. */
static neardup_status fold_slowly(nd_tokenizer *s, const open_token *open, size_t end) {
    nd_tokens *t = s->tokens;
    t->raw.size = t->folded.size = 0;
    unsigned skip = open->skip;
    for (size_t at = open->begin; at < end; skip = 0) {
        character c = read_character(s, at);
        at += c.length;
        for (unsigned i = skip; i < c.count; i++) {
            if (nd_entry_class(entry_of(s, c.code_point[i])) == ND_IGNORED) continue;
            uint8_t utf8[4];
            size_t size = nd_utf8_write(c.code_point[i], utf8);
            neardup_status status = nd_buffer_append(&t->raw, utf8, size);
            if (status) return status;
        }
    }
    return nd_fold((const uint8_t *)t->raw.data, t->raw.size, &t->fold, &t->folded);
}

/* Notes of the token just appended where it stands, and whether its script is one without spaces. */
static neardup_status note_token(nd_tokenizer *s, const open_token *open) {
    nd_tokens *t = s->tokens;
    neardup_status status = NEARDUP_OK;
    if (s->rules->only_marks) {
        nd_marks_set(&t->begins, open->begin);
        nd_marks_set(&t->ends, open->end);
        return status;
    }
    if (open->alone && s->rules->keep_alone) {
        status = nd_reserve(&t->alone, &t->alone_capacity, t->alone_count + 1, sizeof *t->alone);
        if (!status) t->alone[t->alone_count++] = t->count - 1;
    }
    if (!status && s->rules->keep_spans) {
        status = nd_reserve(&t->spans, &t->span_capacity, t->count, sizeof *t->spans);
        if (!status) t->spans[t->count - 1] = (nd_token_span){open->begin, open->end};
    }
    return status;
}

/* Ends the open token, if there is one, before data[end]. */
static neardup_status close_token(nd_tokenizer *s, open_token *open, size_t end) {
    if (!open->begun) return NEARDUP_OK;
    nd_buffer *folded = &s->tokens->folded;
    neardup_status status = open->slow ? fold_slowly(s, open, end) : NEARDUP_OK;
    if (!status) status = nd_buffer_reserve(folded, PADDING);
    if (!status && folded->size) {
        status = nd_tokenizer_emit(s, (const uint8_t *)folded->data, folded->size);
        if (!status) status = note_token(s, open);
    }
    folded->size = 0;
    *open = (open_token){0};
    return status;
}

static inline neardup_status extend_token(nd_tokenizer *s, open_token *open, uint32_t code_point, uint32_t entry) {
    nd_buffer *folded = &s->tokens->folded;
    unsigned size = nd_entry_fold_size(entry);
    if (size == ND_FOLD_SLOW) open->slow = true;
    if (open->slow) return NEARDUP_OK;
    if (folded->capacity - folded->size < PADDING) {
        neardup_status status = nd_buffer_reserve(folded, PADDING);
        if (status) return status;
    }
    uint8_t *end = (uint8_t *)folded->data + folded->size;
    if (size == ND_FOLD_SELF) {
        folded->size += nd_utf8_write(code_point, end);
    } else {
        const uint8_t *fold = nd_entry_fold(entry);
        for (unsigned i = 0; i < size; i++) end[i] = fold[i];
        folded->size += size;
    }
    return NEARDUP_OK;
}

/* Takes code point number `i` of the character at data[at]. */
static inline neardup_status take_code_point(nd_tokenizer *s, open_token *open, const character *c, unsigned i,
                                             size_t at) {
    uint32_t entry = entry_of(s, c->code_point[i]);
    nd_class class = nd_entry_class(entry);
    if (class == ND_IGNORED) return NEARDUP_OK;
    neardup_status status = NEARDUP_OK;
    if (class == ND_SEPARATOR || class == ND_ALONE || (class == ND_WORD && open->alone))
        status = close_token(s, open, at);
    if (class == ND_SEPARATOR || status) return status;
    if (!open->begun) *open = (open_token){.begin = at, .skip = i, .begun = true};
    open->end = at + c->length;
    if (class == ND_ALONE) open->alone = true;
    return extend_token(s, open, c->code_point[i], entry);
}

size_t nd_tokenizer_separates(const nd_tokenizer *tokenizer, size_t at) {
    const uint8_t *data = tokenizer->data + at;
    size_t left = tokenizer->size - at;
    if (*data < 0x80) return 0;
    uint32_t code_point;
    size_t length = nd_utf8_read(data, left, &code_point);
    return length && nd_entry_class(nd_entry_of(code_point)) == ND_SEPARATOR ? length : 0;
}

bool nd_tokenizer_continues(const nd_tokenizer *tokenizer, size_t at) {
    uint8_t byte = tokenizer->data[at];
    if (byte == '<') return false;
    if (byte == '\\') return at + 1 < tokenizer->size && tokenizer->data[at + 1] == 'u';
    if (byte < 0x80) return true;
    uint32_t code_point;
    if (!nd_utf8_read(tokenizer->data + at, tokenizer->size - at, &code_point)) return false;
    return nd_entry_class(nd_entry_of(code_point)) != ND_SEPARATOR;
}

neardup_status nd_tokenizer_read(nd_tokenizer *tokenizer, size_t *at) {
    open_token open = {0};
    neardup_status status = NEARDUP_OK;
    tokenizer->tokens->folded.size = 0;
    for (size_t begin = *at; *at < tokenizer->size && !status;) {
        if (tokenizer->tables && !open.begun && *at > begin) return NEARDUP_OK;
        character c = read_character(tokenizer, *at);
        tokenizer->tokens->bytes -= c.shrink;
        tokenizer->tokens->ill_formed += c.ill_formed;
        if (c.count == 0) status = close_token(tokenizer, &open, *at);
        for (unsigned i = 0; i < c.count && !status; i++) status = take_code_point(tokenizer, &open, &c, i, *at);
        *at += c.length;
    }
    return status ? status : close_token(tokenizer, &open, *at);
}
