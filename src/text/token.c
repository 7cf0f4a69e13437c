/* SPDX-License-Identifier: MIT */
/*
 * Two lanes, one answer. ASCII goes through windows: a kernel marks letters, digits and bytes that need a closer look,
 * and tokens are read off the marks, a stretch at a time. Where a closer look is needed (other scripts, escapes,
 * markup) characters.c takes over until ASCII stands between tokens again.
 */
#include "text/token.h"

#include <string.h>

#include "base/memory.h"
#include "text/characters.h"
#include "text/kernel_body.h"
#include "text/unicode.h"

enum {
    BLOCKS = 256, /* 16 KiB a window: text, its lower case and marks stay in the first-level cache */
    WINDOW = 64 * BLOCKS,
    PADDING = 16,       /* nd_token_hash reads 16 bytes */
    EDGES = WINDOW + 64 /* kernels write whole vectors */
};

struct nd_token_window {
    uint8_t lower[WINDOW + PADDING];
    uint64_t word[BLOCKS], special[BLOCKS + 1]; /* one more, all set, ends every search */
    uint16_t edges[EDGES];                      /* where tokens of a stretch begin and end, in turn */
};

void nd_tokens_release(nd_tokens *tokens) {
    nd_free(tokens->hashes);
    nd_buffer_release(&tokens->text);
    nd_buffer_release(&tokens->folded);
    nd_buffer_release(&tokens->raw);
    nd_fold_scratch_release(&tokens->fold);
    nd_free(tokens->window);
    *tokens = (nd_tokens){0};
}

uint64_t nd_token_hash(const uint8_t *folded, size_t size, uint64_t seed) { return hash_token(folded, size, seed); }

/* The first position from `at` on whose bit is set; one must be. */
static size_t next_set(const uint64_t *bits, size_t at) {
    uint64_t word = bits[at / 64] >> at % 64;
    if (word) return at + (size_t)__builtin_ctzll(word);
    size_t i = at / 64 + 1;
    while (!bits[i]) i++;
    return 64 * i + (size_t)__builtin_ctzll(bits[i]);
}

/* Marks the window that begins at data[begin]; returns its size. What lies behind the end of the text is separators. */
static size_t mark_window(const nd_tokenizer *s, size_t begin) {
    struct nd_token_window *w = s->tokens->window;
    static const uint8_t special[][2] = {
        [NEARDUP_PLAIN] = {0x80, 0x80}, [NEARDUP_JSON] = {'\\', '\\'}, [NEARDUP_HTML] = {'<', '&'}};
    size_t size = s->size - begin < WINDOW ? s->size - begin : WINDOW;
    size_t whole = size / 64, rest = size % 64;
    s->kernels->classify(s->data + begin, whole, special[s->form], w->lower, w->word, w->special);
    if (rest) {
        uint8_t last[64] = {0};
        memcpy(last, s->data + begin + 64 * whole, rest);
        s->kernels->classify(last, 1, special[s->form], w->lower + 64 * whole, w->word + whole, w->special + whole);
    }
    if (size % 64)
        w->special[size / 64] |= ~(uint64_t)0 << size % 64;
    else
        w->special[size / 64] = ~(uint64_t)0;
    return size;
}

/* Appends the tokens that `count` edges enclose. */
static neardup_status emit_tokens(nd_tokenizer *s, size_t count) {
    nd_tokens *t = s->tokens;
    const struct nd_token_window *w = t->window;
    if (s->rules->keep_text) {
        neardup_status status = NEARDUP_OK;
        for (size_t i = 0; i + 1 < count && !status; i += 2)
            status = nd_tokenizer_emit(s, w->lower + w->edges[i], (size_t)(w->edges[i + 1] - w->edges[i]));
        return status;
    }
    neardup_status status = nd_reserve(&t->hashes, &t->capacity, t->count + count / 2, sizeof *t->hashes);
    if (status) return status;
    s->kernels->hash_tokens(w->lower, w->edges, count / 2, s->rules->seed, t->hashes + t->count);
    t->count += count / 2;
    return NEARDUP_OK;
}

/* Whether data[at] begins an escape that only separates, such as \n. */
static bool is_separating_escape(const nd_tokenizer *s, size_t at) {
    return s->form == NEARDUP_JSON && s->data[at] == '\\' && at + 1 < s->size &&
           strchr("bfnrt\"\\/", s->data[at + 1]) && s->data[at + 1];
}

/* Reads the tokens of the window that begins at *at. Moves *at behind what was read. */
static neardup_status read_window(nd_tokenizer *s, size_t *at) {
    struct nd_token_window *w = s->tokens->window;
    size_t begin = *at, size = mark_window(s, begin), from = 0;
    while (from < size) {
        size_t to = next_set(w->special, from), edges = s->kernels->list_edges(w->word, from, to, w->edges);
        size_t open = edges & 1 ? w->edges[edges - 1] : to; /* where the token that reaches `to` begins */
        bool at_end = to == size, cut = open < to && at_end && begin + size < s->size;
        bool closer = !at_end || (cut && open == 0); /* a special character, or a token that has no end here */
        if (open < to && !cut && (at_end || !nd_tokenizer_continues(s, begin + to))) {
            w->edges[edges++] = (uint16_t)to;
            open = to;
        }
        neardup_status status = emit_tokens(s, edges);
        if (status) return status;
        if (closer && open == to && is_separating_escape(s, begin + to)) {
            s->tokens->bytes--;
            from = to + 2;
        } else if (closer) {
            *at = begin + open;
            status = nd_tokenizer_read(s, at);
            if (status || *at >= begin + size) return status;
            from = *at - begin;
        } else {
            *at = begin + open; /* the next window begins with what this one cuts */
            return NEARDUP_OK;
        }
    }
    *at = begin + from;
    return NEARDUP_OK;
}

neardup_status nd_tokenize(const nd_token_rules *rules, const neardup_text *text, nd_tokens *tokens) {
    tokens->count = 0;
    tokens->text.size = 0;
    tokens->bytes = text->size;
    tokens->ill_formed = 0;
    if (!tokens->window) {
        tokens->window = nd_allocate(1, sizeof *tokens->window);
        if (!tokens->window) return NEARDUP_ERROR_MEMORY;
    }
    nd_tokenizer tokenizer = {.rules = rules,
                              .kernels = rules->kernels ? rules->kernels : &nd_text_portable,
                              .data = text->data,
                              .size = text->size,
                              .form = text->form,
                              .tables = !rules->reference && nd_tables_match(),
                              .tokens = tokens};
    neardup_status status = NEARDUP_OK;
    size_t at = 0;
    while (at < tokenizer.size && !status)
        status = tokenizer.tables ? read_window(&tokenizer, &at) : nd_tokenizer_read(&tokenizer, &at);
    return status;
}
